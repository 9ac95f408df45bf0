"""What the models of all three kinds of file share: how a field is read, and what an editor is told about it."""

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, WithJsonSchema

from nudger.domain.recipients import DEFAULT_MOMENTS
from nudger.domain.schedules import WallTime
from nudger.files import words
from nudger.files.flaws import Flaw


def text_of(value: object) -> str:
    """Return a value that is text; raise Flaw for a list or a mapping."""
    if isinstance(value, str):
        return value
    raise Flaw("text is expected here, not a list" if isinstance(value, tuple) else "text is expected here, not keys")


def read(function: Callable[[str], Any]) -> PlainValidator:
    """Let a field be read by a function of `words` and its like."""
    return PlainValidator(lambda value: function(text_of(value)))


def word(kind: type[Any], noun: str) -> BeforeValidator:
    """Let a field be one of a closed list of words."""
    return BeforeValidator(lambda value: words.choice(text_of(value), kind, noun))


def one_or_several(value: object) -> object:
    """Return a single text as a list of one, and everything else as it is."""
    return (value,) if isinstance(value, str) else value


def text_schema(**facts: Any) -> WithJsonSchema:
    """Tell editors about a text."""
    return WithJsonSchema({"type": "string", **facts})


A_TIME = {"type": "string", "pattern": words.TIME_PATTERN}
A_DAY = {"anyOf": [{"enum": list(words.DAY_WORDS)}, {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"}]}
A_MOMENT = {"enum": list(DEFAULT_MOMENTS)}

Id = Annotated[str, read(words.identifier), text_schema(pattern=words.ID_PATTERN)]
Line = Annotated[str, read(partial(words.line, limit=300)), text_schema(minLength=1, maxLength=300)]
Time = Annotated[time, read(words.wall_time), WithJsonSchema(A_TIME)]
TimeOrMoment = Annotated[WallTime, read(words.time_or_moment), WithJsonSchema({"anyOf": [A_MOMENT, A_TIME]})]
Day = Annotated[frozenset[int], read(words.weekdays), WithJsonSchema(A_DAY)]
Date = Annotated[date, read(words.calendar_date), text_schema(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Language = Annotated[str, read(words.language), text_schema(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]


class Shape(BaseModel):
    """What all of them share: no key too many, no guessing of types, no change afterwards.

    A shape is built when something is first read with it: most folders need three of them, and not the people's.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


def one_of_these(*keys: str) -> dict[str, Any]:
    """Return JSON Schema's words for: at least one of these keys is there."""
    return {"anyOf": [{"required": [key]} for key in keys]}


def several_schema(what: Any) -> dict[str, Any]:
    """Return the JSON Schema of one or several of these."""
    return {"anyOf": [what, {"type": "array", "items": what, "minItems": 1}]}
