"""The ledger: opens transactions, and turns a database's trouble into one line."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from nudger.errors import LedgerError
from nudger.storage.transaction import Transaction

Result = TypeVar("Result")


class Ledger:
    """Opens transactions. `installation` is the id that every nudge's id derives from."""

    def __init__(self, engine: Engine, installation: str) -> None:
        self._engine = engine
        self.installation = installation

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Return what `work` returned; all it wrote is committed, or nothing is. Raises LedgerError."""
        try:
            with self._engine.begin() as connection:
                return work(Transaction(connection))
        except DBAPIError as error:
            raise LedgerError(f"the ledger could not be used: {error.orig}") from error

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
