"""The decision rule: which of the fitting messages, if any.

No wording comes back to a person until the pool is used up, then the longest-unseen comes first: novelty serves
dignity and staying-on (Kornfield 2023; Drink Less found no effect on the next hour's click). Practices do come
back, in fresh words (Susman 2024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from nudger.decisions.history import Seen
from nudger.domain.messages import Message
from nudger.domain.schedules import Selection
from nudger.domain.vocabulary import Channel, Intensity, PartOfDay, Purpose


@dataclass(frozen=True, kw_only=True, eq=False)
class Shelf:
    """All messages, ready to be asked for. Compared by identity, so that it can be the key of a cache."""

    messages: tuple[Message, ...]

    def welcome(self, language: str, channel: Channel) -> Message | None:
        """Return the first hello in the person's language, else in any: saying hello in English beats silence."""
        hellos = [m for m in self.messages if m.purpose is Purpose.WELCOME and m.speaks(channel) and not m.retired]
        return next((m for m in hellos if _same_language(m.language, language)), next(iter(hellos), None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One message, the rule that picked it, and how many fitted (`options`) and were new (`unseen`)."""

    message: Message
    rule: str
    options: int
    unseen: int


@lru_cache(maxsize=8192)
def eligible(
    shelf: Shelf, selection: Selection, *, language: str, channel: Channel, part_of_day: PartOfDay
) -> tuple[Message, ...]:
    """Return the messages that fit, in the order of their keys, or of a series: the intervention options."""
    fitting = (m for m in shelf.messages if _fits(m, selection, language, channel, part_of_day))
    places = {key: place for place, key in enumerate(selection.messages)}
    return tuple(sorted(fitting, key=lambda message: (places.get(message.key, 0), message.key)))


def gentle_only(options: Sequence[Message]) -> tuple[Message, ...]:
    """Return the options that stir up little: for first days and hard days."""
    return tuple(message for message in options if message.intensity is Intensity.GENTLE)


def _fits(message: Message, selection: Selection, language: str, channel: Channel, part_of_day: PartOfDay) -> bool:
    return (
        selection.takes(message)
        and message.speaks(channel)
        and _same_language(message.language, language)
        and (not message.parts_of_day or part_of_day in message.parts_of_day)
    )


def _same_language(message: str, person: str) -> bool:
    """`es` words serve a person who asked for `es-MX`."""
    return person == message or person.startswith(f"{message}-")


def choose(options: Sequence[Message], seen: Seen, *, in_order: bool = False, rng: Random) -> Choice | None:
    """Return one of the options, or None when there are none, or when a series (`in_order`) is at its end."""
    unseen = [message for message in options if message.key not in seen]
    if in_order and unseen:
        return _choice(unseen[0], "the next of a series", options, unseen)
    if in_order or not options:
        return None
    if unseen:
        return _choice(unseen[rng.randrange(len(unseen))], "one not seen before", options, unseen)
    oldest = min(options, key=lambda message: seen[message.key])
    return _choice(oldest, "all seen before: the longest unseen", options, unseen)


def _choice(message: Message, rule: str, options: Sequence[Message], unseen: Sequence[Message]) -> Choice:
    return Choice(message=message, rule=rule, options=len(options), unseen=len(unseen))
