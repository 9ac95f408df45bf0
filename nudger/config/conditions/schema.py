"""What editors and readers are told about conditions: the same table of variables, as JSON Schema and in Markdown."""

from typing import Any

from nudger.config.conditions import values
from nudger.config.shape import CONDITION_REF, as_yaml, number_schema, several_schema
from nudger.decisions.choosing.variables import MANY, VARIABLES, Kind

NAME = CONDITION_REF.rpartition("/")[2]
_SPAN = {"type": "string", "pattern": values.SPAN_PATTERN}
_FLAG = {"enum": ["yes", "no", True, False]}
_WITHIN = {**_SPAN, "description": "How old the answer may be; an older one counts as unknown.", "examples": ["3 days"]}
_GROUPS: dict[str, dict[str, Any]] = {
    "all": {
        "description": "Every one of these holds.",
        "type": "array",
        "items": {"$ref": CONDITION_REF},
        "minItems": 1,
        "examples": [[{"mood": {"below": 4}}, {"since_reply": {"above": "7 days"}}]],
    },
    "any": {
        "description": "At least one of these holds.",
        "type": "array",
        "items": {"$ref": CONDITION_REF},
        "minItems": 1,
        "examples": [[{"season": "winter"}, {"part_of_day": "evening"}]],
    },
    "not": {"$ref": CONDITION_REF, "description": "This does not hold.", "examples": [{"public_holiday": "yes"}]},
    values.SENT_IN_LAST: {
        **_SPAN,
        "description": "The last nudge of any schedule is not longer ago than this; short for since_sent: below.",
        "examples": ["3 hours"],
    },
}
_PROSE = """\
A condition names one or more of these keys; several of them mean all of them. What is not known is never guessed:
`only_if` lets a nudge through on a clear yes alone, and `skip_if` holds it back on a clear yes alone.

- A number: `mood: 3`, or `{below: 4}`, `{above: 6}`, `{above: 2, below: 7}`; neither end is part of it.
- A span of time: `{below: 3 hours}` or `{above: 7 days}`, in weeks, days, hours and minutes.
- One word, or words: one of them, or a list, of which one is enough.
- Yes or no.

`within` says how old the answer may be: `mood: {below: 4, within: 1 day}`, `mood_trend: {is: falling, within: 7 days}`,
`done: {has: journal, within: 7 days}`. Conditions may stand inside each other, five deep at most.
"""


def condition_schema() -> dict[str, Any]:
    """Return the JSON Schema of a condition, for the definitions of a file's schema."""
    return {
        "additionalProperties": False,
        "description": "What is asked of a person and a moment. Several keys mean all of them.",
        "minProperties": 1,
        "properties": _GROUPS | {name: _variable(name) for name in VARIABLES},
        "title": "condition",
        "type": "object",
    }


def _variable(name: str) -> dict[str, Any]:
    variable = VARIABLES[name]
    value = _value(name)
    full: dict[str, Any] = {
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {key: _fact(name, key) for key in values.KEYS[variable.kind]},
        "type": "object",
    }
    return {
        "description": variable.about,
        "anyOf": [*value, full],
        "examples": [values.example(name)[name]],
    }


def _value(name: str) -> list[dict[str, Any]]:
    """Return the forms of what a variable can be said to be in short; a span has none."""
    variable = VARIABLES[name]
    match variable.kind:
        case Kind.NUMBER:
            return list(number_schema(variable.low, variable.high)["anyOf"])
        case Kind.SPAN:
            return []
        case Kind.FLAG:
            return [_FLAG]
        case _:
            return list(several_schema(values.word_schema(name))["anyOf"])


def _fact(name: str, key: str) -> dict[str, Any]:
    variable = VARIABLES[name]
    if key == "within":
        return _WITHIN
    if key in {"is", "has"}:
        said = "The value." if key == "is" else "One of these is among them."
        return {"description": said, "anyOf": _value(name)}
    said = f"It is {key} this, and not the same."
    if variable.kind is Kind.SPAN:
        return {**_SPAN, "description": said}
    low, high = (variable.low + 1, variable.high) if key == "below" else (variable.low, variable.high - 1)
    return {**number_schema(low, high), "description": said}


def in_tables() -> str:
    """Return what can be asked as Markdown: how it is said, and every variable with kind, words, meaning, example."""
    rows = [_row(key, _KINDS[key], fact["description"], {key: fact["examples"][0]}) for key, fact in _GROUPS.items()]
    rows += [_row(name, _kind(name), each.about, values.example(name)) for name, each in VARIABLES.items()]
    head = ["| key | kind | meaning | example |", "|---|---|---|---|"]
    return "\n".join(["## condition", "", _PROSE, *head, *rows, ""])


_KINDS = {"all": "a list of conditions", "any": "a list of conditions", "not": "a condition"}
_KINDS |= {values.SENT_IN_LAST: str(Kind.SPAN)}


def _row(key: str, kind: str, meaning: str, example: dict[str, Any]) -> str:
    return f"| `{key}` | {kind} | {meaning} | `{as_yaml(example)[1:-1]}` |"


def _kind(name: str) -> str:
    variable = VARIABLES[name]
    if variable.words:
        return f"{variable.kind}: {', '.join(f'`{word}`' for word in variable.words)}"
    bounded = variable.kind is Kind.NUMBER and variable.high < MANY
    return f"{variable.kind}, {variable.low} to {variable.high}" if bounded else str(variable.kind)
