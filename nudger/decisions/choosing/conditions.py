"""Whether a condition holds: yes, no, or nobody knows. Unknown is never a guess.

`only_if` lets a nudge through on a yes alone; `skip_if` holds it back on a yes alone (Kleene's three-valued logic).
"""

from collections.abc import Mapping

from nudger.decisions.choosing.variables import Known
from nudger.domain.conditions import AllOf, AnyOf, Condition, Not, Test

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
