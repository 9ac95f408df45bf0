"""The service, apart from what wakes it: take a configuration, tick, deliver, stop.

A tick plans up to the present and starts deliveries; it never waits for a provider. Whatever wakes it, and however
late, the same slots get the same nudges.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog

from nudger.decisions.oversight.changes import Changes, compare, moved_past
from nudger.decisions.oversight.guard import Storm, doubt_about_clock
from nudger.decisions.planning.plan import forget_plans, next_due
from nudger.decisions.snapshot import Snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.facts import NO_DAEMON, DaemonId
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import NudgeId, RecipientId
from nudger.errors import LedgerError
from nudger.storage.high_water import Mark
from nudger.storage.leases import PLANNER
from nudger.storage.thread import LedgerThread
from nudger.storage.transaction import Transaction
from nudger.use_cases.deliver_nudges import Delivery, report
from nudger.use_cases.people import keep_written
from nudger.use_cases.ports import Clock, Providers
from nudger.use_cases.queue_nudges import (
    Queued,
    expire_overdue,
    left_to_another,
    look_for_storm,
    queue_moved,
    queue_step,
    queue_welcomes,
    record_moved_while_away,
)
from nudger.use_cases.settle_nudges import recover_interrupted
from nudger.use_cases.take_up import Left, join_by_this_clock, take_up
from nudger.use_cases.watch_runway import warn_of_short_runways

_log = structlog.get_logger("nudger")

HORIZON = timedelta(seconds=40)
"""How far ahead a tick looks for the next due moment: a little further than the next regular tick."""

_DAY = timedelta(days=1)

MakeSnapshot = Callable[[Catalog, Sequence[Recipient]], Snapshot]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """What one transaction of a tick did."""

    queued: Queued
    snapshot: Snapshot
    version: int
    greet_at: datetime | None
    interrupted: Sequence[Nudge]
    next_look: datetime | None
    storm: Storm | None


class Service:
    """Keeps everybody's nudges going. Use from one event loop."""

    def __init__(
        self,
        ledger: LedgerThread,
        deliveries: Sequence[Delivery],
        *,
        make_snapshot: MakeSnapshot,
        clock: Clock,
        high_water: Mark | None = None,
        owner: DaemonId = NO_DAEMON,
    ) -> None:
        self.deliveries = tuple(deliveries)
        self._providers = Providers(
            names={delivery.channel: delivery.provider for delivery in deliveries},
            cannot_be_asked=frozenset(delivery.provider for delivery in deliveries if not delivery.can_be_asked),
        )
        self._high_water = high_water
        self._owner = owner
        self._ledger = ledger
        self._make_snapshot = make_snapshot
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._drains: dict[Delivery, asyncio.Task[None]] = {}
        self._catalog: Catalog | None = None
        self._snapshot: Snapshot | None = None
        self._version = 0
        self._greet_at: datetime | None = None
        self._stopping = False
        self._watched_on: date | None = None
        self._watch: asyncio.Task[None] | None = None
        self._begun = False
        self._after_crash = False
        self.doubt = ""
        """Why the clock was not believed at the last tick; '' when it was."""

    @property
    def snapshot(self) -> Snapshot:
        """What is planned from. Before `reload`, there is none, and asking is a bug."""
        assert self._snapshot is not None
        return self._snapshot

    async def reload(self, catalog: Catalog, *, after_crash: bool = False) -> Changes:
        """Take a checked configuration, at the start and at every reload; return what it changes.

        Raises LedgerError, and keeps the old one. `after_crash` says that nobody can be at work on what the ledger
        has as under way.
        """
        async with self._one_at_a_time:
            now = self._clock()
            self._after_crash = self._after_crash or after_crash
            left = self._left(self._under_way())

            def work(transaction: Transaction) -> tuple[_Prepared, bool, list[Nudge]]:
                mine = replace(left, under_way=self._with_claims(left.under_way))
                begun, lost = take_up(transaction, catalog, mine, providers=self._providers, now=now)
                before = None if self._snapshot else self._make_snapshot(catalog, transaction.people.everybody())
                keep_written(transaction, catalog.recipients, now=now)
                fresh = self._prepare(transaction, catalog, before=self._snapshot or before, now=now)
                people = before.recipients if before else ()
                record_moved_while_away(transaction, fresh.snapshot, people=people, now=now)
                return fresh, begun, lost

            fresh, self._begun, lost = await self._ledger.run(work)
            changes = compare(self._snapshot or fresh.snapshot, fresh.snapshot, now=now)
            self._snapshot, self._version, self._greet_at = fresh
            self._catalog = catalog
            self._after_crash = self._after_crash and not self._begun
            for nudge in lost:
                report(nudge, now=now)
            return changes

    async def tick(self) -> datetime | None:
        """Plan up to now and start what waits; return when something falls due before the next regular tick."""
        async with self._one_at_a_time:
            now = self._clock()
            for delivery in self.deliveries:
                delivery.give_up(now=now)
            counts: Counter[NudgeState] = Counter()
            storm: Storm | None = None
            first = True
            while True:
                work = partial(self._plan, now=now, storm=storm, first=first, under_way=self._under_way())
                planned: _Planned = await self._ledger.run(work)
                self._snapshot, self._version, self._greet_at = planned.snapshot, planned.version, planned.greet_at
                self._begun = not planned.queued.doubt
                self._after_crash = self._after_crash and not self._begun
                counts += planned.queued.counts
                storm, first = planned.storm, False
                if planned.queued.finished:
                    break
            self._note_doubt(planned.queued.doubt)
            if planned.queued.doubt:
                return None
            self._start_deliveries(something_waits=planned.next_look is not None and planned.next_look <= now)
            _report(counts, planned)
            self._watch_runways(now)
            return self._next_wake(planned, now)

    async def settle(self) -> None:
        """Wait until the deliveries under way have nothing left to do now. Raises what they raised."""
        await asyncio.gather(*self._drains.values(), *([self._watch] if self._watch else []))

    async def settle_for(self, limit: timedelta) -> None:
        """Wait for the deliveries under way, but no longer than `limit`. What they raised, the next tick raises."""
        if self._drains:
            await asyncio.wait(self._drains.values(), timeout=limit.total_seconds())

    async def stop(self, *, patience: timedelta) -> None:
        """Begin nothing new, let what is under way end for as long as `patience`, then leave it in doubt.

        Does not wait for a tick under way, which may wait for the ledger: it starts nothing any more.
        """
        self._stopping = True
        for delivery in self.deliveries:
            delivery.stop()
            self._see_to_the_end(delivery)
        if self._watch is not None:
            self._watch.cancel()
        drains = [drain for drain in self._drains.values() if not drain.done()]
        if drains:
            _, late = await asyncio.wait(drains, timeout=patience.total_seconds())
            for delivery in self.deliveries:
                delivery.abandon()
            if late:
                await asyncio.wait(late, timeout=1)
        for drain in self._drains.values():
            if drain.done() and not drain.cancelled() and (error := drain.exception()) is not None:
                _log.error("deliveries failed", error=str(error), exc_info=_if_a_bug(error))

    def _see_to_the_end(self, delivery: Delivery) -> None:
        """Let somebody write down what comes of the last attempts, also after trouble with the ledger."""
        drain = self._drains.get(delivery)
        if not delivery.idle and (drain is None or drain.done()):
            self._drains[delivery] = asyncio.create_task(delivery.drain(lambda: self.snapshot))

    def _with_claims(self, under_way: Collection[NudgeId]) -> set[NudgeId]:
        """Return what is under way by word of the event loop and of the ledger's thread, on which alone to call it."""
        return set(under_way).union(*(delivery.claimed for delivery in self.deliveries))

    def _under_way(self) -> set[NudgeId]:
        return set[NudgeId]().union(*(delivery.under_way for delivery in self.deliveries))

    def _left(self, under_way: Collection[NudgeId]) -> Left:
        return Left(
            first=not self._begun, everything=self._after_crash, under_way=under_way, high_water=self._high_water
        )

    def _plan(
        self,
        transaction: Transaction,
        *,
        now: datetime,
        storm: Storm | None,
        first: bool,
        under_way: Collection[NudgeId],
    ) -> _Planned:
        under_way = self._with_claims(under_way)
        snapshot, version, interrupted = self.snapshot, transaction.people.version(), list[Nudge]()
        greet_at, begun = self._greet_at, self._begun
        plans = transaction.leases.take(PLANNER, self._owner, now=now)
        if not begun and self._catalog is not None:
            left = self._left(under_way)
            begun, interrupted = take_up(transaction, self._catalog, left, providers=self._providers, now=now)
        if self._catalog is not None and (version != self._version or begun != self._begun):
            snapshot, version, greet_at = self._prepare(transaction, self._catalog, before=snapshot, now=now)
        elif first and plans and (greet_at is None or not now < greet_at <= now + _DAY):
            # Somebody joins today, or a hello came to nothing; or the clock was wrong when this moment was named.
            greet_at = self._greet(transaction, snapshot, now=now)
        if first and plans:
            storm = look_for_storm(transaction, snapshot, now=now)
        if plans:
            queued = queue_step(transaction, snapshot, providers=self._providers, held=storm, now=now)
        else:
            queued = left_to_another(transaction, now=now)
        if queued.clock_was_ahead and self._catalog is not None:
            # First hellos of a time that never came are to be said again, to people who have joined by now.
            if queued.since_the_first_start:
                join_by_this_clock(transaction, self._catalog, everybody=False, now=now)
            snapshot, version, greet_at = self._prepare(transaction, self._catalog, before=snapshot, now=now)
        next_look = transaction.waiting.next_look_at()
        if not queued.doubt and next_look is not None and next_look <= now:
            interrupted += recover_interrupted(
                transaction,
                everything=False,
                cannot_be_asked=self._providers.cannot_be_asked,
                besides=under_way,
                now=now,
            )
            expire_overdue(transaction, providers=self._providers, now=now)
            next_look = transaction.waiting.next_look_at()
        return _Planned(
            queued=queued,
            snapshot=snapshot,
            version=version,
            greet_at=greet_at,
            interrupted=interrupted,
            next_look=next_look,
            storm=storm,
        )

    def _prepare(
        self, transaction: Transaction, catalog: Catalog, *, before: Snapshot | None, now: datetime
    ) -> "_Prepared":
        """Build the snapshot from the people as they are now, and say hello to newcomers."""
        forget_plans()
        snapshot = self._make_snapshot(catalog, transaction.people.everybody())
        watermark = transaction.planning.watermark()
        greet_at = self._greet(transaction, snapshot, before=before, now=now)
        if before is not None and watermark is not None and watermark <= now and not doubt_about_clock(watermark, now):
            moved = moved_past(before, snapshot, watermark=watermark)
            queue_moved(transaction, snapshot, moved, providers=self._providers, now=now)
        return _Prepared(snapshot, transaction.people.version(), greet_at)

    def _greet(
        self, transaction: Transaction, snapshot: Snapshot, *, before: Snapshot | None = None, now: datetime
    ) -> datetime | None:
        """Say hello to whoever is to be greeted by now; return when to look again, None while the clock is in doubt."""
        if doubt_about_clock(transaction.planning.watermark(), now):
            return None
        moved = _with_new_addresses(before, snapshot) if before else frozenset()
        return queue_welcomes(transaction, snapshot, providers=self._providers, moved=moved, now=now)

    def _note_doubt(self, doubt: str) -> None:
        if doubt and doubt != self.doubt:
            _log.error("clock not believed: nothing is sent", reason=doubt)
        elif self.doubt and not doubt:
            _log.info("clock believed again")
        self.doubt = doubt

    def _start_deliveries(self, *, something_waits: bool) -> None:
        """Start those that are not running, if there is something to do; raise what the last run ended in."""
        if self._stopping:
            return
        ended = []
        for delivery in self.deliveries:
            running = self._drains.get(delivery)
            if running is not None and not running.done():
                if something_waits:
                    delivery.notify()
                continue
            if something_waits or not delivery.idle:
                self._drains[delivery] = asyncio.create_task(delivery.drain(lambda: self.snapshot))
            if running is not None:
                ended.append(running)
        for each in ended:  # only now: trouble of one channel must not keep the other waiting
            each.result()

    def _watch_runways(self, now: datetime) -> None:
        """At the first tick of a day, look beside everything else whose unseen messages end soon."""
        if self._watched_on != now.date():
            self._watched_on = now.date()
            self._watch = asyncio.create_task(warn_of_short_runways(self._ledger, self.snapshot, now=now))

    def _next_wake(self, planned: _Planned, now: datetime) -> datetime | None:
        snapshot = planned.snapshot
        due = next_due(snapshot.roster, since=now, until=now + HORIZON, seed=snapshot.seed)
        greet_at = planned.greet_at if planned.greet_at is not None and planned.greet_at <= now + HORIZON else None
        moments = (due, planned.next_look, greet_at, *(delivery.paused_until for delivery in self.deliveries))
        return min((moment for moment in moments if moment is not None and moment > now), default=None)


class _Prepared(NamedTuple):
    """What is planned from, which people it knows, and when to look again who is to be greeted."""

    snapshot: Snapshot
    version: int
    greet_at: datetime | None


def _with_new_addresses(before: Snapshot, after: Snapshot) -> frozenset[RecipientId]:
    """Return who has other addresses than before."""
    return frozenset(
        name
        for name, person in after.recipients.items()
        if (old := before.recipients.get(name)) is not None and (old.sms, old.email) != (person.sms, person.email)
    )


def _if_a_bug(error: BaseException) -> BaseException | None:
    return None if isinstance(error, LedgerError) else error


def _report(counts: Counter[NudgeState], planned: _Planned) -> None:
    """Write the canonical line of a tick; an idle one is for those who ask for debug lines."""
    if planned.storm is not None:
        coming, usual = planned.storm
        _log.error("guard: late nudges are held until somebody releases them", coming=coming, busiest_hour=usual)
    busy = bool(counts) or bool(planned.interrupted)
    tally = {state.value: count for state, count in sorted(counts.items()) if count}
    (_log.info if busy else _log.debug)("tick", interrupted=len(planned.interrupted), **tally)
