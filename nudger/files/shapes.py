"""The three kinds of file as pydantic models: what may stand where, and what an editor is told about it.

Text comes in; values of the domain come out. Whatever needs more than one key or more than one file to judge is
left to the modules named after the files.
"""

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
)

from nudger.domain.recipients import DEFAULT_MOMENTS, DEFAULT_QUIET_HOURS, QuietHours
from nudger.domain.schedules import DEFAULT_GRACE, EveryDays, WallTime
from nudger.domain.vocabulary import (
    Channel,
    ChannelChoice,
    Component,
    Intensity,
    PartOfDay,
    Practice,
    Purpose,
    ReviewState,
    Situation,
)
from nudger.files import rules, words
from nudger.files.addresses import Phone, email, phone
from nudger.files.flaws import Flaw
from nudger.files.zones import time_zone

MAX_SMS = 1600  # what Twilio takes; https://www.twilio.com/docs/errors/21617
MAX_BODY = 20_000


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Flaw("text is expected here, not a list" if isinstance(value, tuple) else "text is expected here, not keys")


def _read(function: Callable[[str], Any]) -> PlainValidator:
    """Let a field be read by a function of `words` and its like."""
    return PlainValidator(lambda value: function(_text(value)))


def _word(kind: type[Any], noun: str) -> BeforeValidator:
    """Let a field be one of a closed list of words."""
    return BeforeValidator(lambda value: words.choice(_text(value), kind, noun))


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _string(**facts: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **facts})


_A_TIME = {"type": "string", "pattern": words.TIME_PATTERN}
_A_MOMENT = {"enum": list(DEFAULT_MOMENTS)}

