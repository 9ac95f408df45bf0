"""What SMS cost for one person: how many segments a text was promised to take, and what their own values make of it."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from nudger.decisions.choosing.options import same_language
from nudger.domain.messages import Message
from nudger.domain.placeholders import Values, parse
from nudger.domain.recipients import Recipient
from nudger.domain.sms_length import outside_gsm, plain, segments
from nudger.domain.vocabulary import Channel, Purpose

LIMITS: Mapping[Purpose, int] = MappingProxyType(
    {
        Purpose.NUDGE: 1,
        Purpose.WELCOME: 3,
        Purpose.HELP: 3,
        Purpose.PAUSE: 2,
        Purpose.RESUME: 2,
        Purpose.FAREWELL: 2,
    }
)
"""How many segments a message may take. One that has to say who writes, and where help is, takes more than one."""

_SPANISH_NUDGE = 2  # most words of more than one syllable are a letter away from UCS-2
_OWN = frozenset({"name", "supporter"})

ValuesFor = Callable[[Message], Values]
"""Gives what the placeholders of a message stand for."""


class Cost(NamedTuple):
    """What a person's own values do to the SMS that they can get."""

    texts: int
    """How many there are in their language."""

    dear: int
    """How many of them take more segments than promised, and would not without the person's own values."""

    most: int
    """How many segments the longest of those takes; 0 where there is none."""

    letters: tuple[str, ...]
    """The letters of their values that the SMS alphabet does not have."""


def limit_of(message: Message) -> int:
    """Return how many segments a message may take."""
    spanish = message.language.partition("-")[0] == "es"
    return _SPANISH_NUDGE if spanish and message.purpose is Purpose.NUDGE else LIMITS[message.purpose]


def sms_cost(messages: Iterable[Message], person: Recipient, values_for: ValuesFor) -> Cost:
    """Return what this person's values do to the texts, the other values given."""
    texts = [
        each for each in messages if each.sms and not each.retired and same_language(each.language, person.language)
    ]
    dear = [found for each in texts if (found := _dear(each, values_for(each)))]
    own = "".join(plain(value or "") for value in (person.name, person.supporter))
    return Cost(len(texts), len(dear), max(dear, default=0), tuple(outside_gsm(own)))


def _dear(message: Message, values: Values) -> int:
    """Return how many segments a message takes if the person's own values make that more than promised, else 0."""
    if not any(each.name in _OWN for each in parse(message.sms or "").placeholders):
        return 0
    taken = segments(message.render(Channel.SMS, values).text).segments
    if taken <= limit_of(message):
        return 0
    nameless = segments(message.render(Channel.SMS, _Nameless(values)).text).segments
    return taken if nameless <= limit_of(message) else 0


class _Nameless(NamedTuple):
    """The values without the person's own."""

    values: Values

    def get(self, name: str, /) -> str | None:
        """Return a value, or None for a person's own."""
        return None if name in _OWN else self.values.get(name)
