"""The messages that a schedule may choose from, sorted so that a choice from 5,000 costs what one from 80 does."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import chain
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

_MOST = 2048
"""So many answers are kept: for each schedule, language, channel and hour of the day a few."""


class Topic(NamedTuple):
    """What a message is about, as far as choosing goes by it."""

    component: Component
    practice: Practice
    theme: str


@dataclass(frozen=True, kw_only=True, eq=False)
class MessageIndex:
    """All messages, ready to be asked for. It remembers its answers, and they go when it goes."""

    messages: tuple[Message, ...]
    topics: Mapping[MessageKey, Topic]
    """What each message that can be chosen is about."""

    @cached_property
    def options(self) -> "Callable[[Selection, Requirements], Options]":
        """What returns the messages that fit a schedule and a moment (`options_for`)."""
        return lru_cache(maxsize=_MOST)(partial(options_for, self.messages))

    @cached_property
    def keys(self) -> Callable[[Selection, str, Channel], frozenset[MessageKey]]:
        """What returns the keys of a schedule's messages for people of one language and channel, at whatever hour."""
        return lru_cache(maxsize=_MOST)(partial(_keys, self.messages))

    def for_purpose(self, purpose: Purpose, language: str, channel: Channel) -> Message | None:
        """Return the words for a purpose in the person's language, else in English, else in any: it beats silence."""
        found = [m for m in self.messages if m.purpose is purpose and m.speaks(channel) and not m.retired]
        theirs = (m for m in found if same_language(m.language, language))
        english = (m for m in found if same_language("en", m.language))
        return next(chain(theirs, english, found), None)


def index_messages(messages: Sequence[Message]) -> MessageIndex:
    """Sort messages by what they are chosen by."""
    # A hello or a farewell takes nobody's turn.
    chosen = [message for message in messages if message.purpose is Purpose.NUDGE]
    topics = {message.key: Topic(message.component, message.practice, message.theme) for message in chosen}
    return MessageIndex(messages=tuple(messages), topics=topics)


class Requirements(NamedTuple):
    """What a moment asks of a message, beyond what its schedule does.

    (A tuple, because a pool is looked up by it with every decision.)
    """

    language: str
    channel: Channel
    part_of_day: PartOfDay
    gentle: bool = False
    low: bool = False
    fine: bool = False


class PracticeOptions(NamedTuple):
    """The wordings of one component and practice, in the order of their keys; keys and themes stand beside them.

    (Drawing looks at those alone: of 5,000 messages hardly one is still near the processor.)
    """

    messages: tuple[Message, ...]
    keys: tuple[MessageKey, ...]
    themes: tuple[str, ...]


class ComponentOptions(NamedTuple):
    """The messages of one component, by practice, and what is counted with every choice, counted once.

    In JITAI words the practices are intervention options; the wording is drawn within one.
    """

    practices: Mapping[Practice, PracticeOptions]
    counts: Mapping[Practice, int]
    """How many wordings each practice has."""

    counts_by_theme: Mapping[str, tuple[tuple[Practice, int], ...]]
    """How many wordings of which practice have a theme."""

    practice_and_theme: Mapping[MessageKey, tuple[Practice, str]]
    """The practice and the theme of each message."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Options:
    """Intervention options: the fitting messages in the order of their keys (or of a series), also by component."""

    messages: tuple[Message, ...]
    keys: frozenset[MessageKey]
    components: Mapping[Component, ComponentOptions]
    conditional: tuple[Message, ...] = ()
    """Messages that fit but have conditions of their own, which the moment decides; not among the others."""


def options_for(messages: Sequence[Message], selection: Selection, requirements: Requirements) -> Options:
    """Return the messages that fit a schedule and a moment. `MessageIndex.options` is this, and remembers.

    On a low day only what stirs up little and asks nothing (Bhattacharjee 2023: shorter, more passive), and what was
    written for such a day goes first; on a fine day what was written for fine days does.
    """
    fitting = [m for m in messages if _fits(m, selection, requirements)]
    if requirements.gentle or requirements.low:
        fitting = [m for m in fitting if m.intensity is Intensity.GENTLE]
    if requirements.low:
        fitting = [m for m in fitting if not is_task(m)]
    if requirements.low or requirements.fine:
        situation = Situation.LOW if requirements.low else Situation.FINE
        fitting = [m for m in fitting if situation in m.situations] or fitting
    free = [m for m in fitting if not _has_condition(m)]
    return replace(index_options(free, selection), conditional=tuple(filter(_has_condition, fitting)))


def index_options(fitting: Sequence[Message], selection: Selection = Selection()) -> Options:  # noqa: B008 - a frozen value
    """Sort messages into options."""
    order = {key: index for index, key in enumerate(selection.messages)}
    ordered = tuple(sorted(fitting, key=lambda message: (order.get(message.key, 0), message.key)))
    by_component: dict[Component, list[Message]] = defaultdict(list)
    for message in ordered:
        by_component[message.component].append(message)
    return Options(
        messages=ordered,
        keys=frozenset([message.key for message in ordered]),
        components={component: _component_options(found) for component, found in by_component.items()},
    )


def _component_options(messages: Sequence[Message]) -> ComponentOptions:
    by_practice: dict[Practice, list[Message]] = defaultdict(list)
    by_theme: dict[str, Counter[Practice]] = defaultdict(Counter)
    for message in messages:
        by_practice[message.practice].append(message)
        by_theme[message.theme][message.practice] += 1
    return ComponentOptions(
        practices={practice: _practice_options(found) for practice, found in by_practice.items()},
        counts={practice: len(found) for practice, found in by_practice.items()},
        counts_by_theme={theme: tuple(counts.items()) for theme, counts in by_theme.items()},
        practice_and_theme={message.key: (message.practice, message.theme) for message in messages},
    )


def _practice_options(messages: Sequence[Message]) -> PracticeOptions:
    keys, themes = (message.key for message in messages), (message.theme for message in messages)
    return PracticeOptions(tuple(messages), tuple(keys), tuple(themes))


def is_task(message: Message) -> bool:
    """Say whether a message asks for something: an answer, or to sit down and write."""
    return message.asks is not Asks.NOTHING or message.practice is Practice.JOURNAL


def _has_condition(message: Message) -> bool:
    return message.only_if is not None or message.skip_if is not None


def _fits(message: Message, selection: Selection, requirements: Requirements) -> bool:
    return (  # half of a library may be in another language: that is told at once
        same_language(message.language, requirements.language)
        and selection.takes(message)
        and message.speaks(requirements.channel)
        and (not message.parts_of_day or requirements.part_of_day in message.parts_of_day)
    )


def _keys(messages: Sequence[Message], selection: Selection, language: str, channel: Channel) -> frozenset[MessageKey]:
    fitting = (message for message in messages if selection.takes(message) and message.speaks(channel))
    return frozenset(message.key for message in fitting if same_language(message.language, language))


def same_language(message: str, person: str) -> bool:
    """`es` words serve a person who asked for `es-MX`."""
    return person == message or person.startswith(f"{message}-")
