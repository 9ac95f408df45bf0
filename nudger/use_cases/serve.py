"""The service, apart from what wakes it: take a configuration, tick, deliver, stop.

A tick plans up to the present and starts deliveries; it never waits for a provider. Whatever wakes it, and however
late, the same slots get the same nudges.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from nudger.decisions.oversight.changes import Changes, compare
from nudger.decisions.oversight.guard import Storm
from nudger.decisions.planning.plan import next_due
from nudger.decisions.snapshot import Snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.facts import NO_DAEMON, DaemonId
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import NudgeId
from nudger.errors import LedgerError
from nudger.storage.high_water import Mark
from nudger.storage.leases import PLANNER
from nudger.storage.thread import LedgerThread
from nudger.storage.transaction import Transaction
from nudger.use_cases.deliver_nudges import Delivery, report
from nudger.use_cases.people_served import MakeSnapshot, Served, adopt, foresee, is_to_greet, look_again, take_in
from nudger.use_cases.ports import Clock, Providers
from nudger.use_cases.queue_nudges import (
    Queued,
    expire_overdue,
    left_to_another,
    look_for_storm,
    queue_step,
)
from nudger.use_cases.settle_nudges import recover_interrupted
from nudger.use_cases.take_up import Left, join_by_this_clock, take_up
from nudger.use_cases.watch_runway import warn_of_short_runways

_log = structlog.get_logger("nudger")

HORIZON = timedelta(seconds=40)
"""How far ahead a tick looks for the next due moment: a little further than the next regular tick."""

_TRIES = 5
"""So often a tick looks again at people who change while it looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """What one transaction of a tick did."""

    queued: Queued
    served: Served
    interrupted: Sequence[Nudge]
    next_look: datetime | None
    storm: Storm | None


