"""From the ledger to the person: claim, write the attempt down, send, write down what came of it.

One `Delivery` serves one channel. Attempts run side by side; each turn of the loop ends the finished ones and
claims new ones in a single transaction, so the disk is asked as seldom as its own speed allows, and a provider
that hangs holds up nothing but its own attempts.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

import structlog

from nudger.decisions.agenda import Agenda, ahead_of
from nudger.decisions.decide import recheck
from nudger.decisions.doubt import weigh
from nudger.decisions.guard import doubt_about_clock
from nudger.decisions.history import NO_HISTORY
from nudger.decisions.settle import LEASE, after_attempt, after_inquiry, begin_inquiry, in_doubt
from nudger.domain.nudges import Finding, Found, Nudge, NudgeState, Parcel, Receipt
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect
from nudger.use_cases.histories import load_contacts
from nudger.use_cases.parcels import make_parcel
from nudger.use_cases.ports import ChannelPort, Clock, LedgerPort, TransactionPort

_log = structlog.get_logger("nudger")

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=15)

Job = tuple[Nudge, Parcel]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a job: `before` is the nudge as the ledger has it."""

    before: Nudge
    parcel: Parcel
    result: Receipt | DeliveryError


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a provider said when asked: `found` is None when it could not tell."""

    before: Nudge
    parcel: Parcel
    found: Found | None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one transaction gave: jobs to do, and whether there may be more where they came from."""

    attempts: tuple[Job, ...]
    inquiries: tuple[Job, ...]
    more: bool


