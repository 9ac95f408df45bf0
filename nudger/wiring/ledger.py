"""The ledger that the settings name."""

from nudger.files.settings import Settings
from nudger.storage.database import open_database, read_database
from nudger.storage.high_water import HighWater
from nudger.storage.ledger import Ledger


def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger for writing; make it at the first start. Raises LedgerError."""
    engine, installation = open_database(settings.ledger_url, state_dir=settings.state)
    return Ledger(engine, installation, high_water=HighWater(settings.state))


def read_ledger(settings: Settings) -> Ledger | None:
    """Open the ledger for reading; None where nothing was ever sent. Raises LedgerError."""
    engine = read_database(settings.ledger_url)
    return None if engine is None else Ledger(engine, installation="")
