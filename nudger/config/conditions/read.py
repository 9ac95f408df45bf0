"""`only_if` and `skip_if`: from a tree of keys to a condition of the domain, or to what is wrong with it, and where."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple, TypeVar

from nudger.config import other_names
from nudger.config.conditions import values
from nudger.config.findings import Findings, Position
from nudger.config.flaws import Flaw, listed, nearest, quote, sentences
from nudger.config.shape import as_yaml
from nudger.config.values import scalars
from nudger.config.yaml.tree import Listing, Mapping, Node, Scalar
from nudger.decisions.choosing.variables import VARIABLES, Kind
from nudger.domain.conditions import AllOf, AnyOf, Bound, Condition, Not, Test

ONLY_IF, SKIP_IF = "only_if", "skip_if"
MAX_DEPTH = 5
GROUPS = ("all", "any", "not")
EXAMPLES = ({"mood": {"below": 4, "within": "3 days"}}, {values.SENT_IN_LAST: "3 hours"})
_WRITE = f"Write {' or '.join(map(as_yaml, EXAMPLES))}."
_KNOWN = (*GROUPS, values.SENT_IN_LAST, *VARIABLES)
Value = TypeVar("Value")


class Conditions(NamedTuple):
    """What a schedule or a message asks of the moment; None where it asks nothing."""

    only_if: Condition | None
    skip_if: Condition | None


def read_conditions(findings: Findings, position: Position) -> Conditions | None:
    """Return the conditions of a schedule or a message, or None after noting what is wrong with them."""
    node = position.node
    there = [key for key in (ONLY_IF, SKIP_IF) if isinstance(node, Mapping) and key in node.entries]
    found = {key: _condition(findings, position.at(key), 1) for key in there}
    return None if None in found.values() else Conditions(found.get(ONLY_IF), found.get(SKIP_IF))


def asked_of(position: Position, variable: str) -> Iterator[Position]:
    """Yield each place below `position` where a condition asks about a variable."""
    node = position.node
    if isinstance(node, Mapping):
        yield from [position.at(variable)] if variable in node.entries else []
        for key in GROUPS:
            yield from asked_of(position.at(key), variable) if key in node.entries else ()
    elif isinstance(node, Listing):
        for index in range(len(node.items)):
            yield from asked_of(position.at(index), variable)


def _condition(findings: Findings, position: Position, depth: int) -> Condition | None:
    node = position.node
    if not isinstance(node, Mapping):
        _unexpected(findings, position, "keys and values are expected here", _WRITE)
    elif not node.entries:
        findings.error(position, "this asks nothing", _WRITE)
    elif depth > MAX_DEPTH:
        what = f"conditions inside conditions, more than {MAX_DEPTH} deep"
        findings.error(position, what, "Can it be said with fewer of all, any and not?")
    else:
        parts = [_part(findings, position, key, depth) for key in node.entries]
        good = tuple(part for part in parts if part is not None)
        if len(good) == len(parts):
            return good[0] if len(good) == 1 else AllOf(good)
    return None


def _part(findings: Findings, position: Position, key: str, depth: int) -> Condition | None:
    here = position.at(key)
    if key == "not":
        part = _condition(findings, here, depth + 1)
        return None if part is None else Not(part)
    if key in GROUPS:
        parts = _parts(findings, here, depth)
        return None if parts is None else AllOf(parts) if key == "all" else AnyOf(parts)
    if key == values.SENT_IN_LAST:
        length = _read(findings, here, scalars.long_duration, {key: "3 hours"})
        return None if length is None else Test(variable="since_sent", below=length)
    if key in VARIABLES:
        return _test(findings, here, key)
    findings.error(here, f"{quote(key)} is nothing to ask about", _remedy(key, _KNOWN), at_key=True)
    return None


def _parts(findings: Findings, position: Position, depth: int) -> tuple[Condition, ...] | None:
    node = position.node
    if not isinstance(node, Listing):
        _unexpected(findings, position, "a list is expected here", "Write [{season: winter}, {part_of_day: evening}].")
        return None
    if not node.items:
        findings.error(position, "the list is empty", "Write one condition at least, or leave the key out.")
        return None
    parts = [_condition(findings, position.at(index), depth + 1) for index in range(len(node.items))]
    good = tuple(part for part in parts if part is not None)
    return good if len(good) == len(parts) else None


def _test(findings: Findings, position: Position, name: str) -> Test | None:
    node = position.node
    if not isinstance(node, Mapping):
        return _value(findings, position, name)
    keys = values.KEYS[VARIABLES[name].kind]
    extra = [key for key in node.entries if key not in keys]
    for key in extra:
        findings.error(position.at(key), f"{quote(key)} is no key here", _remedy(key, keys), at_key=True)
    within = (
        _read(findings, position.at("within"), scalars.long_duration, {"within": "3 days"})
        if "within" in node.entries
        else None
    )
    test = _question(findings, position, name, node)
    if extra or test is None or ("within" in node.entries and within is None):
        return None
    return Test(variable=name, below=test.below, above=test.above, words=test.words, flag=test.flag, within=within)


def _question(findings: Findings, position: Position, name: str, node: Mapping) -> Test | None:
    """Read what is asked, apart from how old the answer may be."""
    bounds = [key for key in ("below", "above") if key in node.entries and key in values.KEYS[VARIABLES[name].kind]]
    same = next((key for key in ("is", "has") if key in node.entries and key in values.KEYS[VARIABLES[name].kind]), "")
    if same and bounds:
        findings.error(position.at(same), f"'{same}' and '{bounds[0]}' do not go together", "Keep one.", at_key=True)
    elif same:
        return _value(findings, position.at(same), name)
    elif bounds:
        return _bounds(findings, position, name, bounds)
    elif not set(node.entries) - {"within"}:
        findings.error(position, f"this asks nothing of '{name}'", f"Write {as_yaml(values.example(name))}.")
    return None


def _bounds(findings: Findings, position: Position, name: str, keys: Sequence[str]) -> Test | None:
    variable = VARIABLES[name]
    found: dict[str, Bound] = {}
    for key in keys:
        limit = _read(findings, position.at(key), partial(values.limit_of, variable, key), values.example(name))
        if limit is not None:
            found[key] = limit
    if len(found) < len(keys):
        return None
    test = Test(variable=name, below=found.get("below"), above=found.get("above"))
    if _nothing_between(test):
        either = as_yaml({"any": [{name: {key: _text(position.at(key))}} for key in keys]})
        what = f"nothing is above {_text(position.at('above'))} and below {_text(position.at('below'))}"
        findings.error(position.at("above"), what, f"Leave more room; for either of the two, write {either}.")
        return None
    return test


def _nothing_between(test: Test) -> bool:
    match test.above, test.below:
        case timedelta() as above, timedelta() as below:
            return below <= above
        case float() | int() as above, float() | int() as below:
            return below <= above + 1  # numbers are whole
    return False


def _value(findings: Findings, position: Position, name: str) -> Test | None:
    """Read what a variable is to be, or to have."""
    variable = VARIABLES[name]
    match variable.kind:
        case Kind.NUMBER:
            number = _read(findings, position, partial(values.number, variable), values.example(name))
            return None if number is None else Test(variable=name, above=number - 1, below=number + 1)
        case Kind.FLAG:
            flag = _read(findings, position, scalars.yes_or_no, values.example(name))
            return None if flag is None else Test(variable=name, flag=flag)
        case Kind.SPAN:
            length = _text(position) or "7 days"
            _unexpected(
                findings,
                position,
                "keys and values are expected here",
                f"Write {{above: {length}}} or {{below: {length}}}.",
            )
            return None
        case _:
            return _words(findings, position, name)


def _words(findings: Findings, position: Position, name: str) -> Test | None:
    node = position.node
    places = [position.at(index) for index in range(len(node.items))] if isinstance(node, Listing) else [position]
    if not places:
        findings.error(position, "the list is empty", "Write one word at least.")
        return None
    found = [_read(findings, each, partial(values.word, name), values.example(name)) for each in places]
    good = [each for each in found if each is not None]
    for index, each in enumerate(found):
        if each is not None and each in found[:index]:
            findings.error(places[index], f"{quote(each)} is there twice", "Keep one.")
            return None
    return Test(variable=name, words=frozenset(good)) if len(good) == len(found) else None


def _read(findings: Findings, position: Position, function: Callable[[str], Value], example: object) -> Value | None:
    """Return what a text stands for, or None after noting what is wrong with it."""
    node = position.node
    if not isinstance(node, Scalar) or node.absent:
        _unexpected(findings, position, "text is expected here", f"Write {as_yaml(_value_in(example))}.")
        return None
    try:
        return function(node.text)
    except Flaw as flaw:
        findings.flaw(position, flaw)
        return None


def _value_in(example: object) -> object:
    """Return what stands under the key of an example, all the way in: the place at hand is that of the value."""
    return _value_in(next(iter(example.values()))) if isinstance(example, dict) else example


def _unexpected(findings: Findings, position: Position, what: str, expected: str) -> None:
    node = position.node
    if not (isinstance(node, Scalar) and node.absent):  # "has no value" was said already
        findings.error(position, f"{what}, not {_shown(node)}", expected)


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return quote(node.text)
    return "a list" if isinstance(node, Listing) else "keys and values"


def _text(position: Position) -> str:
    return position.node.text[:20] if isinstance(position.node, Scalar) else ""


def _remedy(key: str, known: tuple[str, ...]) -> str:
    mean = other_names.meant([key.lower()], known, other_names.IN_CONDITIONS) or nearest(key, known)
    return sentences(listed(known), f"Did you mean '{mean}'?" if mean else "")
