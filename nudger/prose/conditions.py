"""A condition as a person would say it: `their mood is below 4 within 1 day`, `it is no public holiday`."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from nudger.domain.conditions import AllOf, AnyOf, Bound, Condition, Not, Test
from nudger.prose.english import DAYS, listed, roughly

_FLAGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "daylight": ("the sun is up", "the sun is down"),
        "public_holiday": ("it is a public holiday", "it is no public holiday"),
        "hard_day": ("it is a hard day for them", "it is no hard day for them"),
        "has_supporter": ("they named a supporter", "they named no supporter"),
    }
)
"""What is said of a yes and of a no."""

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "part_of_day": "it is {}",
        "season": "it is {}",
        "mood_trend": "their mood is {}",
        "done": "they did {}",
        "liked": "they like {}",
        "declined": "they want less of {}",
        "groups": "they are in the group {}",
        "goals": "their goals include {}",
        "language": "their language is {}",
    }
)
_NUMBERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "since_sent": ("the last note went out {} ago", "less"),
        "since_reply": ("they last let us know {} ago", "less"),
        "since_check_in": ("their last check-in was {} ago", "less"),
        "days_since_joined": ("they joined {} days ago", "less"),
        "sent_today": ("{} notes went out in 24 hours", "fewer"),
        "sent_this_week": ("{} notes went out in seven days", "fewer"),
    }
)
"""What is said of a number within bounds, and the word for `below`; of others it is `mood is below 4`."""

_WEEKDAYS = {name[:3].lower(): name for name in DAYS}


def condition_in_words(condition: Condition) -> str:
    """Return the condition in plain English, to stand behind `if`."""
    match condition:
        case Test():
            return _test(condition)
        case AllOf(parts):
            return " and ".join(map(_bracketed, parts))
        case AnyOf(parts):
            return " or ".join(map(_bracketed, parts))
        case Not(Test(flag=bool() as flag) as test) if test.variable in _FLAGS:
            return _within(_FLAGS[test.variable][flag], test)  # the other of its two sentences
        case Not(part):
            return f"it is not so that {_bracketed(part)}"


def _bracketed(condition: Condition) -> str:
    return (
        f"({condition_in_words(condition)})" if isinstance(condition, AllOf | AnyOf) else condition_in_words(condition)
    )


def _test(test: Test) -> str:
    return _within(_said(test), test)


def _within(said: str, test: Test) -> str:
    return f"{said} within {roughly(test.within)}" if test.within is not None else said


def _said(test: Test) -> str:
    if test.flag is not None:
        yes, no = _FLAGS.get(test.variable, (f"{_name(test)} holds", f"{_name(test)} does not hold"))
        return yes if test.flag else no
    if test.words:
        return _words(test)
    if test.variable in _NUMBERS:
        template, fewer = _NUMBERS[test.variable]
        return template.format(_bounds(test, above="more than", below=f"{fewer} than"))
    return f"{_name(test)} is {_bounds(test, above='above', below='below')}"


def _bounds(test: Test, *, above: str, below: str) -> str:
    sides = ((above, test.above), (below, test.below))
    return " and ".join(f"{side} {_bound(bound)}" for side, bound in sides if bound is not None)


def _words(test: Test) -> str:
    if test.variable == "weekday":
        return f"it is a {listed(_in_order(test.words), 'or')}"
    return _WORDS.get(test.variable, f"{_name(test)} is {{}}").format(listed(sorted(test.words), "or"))


def _in_order(weekdays: frozenset[str]) -> list[str]:
    return [name for short, name in _WEEKDAYS.items() if short in weekdays]


def _name(test: Test) -> str:
    """The clock's hour is nobody's; what else there is are things of the person's own."""
    name = test.variable.replace("_", " ")
    return f"the {name}" if test.variable in _NOBODYS else name


_NOBODYS = frozenset({"hour", "weekday", "part_of_day", "season"})


def _bound(bound: Bound) -> str:
    return roughly(bound) if isinstance(bound, timedelta) else f"{bound:g}"
