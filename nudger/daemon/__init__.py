"""Floor 7: the long-running process. Signals, systemd, and the alarm clock around `use_cases.serve.Service`."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from nudger.daemon.configuration import Configuration
from nudger.daemon.notify import Notifier
from nudger.daemon.waker import Waker
from nudger.decisions.agenda import Agenda
from nudger.domain.vocabulary import Channel
from nudger.errors import LedgerError
from nudger.files.settings import Settings
from nudger.storage.lock import lock_state_dir
from nudger.storage.thread import LedgerThread
from nudger.use_cases.outlook import next_in_service
from nudger.use_cases.ports import ChannelPort
from nudger.use_cases.preview import Coming
from nudger.use_cases.serve import Service
from nudger.wiring.clock import clock
from nudger.wiring.ledger import open_ledger
from nudger.wiring.reading import make_agenda, settle_memory
from nudger.wiring.sending import make_channels, make_deliveries

_log = structlog.get_logger("nudger")

PATIENCE = timedelta(seconds=7)
"""How long a stop waits for sends under way; with the rest of stopping it stays under ten seconds."""

FIRST_DELIVERIES = timedelta(seconds=10)
"""How long the start waits for the first deliveries before it shows what comes next."""

LOOK_AHEAD = timedelta(days=8)
"""How far the start looks for what comes next."""

NEXT = 3
"""How many of the next nudges the start shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a started service can tell the screen. `coming` are the next nudges that go out, soonest first."""

    agenda: Agenda
    providers: dict[Channel, str]
    at: datetime
    coming: Sequence[Coming] = ()


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

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises ConfigError or LedgerError when it cannot start."""
        self._hear_signals()
        configuration = Configuration(self._settings)
        with lock_state_dir(self._settings.state):
            async with self._service() as (service, ledger, channels):
                # Nobody else works on an SQLite ledger, so an attempt marked as under way was cut off by a crash.
                # On PostgreSQL another daemon may be in the middle of it: there, its lease must run out first.
                await service.adopt(configuration.catalog, after_crash=self._settings.ledger_is_file)
                await configuration.tell(ledger, channels)
                await self._begin(service, configuration, ledger, channels)
                await self._serve(service, configuration, ledger, channels)

    async def _begin(
        self,
        service: Service,
        configuration: Configuration,
        ledger: LedgerThread,
        channels: dict[Channel, ChannelPort],
    ) -> None:
        """Tick for the first time, and show somebody who watches what goes out and what comes next."""
        providers = {channel: port.provider for channel, port in channels.items()}
        if self._screen is not None:
            self._screen.began(Started(agenda=service.agenda, providers=providers, at=clock()))
        settle_memory()
        await self._tick(service)
        self._notifier.ready(configuration.status(service.agenda))
        if self._screen is not None:
            first = asyncio.create_task(service.settle())
            await asyncio.wait([first], timeout=FIRST_DELIVERIES.total_seconds())
            at = clock()
            coming = await ledger.run(
                lambda transaction: next_in_service(transaction, service.agenda, count=NEXT, within=LOOK_AHEAD, now=at)
            )
            self._screen.ready(Started(agenda=service.agenda, providers=providers, at=at, coming=coming))

    async def _serve(
        self,
        service: Service,
        configuration: Configuration,
        ledger: LedgerThread,
        channels: dict[Channel, ChannelPort],
    ) -> None:
        waker = Waker(lambda: self._guarded_tick(service), clock=clock)
        waker.start()
        watch = asyncio.create_task(configuration.watch(self._reload))
        try:
            while await self._next_signal() is self._reload:
                self._reload.clear()
                await configuration.reload(service, ledger)
                await configuration.tell(ledger, channels)
                self._notifier.ready(configuration.status(service.agenda))
        finally:
            watch.cancel()
            self._notifier.stopping()
            waker.stop()
            await service.stop(patience=PATIENCE)

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[tuple[Service, LedgerThread, dict[Channel, ChannelPort]]]:
        ledger = open_ledger(self._settings)
        thread = LedgerThread(ledger)
        channels = make_channels(self._settings, show=self._screen.show if self._screen else None)
        try:
            yield (
                Service(
                    thread,
                    make_deliveries(channels, thread),
                    make_agenda=make_agenda(self._settings, ledger.installation),
                    clock=clock,
                    high_water=ledger.high_water,
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
        if service.doubt:
            self._notifier.status(f"{service.doubt}: nothing is sent (nudger guard)")
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
