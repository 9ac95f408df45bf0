"""Conditions of schedules and messages: questions about what is known, put together with all, any and not. No code."""

from dataclasses import dataclass
from datetime import timedelta

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
