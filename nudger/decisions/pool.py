"""The messages that a schedule may choose from, sorted so that a choice from 5,000 costs what one from 80 does."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from nudger.domain.messages import Message
from nudger.domain.schedules import Selection
from nudger.domain.vocabulary import (
    Asks,
    Channel,
    Component,
    Intensity,
    MessageKey,
    PartOfDay,
    Practice,
    Purpose,
    Situation,
)


class Arm(NamedTuple):
    """What messages of one kind share: in JITAI words, an intervention option; the wording is drawn within it."""

    component: Component
    practice: Practice


class Topic(NamedTuple):
    """What a message is about, as far as choosing goes by it."""

    component: Component
    practice: Practice
    theme: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Shelf:
    """All messages, ready to be asked for. Compared by identity, so that it can be the key of a cache."""

    messages: tuple[Message, ...]
    topics: Mapping[MessageKey, Topic]
    """What each message that can be chosen is about."""

    def for_purpose(self, purpose: Purpose, language: str, channel: Channel) -> Message | None:
        """Return the words for a purpose in the person's language, else in any: a hello in English beats silence."""
        found = [m for m in self.messages if m.purpose is purpose and m.speaks(channel) and not m.retired]
        return next((m for m in found if same_language(m.language, language)), next(iter(found), None))


def make_shelf(messages: Sequence[Message]) -> Shelf:
    """Put messages on a shelf."""
    # A hello or a farewell takes nobody's turn.
    chosen = [message for message in messages if message.purpose is Purpose.NUDGE]
    topics = {message.key: Topic(message.component, message.practice, message.theme) for message in chosen}
    return Shelf(messages=tuple(messages), topics=topics)


class Wanted(NamedTuple):
    """What a moment asks of a message, beyond what its schedule does.

    (A tuple, because a pool is looked up by it with every decision.)
    """

    language: str
    channel: Channel
    part_of_day: PartOfDay
    gentle: bool = False
    low: bool = False
    fine: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """The fitting messages in the order of their keys (or of a series), parted by arm. Arms go by their number."""

    messages: tuple[Message, ...]
    arms: tuple[Arm, ...]
    messages_of: tuple[tuple[Message, ...], ...]
    arms_of: Mapping[Component, tuple[int, ...]]
    place_of: Mapping[MessageKey, tuple[int, str]]
    """The arm and the theme of each message."""

    themes: Mapping[str, tuple[tuple[int, int], ...]]
    """How many messages of which arm have a theme."""

    conditional: tuple[Message, ...] = ()
    """Messages that fit but have conditions of their own, which the moment decides; not among the others."""


def arm_of(message: Message) -> Arm:
    """Return the arm of a message."""
    return Arm(message.component, message.practice)


@lru_cache(maxsize=4096)
def pool_for(shelf: Shelf, selection: Selection, wanted: Wanted) -> Pool:
    """Return the messages that fit a schedule and a moment.

    On a low day only what stirs up little and asks nothing (Bhattacharjee 2023: shorter, more passive), and what was
    written for such a day goes first; on a fine day what was written for fine days does.
    """
    fitting = [m for m in shelf.messages if _fits(m, selection, wanted)]
    if wanted.gentle or wanted.low:
        fitting = [m for m in fitting if m.intensity is Intensity.GENTLE]
    if wanted.low:
        fitting = [m for m in fitting if not is_task(m)]
    if wanted.low or wanted.fine:
        situation = Situation.LOW if wanted.low else Situation.FINE
        fitting = [m for m in fitting if situation in m.situations] or fitting
    free = [m for m in fitting if not _has_condition(m)]
    return replace(make_pool(free, selection), conditional=tuple(filter(_has_condition, fitting)))


def make_pool(fitting: Sequence[Message], selection: Selection = Selection()) -> Pool:  # noqa: B008 - a frozen value
    """Sort messages into a pool."""
    places = {key: place for place, key in enumerate(selection.messages)}
    ordered = tuple(sorted(fitting, key=lambda message: (places.get(message.key, 0), message.key)))
    by_arm: dict[Arm, list[Message]] = defaultdict(list)
    for message in ordered:
        by_arm[arm_of(message)].append(message)
    numbers = {arm: number for number, arm in enumerate(by_arm)}
    arms_of: dict[Component, list[int]] = defaultdict(list)
    for arm, number in numbers.items():
        arms_of[arm.component].append(number)
    themes: dict[str, Counter[int]] = defaultdict(Counter)
    for message in ordered:
        themes[message.theme][numbers[arm_of(message)]] += 1
    return Pool(
        messages=ordered,
        arms=tuple(by_arm),
        messages_of=tuple(map(tuple, by_arm.values())),
        arms_of={component: tuple(found) for component, found in arms_of.items()},
        place_of={message.key: (numbers[arm_of(message)], message.theme) for message in ordered},
        themes={theme: tuple(found.items()) for theme, found in themes.items()},
    )


def is_task(message: Message) -> bool:
    """Say whether a message asks for something: an answer, or to sit down and write."""
    return message.asks is not Asks.NOTHING or message.practice is Practice.JOURNAL


def _has_condition(message: Message) -> bool:
    return message.only_if is not None or message.skip_if is not None


def _fits(message: Message, selection: Selection, wanted: Wanted) -> bool:
    return (
        selection.takes(message)
        and message.speaks(wanted.channel)
        and same_language(message.language, wanted.language)
        and (not message.parts_of_day or wanted.part_of_day in message.parts_of_day)
    )


def same_language(message: str, person: str) -> bool:
    """`es` words serve a person who asked for `es-MX`."""
    return person == message or person.startswith(f"{message}-")
