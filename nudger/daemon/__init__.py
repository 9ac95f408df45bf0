"""Floor 7: the long-running process. Signals, systemd, and the alarm clock around `use_cases.serve.Service`."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from nudger import wiring
from nudger.daemon.notify import Notifier
from nudger.daemon.waker import Waker
from nudger.decisions.agenda import Agenda
from nudger.domain.vocabulary import Channel
from nudger.errors import ConfigError, LedgerError, Problem
from nudger.files.catalog import load_catalog
from nudger.files.report import headline_of
from nudger.files.settings import Settings
from nudger.storage.lock import lock_state_dir
from nudger.storage.thread import LedgerThread
from nudger.use_cases.ports import ChannelPort
from nudger.use_cases.serve import Service

_log = structlog.get_logger("nudger")

PATIENCE = timedelta(seconds=7)
"""How long a stop waits for sends under way; with the rest of stopping it stays under ten seconds."""

FIRST_DELIVERIES = timedelta(seconds=10)
"""How long the start waits for the first deliveries before it shows what comes next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a started service can tell the screen."""

    agenda: Agenda
    providers: dict[Channel, str]
    at: datetime


class Screen(Protocol):
    """Where somebody is watching the start."""

    def show(self, words: str) -> None:
        """Show a nudge of the local channel."""
        ...

    def began(self, started: Started) -> None:
        """Say what is being served, before the first nudges."""
        ...

    def ready(self, started: Started) -> None:
        """Say what comes next, after the first nudges."""
        ...


class Daemon:
    """One process serving one configuration folder. Without a screen, the words of nudges are shown nowhere."""

    def __init__(self, settings: Settings, *, screen: Screen | None) -> None:
        self._settings = settings
        self._screen = screen
        self._notifier = Notifier()
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._configured_at = wiring.clock()
        self._problems = 0

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises ConfigError or LedgerError when it cannot start."""
        self._hear_signals()
        catalog = load_catalog(self._settings.config_dir, self._settings.recipients_file)
        with lock_state_dir(self._settings.state):
            async with self._service() as (service, ledger, channels):
                # Nobody else works on an SQLite ledger, so an attempt marked as under way was cut off by a crash.
                # On PostgreSQL another daemon may be in the middle of it: there, its lease must run out first.
                await service.adopt(catalog, after_crash=self._settings.ledger_is_file)
                await self._tell_ledger(ledger, channels)
                await self._begin(service, channels)
                await self._serve(service, ledger, channels)

    async def _begin(self, service: Service, channels: dict[Channel, ChannelPort]) -> None:
        """Tick for the first time, and show somebody who watches what goes out and what comes next."""
        providers = {channel: port.provider for channel, port in channels.items()}
        if self._screen is not None:
            self._screen.began(Started(agenda=service.agenda, providers=providers, at=wiring.clock()))
        wiring.settle_memory()
        await self._tick(service)
        self._notifier.ready(self._status(service.agenda))
        if self._screen is not None:
            first = asyncio.create_task(service.settle())
            await asyncio.wait([first], timeout=FIRST_DELIVERIES.total_seconds())
            self._screen.ready(Started(agenda=service.agenda, providers=providers, at=wiring.clock()))

    async def _serve(self, service: Service, ledger: LedgerThread, channels: dict[Channel, ChannelPort]) -> None:
        waker = Waker(lambda: self._guarded_tick(service), clock=wiring.clock)
        waker.start()
        try:
            while await self._next_signal() is self._reload:
                self._reload.clear()
                await self._take_new_configuration(service)
                await self._tell_ledger(ledger, channels)
        finally:
            self._notifier.stopping()
            waker.stop()
            await service.stop(patience=PATIENCE)

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[tuple[Service, LedgerThread, dict[Channel, ChannelPort]]]:
        ledger = wiring.open_ledger(self._settings)
        thread = LedgerThread(ledger)
        channels = wiring.make_channels(self._settings, show=self._screen.show if self._screen else None)
        try:
            yield (
                Service(
                    thread,
                    wiring.make_deliveries(channels, thread),
                    make_agenda=wiring.make_agenda(self._settings, ledger.installation),
                    clock=wiring.clock,
                ),
                thread,
                channels,
            )
        finally:
            for port in set(channels.values()):
                await asyncio.wait_for(port.close(), timeout=1)
            thread.close()

    # Ticks

    async def _tick(self, service: Service) -> datetime | None:
        """Tick, and feed the watchdog: only a finished tick proves that people are being looked after."""
        wake = await service.tick()
        self._notifier.alive()
        return wake

    async def _guarded_tick(self, service: Service) -> datetime | None:
        try:
            return await self._tick(service)
        except LedgerError as error:
            # A full disk or a lost database: nothing is sent that cannot be written down, and the next tick tries
            # again. The watchdog goes hungry, so systemd restarts us if it lasts.
            _log.error("ledger trouble", error=str(error))
            self._notifier.status(f"ledger trouble: {error}")
            return None

    # Signals

    def _hear_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._hear_hangup)

    def _hear_hangup(self) -> None:
        self._notifier.reloading()
        self._reload.set()

    async def _next_signal(self) -> asyncio.Event:
        """Wait for a stop or a reload; a stop goes first."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._stop, self._reload)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return self._stop if self._stop.is_set() else self._reload

    # Configuration

    async def _take_new_configuration(self, service: Service) -> None:
        """Take all of the new configuration or none of it; the last good one goes on meanwhile."""
        settings = self._settings
        try:
            catalog = await asyncio.to_thread(load_catalog, settings.config_dir, settings.recipients_file)
            await service.adopt(catalog)
        except ConfigError as error:
            self._problems = len(error.problems)
            for line in public_lines(error.problems, recipients_file=settings.recipients_path):
                _log.error("configuration not taken", problem=line)
        except LedgerError as error:
            _log.error("configuration not taken", problem=str(error))
        else:
            wiring.settle_memory()
            self._problems, self._configured_at = 0, wiring.clock()
            _log.info("configuration taken", schedules=len(catalog.schedules), messages=len(catalog.messages))
        self._notifier.ready(self._status(service.agenda))

    def _status(self, agenda: Agenda) -> str:
        at = self._configured_at.astimezone()
        line = (
            f"{len(agenda.schedules)} schedules, {len(agenda.shelf.messages)} messages, "
            f"{len(agenda.recipients)} people; configuration of {at:%a %H:%M}"
        )
        if self._problems:
            line += f" (a newer one has {self._problems} problems and was not taken: nudger check)"
        return line

    async def _tell_ledger(self, ledger: LedgerThread, channels: dict[Channel, ChannelPort]) -> None:
        """Leave word for `nudger status`."""
        word = {
            "configured_at": self._configured_at.isoformat(),
            "problems": self._problems,
            "providers": {channel.value: port.provider for channel, port in channels.items()},
        }
        await ledger.run(lambda transaction: transaction.remember("service", word))


def public_lines(problems: tuple[Problem, ...], *, recipients_file: Path) -> list[str]:
    """Return one line for each problem, fit for a journal: of the people's file only the place, never what it says."""
    return [
        f"{problem.file}:{problem.line}:{problem.column}: see `nudger check`"
        if Path(problem.file) == recipients_file
        else headline_of(problem)
        for problem in problems
    ]
