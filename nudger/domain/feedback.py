"""What comes back from people: check-ins, and what they say of a nudge."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from nudger.domain.calendar import require_utc
from nudger.domain.vocabulary import MessageKey, NudgeId, Practice, RecipientId

LEVELS = range(1, 10)
"""A check-in is one digit: 1 is very hard, 9 is very light. One number is fine, describing the day is too long."""


class FeedbackKind(StrEnum):
    """What somebody let us know."""

    CHECK_IN = "check-in"
    """How it is, as one digit."""

    REPLY = "reply"
    """Any answer at all; what it said is not kept here."""

    DONE = "done"
    """They did what the nudge suggested."""

    HELPFUL = "helpful"
    """It helped."""

    MORE = "more"
    """More of this practice."""

    LESS = "less"
    """Less of this practice."""

    NOT_THIS = "not-this"
    """Never this message again, and its thought not for a while."""


ANSWERS = frozenset(
    {FeedbackKind.REPLY, FeedbackKind.DONE, FeedbackKind.HELPFUL, FeedbackKind.MORE, FeedbackKind.CHECK_IN}
)
"""What counts as an answer to a nudge, the proximal outcome. Turning something down is heard, but is none."""

ANSWER_WITHIN = timedelta(days=1)
"""So long after a nudge went out an answer counts as one to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One thing that somebody let us know `at` a moment (UTC), about a nudge or a practice where they named one."""

    recipient: RecipientId
    at: datetime
    kind: FeedbackKind
    level: int | None = None
    nudge: NudgeId | None = None
    message: MessageKey | None = None
    practice: Practice | None = None
    theme: str = ""

    def __post_init__(self) -> None:
        require_utc(self.at)
        if (self.kind is FeedbackKind.CHECK_IN) != (self.level is not None) or (self.level or 1) not in LEVELS:
            raise ValueError("a check-in, and nothing else, has a level from 1 to 9")


class LastSent(NamedTuple):
    """A nudge that went out: its id, and its message."""

    nudge: NudgeId
    message: MessageKey | None


class Outcome(NamedTuple):
    """How many nudges with a message went out to a person (None: to anybody), and how many of them were answered."""

    recipient: RecipientId | None
    message: MessageKey
    sent: int
    answered: int
