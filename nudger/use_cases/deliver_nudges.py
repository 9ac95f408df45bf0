"""From the ledger to the person: claim, write the attempt down, send, write down what came of it.

One `Delivery` serves one channel. Attempts run side by side; each turn of the loop ends the finished ones and
claims new ones in a single transaction, so the disk is asked as seldom as its own speed allows, and a provider
that hangs holds up nothing but its own attempts.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

import structlog

from nudger.decisions.delivering.health import HEALTHY, SenderHealth
from nudger.decisions.oversight.guard import doubt_about_clock
from nudger.decisions.snapshot import Snapshot
from nudger.domain.deliveries import Attempt, OutgoingMessage, Receipt, Sender
from nudger.domain.facts import NO_DAEMON, DaemonId
from nudger.domain.nudges import Nudge
from nudger.domain.vocabulary import Channel, NudgeId
from nudger.errors import DeliveryError, Effect
from nudger.prose.reasons import english
from nudger.storage.fact_codecs import health_of
from nudger.storage.thread import LedgerThread
from nudger.storage.transaction import Transaction
from nudger.use_cases.claim_nudges import Claimant, Job, claim_attempts, claim_inquiries
from nudger.use_cases.ports import ChannelPort, Clock, NothingAcceptedError
from nudger.use_cases.settle_nudges import Answer, Outcome, record

_log = structlog.get_logger("nudger")

_TOO_LATE_TO_BEGIN = DeliveryError("lease_over", Effect.TRY_AGAIN, retry_after=timedelta(seconds=1))
"""The process slept between claiming and sending, and another daemon may be at it by now."""

_CUT_OFF_IN_TIME = DeliveryError("interrupted", Effect.TRY_AGAIN, retry_after=timedelta(seconds=1))

_FAIR = 4
"""Each fourth turn takes what has waited longest. In the others, five thousand newcomers hold up nobody who is known,
and nothing holds up what has priority; nothing waits for ever either way."""

Work = asyncio.Task[Outcome | Answer]


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one transaction gave: jobs to do, what to tell, and whether there may be more where they came from.

    `health` is the sender's now, `refusals` what made it worse, each with how it was then.
    """

    attempts: tuple[Job, ...]
    inquiries: tuple[Job, ...]
    told: Sequence[Nudge]
    health: SenderHealth
    refusals: Sequence[tuple[DeliveryError, SenderHealth]]
    more: bool


