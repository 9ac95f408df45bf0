"""Messages: the words, what they are about, and the words as filled in for one person."""

from dataclasses import dataclass, field
from typing import NamedTuple

from nudger.domain import placeholders, sms_length
from nudger.domain.conditions import Condition
from nudger.domain.vocabulary import (
    Aim,
    Asks,
    Channel,
    Component,
    Intensity,
    LibraryId,
    MessageKey,
    PartOfDay,
    Practice,
    Purpose,
    ReviewState,
    Rule,
    Situation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailText:
    """The email version of a message, before filling in. Paragraphs are parted by blank lines."""

    subject: str
    body: str


class Rendered(NamedTuple):
    """The words as one person gets them. An SMS has no subject."""

    text: str
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who last looked at the words, and when (YYYY-MM) they are to be looked at again."""

    state: ReviewState
    by: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A rule that is not held against one message, and why."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One idea in words, for SMS or email or both. An empty `parts_of_day` means any.

    One of a library that is `only_when_named` is left alone by schedules that name neither it nor its library.
    """

    library: LibraryId
    id: str
    component: Component
    practice: Practice
    language: str = "en"
    purpose: Purpose = Purpose.NUDGE
    situations: frozenset[Situation] = frozenset()
    intensity: Intensity = Intensity.GENTLE
    parts_of_day: frozenset[PartOfDay] = frozenset()
    sms: str | None = None
    email: EmailText | None = None
    idea: str = ""
    review: Review | None = None
    aims: frozenset[Aim] = frozenset()
    asks: Asks = Asks.NOTHING
    theme: str = ""
    waivers: tuple[Waiver, ...] = ()
    only_when_named: bool = False
    only_if: Condition | None = None
    skip_if: Condition | None = None
    key: MessageKey = field(init=False)
    """`library/message`; kept, because choosing asks for it thousands of times a second."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", MessageKey(f"{self.library}/{self.id}"))

    @property
    def retired(self) -> bool:
        """Whether the words are kept for the record only."""
        return self.review is not None and self.review.state is ReviewState.RETIRED

    def speaks(self, channel: Channel) -> bool:
        """Say whether there are words for this channel."""
        return (self.sms if channel is Channel.SMS else self.email) is not None

    def render(self, channel: Channel, values: placeholders.Values) -> Rendered:
        """Fill in the words for a channel; raise ValueError if there are none for it.

        In an SMS a value costs no second segment by its apostrophe, its dash or a space that is none.
        """
        if channel is Channel.SMS and self.sms is not None:
            return Rendered(text=placeholders.parse(self.sms).render(values, spelt=sms_length.plain).strip())
        if channel is Channel.EMAIL and self.email is not None:
            return Rendered(
                subject=" ".join(placeholders.parse(self.email.subject).render(values).split()),
                text=placeholders.parse(self.email.body).render(values).strip(),
            )
        raise ValueError(f"{self.key} has no words for {channel}")
