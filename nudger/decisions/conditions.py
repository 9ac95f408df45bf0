"""Whether a condition holds: yes, no, or nobody knows. Unknown is never a guess.

`only_if` lets a nudge through on a yes alone; `skip_if` holds it back on a yes alone (Kleene's three-valued logic).
"""

from collections.abc import Mapping
from datetime import timedelta

from nudger.decisions.english import roughly
from nudger.decisions.variables import VARIABLES, Kind, Known
from nudger.domain.conditions import AllOf, AnyOf, Bound, Condition, Not, Test

Values = Mapping[str, Known]


def holds(condition: Condition, values: Values) -> bool | None:
    """Say whether the condition holds, or None where something that decides it is unknown."""
    match condition:
        case Test():
            return _test(condition, values.get(condition.variable))
        case AllOf(parts):
            return _all([holds(part, values) for part in parts])
        case AnyOf(parts):
            return _not(_all([_not(holds(part, values)) for part in parts]))
        case Not(part):
            return _not(holds(part, values))


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _test(test: Test, known: Known | None) -> bool | None:
    if known is None or (test.within is not None and known.age > test.within):
        return None
    if test.flag is not None:
        return bool(known.value) is test.flag
    if test.words:
        found = known.value if isinstance(known.value, frozenset) else {str(known.value)}
        return not test.words.isdisjoint(found)
    return (test.below is None or known.value < test.below) and (test.above is None or known.value > test.above)


def in_words(condition: Condition) -> str:
    """Return the condition in plain English: `mood is below 4 within 3 days`."""
    match condition:
        case Test():
            return _test_in_words(condition)
        case AllOf(parts):
            return " and ".join(map(_bracketed, parts))
        case AnyOf(parts):
            return " or ".join(map(_bracketed, parts))
        case Not(part):
            return f"not {_bracketed(part)}"


def _bracketed(condition: Condition) -> str:
    return in_words(condition) if isinstance(condition, Test) else f"({in_words(condition)})"


def _test_in_words(test: Test) -> str:
    name = test.variable.replace("_", " ")
    within = f" within {roughly(test.within)}" if test.within is not None else ""
    if test.flag is not None:
        return f"{name} is {'true' if test.flag else 'not true'}{within}"
    if test.words:
        verb = "has" if VARIABLES[test.variable].kind is Kind.WORDS else "is"
        return f"{name} {verb} {' or '.join(sorted(test.words))}{within}"
    bounds = [f"below {_bound(test.below)}" if test.below is not None else ""]
    bounds += [f"above {_bound(test.above)}" if test.above is not None else ""]
    return f"{name} is {' and '.join(bound for bound in bounds if bound)}{within}"


def _bound(bound: Bound) -> str:
    return roughly(bound) if isinstance(bound, timedelta) else f"{bound:g}"
