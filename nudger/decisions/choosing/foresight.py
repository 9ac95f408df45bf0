"""What can be told of a condition before anybody has answered: whether it can hold at all, and what is left to ask.

What people feel and say is unknown ahead, and what is unknown may hold. The calendar, the hour and what is written down
about a person are known.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import combinations, product
from math import prod

from nudger.decisions.choosing.conditions import holds
from nudger.decisions.choosing.variables import VARIABLES, Kind, Known
from nudger.domain.conditions import AllOf, AnyOf, Condition, Not, Test

ANSWERS = frozenset({"mood", "mood_trend", "since_check_in", "since_reply", "done", "liked", "declined"})
"""What depends on what people let us know."""

SENT = frozenset({"since_sent", "sent_today", "sent_this_week"})
"""What depends on what else goes out."""

CLOCK = frozenset({"hour", "part_of_day", "weekday"})
"""What a moment alone decides."""

PROFILE = frozenset({"groups", "goals", "has_supporter", "language", "public_holiday", "season", "daylight"})
"""What is written down about a person, and where they are."""

_NEVER_UNKNOWN = CLOCK | {"hard_day", "sent_today", "sent_this_week", "groups", "has_supporter", "language"}
_NOTHING: frozenset[str] = frozenset()
_OTHER = "another word"
_MANY_WORDS = 6
_MOST = 20_000
"""So many ways in which things can stand are looked at; with more of them, a condition is taken to be possible."""

_SECOND = timedelta(seconds=1)
_YES = Test(variable="hour", above=-1)
_NO = Test(variable="hour", below=0)


def tests_of(condition: Condition | None) -> Iterator[Test]:
    """Yield every question of a condition."""
    match condition:
        case None:
            return
        case Test():
            yield condition
        case Not(part):
            yield from tests_of(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)


def asked_in(*conditions: Condition | None) -> frozenset[str]:
    """Return the variables that conditions ask about."""
    if not any(conditions):
        return _NOTHING
    return frozenset(test.variable for condition in conditions for test in tests_of(condition))


def can_let_through(only_if: Condition | None, skip_if: Condition | None) -> bool:
    """Say whether the two conditions together can ever let anything through, however things stand."""
    ways = _ways(only_if, skip_if)
    return ways is None or any(_lets_through(only_if, skip_if, values) for values in ways)


def can_hold(condition: Condition) -> bool:
    """Say whether a condition can ever hold."""
    return can_let_through(condition, None)


def always_holds(condition: Condition) -> bool:
    """Say whether a condition holds however things stand, also where nobody knows how."""
    ways = _ways(condition)
    return ways is not None and all(holds(condition, values) is True for values in ways)


def _lets_through(only_if: Condition | None, skip_if: Condition | None, values: dict[str, Known]) -> bool:
    if only_if is not None and holds(only_if, values) is not True:
        return False
    return skip_if is None or holds(skip_if, values) is not True


def _ways(*conditions: Condition | None) -> Iterator[dict[str, Known]] | None:
    """Return every way in which things can stand that makes a difference to these conditions; None: too many."""
    by_name = {name: list(_values_of(name, conditions)) for name in sorted(asked_in(*conditions))}
    if prod(map(len, by_name.values())) > _MOST:
        return None
    return (
        {name: known for name, known in zip(by_name, values, strict=True) if known is not None}
        for values in product(*by_name.values())
    )


def _values_of(name: str, conditions: Iterable[Condition | None]) -> Iterator[Known | None]:
    """Yield the values of a variable between which these conditions can tell; None where it may be unknown."""
    asked = [test for condition in conditions for test in tests_of(condition) if test.variable == name]
    ages = {timedelta(0)} | {age for test in asked if test.within is not None for age in (test.within, _past(test))}
    for value in _candidates(name, asked):
        for age in sorted(ages):
            yield Known(value, age)
    if name not in _NEVER_UNKNOWN:
        yield None


def _past(test: Test) -> timedelta:
    return (test.within or timedelta(0)) + _SECOND


def _candidates(name: str, asked: Iterable[Test]) -> Iterable[object]:
    variable = VARIABLES[name]
    mentioned = sorted(frozenset().union(*(test.words for test in asked)))
    match variable.kind:
        case Kind.FLAG:
            return (True, False)
        case Kind.WORD:
            return variable.words or (*mentioned, _OTHER)
        case Kind.WORDS:
            few = mentioned[:_MANY_WORDS]
            return [frozenset(some) for size in range(len(few) + 1) for some in combinations(few, size)]
        case Kind.SPAN:
            bounds = [bound for bound in _bounds(asked) if isinstance(bound, timedelta)]
            spans = {timedelta(0), *(bound + n * _SECOND for bound in bounds for n in (-1, 0, 1))}
            return sorted(span for span in spans if span >= timedelta(0))
        case _:
            numbers = [round(bound) for bound in _bounds(asked) if not isinstance(bound, timedelta)]
            near = {variable.low, variable.high, *(number + n for number in numbers for n in (-1, 0, 1))}
            return sorted(number for number in near if variable.low <= number <= variable.high)


def _bounds(asked: Iterable[Test]) -> Iterator[float | timedelta]:
    for test in asked:
        yield from (bound for bound in (test.below, test.above) if bound is not None)


Unknown = Callable[[Test], bool]


def hoped(condition: Condition | None, unknown: Unknown) -> Condition | None:
    """Return a condition in which every question that is unknown ahead is answered as the condition would have it."""
    return None if condition is None else _settled(condition, unknown, answer=True)


def feared(condition: Condition | None, unknown: Unknown) -> Condition | None:
    """Return a condition in which every question that is unknown ahead is answered against the condition."""
    return None if condition is None else _settled(condition, unknown, answer=False)


def _settled(condition: Condition, unknown: Unknown, *, answer: bool) -> Condition:
    match condition:
        case Test():
            if not unknown(condition):
                return condition
            return _YES if answer else _NO
        case AllOf(parts):
            return AllOf(tuple(_settled(part, unknown, answer=answer) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_settled(part, unknown, answer=answer) for part in parts))
        case Not(part):
            return Not(_settled(part, unknown, answer=not answer))
