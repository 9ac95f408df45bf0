"""The columns of a CSV file of people: where each belongs in the shape of a person, and what a person has in it."""

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel

from nudger.config.flaws import Flaw
from nudger.config.shapes.recipient import RecipientShape
from nudger.config.tables.spreadsheets import (
    changed_anywhere,
    changed_date,
    changed_number,
    changed_time,
    changed_whole,
    guarded,
)
from nudger.config.yaml.tree import Part, Plain
from nudger.domain.limits import NO_LIMITS
from nudger.domain.recipients import DEFAULT_MOMENTS, HardDay, Pause, QuietHours, Recipient

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
ALIASES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("phone", "mobile", "cell", "cellphone", "telephone", "number", "phone_number", "text"), "sms")
    | dict.fromkeys(("mail", "e_mail", "email_address", "e_mail_address"), "email")
    | dict.fromkeys(("zone", "timezone", "tz"), "time_zone")
    | dict.fromkeys(("group", "tags"), "groups")
    | {"channel": "prefer", "lang": "language", "first_name": "name", "firstname": "name", "country": "place"}
    | {"since": "joined", "start": "joined", "goal": "goals", "pauses": "pause", "user": "id", "key": "id"}
)
"""What people call a column, and which one they mean. It is a hint: nothing is read by it."""

_COLUMN_AT = {path: column for column, path in _PATHS.items()}
_LISTS = {
    **{name: re.compile("[ ;,|]+") for name in ("groups", "goals")},
    **{name: re.compile(" *; *") for name in ("pause", "hard_days")},
}
"""Cells that hold several, and what stands between them."""

_TIMES = (*DEFAULT_MOMENTS, *(f"weekend_{name}" for name in DEFAULT_MOMENTS))
_CHANGED: Mapping[str, Callable[[str], Flaw | None]] = MappingProxyType(
    {"sms": changed_number, "joined": changed_date, **dict.fromkeys(_TIMES, changed_time)}
    | dict.fromkeys(("id", "per_day", "per_week"), changed_whole)
)


_HOW = {
    "sms": "Format the column as text, or the spreadsheet drops the plus.",
    **dict.fromkeys(("groups", "goals"), "Several with blanks between."),
    "pause": "Several with ; between.",
    "hard_days": "As in 11-03 hold; 2027-02-14 gentle.",
}


def describe(column: str) -> str:
    """Return what a column holds, in a sentence or two."""
    shape: type[BaseModel] = RecipientShape
    *path, key = _PATHS[column]
    for part in path:
        inner = shape.model_fields[part].annotation
        shape = next(each for each in (inner, *get_args(inner)) if isinstance(each, type) and each is not type(None))
    about = (shape.model_fields[key].description or "").replace("in quotes", "").replace(", .", ".")
    if path[-1:] == ["moments"]:
        on = " on Saturdays and Sundays" if column.startswith("weekend_") else ""
        about = f"Their own time for '{key}'{on}, as in 09:30."
    return " ".join(filter(None, (about, _HOW.get(column))))


def changed_by_spreadsheet(column: str, cell: str) -> Flaw | None:
    """Return what a spreadsheet did to a cell that cannot be read as it stands, or None."""
    found = changed_anywhere(cell)
    return found or (_CHANGED[column](cell) if column in _CHANGED else None)


def shaped(cells: Mapping[str, str]) -> dict[str, Plain]:
    """Return the cells of one person, by column, as they would stand in recipients.yaml; empty ones stand nowhere."""
    person: dict[str, Plain] = {}
    for column, cell in cells.items():
        if not cell:
            continue
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


def cells_of(person: Recipient) -> dict[str, str]:
    """Return a person as the cells that `shaped` reads them from, by column; what is not there is empty."""
    limits = person.limits or NO_LIMITS
    return {
        "id": person.id,
        "name": person.name or "",
        "time_zone": person.time_zone,
        "sms": person.sms or "",
        "email": person.email or "",
        "prefer": person.prefer or "",
        "language": person.language,
        "groups": " ".join(sorted(person.groups)),
        **_times("", person.moments),
        "quiet_hours": _quiet(person.quiet_hours),
        "joined": str(person.joined or ""),
        "place": person.region or "",
        **_times("weekend_", person.weekend_moments),
        "weekend_quiet_hours": "" if person.weekend_quiet_hours == "same" else _quiet(person.weekend_quiet_hours),
        "pause": "; ".join(map(as_pause, person.pauses)),
        "hard_days": "; ".join(map(as_hard_day, person.hard_days)),
        "per_day": str(limits.per_day or ""),
        "per_week": str(limits.per_week or ""),
        "gap": _gap(limits.gap),
        "supporter": person.supporter or "",
        "goals": " ".join(sorted(person.goals)),
    }


def exported(person: Recipient) -> list[str]:
    """Return a person as a line of a table that a spreadsheet leaves as it is, and that imports to the same."""
    cells = cells_of(person)
    return [guarded(cells[column]) for column in COLUMNS]


def _times(prefix: str, own: tuple[tuple[str, time], ...]) -> dict[str, str]:
    moments = dict(own)
    return {f"{prefix}{name}": f"{moments[name]:%H:%M}" if name in moments else "" for name in DEFAULT_MOMENTS}


def _quiet(hours: QuietHours | None) -> str:
    return str(hours or "none")


def as_pause(pause: Pause) -> str:
    """Return a pause as it is written: `until DATE`, or `DATE to DATE`."""
    return f"{pause.first} to {pause.last}" if pause.first else f"until {pause.last}"


def as_hard_day(hard: HardDay) -> str:
    """Return a hard day as it is written in a cell: `11-03 hold`, `2027-02-14 gentle`."""
    year = f"{hard.year}-" if hard.year else ""
    return f"{year}{hard.month:02}-{hard.day:02} {hard.then}"


def _gap(gap: timedelta) -> str:
    return f"{gap // timedelta(minutes=1)} minutes" if gap else ""
