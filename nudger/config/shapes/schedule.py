"""The shape of a file in schedules/: text comes in, values of the domain come out.

Whatever needs more than one key or more than one file to judge is left to `schedules_file` and `references`.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from nudger.config.shape import (
    DURATION_PATTERN,
    YES_OR_NO,
    ConditionTree,
    Id,
    Line,
    Shape,
    one_of_these,
    read,
    text_of,
    text_schema,
    word,
)
from nudger.config.shapes.limits import LimitsShape
from nudger.config.shapes.when import When
from nudger.config.values import scalars
from nudger.domain.schedules import DEFAULT_GRACE, Priority, WhenBlocked, WhenMissed
from nudger.domain.vocabulary import ChannelChoice, Component, Intensity, MessageKey, Practice, Situation


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
    Annotated[Literal["everyone"], BeforeValidator(lambda value: scalars.everyone(text_of(value))), Tag("(word)")]
    | Annotated[People, Tag("(people)")],
    Discriminator(_kind_of_audience),
]


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
    messages: tuple[Annotated[MessageKey, read(scalars.message_key), text_schema(pattern=scalars.KEY_PATTERN)], ...] = (
        Field(
            default=(),
            min_length=1,
            description="Only these messages, by library and id.",
            examples=[["self-kindness/friends-voice", "journal/three-lines"]],
        )
    )
    in_order: Annotated[bool, read(scalars.yes_or_no), WithJsonSchema(YES_OR_NO)] = Field(
        default=False,
        description=(
            "yes: each person gets them one after the other, in the order of `messages`, or else of their ids; after "
            "the last there is nothing more."
        ),
        examples=["yes"],
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
    only_if: ConditionTree | None = Field(
        default=None,
        description="It goes out only where this holds; what is not known does not hold.",
        examples=[{"mood": {"below": 4, "within": "3 days"}}],
    )
    skip_if: ConditionTree | None = Field(
        default=None,
        description="It is left out where this holds; what is not known does not hold.",
        examples=[{"sent_in_last": "3 hours"}],
    )
    channel: Annotated[ChannelChoice, word(ChannelChoice, "channel")] = Field(
        default=ChannelChoice.PREFERRED, description="preferred (each person's own), sms or email."
    )
    late: Annotated[timedelta, read(scalars.duration), text_schema(pattern=DURATION_PATTERN, default="1 hour")] = Field(
        default=DEFAULT_GRACE, description="How late it may still go out; 1 hour unless said.", examples=["2 hours"]
    )
    priority: Annotated[
        Priority,
        read(scalars.priority),
        WithJsonSchema({"enum": [each.name.lower() for each in Priority], "default": "normal"}),
    ] = Field(
        default=Priority.NORMAL,
        description="Which nudge goes first where a person cannot get two (see `limits`): low, normal or high.",
    )
    missed: Annotated[WhenMissed, word(WhenMissed, "way to deal with what was missed")] = Field(
        default=WhenMissed.SEND,
        description=(
            "After the service was down: send (all that are not too late), one (only the newest of those) or skip "
            "(none)."
        ),
    )
    held: Annotated[WhenBlocked, word(WhenBlocked, "way to deal with what was held back")] = Field(
        default=WhenBlocked.WAIT,
        description=(
            "If it may not go out at its time (quiet hours, limits): wait (until it may, but no longer than `late`) or "
            "drop."
        ),
    )


class ChoosingShape(Shape):
    """How messages are chosen, for everyone. It is there once in all files."""

    model_config = ConfigDict(title="choosing", json_schema_extra={"minProperties": 1})

    learning: Annotated[bool, read(scalars.yes_or_no), WithJsonSchema(YES_OR_NO)] = Field(
        default=False,
        description=(
            "yes: practices that a person answers come to them more often by and by, beginning with what everybody "
            "answers; every practice keeps a chance. It is off unless asked for."
        ),
        examples=["yes"],
    )


class SchedulesFile(Shape):
    """A file in schedules/: schedules, limits, how to choose, or several of these."""

    model_config = ConfigDict(
        title="nudger schedules", json_schema_extra=one_of_these("schedules", "limits", "choosing")
    )

    schedules: tuple[ScheduleShape, ...] = Field(default=(), min_length=1, description="The schedules.")
    limits: LimitsShape | None = Field(
        default=None,
        description="What is the most that anyone gets; once in all files.",
        examples=[{"per_day": 2, "per_week": 8, "gap": "3 hours", "gentle_first": "7 days"}],
    )
    choosing: ChoosingShape | None = Field(
        default=None, description="How messages are chosen; once in all files.", examples=[{"learning": "yes"}]
    )
