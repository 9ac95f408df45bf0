"""The ledger: opens transactions, and turns a database's trouble into one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from nudger.domain.ledger_place import LedgerPlace
from nudger.errors import LedgerError, LedgerLostError
from nudger.storage.engine import READING, driver_words
from nudger.storage.footing import Footing
from nudger.storage.high_water import HighWater, Mark
from nudger.storage.patience import patience_of
from nudger.storage.transaction import Transaction

Result = TypeVar("Result")


class Ledger:
    """Opens transactions. `installation` is the id that every nudge's id derives from."""

    def __init__(
        self,
        engine: Engine,
        installation: str,
        *,
        place: LedgerPlace | None = None,
        footing: Footing | None = None,
        high_water: HighWater | None = None,
    ) -> None:
        self._engine = engine
        self._place = place
        self._footing = footing
        self._high_water = high_water
        self._patience = patience_of(engine)
        self._lost = False
        self.installation = installation

    @property
    def high_water(self) -> Mark | None:
        """How far the ledger came, by word of what is kept outside of it."""
        return self._high_water.read() if self._high_water else None

    @property
    def waited(self) -> timedelta:
        """How long the database has left the call under way unanswered."""
        return self._patience.waited

    @property
    def at_work(self) -> timedelta:
        """How long the transaction under way has lasted."""
        return self._patience.at_work

    @property
    def answered(self) -> int:
        """How many calls the database has answered."""
        return self._patience.calls

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Return what `work` returned; all it wrote is committed, or nothing is. Raises LedgerError."""
        with self.transaction() as transaction:
            return work(transaction)

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Return what `work` returned, which only reads: nobody waits for it to write. Raises LedgerError."""
        with self.transaction(reading=True) as transaction:
            return work(transaction)

    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Transaction]:
        """Begin a transaction; at its end all that was written is committed, or nothing is. Raises LedgerError.

        While one that only reads (`reading`) lasts, others can write.
        """
        engine = self._engine.execution_options(**{READING: True}) if reading else self._engine
        try:
            with self._patience.work(), engine.begin() as connection:
                self._patience.begun()
                if self._footing is not None:
                    self._footing.check()
                transaction = Transaction(connection)
                yield transaction
                mark = transaction.mark() if self._high_water else None
        except DBAPIError as error:
            raise LedgerError(f"the ledger could not be used: {driver_words(error, self._place)}") from error
        except LedgerLostError:
            self._lost = True
            raise
        if self._high_water and mark:
            self._high_water.write(mark)

    def hang_up(self) -> None:
        """End the call under way, as if the connection had been lost. From any thread."""
        self._patience.hang_up()

    def close(self) -> None:
        """Let go of the database. Not of one that was lost: closing it would copy its log over what lies there now."""
        if not self._lost:
            self._engine.dispose()