Id = Annotated[str, _read(words.identifier), _string(pattern=words.ID_PATTERN)]
Line = Annotated[str, _read(partial(words.line, limit=300)), _string(minLength=1, maxLength=300)]
Time = Annotated[time, _read(words.wall_time), WithJsonSchema(_A_TIME)]
TimeOrMoment = Annotated[WallTime, _read(words.time_or_moment), WithJsonSchema({"anyOf": [_A_MOMENT, _A_TIME]})]
Day = Annotated[frozenset[int], _read(words.weekdays), WithJsonSchema({"enum": list(words.DAY_WORDS)})]
Date = Annotated[date, _read(words.calendar_date), _string(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Language = Annotated[str, _read(words.language), _string(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]


class Shape(BaseModel):
    """What all of them share: no key too many, no guessing of types, no change afterwards."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _several(what: Any) -> dict[str, Any]:
    return {"anyOf": [what, {"type": "array", "items": what, "minItems": 1}]}


class People(Shape):
    """Some people: those who are named, and those in the groups that are named."""

    group: Id | None = Field(None, description="Everyone in this group.", examples=["daily"])
    groups: tuple[Id, ...] = Field((), min_length=1, description="Everyone in one of these groups.")
    recipient: Id | None = Field(None, description="One person, by id.", examples=["sam"])
    recipients: tuple[Id, ...] = Field((), min_length=1, description="These people, by id.")


def _kind_of_audience(value: object) -> str:
    return "(word)" if isinstance(value, str) else "(people)"


Audience = Annotated[
    Annotated[Literal["everyone"], BeforeValidator(lambda value: words.everyone(value)), Tag("(word)")]
    | Annotated[People, Tag("(people)")],
    Discriminator(_kind_of_audience),
]


class When(Shape):
    """The dates, and the times on them, in each person's own time zone."""

    days: Annotated[
        tuple[Day, ...], BeforeValidator(_one_or_several), WithJsonSchema(_several({"enum": list(words.DAY_WORDS)}))
    ] = Field(
        (),
        min_length=1,
        description="On which days: daily (default), weekdays, weekends, a day, or a list of days.",
        examples=["weekdays", ["mon", "wed", "fri"]],
    )
    at: Annotated[
        tuple[TimeOrMoment, ...],
        BeforeValidator(_one_or_several),
        WithJsonSchema(_several({"anyOf": [_A_MOMENT, _A_TIME]})),
    ] = Field(
        (),
        min_length=1,
        description="A time (24 hours), a moment that each person has at their own time, or a list of these.",
        examples=["08:30", "morning", ["08:30", "evening"]],
    )
    between: tuple[TimeOrMoment, ...] = Field(
        (),
        min_length=2,
        max_length=2,
        description="Instead of `at`: one minute drawn for each person and day, from the first to before the second.",
        examples=[["09:00", "11:00"]],
    )
    every: Annotated[EveryDays | None, _read(words.every), _string(pattern="^[0-9]+ (days?|weeks?)$")] = Field(
        None, description="Instead of `days`: every so many days or weeks, counted from `starts`.", examples=["2 days"]
    )
    cron: Annotated[str | None, _read(rules.cron), _string()] = Field(
        None,
        description="Instead of days and times: five fields; 0 and 7 are Sunday; each person's wall clock.",
        examples=["30 8 * * 1-5"],
    )
    rrule: Annotated[rules.Rule | None, _read(rules.rrule), _string()] = Field(
        None,
        description="Instead of `days`: the dates of an RFC 5545 rule; `at` or `between` gives the time.",
        examples=["FREQ=MONTHLY;BYDAY=-1FR"],
    )
    starts: Date | None = Field(None, description="The first date; `every` and rules count from it.")
    ends: Date | None = Field(None, description="The last date, inclusive.")


class Send(Shape):
    """Which messages to choose from. A key that is not there means any."""

    libraries: tuple[Id, ...] = Field((), min_length=1, description="Only from these libraries.")
    components: tuple[Annotated[Component, _word(Component, "component")], ...] = Field(
        (), min_length=1, description="Only these parts of self-compassion."
    )
    practices: tuple[Annotated[Practice, _word(Practice, "practice")], ...] = Field(
        (), min_length=1, description="Only messages that suggest one of these."
    )
    situations: tuple[Annotated[Situation, _word(Situation, "situation")], ...] = Field(
        (), min_length=1, description="Only messages that name at least one of these."
    )
    intensities: tuple[Annotated[Intensity, _word(Intensity, "intensity")], ...] = Field(
        (), min_length=1, description="Only messages that stir up so much."
    )


class ScheduleShape(Shape):
    """When, for whom, and from which messages."""

    id: Id = Field(description="The schedule's name, once in all files.", examples=["morning-kindness"])
    about: Line = Field("", description="One line for the people who run this.")
    to: Audience = Field(
        description="Who gets it: everyone, a group, or people.", examples=["everyone", {"group": "daily"}]
    )
    when: When = Field(
        description="On which days, and at what time or between which times.",
        examples=[{"days": "weekdays", "at": "morning"}],
    )
    send: Send = Field(Send(), description="Which messages to choose from; any, if this is not there.")
    channel: Annotated[ChannelChoice, _word(ChannelChoice, "channel")] = Field(
        ChannelChoice.PREFERRED, description="preferred (each person's own), sms or email."
    )
    late: Annotated[timedelta, _read(words.duration), _string(default="1 hour")] = Field(
        DEFAULT_GRACE, description="How late it may still go out; 1 hour unless said.", examples=["2 hours"]
    )


class SchedulesFile(Shape):
    """A file in schedules/."""

    schedules: tuple[ScheduleShape, ...] = Field(min_length=1, description="The schedules.")


class EmailShape(Shape):
    """The email version of a message."""

    subject: Annotated[str, _read(partial(words.line, limit=150)), _string(maxLength=150)] = Field(
        description="One line."
    )
    body: Annotated[str, _read(partial(words.words_of_at_most, limit=MAX_BODY)), _string(maxLength=MAX_BODY)] = Field(
        description="Plain text; blank lines part the paragraphs."
    )


class ReviewShape(Shape):
    """Who looked at the words last."""

    state: Annotated[ReviewState, _word(ReviewState, "state")] = Field(description="retired: never sent again.")
    by: Line = Field("", description="Who looked at them.")
    again: Annotated[str, _read(words.month), _string(pattern="^[0-9]{4}-[0-9]{2}$")] = Field(
        "", description="When they are to be looked at again, as in 2027-11."
    )


class MessageShape(Shape):
    """One idea, in words for SMS or email or both. {name|friend} is filled in: see the README."""

    id: Id = Field(description="The message's name, once in its library.", examples=["friends-voice"])
    component: Annotated[Component, _word(Component, "component")] = Field(description="The part of self-compassion.")
    practice: Annotated[Practice, _word(Practice, "practice")] = Field(description="What it suggests doing.")
    situations: tuple[Annotated[Situation, _word(Situation, "situation")], ...] = Field(
        (), min_length=1, description="What it fits; every situation, if this is not there."
    )
    intensity: Annotated[Intensity, _word(Intensity, "intensity")] = Field(
        Intensity.GENTLE, description="How much it stirs up."
    )
    part_of_day: tuple[Annotated[PartOfDay, _word(PartOfDay, "part of the day")], ...] = Field(
        (), min_length=1, description="When it fits; at any time, if this is not there."
    )
    sms: Annotated[str | None, _read(partial(words.words_of_at_most, limit=MAX_SMS)), _string(maxLength=MAX_SMS)] = (
        Field(None, description="The words for SMS.", examples=["{name|Hi}, one slow breath. That is all."])
    )
    email: EmailShape | None = Field(None, description="The words for email.")
    idea: Annotated[str, _read(partial(words.words_of_at_most, limit=2000)), _string()] = Field(
        "", description="Where the idea comes from."
    )
    review: ReviewShape | None = Field(None, description="How far the words have been looked at.")


class MessagesFile(Shape):
    """A file in messages/: one library in one language."""

    library: Id = Field(description="The library's name, once in all files.", examples=["self-kindness"])
    language: Language = Field("en", description="The language of the messages.", examples=["en"])
    about: Line = Field("", description="One line for the people who run this.")
    purpose: Annotated[Purpose, _word(Purpose, "purpose")] = Field(
        Purpose.NUDGE, description="welcome: the first hello to a new person comes from here."
    )
    messages: tuple[MessageShape, ...] = Field(min_length=1, description="The messages.")


class Moments(Shape):
    """A person's own times for the named moments."""

    morning: Time | None = Field(None, description="08:30 unless said.")
    midday: Time | None = Field(None, description="12:30 unless said.")
    evening: Time | None = Field(None, description="18:30 unless said.")
    night: Time | None = Field(None, description="20:30 unless said.")


class RecipientShape(Shape):
    """A person who gets nudges."""

    id: Id = Field(description="A short name for the person, once in all files.", examples=["sam"])
    name: Annotated[str | None, _read(partial(words.line, limit=80)), _string(maxLength=80)] = Field(
        None, description="What to call the person.", examples=["Sam"]
    )
    time_zone: Annotated[str, _read(time_zone), _string()] = Field(
        description="The IANA name of the person's time zone.", examples=["America/New_York"]
    )
    sms: Annotated[Phone | None, _read(phone), _string(pattern="^\\+[1-9][0-9]{6,14}$")] = Field(
        None, description="A mobile number with its country code, in quotes.", examples=["+14135550123"]
    )
    email: Annotated[str | None, _read(email), _string(pattern="^[^@ ]+@[^@ ]+$")] = Field(
        None, description="An e-mail address.", examples=["sam@example.org"]
    )
    prefer: Annotated[Channel | None, _word(Channel, "channel"), WithJsonSchema({"enum": list(Channel)})] = Field(
        None, description="sms or email; email unless said, where there is one."
    )
    language: Language = Field("en", description="The language of the messages to this person.")
    groups: tuple[Id, ...] = Field((), description="The groups that the person is in.", examples=[["daily"]])
    moments: Moments = Field(Moments(), description="The person's own times for the named moments.")
    quiet_hours: Annotated[QuietHours | None, _read(words.quiet_hours), _string()] = Field(
        DEFAULT_QUIET_HOURS,
        description="When nothing is sent; 21:00-08:00 unless said; may go past midnight; `none` for no such hours.",
        examples=["21:00-08:00"],
    )
    joined: Date | None = Field(None, description="When the person joined.")


class RecipientsFile(Shape):
    """recipients.yaml."""

    recipients: tuple[RecipientShape, ...] = Field(description="The people.")


SHAPES: dict[tuple[str, ...], type[Shape]] = {
    ("schedules",): ScheduleShape,
    ("schedules", "to"): People,
    ("schedules", "when"): When,
    ("schedules", "send"): Send,
    ("messages",): MessageShape,
    ("messages", "email"): EmailShape,
    ("messages", "review"): ReviewShape,
    ("recipients",): RecipientShape,
    ("recipients", "moments"): Moments,
}
"""Which keys may stand where, by the path of keys to them, for the words of an error."""
