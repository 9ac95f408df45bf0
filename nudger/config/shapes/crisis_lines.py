"""The shape of crisis_lines.yaml: the shipped one, and the operator's own."""

import re
from datetime import date
from functools import partial
from typing import Annotated

from pydantic import ConfigDict, Field

from nudger.config.flaws import Flaw, quote, remedy
from nudger.config.shape import Language, Line, Shape, read, text_schema
from nudger.config.values import aliases, scalars, texts
from nudger.config.values.zone_tables import country_names
from nudger.domain.crisis_lines import REST_OF_WORLD

NUMBER_PATTERN = r"^\+?[0-9][0-9 ()/-]{1,24}$"
_NUMBER = re.compile(NUMBER_PATTERN.removesuffix("$") + r"\Z")


def _dialled(text: str) -> str:
    if not _NUMBER.match(text):
        raise Flaw(f"{quote(text)} is no number to dial", "Digits and spaces, as it is dialled there.")
    return text


def _country(text: str) -> str:
    if text == REST_OF_WORLD or text in country_names():
        return text
    otherwise = 'Two capitals, as in US, or "*" for the rest of the world.'
    proposals = (aliases.country(text) or "", text.strip().upper())
    raise Flaw(f"{quote(text)} is no country", lambda: remedy(_country, proposals, otherwise))


def _confirmed(text: str) -> date | None:
    return None if text == "unverified" else scalars.calendar_date(text)


class CrisisLineShape(Shape):
    """A crisis or support line."""

    model_config = ConfigDict(title="crisis line")

    country: Annotated[str, read(_country), text_schema(pattern=r"^([A-Z]{2}|\*)$")] = Field(
        description="ISO 3166 code, or * for the rest of the world."
    )
    name: Line = Field(description="What it is called.")
    call: Annotated[str, read(_dialled), text_schema(pattern=NUMBER_PATTERN)] = Field(
        default="", description="The number to call, as it is dialled there."
    )
    then_press: Annotated[str, read(partial(texts.line, limit=1)), text_schema(maxLength=1)] = Field(
        default="", description="The key to press after calling."
    )
    text: Annotated[str, read(_dialled), text_schema(pattern=NUMBER_PATTERN)] = Field(
        default="", description="The number to text."
    )
    text_word: Annotated[str, read(partial(texts.line, limit=20)), text_schema(maxLength=20)] = Field(
        default="", description="The word to text."
    )
    web: Annotated[str, read(partial(texts.line, limit=60)), text_schema(maxLength=60)] = Field(
        default="", description="Where it is in the web."
    )
    languages: tuple[Language, ...] = Field(default=(), min_length=1, description="What is spoken there.")
    hours: Line = Field(default="", description="When somebody is there.")
    source: Line = Field(description="Where this was read.")
    verified_on: Annotated[
        date | None, read(_confirmed), text_schema(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2}|unverified)$")
    ] = Field(description="The day on which it was last read there, or unverified.")


class CrisisLinesFile(Shape):
    """crisis_lines.yaml."""

    model_config = ConfigDict(title="nudger crisis lines")

    crisis_lines: tuple[CrisisLineShape, ...] = Field(min_length=1, description="The lines, best first.")
