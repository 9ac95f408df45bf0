"""Opening the ledger, and refusing to: newer than the code, corrupt, or empty where history should be.

Being wrong here would send everybody their day again, so nothing is made anew beside a history that is missing.
"""

import json
import os
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from nudger.errors import LedgerError
from nudger.storage.tables import REVISIONS, meta

MARKER = "installation.json"
"""Beside the database: says that there is a history, and whose."""

_BUSY_TIMEOUT_S = 10


def open_database(url: str, *, state_dir: Path) -> tuple[Engine, str]:
    """Open, check and migrate the database; return its engine and the installation's id.

    `state_dir` (made if missing, mode 0700) holds the marker. Raises LedgerError when the database cannot be
    reached, is newer than this code, corrupt, or empty although the marker says that there was a history.
    """
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    parsed = make_url(url)
    path = _sqlite_path(parsed)
    if path is not None:
        _guard_file(path)
    engine = _engine(parsed)
    try:
        with engine.begin() as connection:
            installation = _bring_up_to_date(connection, state_dir / MARKER, where=_name(parsed))
    except DBAPIError as error:
        engine.dispose()
        raise LedgerError(f"the ledger {_name(parsed)} cannot be opened: {error.orig}") from error
    except LedgerError:
        engine.dispose()
        raise
    # Only after the commit: a marker without a database would be taken for a lost history.
    _write_marker(state_dir / MARKER, installation)
    return engine, installation


def read_database(url: str) -> Engine | None:
    """Open the database as it stands, for commands that only read; None if there is none yet.

    Raises LedgerError when its schema is not the one that this code knows.
    """
    parsed = make_url(url)
    path = _sqlite_path(parsed)
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        return None
    engine = _engine(parsed, begin="BEGIN")
    try:
        with engine.connect() as connection:
            version = _version(connection)
    except DBAPIError as error:
        raise LedgerError(f"the ledger {_name(parsed)} cannot be read: {error.orig}") from error
    if version is None:
        return None
    _refuse_newer(version, _name(parsed))
    if version != REVISIONS[-1]:
        raise LedgerError(f"the ledger {_name(parsed)} is older than this program: start `nudger run` once")
    return engine


def _sqlite_path(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise LedgerError("a ledger in memory would forget what was sent: give NUDGER_DATABASE_URL a file")
    return Path(url.database)


def _name(url: URL) -> str:
    return url.database or "?" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _guard_file(path: Path) -> None:
    """Make the file readable for its owner alone, and look whether what is in it is whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
        if path.stat().st_size:
            _quick_check(path)
    except OSError as error:
        raise LedgerError(f"the ledger {path} cannot be opened: {error.strerror}") from error


def _quick_check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        raise LedgerError(f"the ledger {path} cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise LedgerError(f"the ledger {path} is damaged ({verdict}). Put back a backup; nothing was changed or sent")


def _engine(url: URL, *, begin: str = "BEGIN IMMEDIATE") -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Python's own transaction handling begins too late and too weakly; SQLAlchemy's "begin" below does it.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _bring_up_to_date(connection: Connection, marker: Path, *, where: str) -> str:
    version = _version(connection)
    if version is None:
        _refuse_missing_history(marker, where)
    else:
        _refuse_newer(version, where)
    if version != REVISIONS[-1]:
        _migrate(connection)
    installation = _installation(connection)
    _check_marker(marker, installation, where)
    return installation


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()


def _refuse_missing_history(marker: Path, where: str) -> None:
    if marker.exists():
        raise LedgerError(
            f"the ledger {where} is empty, but {marker} says that there was a history: starting afresh could send "
            f"today's nudges twice. Put back the database, or delete {marker} to begin anew"
        )


def _refuse_newer(version: str, where: str) -> None:
    if version not in REVISIONS:
        raise LedgerError(
            f"the ledger {where} has schema {version}, newer than this program knows ({REVISIONS[-1]}): "
            "install the newer nudger again"
        )


def _migrate(connection: Connection) -> None:
    # Alembic takes over half a second to import, and is needed at the first start and after an upgrade only.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _installation(connection: Connection) -> str:
    known: str | None = connection.scalar(select(meta.c.value).where(meta.c.key == "installation"))
    if known is not None:
        return known
    installation = uuid.uuid4().hex
    connection.execute(insert(meta).values(key="installation", value=installation))
    return installation


def _check_marker(marker: Path, installation: str, where: str) -> None:
    if not marker.exists():
        return
    try:
        expected = json.loads(marker.read_text(encoding="utf-8"))["installation"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerError(f"{marker} cannot be read: delete it if {where} is the right ledger") from error
    if expected != installation:
        raise LedgerError(
            f"{where} belongs to another installation than {marker}: delete that file if it is the right one"
        )


def _write_marker(marker: Path, installation: str) -> None:
    if not marker.exists():
        marker.write_text(json.dumps({"installation": installation}) + "\n", encoding="utf-8")
        marker.chmod(0o600)
