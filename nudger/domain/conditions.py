"""Conditions of schedules and messages: questions about what is known, put together with all, any and not. No code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from nudger.domain.reasons import Json

Bound = float | timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A question about one variable: a number or a span `below` or `above` (exclusive), one of some words, a yes or no.

    `within` is how old the value may be; an older one counts as unknown.
    """

    variable: str
    below: Bound | None = None
    above: Bound | None = None
    words: frozenset[str] = frozenset()
    flag: bool | None = None
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of these holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """This does not hold."""

    part: "Condition"


Condition = Test | AllOf | AnyOf | Not


_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1024)
def as_data(condition: Condition) -> Mapping[str, Json]:
    """Return a condition as JSON can hold it: `{"variable": "mood", "below": 4, "within_s": 86400}`, `{"all": [...]}`.

    A bound that is a span of time is in seconds, as `below_s` or `above_s`.
    """
    match condition:
        case AllOf(parts):
            return {"all": [as_data(each) for each in parts]}
        case AnyOf(parts):
            return {"any": [as_data(each) for each in parts]}
        case Not(part):
            return {"not": as_data(part)}
        case Test():
            return {
                "variable": condition.variable,
                **{name: each for name, each in _asked(condition) if each is not None},
            }


def _asked(test: Test) -> list[tuple[str, Json]]:
    return [
        *(_bound(name, each) for name, each in (("below", test.below), ("above", test.above)) if each is not None),
        ("words", sorted(test.words) or None),
        ("flag", test.flag),
        ("within_s", None if test.within is None else test.within / _SECOND),
    ]


def _bound(name: str, bound: Bound) -> tuple[str, Json]:
    return (f"{name}_s", bound / _SECOND) if isinstance(bound, timedelta) else (name, bound)


def from_data(data: Mapping[str, Json]) -> Condition:
    """Read a condition back. Raises KeyError or TypeError for what is none."""
    for name, kind in (("all", AllOf), ("any", AnyOf)):
        if isinstance(parts := data.get(name), list | tuple):
            return kind(tuple(from_data(each) for each in parts if isinstance(each, Mapping)))
    if isinstance(part := data.get("not"), Mapping):
        return Not(from_data(part))
    words, flag = data.get("words"), data.get("flag")
    return Test(
        variable=str(data["variable"]),
        below=_read_bound(data, "below"),
        above=_read_bound(data, "above"),
        words=frozenset(map(str, words)) if isinstance(words, list | tuple) else frozenset(),
        flag=flag if isinstance(flag, bool) else None,
        within=_span(data.get("within_s")),
    )


def _read_bound(data: Mapping[str, Json], name: str) -> Bound | None:
    plain = data.get(name)
    return plain if isinstance(plain, int | float) else _span(data.get(f"{name}_s"))


def _span(seconds: Json) -> timedelta | None:
    return timedelta(seconds=seconds) if isinstance(seconds, int | float) else None
