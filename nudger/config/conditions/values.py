"""What a condition may say of a variable, by the kind of its values. All is read from the table of variables.

Like `words`: every function takes the text as it was written, and raises Flaw with a remedy.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from nudger.config.flaws import Flaw, did_you_mean, listed, quote, sentences, tried
from nudger.config.shape import LANGUAGE_PATTERN
from nudger.config.values import loose, recurrences, scalars
from nudger.decisions.choosing.variables import VARIABLES, Kind, Variable
from nudger.domain.conditions import Bound

SENT_IN_LAST = "sent_in_last"
"""Short for: since_sent is below."""

KEYS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.NUMBER: ("is", "below", "above", "within"),
        Kind.SPAN: ("below", "above", "within"),
        Kind.WORD: ("is", "within"),
        Kind.WORDS: ("has", "within"),
        Kind.FLAG: ("is", "within"),
    }
)
"""What may be said of a variable in full; `is` and `has` may also stand alone, as the value itself."""

SPAN_PATTERN = "^ *[0-9]"

_OPEN: Mapping[str, tuple[Callable[[str], str], str, str]] = MappingProxyType(
    {"language": (scalars.language, LANGUAGE_PATTERN, "en"), "goals": (scalars.identifier, scalars.ID_PATTERN, "sleep")}
)
_AN_ID = (scalars.identifier, scalars.ID_PATTERN, "daily")
"""How the words of an open list are read, what they look like, and an example; ids, unless said."""


def limit_of(variable: Variable, key: str, text: str) -> Bound:
    """Return what a value is to be `below` or `above`; one that would always or never be so is out of range."""
    if variable.kind is Kind.SPAN:
        return scalars.long_duration(text)
    low, high = (variable.low + 1, variable.high) if key == "below" else (variable.low, variable.high - 1)
    return recurrences.number(text, low, high)


def number(variable: Variable, text: str) -> int:
    """Return a number that the variable can be."""
    return recurrences.number(text, variable.low, variable.high)


def word(name: str, text: str) -> str:
    """Return one of the words of a variable."""
    known = VARIABLES[name].words
    if not known:
        return _OPEN.get(name, _AN_ID)[0](text)
    if text in known:
        return str(text)
    raise Flaw(f"{quote(text)} is no word for '{name}'", lambda: _word_remedy(name, text, list(map(str, known))))


def _word_remedy(name: str, text: str, known: Sequence[str]) -> str:
    said = loose.plain(text)
    others = [*loose.days(text)] if name == "weekday" else [*loose.moments(text)] if name == "part_of_day" else []
    meant = tried(partial(word, name), [said, said.replace(" ", "-"), *(day[:3] for day in others), *others])
    longer = meant or next((each for each in known if said.startswith(each)), None)
    return sentences(listed(known), f"Did you mean '{longer}'?" if longer else did_you_mean(text, known))


def word_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one of the words of a variable."""
    known = VARIABLES[name].words
    return {"enum": list(map(str, known))} if known else {"type": "string", "pattern": _OPEN.get(name, _AN_ID)[1]}


def example(name: str) -> dict[str, Any]:
    """Return a condition on a variable, as it may stand in a file."""
    variable = VARIABLES[name]
    match variable.kind:
        case Kind.NUMBER:
            return {name: {"below": variable.low + 3}}
        case Kind.SPAN:
            return {name: {"above": "7 days"}}
        case Kind.FLAG:
            return {name: "yes"}
        case _:
            return {name: str(variable.words[0]) if variable.words else _OPEN.get(name, _AN_ID)[2]}
