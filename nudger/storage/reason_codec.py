"""How reasons and records of decisions are written down, and read back: as JSON, by their codes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from nudger.domain.reasons import Json, Reason, ReasonCode
from nudger.domain.records import NO_RECORD, Aside, Mode, PracticeChance, Record, Restraint, Rule, SetAside, Written
from nudger.domain.vocabulary import Component, Practice

_EMPTY = "{}"


def reason_data(reason: Reason) -> dict[str, Json]:
    """Return a reason as JSON can hold it: `{"code": "paused", "params": {"until": "2026-12-01"}}`."""
    data: dict[str, Json] = {"code": reason.code.value}
    if reason.params:
        data["params"] = reason.params
    if reason.because:
        data["because"] = [reason_data(each) for each in reason.because]
    return data


def reason_from(data: Mapping[str, Any]) -> Reason:
    """Read a reason back."""
    because = tuple([reason_from(each) for each in data.get("because", ())])
    return Reason(ReasonCode(data["code"]), data.get("params") or {}, because)


def reason_text(reason: Reason | None) -> str | None:
    """Return what a column holds of a reason."""
    return None if reason is None else json.dumps(reason_data(reason))


def reason_of(text: str | None) -> Reason | None:
    """Read a column back."""
    return None if text is None else reason_from(json.loads(text))


def record_text(record: Record) -> str:
    """Return what a column holds of a record."""
    return _EMPTY if record is NO_RECORD else json.dumps(dict(_record_data(record)))


def _record_data(record: Record) -> Iterator[tuple[str, Json]]:
    """Yield what there is, in the order in which it was found out."""
    for name in _FIELDS:
        value = getattr(record, name)
        if value is not None and (value or name in _EMPTY_IS_SOMETHING):
            yield name, value


_FIELDS = (
    *("version", "seed", "variables", "restraint", "modes", "first_days", "rule", "component", "practice"),
    *("options", "unseen", "chances", "shortlist", "set_aside", "language", "recorded"),
)
_EMPTY_IS_SOMETHING = frozenset({"variables", "first_days", "options", "unseen"})


def record_of(text: str) -> Record:
    """Read a record back."""
    if text == _EMPTY:
        return NO_RECORD
    data: dict[str, Any] = json.loads(text)
    for name, read in _READ.items():
        if name in data:
            data[name] = read(data[name])
    return Record(**data)


def _restraint(data: tuple[float, str | None]) -> Restraint:
    chance, code = data
    return Restraint(chance, None if code is None else ReasonCode(code))


_READ: Mapping[str, Any] = {
    "variables": lambda data: {name: Written(*each) for name, each in data.items()},
    "restraint": _restraint,
    "modes": lambda data: tuple(map(Mode, data)),
    "rule": Rule,
    "component": Component,
    "practice": Practice,
    "chances": lambda data: tuple([PracticeChance(Practice(name), chance, count) for name, chance, count in data]),
    "shortlist": tuple,
    "set_aside": lambda data: tuple([SetAside(Aside(why), count) for why, count in data]),
}
