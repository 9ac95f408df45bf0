"""The shape of limits: for everyone, in schedules/, and for one person."""

from functools import partial
from typing import Annotated

from pydantic import ConfigDict, Field, WithJsonSchema

from nudger.config.shape import Duration, Shape, number_schema, read, text_schema
from nudger.config.values import recurrences, scalars
from nudger.domain.limits import Limits

MAX_PER_DAY = 24
MAX_PER_WEEK = 168
DEFAULT_GENTLE_DAYS = Limits().gentle_days


class PersonLimits(Shape):
    """What is the most that one person gets. Where everyone's limits are stricter, those count."""

    model_config = ConfigDict(title="own limits", json_schema_extra={"minProperties": 1})

    per_day: Annotated[
        int | None,
        read(partial(recurrences.number, low=1, high=MAX_PER_DAY)),
        WithJsonSchema(number_schema(1, MAX_PER_DAY)),
    ] = Field(default=None, description="At most so many nudges a day; no such limit, if not there.", examples=[2])
    per_week: Annotated[
        int | None,
        read(partial(recurrences.number, low=1, high=MAX_PER_WEEK)),
        WithJsonSchema(number_schema(1, MAX_PER_WEEK)),
    ] = Field(default=None, description="At most so many in any seven days; no such limit, if not there.", examples=[8])
    gap: Duration | None = Field(
        default=None, description="At least so much time between two nudges.", examples=["3 hours"]
    )


class LimitsShape(PersonLimits):
    """What is the most that anyone gets, over all schedules and both channels. It is there once in all files."""

    model_config = ConfigDict(title="limits", json_schema_extra={"minProperties": 1})

    gentle_first: Annotated[
        int,
        read(scalars.length_in_days),
        text_schema(pattern=scalars.DAYS_PATTERN, default=f"{DEFAULT_GENTLE_DAYS} days"),
    ] = Field(
        default=DEFAULT_GENTLE_DAYS,
        description="For so long after joining, only gentle messages are chosen; `none` for no such time.",
        examples=["7 days"],
    )
