"""The closed lists of words that files, decisions and the ledger share."""

from enum import StrEnum
from typing import NewType

RecipientId = NewType("RecipientId", str)
ScheduleId = NewType("ScheduleId", str)
LibraryId = NewType("LibraryId", str)
NudgeId = NewType("NudgeId", str)
MessageKey = NewType("MessageKey", str)
"""`library/message`: names one wording, whatever its language."""


class Word(StrEnum):
    """A word of a closed list. Hashed as the text that it is: an enumeration's own way is ten times as slow."""

    __hash__ = str.__hash__


class Channel(Word):
    """A kind of path to a person. The company or server behind it is a provider."""

    SMS = "sms"
    EMAIL = "email"


class ChannelChoice(Word):
    """What a schedule asks for; `preferred` leaves it to each person."""

    PREFERRED = "preferred"
    SMS = "sms"
    EMAIL = "email"


class Component(Word):
    """The three parts of self-compassion (Neff 2003)."""

    SELF_KINDNESS = "self-kindness"
    COMMON_HUMANITY = "common-humanity"
    MINDFULNESS = "mindfulness"


class Practice(Word):
    """The five things that a message may suggest doing."""

    MINDFULNESS = "mindfulness"
    SELF_TALK = "self-talk"
    SELF_CARE = "self-care"
    JOURNAL = "journal"
    SUPPORT = "support"


class Situation(Word):
    """What a message fits; one without any fits every situation."""

    ANXIOUS = "anxious"
    LOW = "low"
    RUMINATING = "ruminating"
    AFTER_SETBACK = "after-setback"
    CONFLICT = "conflict"
    ALONE = "alone"
    FLAT = "flat"
    FINE = "fine"


class Intensity(Word):
    """How much a message stirs up. Kindness can bring distress first, so gentle is the default (Germer: backdraft)."""

    GENTLE = "gentle"
    STEADY = "steady"
    DEEP = "deep"


class PartOfDay(Word):
    """Named parts of the local day; see `part_of_day` in `domain.calendar` for their hours."""

    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    NIGHT = "night"


class Purpose(Word):
    """What a library is for."""

    NUDGE = "nudge"
    """Ordinary nudges, chosen by schedules."""

    WELCOME = "welcome"
    """The first hello to a new recipient; like all that follow, never chosen by a schedule."""

    PAUSE = "pause"
    """Said when a person pauses."""

    RESUME = "resume"
    """Said when they come back."""

    FAREWELL = "farewell"
    """The one confirmation after a person stopped."""

    HELP = "help"
    """The answer to HELP."""


class Aim(Word):
    """What a message is meant to further, over time."""

    RESILIENCE = "resilience"
    REGULATION = "regulation"
    ACCEPTANCE = "acceptance"
    RELATIONSHIPS = "relationships"


class Asks(Word):
    """What a message asks a person to send back."""

    NOTHING = "nothing"
    DIGIT = "digit"
    """One digit, 1 (very hard) to 9 (very light)."""

    TEXT = "text"


class Rule(Word):
    """What the words of a message are looked over for; a message may waive a rule, and says why."""

    SMS_LENGTH = "sms-length"
    SMS_ALPHABET = "sms-alphabet"
    RESERVED_WORD = "reserved-word"
    PRESSURE = "pressure"
    CHEER = "cheer"
    AFFIRMATION = "affirmation"
    LABEL = "label"
    GUILT = "guilt"
    DIGIT_SCALE = "digit-scale"
    PLACEHOLDER = "placeholder"
    RAW_TEXT = "raw-text"
    """What was hardly meant to go out letter by letter: another program's place for a name, HTML, Markdown."""

    NEAR_DUPLICATE = "near-duplicate"
    REVIEW_DUE = "review-due"
    READING_LEVEL = "reading-level"


class ReviewState(Word):
    """How far the words have been looked at."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    RETIRED = "retired"
    """Kept for the record, never sent again."""
