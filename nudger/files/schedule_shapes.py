"""The shape of a file in schedules/: text comes in, values of the domain come out.

Whatever needs more than one key or more than one file to judge is left to `schedules_file` and `references`.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from nudger.domain.schedules import DEFAULT_GRACE, EveryDays
from nudger.domain.vocabulary import ChannelChoice, Component, Intensity, Practice, Situation
from nudger.files import rules, words
from nudger.files.shape import (
    A_DAY,
    A_MOMENT,
    A_TIME,
    Date,
    Day,
    Id,
    Line,
    Shape,
    TimeOrMoment,
    one_of_these,
    one_or_several,
    read,
    several_schema,
    text_of,
    text_schema,
    word,
)


class People(Shape):
    """Some people: those who are named, and those in the groups that are named."""

    model_config = ConfigDict(title="people", json_schema_extra={"minProperties": 1})

    group: Id | None = Field(default=None, description="Everyone in this group.", examples=["daily"])
    groups: tuple[Id, ...] = Field(default=(), min_length=1, description="Everyone in one of these groups.")
    recipient: Id | None = Field(default=None, description="One person, by id.", examples=["sam"])
    recipients: tuple[Id, ...] = Field(default=(), min_length=1, description="These people, by id.")


def _kind_of_audience(value: object) -> str:
    return "(word)" if isinstance(value, str) else "(people)"


Audience = Annotated[
    Annotated[Literal["everyone"], BeforeValidator(lambda value: words.everyone(text_of(value))), Tag("(word)")]
    | Annotated[People, Tag("(people)")],
    Discriminator(_kind_of_audience),
]


class When(Shape):
    """The dates, and the times on them, in each person's own time zone."""

    model_config = ConfigDict(title="when", json_schema_extra=one_of_these("at", "between", "cron"))

    days: Annotated[
        tuple[Day, ...],
        BeforeValidator(one_or_several),
        WithJsonSchema(several_schema(A_DAY)),
    ] = Field(
        default=(),
        min_length=1,
        description="On which days: daily (default), weekdays, weekends, a day, or a list of days.",
        examples=["weekdays", ["mon", "wed", "fri"]],
    )
    at: Annotated[
        tuple[TimeOrMoment, ...],
        BeforeValidator(one_or_several),
        WithJsonSchema(several_schema({"anyOf": [A_MOMENT, A_TIME]})),
    ] = Field(
        default=(),
        min_length=1,
        description="A time (24 hours), a moment that each person has at their own time, or a list of these.",
        examples=["08:30", "morning", ["08:30", "evening"]],
    )
    between: tuple[TimeOrMoment, ...] = Field(
        default=(),
        min_length=2,
        max_length=2,
        description="Instead of `at`: one minute drawn for each person and day, from the first to before the second.",
        examples=[["09:00", "11:00"]],
    )
    every: Annotated[EveryDays | None, read(words.every), text_schema(pattern="^[0-9]+ ?[A-Za-z]+$")] = Field(
        default=None,
        description="Instead of `days`: every so many days or weeks, counted from `starts`.",
        examples=["2 days"],
    )
    cron: Annotated[str | None, read(rules.cron), text_schema()] = Field(
        default=None,
        description="Instead of days and times: five fields; 0 and 7 are Sunday; each person's wall clock.",
        examples=["30 8 * * 1-5"],
    )
    rrule: Annotated[rules.Rule | None, read(rules.rrule), text_schema()] = Field(
        default=None,
        description="Instead of `days`: the dates of an RFC 5545 rule; `at` or `between` gives the time.",
        examples=["FREQ=MONTHLY;BYDAY=-1FR"],
    )
    starts: Date | None = Field(default=None, description="The first date; `every` and rules count from it.")
    ends: Date | None = Field(default=None, description="The last date, inclusive.")


class Send(Shape):
    """Which messages to choose from. A key that is not there means any."""

    model_config = ConfigDict(title="send")

    libraries: tuple[Id, ...] = Field(default=(), min_length=1, description="Only from these libraries.")
    components: tuple[Annotated[Component, word(Component, "component")], ...] = Field(
        default=(), min_length=1, description="Only these parts of self-compassion."
    )
    practices: tuple[Annotated[Practice, word(Practice, "practice")], ...] = Field(
        default=(), min_length=1, description="Only messages that suggest one of these."
    )
    situations: tuple[Annotated[Situation, word(Situation, "situation")], ...] = Field(
        default=(), min_length=1, description="Only messages that name at least one of these."
    )
    intensities: tuple[Annotated[Intensity, word(Intensity, "intensity")], ...] = Field(
        default=(), min_length=1, description="Only messages that stir up so much."
    )


class ScheduleShape(Shape):
    """When, for whom, and from which messages."""

    model_config = ConfigDict(title="schedule")

    id: Id = Field(description="The schedule's name, once in all files.", examples=["morning-kindness"])
    about: Line = Field(default="", description="One line for the people who run this.")
    to: Audience = Field(
        description="Who gets it: everyone, a group, or people.",
        examples=["everyone", {"group": "daily"}, {"recipient": "sam"}],
    )
    when: When = Field(
        description="On which days, and at what time or between which times.",
        examples=[{"days": "weekdays", "at": "morning"}],
    )
    send: Send = Field(
        default=Send.model_construct(), description="Which messages to choose from; any, if this is not there."
    )
    channel: Annotated[ChannelChoice, word(ChannelChoice, "channel")] = Field(
        default=ChannelChoice.PREFERRED, description="preferred (each person's own), sms or email."
    )
    late: Annotated[timedelta, read(words.duration), text_schema(default="1 hour")] = Field(
        default=DEFAULT_GRACE, description="How late it may still go out; 1 hour unless said.", examples=["2 hours"]
    )


class SchedulesFile(Shape):
    """A file in schedules/."""

    model_config = ConfigDict(title="nudger schedules")

    schedules: tuple[ScheduleShape, ...] = Field(min_length=1, description="The schedules.")
