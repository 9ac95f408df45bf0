"""The shape of a person, in recipients.yaml or in a CSV file: text comes in, values of the domain come out."""

from functools import partial
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from nudger.config.shape import (
    Date,
    Id,
    Language,
    Shape,
    Time,
    one_of_these,
    one_or_several,
    read,
    several_schema,
    text_schema,
    word,
)
from nudger.config.shapes.limits import PersonLimits
from nudger.config.values import addresses, dates, regions, scalars, texts, zones
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, OnHardDay, Pause, QuietHours
from nudger.domain.vocabulary import Channel

EMAIL_PATTERN = "^[^@ ]+@[^@ ]+$"
PHONE_PATTERN = r"^\+[1-9][0-9]{6,14}$"
QUIET_PATTERN = "^ *([0-9].*|[Nn][Oo][Nn][Ee] *)$"
WEEKEND_QUIET_PATTERN = "^ *([0-9].*|[Nn][Oo][Nn][Ee] *|same)$"
_SHORT = 80
_DATE = dates.DATE_PATTERN
PAUSE_PATTERN = f"^([Uu]ntil {_DATE}|{_DATE}( to {_DATE})?)$"
HARD_DATE_PATTERN = f"^({_DATE}|{dates.MONTH_DAY_PATTERN})$"


person_name = partial(texts.name, limit=_SHORT)


class Moments(Shape):
    """A person's own times for the named moments."""

    model_config = ConfigDict(title="moments")

    morning: Time | None = Field(default=None, description="08:30 unless said.")
    midday: Time | None = Field(default=None, description="12:30 unless said.")
    evening: Time | None = Field(default=None, description="18:30 unless said.")
    night: Time | None = Field(default=None, description="20:30 unless said.")


class WeekendShape(Shape):
    """What is different for a person on Saturdays and Sundays."""

    model_config = ConfigDict(title="weekend", json_schema_extra={"minProperties": 1})

    moments: Moments = Field(
        default=Moments.model_construct(),
        description="The person's own times for the named moments; as on other days, if not there.",
        examples=[{"morning": "10:00"}],
    )
    quiet_hours: Annotated[
        QuietHours | Literal["same"] | None,
        read(scalars.weekend_quiet_hours),
        text_schema(pattern=WEEKEND_QUIET_PATTERN),
    ] = Field(
        default="same",
        description="When nothing is sent; `same` as on other days; `none` for no such hours.",
        examples=["22:00-10:00"],
    )


class HardDayShape(Shape):
    """A day that is hard for a person, such as an anniversary."""

    model_config = ConfigDict(title="hard day")

    date: Annotated[dates.HardDate, read(dates.hard_date), text_schema(pattern=HARD_DATE_PATTERN)] = Field(
        description="A day of every year (month-day), or of one year (year-month-day).",
        examples=["11-03", "2027-02-14"],
    )
    then: Annotated[OnHardDay, word(OnHardDay, "way to treat a hard day")] = Field(
        description="hold (nothing is sent) or gentle (only gentle messages are)."
    )


class RecipientShape(Shape):
    """A person who gets nudges."""

    model_config = ConfigDict(title="recipient", json_schema_extra=one_of_these("sms", "email"))

    id: Id = Field(description="A short name for the person, once in all files.", examples=["sam"])
    name: Annotated[str | None, read(person_name), text_schema(maxLength=_SHORT)] = Field(
        default=None, description="What to call the person.", examples=["Sam"]
    )
    time_zone: Annotated[str, read(zones.time_zone), text_schema()] = Field(
        description="The IANA name of the person's time zone.", examples=["America/New_York"]
    )
    sms: Annotated[addresses.Phone | None, read(addresses.phone), text_schema(pattern=PHONE_PATTERN)] = Field(
        default=None, description="A mobile number with its country code, in quotes.", examples=["+14135550123"]
    )
    email: Annotated[str | None, read(addresses.email), text_schema(pattern=EMAIL_PATTERN)] = Field(
        default=None, description="An e-mail address.", examples=["sam@example.org"]
    )
    prefer: Annotated[Channel | None, word(Channel, "channel"), WithJsonSchema({"enum": list(Channel)})] = Field(
        default=None, description="sms or email; email unless said, where there is one."
    )
    language: Language = Field(default="en", description="The language of the messages to this person.")
    groups: tuple[Id, ...] = Field(default=(), description="The groups that the person is in.", examples=[["daily"]])
    moments: Moments = Field(
        default=Moments.model_construct(),
        description="The person's own times for the named moments.",
        examples=[{"morning": "06:30"}],
    )
    quiet_hours: Annotated[
        QuietHours | None,
        read(scalars.quiet_hours),
        text_schema(pattern=QUIET_PATTERN, default=str(DEFAULT_QUIET_HOURS)),
    ] = Field(
        default=DEFAULT_QUIET_HOURS,
        description="When nothing is sent; 21:00-08:00 unless said; may go past midnight; `none` for no such hours.",
        examples=["21:00-08:00"],
    )
    joined: Date | None = Field(
        default=None,
        description="When the person joined: programmes and the gentle first days count from it.",
        examples=["2026-11-22"],
    )
    place: Annotated[str | None, read(regions.region), text_schema(pattern=regions.REGION_PATTERN)] = Field(
        default=None,
        description="The country, or a part of it, in ISO 3166: for public holidays and the legal hours for texts.",
        examples=["US-MA"],
    )
    weekend: WeekendShape = Field(
        default=WeekendShape.model_construct(),
        description="What is different on Saturdays and Sundays.",
        examples=[{"moments": {"morning": "10:00"}, "quiet_hours": "22:00-10:00"}],
    )
    pause: Annotated[
        tuple[Annotated[Pause, read(dates.pause)], ...],
        BeforeValidator(one_or_several),
        WithJsonSchema(several_schema({"type": "string", "pattern": PAUSE_PATTERN})),
    ] = Field(
        default=(),
        min_length=1,
        description="When nothing at all is sent: until a date, from one date to another (both inclusive), or a list.",
        examples=["until 2027-01-03", ["2026-12-20 to 2027-01-03", "2027-07-01 to 2027-07-14"]],
    )
    hard_days: tuple[HardDayShape, ...] = Field(
        default=(),
        min_length=1,
        description="Days that are hard for the person, and what is to be done on them.",
        examples=[[{"date": "11-03", "then": "hold"}]],
    )
    limits: PersonLimits | None = Field(
        default=None,
        description="The most that this person gets, where everyone's limits allow more.",
        examples=[{"per_day": 1, "per_week": 4, "gap": "3 hours"}],
    )
    goals: tuple[Id, ...] = Field(
        default=(),
        description="The person's own goals, in a word each of your choice: conditions can ask for them.",
        examples=[["sleep", "people"]],
    )
    supporter: Annotated[str | None, read(partial(texts.supporter, limit=_SHORT)), text_schema(maxLength=_SHORT)] = (
        Field(
            default=None,
            description="How the person calls somebody who is there for them; messages may mention it.",
            examples=["my sister Ana"],
        )
    )


class RecipientsFile(Shape):
    """recipients.yaml."""

    model_config = ConfigDict(title="nudger recipients")

    recipients: tuple[RecipientShape, ...] = Field(description="The people.")
