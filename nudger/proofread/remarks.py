"""A remark on the words of a message, and what to do about each kind of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from nudger.config.findings import Position, Written
from nudger.domain.messages import Message
from nudger.domain.vocabulary import MessageKey, Rule

REMEDIES: Mapping[Rule, str] = MappingProxyType(
    {
        Rule.SMS_LENGTH: "Shorten it.",
        Rule.SMS_ALPHABET: "Use plain characters.",
        Rule.RESERVED_WORD: "Phone companies act on it; ask for a digit, or for nothing.",
        Rule.PRESSURE: "Offer it instead: you could, if you like, maybe.",
        Rule.CHEER: "Say it quietly; cheer can hurt on a bad day.",
        Rule.AFFIRMATION: "Ask, allow or wish instead: it's okay to, may I, what would you say to a friend.",
        Rule.LABEL: "A locked screen shows this to anybody: begin with something else.",
        Rule.GUILT: "Nobody keeps count here, and silence is fine: leave it out.",
        Rule.DIGIT_SCALE: "One digit, 1 (very hard) to 9 (very light), so that answers can be compared.",
        Rule.PLACEHOLDER: "Put other words before it, or reword the fall-back.",
        Rule.RAW_TEXT: "Write the words alone.",
        Rule.NEAR_DUPLICATE: "Say it in fresh words, or retire one of the two.",
        Rule.REVIEW_DUE: "Look at it again, and write a new month.",
        Rule.READING_LEVEL: "Shorter sentences, plainer words.",
    }
)
"""One line for each rule; the remark itself says what is wrong."""


class Remark(NamedTuple):
    """What a rule has against a message, and where: `part` is the piece of the text at fault, the `nth` of its kind."""

    rule: Rule
    message: MessageKey
    position: Position
    what: str
    part: str = ""
    remedy: str = ""
    nth: int = 0

    @property
    def advice(self) -> str:
        """What to do about it, with the rule's name, under which a message may waive it."""
        return f"{self.remedy or REMEDIES[self.rule]} [{self.rule}]"


def remark(
    rule: Rule, written: Written[Message], *keys: str, what: str, part: str = "", remedy: str = "", nth: int = 0
) -> Remark:
    """Return a remark on what stands under `keys` in a message."""
    return Remark(rule, written.value.key, written.position.at(*keys), what, part, remedy, nth)
