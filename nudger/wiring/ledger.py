"""The ledger that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from nudger.config.locations import cache_dir
from nudger.config.settings.read import Settings
from nudger.domain.ledger_place import LedgerFile
from nudger.storage.database import open_database, read_database
from nudger.storage.engine import COMMAND_LIMIT
from nudger.storage.footing import Footing
from nudger.storage.high_water import HighWater
from nudger.storage.ledger import Ledger
from nudger.storage.transaction import Transaction


def open_ledger(settings: Settings, *, limit: timedelta = COMMAND_LIMIT) -> Ledger:
    """Open the ledger for writing; make it at the first start. Raises LedgerError, also after `limit` of silence."""
    place = settings.ledger_place
    engine, installation = open_database(place, state_dir=settings.state, limit=limit)
    footing = Footing(engine, place.path) if isinstance(place, LedgerFile) else None
    high_water = HighWater(settings.state, cache_dir=cache_dir(), installation=installation)
    return Ledger(engine, installation, place=place, footing=footing, high_water=high_water)


@contextmanager
def read_ledger(settings: Settings) -> Iterator[Transaction | None]:
    """Look into the ledger as it is at one moment; None where nothing was ever sent.

    Raises LedgerError, also where it is lost.
    """
    engine = read_database(settings.ledger_place, state_dir=settings.state)
    if engine is None:
        yield None
        return
    ledger = Ledger(engine, installation="", place=settings.ledger_place)
    try:
        with ledger.transaction() as transaction:
            yield transaction
    finally:
        ledger.close()