class Delivery:
    """Delivers the waiting nudges of one channel."""

    def __init__(self, channel: Channel, port: ChannelPort, ledger: LedgerPort, *, clock: Clock, rng: Random) -> None:
        self.channel = channel
        self._port = port
        self._ledger = ledger
        self._clock = clock
        self._rng = rng
        self._pause = _FIRST_PAUSE
        self._paused_until: datetime | None = None
        self._stopping = False
        self._jobs: set[asyncio.Task[_Outcome | _Answer]] = set()
        self._unrecorded: list[_Outcome | _Answer] = []
        self._news = asyncio.Event()

    @property
    def down(self) -> bool:
        """Whether the provider refused the whole account or server the last time it was tried."""
        return self._paused_until is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, and nothing remains to be written down."""
        return not self._jobs and not self._unrecorded

    def look_again(self) -> None:
        """Say that something waits: a drain under way claims it, even while all it has to do hangs."""
        self._news.set()

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopping = True

    def abandon(self) -> None:
        """Give up waiting for what is under way: it ends in doubt."""
        for job in self._jobs:
            job.cancel()

    @property
    def provider(self) -> str:
        """The name of the provider behind the channel."""
        return self._port.provider

    async def drain(self, agenda: Callable[[], Agenda]) -> None:
        """Deliver until nothing is waiting now and nothing is under way. Raises LedgerError.

        `agenda` gives what counts at the moment of sending, which a reload may have changed since planning.
        """
        while True:
            room = 0 if self._stopping else self._port.concurrency - len(self._jobs)
            # What could not be written down stays for the next try: it is the ledger's only news of those sends.
            work = partial(self._turn, agenda=agenda(), outcomes=self._unrecorded, room=room, now=self._clock())
            turn = await self._ledger.run(work)
            self._unrecorded = []
            self._jobs |= {asyncio.create_task(self._attempt(*job)) for job in turn.attempts}
            self._jobs |= {asyncio.create_task(self._inquire(*job)) for job in turn.inquiries}
            if not self._jobs and not (turn.more and not self._stopping):
                return
            self._unrecorded = await self._wait()

    async def _wait(self) -> list[_Outcome | _Answer]:
        if not self._jobs:
            return []
        news = asyncio.create_task(self._news.wait())
        try:
            await asyncio.wait({*self._jobs, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        self._news.clear()
        done = {job for job in self._jobs if job.done()}
        self._jobs -= done
        return [job.result() for job in done]

    # On the ledger's thread

    def _turn(
        self,
        transaction: TransactionPort,
        *,
        agenda: Agenda,
        outcomes: Sequence[_Outcome | _Answer],
        room: int,
        now: datetime,
    ) -> _Turn:
        self._record(transaction, outcomes, now=now)
        if room <= 0 or (self._paused_until is not None and now < self._paused_until) or _shut(transaction, now):
            return _Turn((), (), more=False)
        inquiries = self._claim_inquiries(transaction, room, now=now)
        attempts, looked_at = self._claim_attempts(transaction, agenda, room - len(inquiries), now=now)
        return _Turn(attempts, inquiries, more=looked_at + len(inquiries) >= room)

    def _claim_attempts(
        self, transaction: TransactionPort, agenda: Agenda, room: int, *, now: datetime
    ) -> tuple[tuple[Job, ...], int]:
        waiting = transaction.waiting(NudgeState.PENDING, self.channel, now=now, limit=room) if room > 0 else []
        if not waiting:
            return (), 0
        suppressed = transaction.suppressed()
        people = {nudge.key.recipient for nudge, _ in waiting}
        histories = load_contacts(transaction, agenda, people, now=now)
        changes: list[tuple[Nudge, Nudge]] = []
        jobs: list[Job] = []
        for nudge, recipient in waiting:
            history = histories.get(nudge.key.recipient, NO_HISTORY)
            after = recheck(
                agenda,
                nudge,
                recipient,
                history,
                suppressed=suppressed,
                provider=self._port.provider,
                ahead=ahead_of(agenda, nudge.key.recipient, now=now),
                now=now,
            )
            histories[nudge.key.recipient] = history.with_nudge(after, after.priority)
            changes.append((nudge, after))
            if after.state is NudgeState.SENDING and recipient is not None:
                jobs.append((after, make_parcel(after, recipient)))
        transaction.save(changes, at=now)
        for _, after in changes:
            if after.state not in (NudgeState.SENDING, NudgeState.PENDING):
                _report(after, now=now)
        return tuple(jobs), len(waiting)

    def _claim_inquiries(self, transaction: TransactionPort, room: int, *, now: datetime) -> tuple[Job, ...]:
        doubtful = transaction.waiting(NudgeState.UNKNOWN, self.channel, now=now, limit=room)
        asked = [(nudge, begin_inquiry(nudge, now=now), recipient) for nudge, recipient in doubtful]
        transaction.save([(before, after) for before, after, _ in asked], at=now)
        return tuple((after, make_parcel(after, recipient)) for _, after, recipient in asked if recipient is not None)

    def _record(self, transaction: TransactionPort, news: Sequence[_Outcome | _Answer], *, now: datetime) -> None:
        changes = []
        for each in news:
            after = self._settle(transaction, each, now=now)
            if after != each.before:
                changes.append((each.before, after))
        transaction.save(changes, at=now)
        for _, after in changes:
            _report(after, now=now)

    def _settle(self, transaction: TransactionPort, news: _Outcome | _Answer, *, now: datetime) -> Nudge:
        if isinstance(news, _Answer):
            finding = _finding(transaction, news)
            after = after_inquiry(news.before, finding, now=now)
            if after.state is NudgeState.SUPPRESSED:
                transaction.suppress(news.parcel.address, after.decision.reason, at=now)
            return after
        self._note_health(news.result, now=now)
        if isinstance(news.result, DeliveryError) and news.result.effect is Effect.SUPPRESS:
            transaction.suppress(news.parcel.address, news.result.code, at=now)
        return after_attempt(news.before, news.result, now=now, rng=self._rng)

    def _note_health(self, result: Receipt | DeliveryError, *, now: datetime) -> None:
        if isinstance(result, Receipt):
            self._pause, self._paused_until = _FIRST_PAUSE, None
        elif result.effect is Effect.CHANNEL_DOWN and (self._paused_until is None or now >= self._paused_until):
            _log.error("channel down", channel=self.channel, provider=self._port.provider, code=result.code)
            self._paused_until = now + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    # On the event loop

    async def _attempt(self, nudge: Nudge, parcel: Parcel) -> _Outcome:
        result: Receipt | DeliveryError
        try:
            result = await self._port.send(parcel)
        except DeliveryError as error:
            result = error
        except asyncio.CancelledError:
            result = DeliveryError("interrupted", Effect.UNCERTAIN)
        except Exception:  # noqa: BLE001 - the last net under the channels
            # A bug in a channel must not stop everybody else's nudges; this one may have gone out.
            _log.exception("channel failed", channel=self.channel, nudge=nudge.id)
            result = DeliveryError("bug", Effect.UNCERTAIN)
        return _Outcome(nudge, parcel, result)

    async def _inquire(self, nudge: Nudge, parcel: Parcel) -> _Answer:
        if nudge.provider != self._port.provider:
            return _Answer(nudge, parcel, None)
        try:
            return _Answer(nudge, parcel, await self._port.find(parcel))
        except (DeliveryError, asyncio.CancelledError):
            return _Answer(nudge, parcel, None)


def _shut(transaction: TransactionPort, now: datetime) -> bool:
    """Say whether nothing may be sent at all: everything is on hold, or the clock cannot be right."""
    watermark, on_hold = transaction.gate()
    return on_hold or bool(doubt_about_clock(watermark, now))


def _finding(transaction: TransactionPort, answer: _Answer) -> Receipt | DeliveryError | Finding:
    """Return what the provider's answer proves, given what other nudges have of it already."""
    if answer.found is None:
        return Finding.CANNOT_TELL
    parcel, doubtful = answer.parcel, 0
    if answer.found.blank:
        doubtful = transaction.doubtful(parcel.channel, parcel.address, since=parcel.first_attempt_at - LEASE)
    return weigh(answer.found, transaction.bound(answer.found.receipts), doubtful=doubtful)


def recover_interrupted(transaction: TransactionPort, *, everything: bool, now: datetime) -> int:
    """Put in doubt every nudge whose attempt never ended; return how many.

    Those whose lease ran out; or `everything` under way, when nobody can be at it, after a crash.
    """
    lost = transaction.interrupted(by=None if everything else now)
    changes = [(nudge, in_doubt(nudge, "interrupted in mid-send", now=now)) for nudge in lost]
    transaction.save(changes, at=now)
    for _, after in changes:
        _report(after, now=now)
    return len(changes)


def _report(nudge: Nudge, *, now: datetime) -> None:
    """Write the canonical line of a nudge: ids and reasons, never a name, an address or a word of it."""
    _log.info(
        "nudge",
        nudge=nudge.id,
        schedule=nudge.key.schedule,
        channel=nudge.decision.channel,
        provider=nudge.provider,
        state=nudge.state,
        reason=nudge.decision.reason or None,
        attempt=nudge.attempts,
        late_s=round((now - nudge.due).total_seconds()),
    )
