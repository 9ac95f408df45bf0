"""Who may be written to: what people wish, and addresses that are set aside."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Source(StrEnum):
    """How something that a person said reached us."""

    COMMAND = "command"
    """Somebody entered it for them."""

    CSV = "csv"
    """It stood in a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A person wishes something of us: how that reached us, and when.

    `wording` is what they said or agreed to, as far as somebody wrote it down.
    """

    source: Source
    at: datetime
    wording: str = ""

    def detail(self) -> dict[str, str]:
        """Return what is written down of it beside its moment."""
        return {"source": self.source.value} | ({"wording": self.wording} if self.wording else {})


class Suppression(NamedTuple):
    """An address that may not be used: why, and since when."""

    address: str
    reason: str
    at: datetime
