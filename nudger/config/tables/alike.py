"""What many people of a list have in common, read once: their zone, groups, hours and all but what is a person's own.

It only knows what was read, without anything to say about it, by the shape of a person before. Who is not like
anybody before, or has something of their own that cannot be read, goes that way too.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from nudger.config.flaws import Flaw
from nudger.config.shapes.recipient import person_name
from nudger.config.values import addresses, scalars
from nudger.domain.recipients import Recipient

_MOST = 4096


def _number(text: str) -> str:
    found = addresses.phone(text)
    if not found.valid:
        raise Flaw("", "")  # it may stand, but not without a word
    return found.number


_OWN: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "id": scalars.identifier,
        "name": lru_cache(maxsize=_MOST)(person_name),
        "sms": _number,
        "email": addresses.email,
        "joined": lru_cache(maxsize=_MOST)(scalars.calendar_date),
    }
)
"""What is a person's own, and how a cell with it is read."""

_EMPTY: Mapping[str, Any] = MappingProxyType(dict.fromkeys(_OWN))
Likeness = tuple[tuple[str, str], ...]


class PeopleAlike:
    """People of one list, one of each kind: they stand for all who differ only in what is their own."""

    def __init__(self) -> None:
        self._known: dict[Likeness, Recipient] = {}

    def find(self, cells: Mapping[str, str]) -> Recipient | None:
        """Return the person that some cells describe; None where it takes a closer look."""
        alike = self._known.get(_likeness(cells))
        if alike is None:
            return None
        own: dict[str, Any]
        try:
            own = {column: read(cell) for column, read in _OWN.items() if (cell := cells.get(column))}
        except Flaw:
            return None
        return replace(alike, **{**_EMPTY, **own})

    def keep(self, cells: Mapping[str, str], person: Recipient) -> None:
        """Remember a person of whom nothing had to be said."""
        if len(self._known) == _MOST:
            self._known.clear()
        self._known[_likeness(cells)] = person


def _likeness(cells: Mapping[str, str]) -> Likeness:
    """Return what two people have to have in common: all that is not their own, and what of that there is."""
    return tuple([(column, "" if column in _OWN else cell) for column, cell in cells.items() if cell])
