"""The shape of a file in messages/: text comes in, values of the domain come out."""

from functools import partial
from typing import Annotated

from pydantic import ConfigDict, Field, WithJsonSchema

from nudger.config.shape import ConditionTree, Id, Language, Line, Shape, one_of_these, read, text_schema, word
from nudger.config.values import scalars, texts
from nudger.domain.vocabulary import (
    Aim,
    Asks,
    Component,
    Intensity,
    PartOfDay,
    Practice,
    Purpose,
    ReviewState,
    Rule,
    Situation,
)

MAX_SMS = 1600  # what Twilio takes; https://www.twilio.com/docs/errors/21617
MAX_BODY = 20_000


class EmailShape(Shape):
    """The email version of a message."""

    model_config = ConfigDict(title="email")

    subject: Annotated[str, read(partial(texts.line, limit=150)), text_schema(maxLength=150)] = Field(
        description="One line."
    )
    body: Annotated[str, read(partial(texts.words_of_at_most, limit=MAX_BODY)), text_schema(maxLength=MAX_BODY)] = (
        Field(description="Plain text; blank lines part the paragraphs.")
    )


class ReviewShape(Shape):
    """Who looked at the words last."""

    model_config = ConfigDict(title="review")

    state: Annotated[ReviewState, word(ReviewState, "state")] = Field(description="retired: never sent again.")
    by: Line = Field(default="", description="Who looked at them: their role, not their name.")
    again: Annotated[str, read(scalars.month), text_schema(pattern="^[0-9]{4}-[0-9]{2}$")] = Field(
        default="", description="When they are to be looked at again, as in 2027-11."
    )


class WaiverShape(Shape):
    """A rule that is not held against this message."""

    model_config = ConfigDict(title="waiver")

    rule: Annotated[Rule, word(Rule, "rule")] = Field(description="The rule's name, as `nudger check` gives it.")
    reason: Line = Field(description="Why it is fine here.")


class MessageShape(Shape):
    """One idea, in words for SMS or email or both. {name|friend} is filled in: see the README."""

    model_config = ConfigDict(title="message", json_schema_extra=one_of_these("sms", "email"))

    id: Id = Field(description="The message's name, once in its library.", examples=["friends-voice"])
    component: Annotated[Component, word(Component, "component")] = Field(description="The part of self-compassion.")
    practice: Annotated[Practice, word(Practice, "practice")] = Field(description="What it suggests doing.")
    situations: tuple[Annotated[Situation, word(Situation, "situation")], ...] = Field(
        default=(), min_length=1, description="What it fits; every situation, if this is not there."
    )
    intensity: Annotated[Intensity, word(Intensity, "intensity")] = Field(
        default=Intensity.GENTLE, description="How much it stirs up."
    )
    part_of_day: tuple[Annotated[PartOfDay, word(PartOfDay, "part of the day")], ...] = Field(
        default=(), min_length=1, description="When it fits; at any time, if this is not there."
    )
    sms: Annotated[str | None, read(partial(texts.words_of_at_most, limit=MAX_SMS)), text_schema(maxLength=MAX_SMS)] = (
        Field(default=None, description="The words for SMS.", examples=["{name|Hi}, one slow breath. That is all."])
    )
    email: EmailShape | None = Field(default=None, description="The words for email.")
    only_if: ConditionTree | None = Field(
        default=None,
        description="It is chosen only where this holds; what is not known does not hold.",
        examples=[{"season": "winter"}],
    )
    skip_if: ConditionTree | None = Field(
        default=None,
        description="It is not chosen where this holds; what is not known does not hold.",
        examples=[{"public_holiday": "yes"}],
    )
    aims: tuple[Annotated[Aim, word(Aim, "aim")], ...] = Field(
        default=(), min_length=1, description="What it is meant to further, over time."
    )
    asks: Annotated[Asks, word(Asks, "kind of answer")] = Field(
        default=Asks.NOTHING, description="What it asks a person to send back; digit: 1 (very hard) to 9 (very light)."
    )
    theme: Annotated[str, read(scalars.identifier), text_schema(pattern=scalars.ID_PATTERN)] = Field(
        default="", description="A word for what it is about, so that kin can be found.", examples=["reaching-out"]
    )
    idea: Annotated[str, read(partial(texts.words_of_at_most, limit=2000)), text_schema()] = Field(
        default="", description="Where the idea comes from."
    )
    review: ReviewShape | None = Field(default=None, description="How far the words have been looked at.")
    waive: tuple[WaiverShape, ...] = Field(default=(), min_length=1, description="Rules not held against it, and why.")


class LibraryHeader(Shape):
    """What a file in messages/ says about all of its messages."""

    library: Id = Field(description="The library's name, once in all files.", examples=["self-kindness"])
    language: Language = Field(default="en", description="The language of the messages.", examples=["en"])
    about: Line = Field(default="", description="One line for the people who run this.")
    purpose: Annotated[Purpose, word(Purpose, "purpose")] = Field(
        default=Purpose.NUDGE,
        description="What it is for; schedules choose from nudge alone. welcome: the first hello.",
    )
    only_when_named: Annotated[
        bool, read(scalars.yes_or_no), WithJsonSchema({"enum": ["yes", "no", True, False], "default": "no"})
    ] = Field(default=False, description="yes: only for schedules that name the library, or a message of it.")


class MessagesFile(LibraryHeader):
    """A file in messages/: one library in one language."""

    model_config = ConfigDict(title="nudger messages")

    messages: tuple[MessageShape, ...] = Field(min_length=1, description="The messages.")
