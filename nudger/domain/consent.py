"""Who may be written to: addresses that are set aside."""

from datetime import datetime
from typing import NamedTuple


class Suppression(NamedTuple):
    """An address that may not be used: why, and since when."""

    address: str
    reason: str
    at: datetime