@dataclass
class _Tally:
    """What the steps of a tick did together."""

    counts: Counter[NudgeState] = field(default_factory=Counter)
    interrupted: int = 0
    storm: Storm | None = None
    steps: int = 0

    def add(self, planned: _Planned) -> None:
        self.counts += planned.queued.counts
        self.interrupted += len(planned.interrupted)
        self.storm = planned.storm
        self.steps += 1


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
        self._served: Served | None = None
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
        assert self._served is not None
        return self._served.snapshot

    async def reload(self, catalog: Catalog, *, after_crash: bool = False) -> Changes:
        """Take a checked configuration, at the start and at every reload; return what it changes.

        Raises LedgerError, and keeps the old one. `after_crash` says that nobody can be at work on what the ledger
        has as under way.
        """
        async with self._one_at_a_time:
            now = self._clock()
            self._after_crash = self._after_crash or after_crash
            serving = self._served and self._served.snapshot
            look = partial(foresee, catalog=catalog, make_snapshot=self._make_snapshot, serving=serving, now=now)
            coming = await self._ledger.read(look)
            under_way = self._under_way()

            def work(transaction: Transaction) -> tuple[Served, bool, list[Nudge]]:
                begun, lost = self._take_up(transaction, catalog, under_way, now)
                return adopt(transaction, catalog, coming, providers=self._providers, now=now), begun, lost

            served, begun, lost = await self._ledger.run(work)
            self._served, self._catalog = served, catalog
            self._note_begun(begun=begun)
            for nudge in lost:
                report(nudge, now=now)
            return await asyncio.to_thread(compare, serving or served.snapshot, served.snapshot, now=now)

    async def tick(self) -> datetime | None:
        """Plan up to now and start what waits; return when something falls due before the next regular tick."""
        async with self._one_at_a_time:
            now = self._clock()
            for delivery in self.deliveries:
                delivery.give_up(now=now)
            tally = _Tally()
            if not self._begun and self._catalog is not None:
                take = partial(self._take_up, catalog=self._catalog, under_way=self._under_way(), now=now)
                begun, lost = await self._ledger.run(take)
                self._note_begun(begun=begun)
                tally.interrupted += len(lost)
            while True:
                planned = await self._step(tally.storm, first=not tally.steps, now=now)
                self._served = planned.served
                tally.add(planned)
                if planned.queued.finished and not planned.queued.clock_was_ahead:
                    break
            self._note_begun(begun=not planned.queued.doubt)
            self._note_doubt(planned.queued.doubt)
            if planned.queued.doubt:
                return None
            self._start_deliveries(something_waits=planned.next_look is not None and planned.next_look <= now)
            _report(tally)
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

    def _take_up(
        self, transaction: Transaction, catalog: Catalog, under_way: Collection[NudgeId], now: datetime
    ) -> tuple[bool, list[Nudge]]:
        left = Left(
            first=not self._begun,
            everything=self._after_crash,
            under_way=self._with_claims(under_way),
            high_water=self._high_water,
        )
        return take_up(transaction, catalog, left, providers=self._providers, now=now)

    def _note_begun(self, *, begun: bool) -> None:
        """Note whether what was left has been taken up, by a clock that is believed."""
        self._begun = begun
        self._after_crash = self._after_crash and not begun

    async def _step(self, storm: Storm | None, *, first: bool, now: datetime) -> _Planned:
        """Plan the next span in one transaction, from people as they are in it; who changed is read before it."""
        assert self._served is not None
        served = self._served
        tries = 1
        while True:
            # At last it goes on with whom it knows: whoever changed since is seen at the next tick.
            plan = partial(self._plan, storm=storm, first=first, as_it_is=tries == _TRIES, now=now)
            planned = await self._ledger.run(partial(plan, served=served, under_way=self._under_way()))
            if planned is not None:
                return planned
            served = await self._ledger.read(partial(look_again, served=served, rebuild=self._rebuild))
            tries += 1

    def _rebuild(self, people: Sequence[Recipient]) -> Snapshot:
        assert self._catalog is not None
        return self._make_snapshot(self._catalog, people)

    def _plan(
        self,
        transaction: Transaction,
        *,
        served: Served,
        storm: Storm | None,
        first: bool,
        as_it_is: bool,
        under_way: Collection[NudgeId],
        now: datetime,
    ) -> _Planned | None:
        """Write down what falls due, and end what can no longer go out; None if others are here than are `served`."""
        if transaction.people.version() != served.version and not as_it_is:
            return None
        snapshot, before = served.snapshot, self.snapshot
        plans = transaction.leases.take(PLANNER, self._owner, now=now)
        if served.looked_again or (plans and is_to_greet(served, first=first, now=now)):
            served = take_in(transaction, served, before=before, providers=self._providers, now=now)
        if first and plans:
            storm = look_for_storm(transaction, snapshot, now=now)
        if plans:
            queued = queue_step(transaction, snapshot, providers=self._providers, held=storm, now=now)
        else:
            queued = left_to_another(transaction, now=now)
        if queued.clock_was_ahead:
            # First hellos of a time that never came are to be said again, to people who have joined by now.
            served = served._replace(greet_at=None)
            if queued.since_the_first_start and self._catalog is not None:
                join_by_this_clock(transaction, self._catalog, everybody=False, now=now)
        if queued.doubt:
            served = served._replace(greet_at=None)
        interrupted: Sequence[Nudge] = ()
        next_look = transaction.waiting.next_look_at()
        if not queued.doubt and next_look is not None and next_look <= now:
            interrupted = self._recover(transaction, under_way, now)
            next_look = transaction.waiting.next_look_at()
        return _Planned(queued=queued, served=served, interrupted=interrupted, next_look=next_look, storm=storm)

    def _recover(self, transaction: Transaction, under_way: Collection[NudgeId], now: datetime) -> Sequence[Nudge]:
        """End what can no longer go out, and take up attempts that nobody is at work on; return those."""
        interrupted = recover_interrupted(
            transaction,
            everything=False,
            cannot_be_asked=self._providers.cannot_be_asked,
            besides=self._with_claims(under_way),
            now=now,
        )
        expire_overdue(transaction, providers=self._providers, now=now)
        return interrupted

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
        snapshot, greet_at = planned.served.snapshot, planned.served.greet_at
        due = next_due(snapshot.roster, since=now, until=now + HORIZON, seed=snapshot.seed)
        greet_at = greet_at if greet_at is not None and greet_at <= now + HORIZON else None
        moments = (due, planned.next_look, greet_at, *(delivery.paused_until for delivery in self.deliveries))
        return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _if_a_bug(error: BaseException) -> BaseException | None:
    return None if isinstance(error, LedgerError) else error


def _report(tally: _Tally) -> None:
    """Write the canonical line of a tick; an idle one is for those who ask for debug lines."""
    if tally.storm is not None:
        coming, usual = tally.storm
        _log.error("guard: late nudges are held until somebody releases them", coming=coming, busiest_hour=usual)
    busy = bool(tally.counts) or bool(tally.interrupted)
    states = {state.value: count for state, count in sorted(tally.counts.items()) if count}
    (_log.info if busy else _log.debug)("tick", interrupted=tally.interrupted, **states)
