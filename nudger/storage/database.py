"""Opening the ledger, and refusing to: newer than the code, corrupt, or empty where history should be.

Being wrong here would send everybody their day again, so nothing is made anew beside a history that is missing; and
what is refused is left as it is, to the byte.
"""

import contextlib
import json
import os
import uuid
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from nudger.domain.ledger_place import MARKER, SETTING, LedgerFile, LedgerPlace, read_ledger_place
from nudger.errors import LedgerError
from nudger.storage.engine import COMMAND_LIMIT, driver_words, make_engine
from nudger.storage.fact_codecs import INSTALLATION
from nudger.storage.facts import Facts
from nudger.storage.look import look_into, waiting_log
from nudger.storage.patience import patience_of
from nudger.storage.tables import REVISIONS

_ONE_AT_A_TIME = 0x6E756467
"""Under this number, PostgreSQL lets one process at a time make or change the tables."""


def open_database(place: LedgerPlace | str, *, state_dir: Path, limit: timedelta = COMMAND_LIMIT) -> tuple[Engine, str]:
    """Open, check and migrate the database; return its engine and the installation's id.

    `state_dir` (made if missing, mode 0700) holds the marker. No answer is waited for longer than `limit`. Raises
    LedgerError when the database cannot be reached, is newer than this code, corrupt, or empty although the marker
    says that there was a history; not a byte of an SQLite ledger is changed then.
    """
    place = _place(place)
    marker = state_dir / MARKER
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"the folder {state_dir} cannot be made: {error.strerror}") from error
    if isinstance(place, LedgerFile):
        _look_first(place.path, marker)
        _guard_file(place.path)
    engine = make_engine(place, limit=limit)
    try:
        with patience_of(engine).work(), engine.begin() as connection:
            patience_of(engine).begun()
            installation = _bring_up_to_date(connection, marker, where=str(place))
    except DBAPIError as error:
        engine.dispose()
        raise LedgerError(f"the ledger {place} cannot be opened: {driver_words(error, place)}") from error
    except LedgerError:
        engine.dispose()
        raise
    # Only after the commit: a marker without a database would be taken for a lost history.
    _write_marker(marker, installation)
    return engine, installation


def read_database(place: LedgerPlace | str, *, state_dir: Path | None = None) -> Engine | None:
    """Open the database as it stands, for commands that only read; None if there is none yet.

    Raises LedgerError when its schema is not the one that this code knows, and where there was one by word of the
    marker in `state_dir`: what nothing says would be as if nobody had ever got anything.
    """
    place = _place(place)
    try:
        if isinstance(place, LedgerFile) and (not place.path.exists() or place.path.stat().st_size == 0):
            if state_dir is not None:
                _refuse_missing_history(state_dir / MARKER, str(place))
            return None
    except OSError as error:
        raise LedgerError(f"the ledger {place} cannot be read: {error.strerror}") from error
    engine = make_engine(place, limit=COMMAND_LIMIT, reading=True)
    readable = False
    try:
        with patience_of(engine).work(), engine.connect() as connection:
            readable = _is_current(_version(connection), where=str(place))
    except DBAPIError as error:
        raise LedgerError(f"the ledger {place} cannot be read: {driver_words(error, place)}") from error
    finally:
        if not readable:
            engine.dispose()
    if not readable and state_dir is not None:
        _refuse_missing_history(state_dir / MARKER, str(place))
    return engine if readable else None


def _is_current(version: str | None, *, where: str) -> bool:
    """Say whether there are tables, and that they are this program's. Raises LedgerError for another's."""
    if version is None:
        return False
    _refuse_newer(version, where)
    if version != REVISIONS[-1]:
        raise LedgerError(f"the ledger {where} is older than this program: start `nudger run` once")
    return True


def _place(place: LedgerPlace | str) -> LedgerPlace:
    if not isinstance(place, str):
        return place
    try:
        return read_ledger_place(place)
    except ValueError as error:
        raise LedgerError(f"{SETTING}: {error}") from error


def _look_first(path: Path, marker: Path) -> None:
    """Refuse what would be refused anyway, before anything is opened for writing."""
    found = look_into(path)
    if found is None:
        _refuse_missing_history(marker, str(path))
        if size := waiting_log(path):
            raise LedgerError(
                f"the ledger {path} is empty, but {path.name}-wal beside it holds {size} bytes of a history. "
                f"Put back a backup; or move {path.name}-wal away to begin anew"
            )
        return
    if found.version is not None:
        _refuse_newer(found.version, str(path))
    else:
        _refuse_missing_history(marker, str(path))
    if found.installation is not None:
        _check_marker(marker, found.installation, str(path))


def _guard_file(path: Path) -> None:
    """Make the file, readable for its owner alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise LedgerError(f"the ledger {path} cannot be opened: {error.strerror}") from error


def _bring_up_to_date(connection: Connection, marker: Path, *, where: str) -> str:
    if connection.dialect.name == "postgresql":
        # Two services that start at once on an empty database would both make the tables.
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
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
    with patience_of(connection.engine).unhurried():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        command.upgrade(config, "head")


def _installation(connection: Connection) -> str:
    facts = Facts(connection)
    known = facts.get(INSTALLATION)
    if known is not None:
        return known
    installation = uuid.uuid4().hex
    facts.put(INSTALLATION, installation)
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
    with contextlib.suppress(OSError):  # the ledger is open, and its own word counts: no start fails for this
        if not marker.exists():
            marker.write_text(json.dumps({"installation": installation}) + "\n", encoding="utf-8")
            marker.chmod(0o600)
