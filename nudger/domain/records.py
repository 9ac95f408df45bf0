"""The record of a decision: all that it rested on, as it was written down then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from nudger.domain.reasons import Json, ReasonCode
from nudger.domain.vocabulary import Component, MessageKey, Practice, Word

VariableValue = str | int | float | bool | Sequence[str]
"""The value of a variable as it is written down: a span in seconds, words as a list."""


class Rule(Word):
    """Which rule chose the message. The values are written down in ledgers."""

    UNSEEN = "unseen"
    """One not seen before."""
    SERIES = "series"
    """The next of a series."""
    LONGEST_UNSEEN = "longest_unseen"
    """All were seen before: the longest unseen."""
    FIRST_HELLO = "first_hello"
    BY_HAND = "by_hand"


class Mode(Word):
    """What a moment asked of a message. The values are written down in ledgers."""

    HARD_DAY = "hard_day"
    FIRST_DAYS = "first_days"
    LOW_DAY = "low_day"
    FINE_DAY = "fine_day"


class Aside(Word):
    """Why a message that fitted did not stay in the running. The values are written down in ledgers."""

    SEEN = "seen"
    NOT_WANTED = "not_wanted"
    OTHER_TURN = "other_turn"
    """Another component's turn, or its theme rests."""


class Written(NamedTuple):
    """What was known of a variable, and how old that was, in seconds."""

    value: VariableValue
    age_s: int


class Restraint(NamedTuple):
    """How likely nothing was to be sent, and why that may be better."""

    chance: float
    reason: ReasonCode | None


class PracticeChance(NamedTuple):
    """How likely a practice was, and how many wordings shared that."""

    practice: Practice
    chance: float
    wordings: int


class SetAside(NamedTuple):
    """How many messages did not stay in the running, and why."""

    why: Aside
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a decision rested on: enough to explain it, and to decide it again. None and '': it did not come to that.

    `variables` are those that were asked for and known; `first_days` is how many are gentle, in that mode. `chances`
    are those of every practice that could have been taken, `shortlist` the wordings drawn, one of which was chosen.
    `language` is that of the words, where it is not the person's. `recorded` is what an older version wrote down
    that this one knows nothing of, by its name then.
    """

    version: str = ""
    seed: str = ""
    variables: Mapping[str, Written] | None = None
    restraint: Restraint | None = None
    modes: tuple[Mode, ...] = ()
    first_days: int | None = None
    rule: Rule | None = None
    component: Component | None = None
    practice: Practice | None = None
    options: int | None = None
    unseen: int | None = None
    chances: tuple[PracticeChance, ...] = ()
    shortlist: tuple[MessageKey, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    language: str | None = None
    recorded: Mapping[str, Json] = field(default_factory=dict)


NO_RECORD = Record()
"""Of a decision for which nothing was asked."""
