"""Connections to the ledger, each with a limit on every wait; SQLite's with the settings that a ledger needs."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from nudger.domain.ledger_place import SETTING, LedgerFile, LedgerPlace, LedgerServer
from nudger.errors import LedgerError
from nudger.storage.patience import Patience

READING = "nudger_reading"
"""The option of a connection whose transactions only read: on SQLite, they do not take the place of who writes."""

SERVICE_LIMIT = timedelta(seconds=30)
"""How long the service waits for one answer of the database."""

COMMAND_LIMIT = timedelta(seconds=8)
"""How long a command does: with connecting, and starting Python, it is under fifteen seconds."""

_IDLE_LIMIT = timedelta(minutes=10)
"""How long another's transaction may sit there: a process that stands still must not keep what all need."""


def make_engine(place: LedgerPlace, *, limit: timedelta, reading: bool = False) -> Engine:
    """Return an engine that gives up on a call after `limit`; for `reading`, a transaction sees one moment.

    Raises LedgerError where the driver is missing, or cannot take what the URL says.
    """
    return (
        _sqlite(place, limit, reading=reading)
        if isinstance(place, LedgerFile)
        else _postgresql(place, limit, reading=reading)
    )


def driver_words(error: DBAPIError, place: LedgerPlace | None) -> str:
    """Return a driver's own words on one line; left out where they hold the password, or what a row says."""
    lines = (line.strip() for line in str(error.orig).splitlines())
    words = "; ".join(line for line in lines if line and not line.startswith(("DETAIL:", "CONTEXT:", "LINE ")))
    if isinstance(place, LedgerServer) and place.password and place.password in words:
        return "the database's own words are left out here, for they repeat the password"
    return words or type(error.orig).__name__


def file_uri(path: Path, **options: str) -> str:
    """Return SQLite's URI of a file, whatever letters are in its name."""
    query = "&".join(f"{name}={value}" for name, value in options.items())
    return f"file:{quote(str(path.absolute()))}?{query}"


def _sqlite(place: LedgerFile, limit: timedelta, *, reading: bool) -> Engine:
    busy = min(limit, COMMAND_LIMIT).total_seconds()

    def connect() -> sqlite3.Connection:
        # mode=rw: a ledger that vanished must never be made anew by connecting to it once more.
        return sqlite3.connect(file_uri(place.path, mode="rw"), uri=True, timeout=busy, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)
    Patience(engine, limit=limit)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Python's own transaction handling begins too late and too weakly; SQLAlchemy's "begin" below does it.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        only_reads = reading or connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


def _postgresql(place: LedgerServer, limit: timedelta, *, reading: bool) -> Engine:
    url = URL.create(
        "postgresql+psycopg",
        username=place.user,
        password=place.password,
        host=place.host or None,
        port=place.port,
        database=place.database or None,
        query=dict(place.options),
    )
    given = dict(place.options)
    limits = {name: value for name, value in _socket_limits(limit).items() if name not in given}
    # PostgreSQL's usual level lets each statement see another moment; SQLite's only one does not.
    level: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if reading else {}
    try:
        engine = create_engine(url, pool_pre_ping=True, connect_args=limits, hide_parameters=True, **level)
    except ImportError as error:
        raise LedgerError("a ledger in PostgreSQL needs psycopg: pip install 'nudger[postgresql]'") from error
    except (ArgumentError, ValueError) as error:
        raise LedgerError(f"{SETTING}: the options after the '?' are none that PostgreSQL's driver takes") from error
    Patience(engine, limit=limit)
    event.listen(engine, "connect", _limit_statements(limit))
    return engine


def _socket_limits(limit: timedelta) -> dict[str, int]:
    """Return what libpq is told: when to give up connecting, and on a machine that went away without a word."""
    return {
        # For each address of a name, and most have two.
        "connect_timeout": round(min(limit, COMMAND_LIMIT).total_seconds() / 2),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }


def _limit_statements(limit: timedelta) -> Callable[..., None]:
    """Return what sets the server's own limits; a little shorter than ours, since its words are clearer."""
    limits = {"statement_timeout": limit * 0.9, "idle_in_transaction_session_timeout": _IDLE_LIMIT}
    # Not by the connection's `options`, which PgBouncer refuses.
    words = "; ".join(f"SET {name} = {round(span.total_seconds() * 1000)}" for name, span in limits.items())

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(words)
        cursor.close()
        connection.commit()

    return connected
