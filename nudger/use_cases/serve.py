"""The service, apart from what wakes it: adopt a configuration, tick, deliver, stop.

A tick plans up to the present and starts deliveries; it never waits for a provider. Whatever wakes it, and however
late, the same slots get the same nudges.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from nudger.decisions.agenda import Agenda
from nudger.decisions.plan import next_due
from nudger.domain.catalog import Catalog
from nudger.domain.nudges import NudgeState
from nudger.domain.recipients import Recipient
from nudger.use_cases.deliver_nudges import Delivery, recover_interrupted
from nudger.use_cases.ports import Clock, LedgerPort, TransactionPort
from nudger.use_cases.queue_nudges import Queued, begin_planning, queue_step, queue_welcomes

_log = structlog.get_logger("nudger")

HORIZON = timedelta(seconds=40)
"""How far ahead a tick looks for the next due moment: a little further than the next regular tick."""

MakeAgenda = Callable[[Catalog, Sequence[Recipient]], Agenda]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """What one transaction of a tick did."""

    queued: Queued
    agenda: Agenda
    version: int
    interrupted: int
    next_attempt: datetime | None


class Service:
    """Keeps everybody's nudges going. Use from one event loop."""

    def __init__(
        self, ledger: LedgerPort, deliveries: Sequence[Delivery], *, make_agenda: MakeAgenda, clock: Clock
    ) -> None:
        self.deliveries = tuple(deliveries)
        self._ledger = ledger
        self._make_agenda = make_agenda
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._drains: dict[Delivery, asyncio.Task[None]] = {}
        self._catalog: Catalog | None = None
        self._agenda: Agenda | None = None
        self._version = 0

    @property
    def agenda(self) -> Agenda:
        """What is planned from. Before `adopt`, there is none, and asking is a bug."""
        assert self._agenda is not None
        return self._agenda

    async def adopt(self, catalog: Catalog, *, after_crash: bool = False) -> None:
        """Take a checked configuration, at the start and at every reload. Raises LedgerError, and keeps the old one.

        `after_crash` says that nobody can be at work on what the ledger has as under way.
        """
        async with self._one_at_a_time:
            now = self._clock()

            def work(transaction: TransactionPort) -> tuple[Agenda, int]:
                begin_planning(transaction, now=now)
                _keep_people(transaction, catalog)
                recover_interrupted(transaction, everything=after_crash, now=now)
                return self._prepare(transaction, catalog, now=now)

            agenda, version = await self._ledger.run(work)
            self._catalog, self._agenda, self._version = catalog, agenda, version

    async def tick(self) -> datetime | None:
        """Plan up to now and start what waits; return when something falls due before the next regular tick."""
        async with self._one_at_a_time:
            now = self._clock()
            counts: Counter[NudgeState] = Counter()
            while True:
                planned: _Planned = await self._ledger.run(lambda transaction: self._plan(transaction, now))
                self._agenda, self._version = planned.agenda, planned.version
                counts += planned.queued.counts
                if planned.queued.finished:
                    break
            self._start_deliveries(something_waits=planned.next_attempt is not None and planned.next_attempt <= now)
            _report(counts, planned)
            return self._next_wake(planned, now)

    async def settle(self) -> None:
        """Wait until the deliveries under way have nothing left to do now. Raises what they raised."""
        await asyncio.gather(*self._drains.values())

    async def stop(self, *, patience: timedelta) -> None:
        """Begin nothing new, let what is under way end for as long as `patience`, then leave it in doubt."""
        async with self._one_at_a_time:
            for delivery in self.deliveries:
                delivery.stop()
        drains = [drain for drain in self._drains.values() if not drain.done()]
        if drains:
            _, late = await asyncio.wait(drains, timeout=patience.total_seconds())
            for delivery in self.deliveries:
                delivery.abandon()
            if late:
                await asyncio.wait(late, timeout=1)

    def _plan(self, transaction: TransactionPort, now: datetime) -> _Planned:
        agenda, version, interrupted = self.agenda, transaction.recipients_version(), 0
        if version != self._version and self._catalog is not None:
            agenda, version = self._prepare(transaction, self._catalog, now=now)
        queued = queue_step(transaction, agenda, now=now)
        next_attempt = transaction.next_attempt()
        if next_attempt is not None and next_attempt <= now:
            interrupted = recover_interrupted(transaction, everything=False, now=now)
        return _Planned(
            queued=queued, agenda=agenda, version=version, interrupted=interrupted, next_attempt=next_attempt
        )

    def _prepare(self, transaction: TransactionPort, catalog: Catalog, *, now: datetime) -> tuple[Agenda, int]:
        """Build the agenda from the people as they are now, and say hello to newcomers."""
        agenda = self._make_agenda(catalog, transaction.recipients())
        queue_welcomes(transaction, agenda, now=now)
        return agenda, transaction.recipients_version()

    def _start_deliveries(self, *, something_waits: bool) -> None:
        """Start those that are not running, if there is something to do; raise what the last run ended in."""
        for delivery in self.deliveries:
            running = self._drains.get(delivery)
            if running is not None and not running.done():
                continue
            if something_waits or not delivery.idle:
                self._drains[delivery] = asyncio.create_task(delivery.drain())
            if running is not None:
                running.result()

    def _next_wake(self, planned: _Planned, now: datetime) -> datetime | None:
        agenda = planned.agenda
        due = next_due(agenda.roster, since=now, until=now + HORIZON, seed=agenda.seed)
        moments = (due, planned.next_attempt)
        return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _keep_people(transaction: TransactionPort, catalog: Catalog) -> None:
    """Write down the people of recipients.yaml; whoever is no longer in it gets nothing more."""
    if catalog.recipients is not None:
        transaction.keep_recipients(catalog.recipients, source="file")
        transaction.retire_recipients(source="file", besides={person.id for person in catalog.recipients})


def _report(counts: Counter[NudgeState], planned: _Planned) -> None:
    """Write the canonical line of a tick; an idle one is for those who ask for debug lines."""
    busy = bool(counts) or planned.interrupted > 0
    tally = {state.value: count for state, count in sorted(counts.items()) if count}
    (_log.info if busy else _log.debug)("tick", interrupted=planned.interrupted, **tally)
