"""What the models of all three kinds of file share: how a field is read, and what an editor is told about it."""

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, WithJsonSchema
from pydantic.fields import FieldInfo

from nudger.config.flaws import Flaw
from nudger.config.values import dates, recurrences, scalars, texts
from nudger.domain.recipients import DEFAULT_MOMENTS
from nudger.domain.schedules import WallTime

DAY_PATTERN = "^[A-Z][A-Za-z]+$"
HOLIDAYS_PATTERN = "^[Pp]ublic +[Hh]olidays$"
DURATION_PATTERN = "^[A-Za-z ]*[0-9]"
LANGUAGE_PATTERN = "^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"


def text_of(value: object) -> str:
    """Return a value that is text; raise Flaw for a list or a mapping."""
    if isinstance(value, str):
        return value
    noun = "a list" if isinstance(value, tuple) else "keys"
    raise Flaw(f"text is expected here, not {noun}", "Write one text; one that starts with a bracket needs quotes.")


def read(function: Callable[[str], Any]) -> PlainValidator:
    """Let a field be read by a function of `words` and its like."""
    return PlainValidator(lambda value: function(text_of(value)))


def word(kind: type[Any], noun: str) -> BeforeValidator:
    """Let a field be one of a closed list of words."""
    return BeforeValidator(lambda value: scalars.choice(text_of(value), kind, noun))


def one_or_several(value: object) -> object:
    """Return a single text as a list of one, and everything else as it is."""
    return (value,) if isinstance(value, str) else value


def text_schema(**facts: Any) -> WithJsonSchema:
    """Tell editors about a text."""
    return WithJsonSchema({"type": "string", **facts})


def number_schema(low: int, high: int, pattern: str = "^[0-9]+$") -> dict[str, Any]:
    """Return the JSON Schema of a whole number, which for an editor is one only without quotes."""
    return {"anyOf": [{"type": "integer", "minimum": low, "maximum": high}, {"type": "string", "pattern": pattern}]}


YES_OR_NO = {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}], "default": "no"}
A_TIME = {"type": "string", "pattern": scalars.TIME_PATTERN}
A_DAY = {"anyOf": [{"enum": list(scalars.DAY_WORDS)}, {"type": "string", "pattern": DAY_PATTERN}]}
A_NUMBERED_WEEKDAY = {"type": "string", "pattern": recurrences.NTH_PATTERN}
PUBLIC_HOLIDAYS = {"anyOf": [{"enum": [dates.PUBLIC_HOLIDAYS]}, {"type": "string", "pattern": HOLIDAYS_PATTERN}]}
A_MOMENT = {"enum": list(DEFAULT_MOMENTS)}

Id = Annotated[str, read(scalars.identifier), text_schema(pattern=scalars.ID_PATTERN)]
Line = Annotated[str, read(partial(texts.line, limit=300)), text_schema(minLength=1, maxLength=300)]
Time = Annotated[time, read(scalars.wall_time), WithJsonSchema(A_TIME)]
TimeOrMoment = Annotated[WallTime, read(scalars.time_or_moment), WithJsonSchema({"anyOf": [A_MOMENT, A_TIME]})]
Date = Annotated[date, read(scalars.calendar_date), text_schema(pattern=f"^{dates.DATE_PATTERN}$")]
Duration = Annotated[timedelta, read(scalars.duration), text_schema(pattern=DURATION_PATTERN)]
Language = Annotated[str, read(scalars.language), text_schema(pattern=LANGUAGE_PATTERN)]


CONDITION_REF = "#/$defs/Condition"
ConditionTree = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "title": CONDITION_REF})]
"""Keys of conditions, which `condition_words` reads: they hold each other, and come from a table."""


class Shape(BaseModel):
    """What all of them share: no key too many, no guessing of types, no change afterwards.

    A shape is built when something is first read with it: most folders need three of them, and not the people's.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


def as_yaml(value: Any) -> str:
    """Return an example as it may stand in a file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_yaml, value))}]"
    text = str(value)
    return f'"{text}"' if ":" in text or text.startswith(("+", "FREQ=")) or " * " in text else text


def keys_of(shape: type[Shape]) -> dict[str, FieldInfo]:
    """Return the fields of a shape by the keys they have in a file."""
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def one_of_these(*keys: str) -> dict[str, Any]:
    """Return JSON Schema's words for: at least one of these keys is there."""
    return {"anyOf": [{"required": [key]} for key in keys]}


def several_schema(what: Any) -> dict[str, Any]:
    """Return the JSON Schema of one or several of these."""
    return {"anyOf": [what, {"type": "array", "items": what, "minItems": 1}]}
