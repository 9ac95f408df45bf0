"""Floor 7: the long-running process. Signals, systemd, and the alarm clock around `use_cases.serve.Service`."""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Timer
from typing import Protocol

import structlog

from nudger.config.settings.read import Settings
from nudger.daemon.configuration import ConfigWatcher
from nudger.daemon.notify import Notifier
from nudger.daemon.vigil import LOOK, Vigil
from nudger.daemon.waker import Waker
from nudger.decisions.coming import Coming
from nudger.decisions.snapshot import Snapshot
from nudger.domain.pulse import Pulse
from nudger.domain.vocabulary import Channel
from nudger.errors import LedgerError, LedgerLostError
from nudger.use_cases.outlook import Answer, Question, next_in_service
from nudger.use_cases.ports import ChannelPort
from nudger.use_cases.serve import Service
from nudger.wiring.aside import in_thread_of_its_own
from nudger.wiring.clock import clock, uptime
from nudger.wiring.reading import freeze_garbage
from nudger.wiring.service import LedgerThread, StateLock, lock_state, open_service

_log = structlog.get_logger("nudger")

PATIENCE = timedelta(seconds=6)
"""How long a stop waits for sends under way; with the rest of stopping it stays under ten seconds."""

LAST_RESORT = timedelta(seconds=9)
"""When a stop that hangs, in whatever, is ended all the same."""

AGAIN = timedelta(seconds=10)
"""How long after a tick in vain the ledger is tried again."""

START = timedelta(minutes=30)
"""How long a start may take: a large ledger that is brought up to date, or a week of many people to catch up on."""

FIRST_DELIVERIES = timedelta(seconds=10)
"""How long the start waits for the first deliveries before it shows what comes next."""

LOOK_AHEAD = timedelta(days=8)
"""How far the start looks for what comes next."""