class Delivery:
    """Delivers the waiting nudges of one channel."""

    def __init__(
        self,
        channel: Channel,
        port: ChannelPort,
        ledger: LedgerThread,
        *,
        clock: Clock,
        rng: Random,
        owner: DaemonId = NO_DAEMON,
    ) -> None:
        self.channel = channel
        self.sender = Sender(channel=channel, provider=port.provider, identity=port.identity)
        self._by = Claimant(self.sender, owner)
        self._port = port
        self._ledger = ledger
        self._clock = clock
        self._rng = rng
        self._health = HEALTHY
        self._met = False
        self._stopping = False
        self._turns = 0
        self._jobs: dict[Work, Job] = {}
        self._unrecorded: list[Outcome | Answer] = []
        self._wake = asyncio.Event()
        self.claimed: set[NudgeId] = set()
        """The nudges claimed and not recorded yet, by the ledger's thread, which alone changes it: a claim is committed
        before the event loop hears of it, and a clock that jumped meanwhile must not make it look interrupted."""

    @property
    def down(self) -> bool:
        """Whether the provider refused the whole account or server the last time it was tried."""
        return self._health.down

    @property
    def paused_until(self) -> datetime | None:
        """When the sender may go on; None where it need not wait."""
        return self._health.until

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, and nothing remains to be written down."""
        return not self._jobs and not self._unrecorded

    @property
    def under_way(self) -> set[NudgeId]:
        """The nudges whose attempt or question has not ended, or whose end could not be written down yet."""
        return {job.nudge.id for job in self._jobs.values()} | {each.before.id for each in self._unrecorded}

    @property
    def provider(self) -> str:
        """The name of the provider behind the channel."""
        return self._port.provider

    @property
    def can_be_asked(self) -> bool:
        """Whether the provider can tell what it has."""
        return self._port.can_be_asked

    def notify(self) -> None:
        """Say that something waits: a drain under way claims it, even while all it has to do hangs."""
        self._wake.set()

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopping = True

    def abandon(self) -> None:
        """Give up waiting for what is under way: it ends in doubt, unless the channel knows better."""
        for job in self._jobs:
            job.cancel()

    def give_up(self, *, now: datetime) -> None:
        """Cut off attempts that outlived their lease: no channel takes so long, unless something hangs."""
        for work, job in self._jobs.items():
            if job.attempt is not None and job.attempt.lease_ends_at <= now:
                work.cancel()

    async def drain(self, snapshot: Callable[[], Snapshot]) -> None:
        """Deliver until nothing is waiting now and nothing is under way. Raises LedgerError.

        `snapshot` gives what counts at the moment of sending, which a reload may have changed since planning.
        """
        while True:
            now = self._clock()
            self._turns += 1
            # What could not be written down stays for the next try: it is the ledger's only news of those sends.
            news, besides = self._unrecorded, self.under_way
            work = partial(self._turn, snapshot=snapshot(), news=news, besides=besides, now=now)
            turn = await self._ledger.run(work)
            self._unrecorded, self._health, self._met = [], turn.health, True
            self._begin(turn)
            _tell(turn.told, now=now)
            for refusal, health in turn.refusals:
                _say_refused(self.sender, refusal, health, now=now)
            if not self._jobs and not (turn.more and not self._stopping):
                return
            self._unrecorded = await self._wait()

    def _begin(self, turn: _Turn) -> None:
        self._jobs |= {asyncio.create_task(self._do(job)): job for job in (*turn.attempts, *turn.inquiries)}

    async def _wait(self) -> list[Outcome | Answer]:
        if not self._jobs:
            return []
        news = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait({*self._jobs, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        self._wake.clear()
        done = [job for job in self._jobs if job.done()]
        return [self._end(job, self._jobs.pop(job)) for job in done]

    def _end(self, job: Work, what: Job) -> Outcome | Answer:
        """Return what a job ended in. One that was cancelled before its first step never began."""
        if not job.cancelled():
            return job.result()
        if what.attempt is None:
            return Answer(what.nudge, what.outgoing, DeliveryError("interrupted", Effect.UNCERTAIN))
        return Outcome(what.nudge, what.outgoing, what.attempt, _CUT_OFF_IN_TIME)

    # On the ledger's thread

    def _turn(
        self,
        transaction: Transaction,
        *,
        snapshot: Snapshot,
        news: Sequence[Outcome | Answer],
        besides: Collection[NudgeId],
        now: datetime,
    ) -> _Turn:
        watermark, on_hold, known, in_doubt = transaction.planning.sending_state(self.sender, now=now)
        doubt = doubt_about_clock(watermark, now)
        # A clock that is not believed must not make anything too late.
        believed = watermark if doubt and watermark is not None else now
        told = record(transaction, news, can_be_asked=self.can_be_asked, rng=self._rng, now=believed)
        self.claimed -= {each.before.id for each in news}
        health, refusals = self._note_refusals(known if self._met else known.at_start(), news, now=now)
        if health != known:
            transaction.facts.put(health_of(self.sender.id), health)
        turn = _Turn((), (), told, health, refusals, more=False)
        room = health.room(self._port.concurrency, len(self._jobs))
        if room <= 0 or doubt or self._stopping or health.holds(now):
            return turn
        # Never all of the room: a provider that does not answer questions may well take messages.
        for_doubts = (room + 1) // 2 if in_doubt else 0
        inquiries = claim_inquiries(transaction, channel=self.channel, room=for_doubts, besides=besides, now=now)
        if on_hold:
            return replace(turn, inquiries=inquiries)
        attempts, ended, looked_at = claim_attempts(
            transaction,
            snapshot,
            by=self._by,
            can_be_asked=self.can_be_asked,
            room=room - len(inquiries),
            by_age=self._turns % _FAIR == 0,
            now=now,
        )
        self.claimed |= {job.nudge.id for job in attempts}
        more = looked_at + len(inquiries) >= room
        return _Turn(attempts, inquiries, [*told, *ended], health, refusals, more=more)

    def _note_refusals(
        self, health: SenderHealth, news: Sequence[Outcome | Answer], *, now: datetime
    ) -> tuple[SenderHealth, list[tuple[DeliveryError, SenderHealth]]]:
        """Return how the sender does after what is new, and what is to be told of it."""
        told = []
        for each in news:
            result = each.result if isinstance(each, Outcome) else each.found
            if not isinstance(result, DeliveryError):
                health = health.accepted(concurrency=self._port.concurrency, now=now)
            elif _is_of_the_sender(each, result):
                before = health
                health = before.refused(result.effect, result.retry_after, now=now, rng=self._rng)
                if not before.holds(now) or (health.down and not before.down):
                    told.append((result, health))
        return health, told

    # On the event loop

    async def _do(self, job: Job) -> Outcome | Answer:
        if job.attempt is None:
            return await self._inquire(job.nudge, job.outgoing)
        return await self._make(job.attempt, job.nudge, job.outgoing)

    async def _make(self, attempt: Attempt, nudge: Nudge, outgoing: OutgoingMessage) -> Outcome:
        if self._clock() >= attempt.lease_ends_at:
            return Outcome(nudge, outgoing, attempt, _TOO_LATE_TO_BEGIN)
        result: Receipt | DeliveryError
        try:
            result = await self._port.send(outgoing)
        except DeliveryError as error:
            result = error
        except NothingAcceptedError:
            result = _CUT_OFF_IN_TIME
        except asyncio.CancelledError:
            result = DeliveryError("interrupted", Effect.UNCERTAIN)
        except Exception:  # noqa: BLE001 - the last net under the channels
            # A bug in a channel must not stop everybody else's nudges; this one may have gone out.
            _say_bug(self.channel, nudge.id)
            result = DeliveryError("bug", Effect.UNCERTAIN)
        return Outcome(nudge, outgoing, attempt, result)

    async def _inquire(self, nudge: Nudge, outgoing: OutgoingMessage) -> Answer:
        if nudge.provider != self._port.provider or not outgoing.address:
            return Answer(nudge, outgoing, DeliveryError("cannot_tell", Effect.UNCERTAIN))
        try:
            return Answer(nudge, outgoing, await self._port.find(outgoing))
        except DeliveryError as error:
            return Answer(nudge, outgoing, error)
        except asyncio.CancelledError:
            return Answer(nudge, outgoing, DeliveryError("interrupted", Effect.UNCERTAIN))
        except Exception:  # noqa: BLE001 - as above: nothing is known, and it is asked again
            _say_bug(self.channel, nudge.id)
            return Answer(nudge, outgoing, DeliveryError("bug", Effect.UNCERTAIN))


def _is_of_the_sender(news: Outcome | Answer, error: DeliveryError) -> bool:
    """Say whether an error concerns everything that waits. A question that the account may not ask stops no nudge."""
    return error.effect is Effect.SLOW_DOWN or (error.effect is Effect.CHANNEL_DOWN and isinstance(news, Outcome))


# Lines of the log. They are written after the commit, and one that cannot be written undoes nothing.


def _tell(nudges: Sequence[Nudge], *, now: datetime) -> None:
    for nudge in nudges:
        report(nudge, now=now)


def report(nudge: Nudge, *, now: datetime) -> None:
    """Write the canonical line of a nudge: ids and reasons, never a name, an address or a word of it."""
    with suppress(OSError, ValueError):
        _log.info(
            "nudge",
            nudge=nudge.id,
            schedule=nudge.key.schedule,
            channel=nudge.decision.channel,
            provider=nudge.provider,
            state=nudge.state,
            reason=english(nudge.status_reason) or None,
            attempt=nudge.attempts,
            late_s=round((now - nudge.due).total_seconds()),
        )


def _say_refused(sender: Sender, error: DeliveryError, health: SenderHealth, *, now: datetime) -> None:
    wait_s = round(((health.until or now) - now).total_seconds())
    with suppress(OSError, ValueError):
        say, what = (_log.error, "channel down") if health.down else (_log.warning, "channel slowed down")
        say(what, channel=sender.channel, provider=sender.provider, code=error.code, wait_s=wait_s)


def _say_bug(channel: Channel, nudge: NudgeId) -> None:
    with suppress(OSError, ValueError):
        _log.exception("channel failed", channel=channel, nudge=nudge)
