"""Looking at an SQLite ledger without changing one byte of it, before it is opened in earnest.

Opening it as usual would rebuild its index, and copy its log into the file and empty it: with a damaged or foreign
ledger, that log may be the last copy of a history.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from nudger.errors import LedgerError
from nudger.storage.engine import file_uri

_BUSY_S = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an SQLite file says of itself; without a version there are no tables of ours in it."""

    version: str | None
    installation: str | None


def look_into(path: Path) -> Found | None:
    """Return what lies there, or None where there is no file, or an empty one. Raises LedgerError if it is damaged."""
    try:
        if not path.exists() or path.stat().st_size == 0:
            return None
        with closing(sqlite3.connect(_read_only(path), uri=True, timeout=_BUSY_S)) as connection:
            return _look(connection, path)
    except OSError as error:
        raise LedgerError(f"the ledger {path} cannot be opened: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        raise LedgerError(f"the ledger {path} cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error


def waiting_log(path: Path) -> int:
    """Return how many bytes of history stand in the log beside a file."""
    log = Path(f"{path}-wal")
    return log.stat().st_size if log.exists() else 0


def damaged(path: Path, verdict: str) -> LedgerError:
    """Return what to say of a ledger that is not whole."""
    return LedgerError(f"the ledger {path} is damaged ({verdict}). Put back a backup; nothing was changed or sent")


def _read_only(path: Path) -> str:
    """Return the URI that reads without writing, not even the index (-shm) that others share."""
    if Path(f"{path}-journal").exists():
        return file_uri(path, mode="rw")  # a first start that was cut off: SQLite itself must take it back
    if Path(f"{path}-shm").exists():
        return file_uri(path, mode="ro", readonly_shm="1")
    return file_uri(path, mode="ro", **({} if waiting_log(path) else {"immutable": "1"}))


def _look(connection: sqlite3.Connection, path: Path) -> Found:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, verdict)
    tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    return Found(
        version=_one(connection, "select version_num from alembic_version") if "alembic_version" in tables else None,
        installation=_one(connection, "select value from meta where key = 'installation'")
        if "meta" in tables
        else None,
    )


def _one(connection: sqlite3.Connection, question: str) -> str | None:
    row = connection.execute(question).fetchone()
    return None if row is None else str(row[0])