NEXT = 3
"""How many of the next nudges the start shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a started service can tell the screen. `coming` are the next nudges that go out, soonest first."""

    snapshot: Snapshot
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
        self._lost: LedgerLostError | None = None
        self._last_resort = Timer(LAST_RESORT.total_seconds(), _leave)
        self._last_resort.daemon = True

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises ConfigError or LedgerError when it cannot start.

        Raises LedgerLostError when another ledger, or none, lies where this one was.
        """
        self._hear_signals()
        configuration = ConfigWatcher(self._settings)
        with lock_state(self._settings) as lock:
            serving = asyncio.create_task(self._open_and_serve(configuration, lock))
            stopped = asyncio.create_task(self._stop.wait())
            await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
            # Wherever it is, also where it waits for a database: what is under way then is ended in its own order.
            serving.cancel()
            stopped.cancel()
            await asyncio.wait([serving])
        if not serving.cancelled():
            serving.result()
        if self._lost is not None:
            raise self._lost

    async def _open_and_serve(self, configuration: ConfigWatcher, lock: StateLock) -> None:
        lock.beat(Pulse(at=clock(), uptime=uptime(), ticked=False))
        starting = asyncio.create_task(self._ask_for_time())
        show = self._screen.show if self._screen else None
        async with open_service(self._settings, show=show) as parts:
            service, ledger, channels = parts.service, parts.ledger, parts.channels
            vigil = Vigil(self._notifier, lock, ledger, usually=lambda: configuration.status(service.snapshot))
            # Nobody else works on an SQLite ledger, so an attempt marked as under way was cut off by a crash.
            # On PostgreSQL another daemon may be in the middle of it: there, its lease must run out first.
            await service.reload(configuration.catalog, after_crash=self._settings.ledger_is_file)
            await configuration.tell(ledger, channels)
            watch = asyncio.create_task(vigil.watch())
            try:
                await self._begin(service, vigil, configuration, channels)
                starting.cancel()
                await self._serve(service, vigil, configuration, ledger, channels)
            finally:
                watch.cancel()
                starting.cancel()
                self._notifier.stopping()
                await service.stop(patience=PATIENCE)

    async def _ask_for_time(self) -> None:
        """Let systemd wait for a start that takes long: one that is killed begins anew, and takes as long again."""
        for _ in range(START // LOOK):
            self._notifier.starting(within=6 * LOOK)
            await asyncio.sleep(LOOK.total_seconds())

    async def _begin(
        self,
        service: Service,
        vigil: Vigil,
        configuration: ConfigWatcher,
        channels: dict[Channel, ChannelPort],
    ) -> None:
        """Tick for the first time, and show somebody who watches what is served."""
        providers = {channel: port.provider for channel, port in channels.items()}
        if self._screen is not None:
            self._screen.began(Started(snapshot=service.snapshot, providers=providers, at=clock()))
        freeze_garbage()
        await self._guarded_tick(service, vigil)
        self._notifier.ready(configuration.status(service.snapshot))

    async def _show_next(self, service: Service, ledger: LedgerThread, channels: dict[Channel, ChannelPort]) -> None:
        """Show somebody who watches what comes next, once the first deliveries are through. Ticks go on meanwhile."""
        if self._screen is None:
            return
        await service.settle_for(FIRST_DELIVERIES)
        at, snapshot, loop = clock(), service.snapshot, asyncio.get_running_loop()

        def ask(question: "Question[Answer]") -> Answer:
            return asyncio.run_coroutine_threadsafe(ledger.run(question), loop).result()

        look = partial(next_in_service, ask, snapshot, count=NEXT, within=LOOK_AHEAD, now=at)
        try:
            coming = await in_thread_of_its_own(look)
        except LedgerError:
            return  # the next tick says what is wrong
        except Exception:  # noqa: BLE001 - a courtesy to whoever watches: whatever is wrong with it, the service goes on
            _log.exception("what comes next cannot be shown")
            return
        providers = {channel: port.provider for channel, port in channels.items()}
        self._screen.ready(Started(snapshot=snapshot, providers=providers, at=at, coming=coming))

    async def _serve(
        self,
        service: Service,
        vigil: Vigil,
        configuration: ConfigWatcher,
        ledger: LedgerThread,
        channels: dict[Channel, ChannelPort],
    ) -> None:
        waker = Waker(lambda: self._guarded_tick(service, vigil), clock=clock)
        waker.start()
        watch = asyncio.create_task(configuration.watch(self._reload))
        look = asyncio.create_task(configuration.look_ahead(service.snapshot))
        show = asyncio.create_task(self._show_next(service, ledger, channels))
        try:
            while True:
                await self._reload_wanted(waker.task, watch)
                self._reload.clear()
                await self._take_configuration(service, configuration, ledger, channels)
                look.cancel()
                look = asyncio.create_task(configuration.look_ahead(service.snapshot))
        finally:
            watch.cancel()
            look.cancel()
            show.cancel()
            waker.stop()

    async def _take_configuration(
        self,
        service: Service,
        configuration: ConfigWatcher,
        ledger: LedgerThread,
        channels: dict[Channel, ChannelPort],
    ) -> None:
        try:
            await configuration.reload(service, ledger)
            await configuration.tell(ledger, channels)
        except LedgerError as error:
            _log.error("ledger trouble", error=str(error))
        self._notifier.ready(configuration.status(service.snapshot))

    # Ticks

    async def _guarded_tick(self, service: Service, vigil: Vigil) -> datetime | None:
        """Tick, and say how that went. Nothing is sent that cannot be written down; the next tick tries again."""
        try:
            wake = await service.tick()
        except LedgerLostError as error:
            self._lost = error
            self._stop.set()
            return None
        except LedgerError as error:
            vigil.ticked(trouble=str(error))
            return clock() + AGAIN
        vigil.ticked(doubt=service.doubt)
        return wake

    # Signals

    def _hear_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._hear_stop)
        loop.add_signal_handler(signal.SIGHUP, self._hear_hangup)

    def _hear_stop(self) -> None:
        if not self._stop.is_set():
            self._last_resort.start()
        self._stop.set()

    def _hear_hangup(self) -> None:
        self._notifier.reloading()
        self._reload.set()

    async def _reload_wanted(self, *tasks: asyncio.Task[None]) -> None:
        """Wait for a reload. A task that ends by itself meanwhile is a bug, and raised: nothing ends in silence."""
        wanted = asyncio.create_task(self._reload.wait())
        try:
            await asyncio.wait([wanted, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            wanted.cancel()
        for task in tasks:
            if task.done():
                task.result()
                raise RuntimeError(f"{task.get_name()} ended by itself")


def _leave() -> None:
    """End the process without waiting for what hangs: a name that is looked up, a disk, a thread of a library."""
    _log.warning("stopped, and left behind what hangs")
    os._exit(0)
