"""The ledger: opens transactions, and turns a database's trouble into one line."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from nudger.errors import LedgerError
from nudger.storage.high_water import HighWater
from nudger.storage.transaction import Transaction

Result = TypeVar("Result")


class Ledger:
    """Opens transactions. `installation` is the id that every nudge's id derives from."""

    def __init__(self, engine: Engine, installation: str, *, high_water: HighWater | None = None) -> None:
        self._engine = engine
        self._high_water = high_water
        self.installation = installation

    @property
    def high_water(self) -> datetime | None:
        """How far planning came, by word of the state folder."""
        return self._high_water.read() if self._high_water else None

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Return what `work` returned; all it wrote is committed, or nothing is. Raises LedgerError."""
        try:
            with self._engine.begin() as connection:
                transaction = Transaction(connection)
                result = work(transaction)
        except DBAPIError as error:
            raise LedgerError(f"the ledger could not be used: {error.orig}") from error
        if self._high_water and transaction.planned_until and transaction.wrote_nudges:
            self._high_water.write(transaction.planned_until)
        return result

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
