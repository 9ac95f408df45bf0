"""How long the database has left a call unanswered, and hanging up on it: no wait for it is without end.

A PostgreSQL whose machine stands still keeps its connection, and no setting of libpq ends the wait for an answer: the
kernel on the other side goes on acknowledging. So a thread of our own ends it, at the socket.
"""

import contextlib
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

_LOOKS = 8
"""How often in its limit an unanswered call is looked at."""


class Patience:
    """Follows the calls of one engine, which one thread uses at a time, and hangs up on one longer than `limit`."""

    def __init__(self, engine: Engine, *, limit: timedelta) -> None:
        self.calls = 0
        """How many calls were answered so far: proof that something moves."""
        self._limit = limit.total_seconds()
        self._since: float | None = None
        self._begun_at: float | None = None
        self._unhurried = False
        self._lines: dict[int, sqlite3.Connection | int] = {}
        self._change = threading.Lock()
        self._at_work = False
        self._watched = False
        for name, hear in (
            ("before_cursor_execute", self._ask),
            ("after_cursor_execute", self._answered),
            ("handle_error", self._answered),
            ("commit", self._ask),
            ("rollback", self._ask),
        ):
            # SQLAlchemy looks at how many arguments a listener takes; these take what comes.
            event.listen(engine, name, hear, named=True)
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "close", self._closed)
        _OF[engine] = self

    @property
    def waited(self) -> timedelta:
        """How long the call under way has been unanswered; nothing while there is none."""
        since = self._since
        return timedelta() if since is None else timedelta(seconds=time.monotonic() - since)

    @property
    def at_work(self) -> timedelta:
        """How long the work under way has lasted, our own thinking included; nothing while there is none."""
        begun_at = self._begun_at
        return timedelta() if begun_at is None else timedelta(seconds=time.monotonic() - begun_at)

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        """Watch what happens inside; it begins with a call, for opening and beginning are two."""
        with self._change:
            self._at_work = True
            begin, self._watched = not self._watched, True
        if begin:
            threading.Thread(target=self._watch, name="ledger-patience", daemon=True).start()
        self._ask()
        self._begun_at = time.monotonic()
        try:
            yield
        finally:
            self._at_work = False
            self._begun_at = None
            self._answered()

    def begun(self) -> None:
        """Say that a connection was had and its transaction begun: what follows is our own time."""
        self._answered()

    @contextlib.contextmanager
    def unhurried(self) -> Iterator[None]:
        """Hang up on nothing: a migration of a large ledger may take long, and must not be cut off each time."""
        self._unhurried = True
        try:
            yield
        finally:
            self._unhurried = False

    def hang_up(self) -> None:
        """End the call under way: it fails as if the connection had been lost. From any thread."""
        with self._change:
            for line in self._lines.values():
                with contextlib.suppress(OSError, sqlite3.Error):
                    if isinstance(line, int):
                        _shut(line)
                    else:
                        line.interrupt()

    def _watch(self) -> None:
        """Look now and then, for as long as there is work."""
        silence = threading.Event()
        while True:
            silence.wait(self._limit / _LOOKS)
            with self._change:
                if not self._at_work:
                    self._watched = False
                    return
            if not self._unhurried and self.waited.total_seconds() > self._limit:
                self.hang_up()

    def _ask(self, **_: Any) -> None:
        self._since = time.monotonic()

    def _answered(self, **_: Any) -> None:
        self._since = None
        self.calls += 1

    def _connected(self, connection: Any, _record: object) -> None:
        # A copy of the descriptor: it names this very socket as long as we keep it, also when libpq closes its own.
        line = connection if isinstance(connection, sqlite3.Connection) else os.dup(connection.fileno())
        with self._change:
            self._lines[id(connection)] = line

    def _closed(self, connection: Any, _record: object) -> None:
        with self._change:
            line = self._lines.pop(id(connection), None)
            if isinstance(line, int):
                os.close(line)


def _shut(descriptor: int) -> None:
    """Shut a connection down for whoever holds it."""
    with socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)


_OF: WeakKeyDictionary[Engine, Patience] = WeakKeyDictionary()


def patience_of(engine: Engine) -> Patience:
    """Return what follows the calls of an engine."""
    return _OF[engine]
