"""Whether an SQLite ledger still lies where it was opened.

Who deletes, moves or empties a file that a program has open does not stop the program: it writes on, into nothing.
"""

import os
from pathlib import Path

from sqlalchemy import Engine, event

from nudger.errors import LedgerError, LedgerLostError

_SMALLEST = 100
"""Bytes of an SQLite file's header: a ledger is never shorter."""


class LedgerGoneError(LedgerError):
    """The ledger is not where it was: nothing may be sent, and the same file may come back."""


class Footing:
    """Remembers which files were opened."""

    def __init__(self, engine: Engine, path: Path) -> None:
        # A service that was started in a folder which is then renamed still means this one.
        self._path = path.absolute()
        self._files = tuple(f"{self._path}{suffix}" for suffix in ("", "-wal", "-shm"))
        self._seen: dict[str, tuple[int, int]] = {self._files[0]: self._identity(self._files[0])}
        event.listen(engine, "connect", self._connected)

    def check(self) -> None:
        """Look whether all files are the ones that were opened. Call it inside a transaction, when all are there.

        Raises LedgerGoneError or LedgerLostError. Costs three calls of stat(2).
        """
        for name in self._files:
            found = self._identity(name)
            known = self._seen.setdefault(name, found)
            if found != known:
                raise LedgerLostError(
                    f"the ledger {self._path} was replaced while the service ran ({Path(name).name} is another file): "
                    "nothing more is sent. Start the service again to go on with what lies there now"
                )

    def _identity(self, name: str) -> tuple[int, int]:
        try:
            found = os.stat(name)  # noqa: PTH116 - each transaction does it
        except OSError as error:
            raise LedgerGoneError(
                f"the ledger is gone: {name} ({error.strerror}). Nothing is sent until it is back: "
                "move it back, or put a backup in its place and start the service again"
            ) from error
        if name == self._files[0] and found.st_size < _SMALLEST:
            raise LedgerLostError(
                f"the ledger {self._path} was emptied while the service ran: nothing more is sent. Stop the service, "
                f"keep a copy of {self._path.name}-wal, put a backup in its place, and start again"
            )
        return found.st_dev, found.st_ino

    def _connected(self, _connection: object, _record: object) -> None:
        """Forget the two files that live only as long as a connection."""
        for name in self._files[1:]:
            self._seen.pop(name, None)
