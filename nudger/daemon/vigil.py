"""How the service fares, told to whoever asks: systemd's watchdog and status line, the log, and `nudger status`."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from nudger.daemon.notify import Notifier
from nudger.domain.pulse import Pulse
from nudger.wiring.clock import clock, uptime
from nudger.wiring.service import StateLock

_log = structlog.get_logger("nudger")

LOOK = timedelta(seconds=10)
"""How often it looks whether a tick under way still moves."""

SILENCE = timedelta(seconds=10)
"""How long an answer of the database may take before somebody is told that it is awaited."""

THINKING = timedelta(minutes=10)
"""How long a transaction may think by itself: a hundred thousand people due at one minute, on a small machine."""


class Database(Protocol):
    """What is known of the calls to the database: a `LedgerThread`."""

    @property
    def waited(self) -> timedelta:
        """How long the call under way has been unanswered."""
        ...

    @property
    def at_work(self) -> timedelta:
        """How long the transaction under way has lasted."""
        ...

    @property
    def answered(self) -> int:
        """How many calls were answered."""
        ...


class Vigil:
    """Tells a database that hangs from a program that hangs.

    The watchdog is fed by each tick that ended, whether or not the database let it do anything: starting anew would not
    bring a database back. While a tick lasts, it is fed as long as the database is awaited, or goes on answering, and
    while a transaction thinks, up to `THINKING`: one that was killed for it would begin anew, and be killed again.
    A program that does none of this is hung, and systemd starts it anew.
    """

    def __init__(self, notifier: Notifier, lock: StateLock, database: Database, *, usually: Callable[[], str]) -> None:
        self._notifier = notifier
        self._lock = lock
        self._database = database
        self._usually = usually
        self._answered = 0
        self._trouble = ""
        self._since: datetime | None = None
        self._said = ""

    def ticked(self, *, doubt: str = "", trouble: str = "") -> None:
        """Say that a tick ended: well, with a doubt about the clock, or in vain for trouble with the ledger."""
        self._note(trouble)
        self._lock.beat(Pulse(at=clock(), uptime=uptime(), trouble=trouble))
        self._notifier.alive()
        self._say(f"{doubt}: nothing is sent (nudger guard)" if doubt and not trouble else "")

    async def watch(self) -> None:
        """Look after ticks that take long. Runs until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK.total_seconds())
            self.look()

    def look(self) -> None:
        """Feed the watchdog for a tick that waits for the database, or is answered by it; say how long it waits."""
        waited, answered = self._database.waited, self._database.answered
        if waited >= SILENCE:
            self._note(f"the database has not answered for {round(waited.total_seconds())} s")
            self._say("")
        if waited or answered != self._answered or timedelta() < self._database.at_work < THINKING:
            self._notifier.alive()
        self._answered = answered

    def _note(self, trouble: str) -> None:
        """Keep what is wrong with the ledger, and log it when it begins and when it is over."""
        if trouble and not self._trouble:
            self._since = clock()
            _log.error("ledger trouble", error=trouble)
        elif self._trouble and not trouble and self._since is not None:
            _log.warning("ledger works again", after_s=round((clock() - self._since).total_seconds()))
        self._trouble = trouble

    def _say(self, other: str) -> None:
        """Change the line in `systemctl status`, where it changes; the usual line is the configuration's."""
        words = f"nothing is sent for now: {self._trouble}" if self._trouble else other
        if words != self._said:
            self._said = words
            self._notifier.status(words or self._usually())
