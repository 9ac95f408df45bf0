"""The columns of a CSV file of people, and where each belongs in the shape of a person."""

import re

from nudger.domain.recipients import DEFAULT_MOMENTS
from nudger.files.tree import Part, Plain

_PATHS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("id", "name", "time_zone", "sms", "email", "prefer", "language", "groups")},
    **{name: ("moments", name) for name in DEFAULT_MOMENTS},
    **{name: (name,) for name in ("quiet_hours", "joined", "place")},
    **{f"weekend_{name}": ("weekend", "moments", name) for name in DEFAULT_MOMENTS},
    "weekend_quiet_hours": ("weekend", "quiet_hours"),
    **{name: (name,) for name in ("pause", "hard_days")},
    **{name: ("limits", name) for name in ("per_day", "per_week", "gap")},
    **{name: (name,) for name in ("supporter", "goals")},
}
COLUMNS = tuple(_PATHS)
_COLUMN_AT = {path: column for column, path in _PATHS.items()}
_LISTS = {
    **{name: re.compile("[ ;]+") for name in ("groups", "goals")},
    **{name: re.compile(" *; *") for name in ("pause", "hard_days")},
}
"""Cells that hold several, and what stands between them."""


def shaped(cells: dict[str, str]) -> dict[str, Plain]:
    """Return the cells of one person, by column, as they would stand in recipients.yaml."""
    person: dict[str, Plain] = {}
    for column, cell in cells.items():
        *path, key = _PATHS[column]
        inner = person
        for part in path:
            found = inner.setdefault(part, {})
            assert isinstance(found, dict)
            inner = found
        inner[key] = _value(column, cell)
    return person


def _value(column: str, cell: str) -> Plain:
    if column not in _LISTS:
        return cell
    items = tuple(filter(None, _LISTS[column].split(cell)))
    return tuple(_hard_day(item) for item in items) if column == "hard_days" else items


def _hard_day(text: str) -> Plain:
    """Return `11-03 hold` as the keys it stands for; a word that is not there is empty, and refused as such."""
    day, _, then = text.partition(" ")
    return {"date": day, "then": then.strip()}


def column_at(loc: tuple[Part, ...]) -> str:
    """Return the column of what has this path in a person; '' for the person as a whole."""
    keys = tuple(part for part in loc if isinstance(part, str))
    return _COLUMN_AT.get(keys) or (keys[0] if keys else "")
