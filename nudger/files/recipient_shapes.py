"""The shape of a person, in recipients.yaml or in a CSV file: text comes in, values of the domain come out."""

from functools import partial
from typing import Annotated

from pydantic import ConfigDict, Field, WithJsonSchema

from nudger.domain.recipients import DEFAULT_QUIET_HOURS, QuietHours
from nudger.domain.vocabulary import Channel
from nudger.files import addresses, words, zones
from nudger.files.shape import Date, Id, Language, Shape, Time, one_of_these, read, text_schema, word


class Moments(Shape):
    """A person's own times for the named moments."""

    model_config = ConfigDict(title="moments")

    morning: Time | None = Field(default=None, description="08:30 unless said.")
    midday: Time | None = Field(default=None, description="12:30 unless said.")
    evening: Time | None = Field(default=None, description="18:30 unless said.")
    night: Time | None = Field(default=None, description="20:30 unless said.")


class RecipientShape(Shape):
    """A person who gets nudges."""

    model_config = ConfigDict(title="recipient", json_schema_extra=one_of_these("sms", "email"))

    id: Id = Field(description="A short name for the person, once in all files.", examples=["sam"])
    name: Annotated[str | None, read(partial(words.line, limit=80)), text_schema(maxLength=80)] = Field(
        default=None, description="What to call the person.", examples=["Sam"]
    )
    time_zone: Annotated[str, read(zones.time_zone), text_schema()] = Field(
        description="The IANA name of the person's time zone.", examples=["America/New_York"]
    )
    sms: Annotated[addresses.Phone | None, read(addresses.phone), text_schema(pattern="^\\+[1-9][0-9]{6,14}$")] = Field(
        default=None, description="A mobile number with its country code, in quotes.", examples=["+14135550123"]
    )
    email: Annotated[str | None, read(addresses.email), text_schema(pattern="^[^@ ]+@[^@ ]+$")] = Field(
        default=None, description="An e-mail address.", examples=["sam@example.org"]
    )
    prefer: Annotated[Channel | None, word(Channel, "channel"), WithJsonSchema({"enum": list(Channel)})] = Field(
        default=None, description="sms or email; email unless said, where there is one."
    )
    language: Language = Field(default="en", description="The language of the messages to this person.")
    groups: tuple[Id, ...] = Field(default=(), description="The groups that the person is in.", examples=[["daily"]])
    moments: Moments = Field(
        default=Moments.model_construct(), description="The person's own times for the named moments."
    )
    quiet_hours: Annotated[QuietHours | None, read(words.quiet_hours), text_schema()] = Field(
        default=DEFAULT_QUIET_HOURS,
        description="When nothing is sent; 21:00-08:00 unless said; may go past midnight; `none` for no such hours.",
        examples=["21:00-08:00"],
    )
    joined: Date | None = Field(default=None, description="When the person joined.")


class RecipientsFile(Shape):
    """recipients.yaml."""

    model_config = ConfigDict(title="nudger recipients")

    recipients: tuple[RecipientShape, ...] = Field(description="The people.")
