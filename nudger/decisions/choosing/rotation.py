"""What a person's past says about the next choice: whose turn it is, what had better rest, what they like."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from nudger.decisions.choosing.history import History, Seen
from nudger.decisions.choosing.options import MessageIndex
from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.vocabulary import Component, MessageKey, Practice

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_REST = timedelta(days=10)
"""How long a theme rests after it was sent."""

_RECENT = timedelta(days=3, hours=12)
_OVERDUE = timedelta(days=5, hours=12)
"""A practice goes behind the others for some days after it was served, and before them after nearly a week: with one
nudge a day, each of the five comes every week. Not for whoever is learned from, where chances decide."""

_LONG_REST = timedelta(days=45)
"""How long the theme of a message rests that somebody did not want."""

_STEPS = {FeedbackKind.MORE: 1.5, FeedbackKind.HELPFUL: 1.25, FeedbackKind.DONE: 1.1, FeedbackKind.LESS: 0.5}
_LEAST, _MOST = 0.2, 4.0
"""A practice is never pushed out altogether, and never drowns the others."""

_COMPONENTS = tuple(Component)
_PRACTICES = tuple(Practice)
Chances = Mapping[Practice, float]


class Taste(NamedTuple):
    """What the past says about the next choice: when each component was last served, and what had better rest."""

    seen: Seen = MappingProxyType({})
    served: Mapping[Component, datetime] = MappingProxyType(dict.fromkeys(Component, LONG_AGO))
    resting: frozenset[str] = frozenset()
    unwanted: frozenset[MessageKey] = frozenset()
    weights: Chances = MappingProxyType({})
    recent: frozenset[Practice] = frozenset()
    """Practices of the last days, which the others go before."""

    overdue: Mapping[Practice, datetime] = MappingProxyType({})
    """Practices that were not served for nearly a week, and when each was last (long ago, where never)."""


def taste_of(history: History, message_index: MessageIndex, *, now: datetime) -> Taste:
    """Return what a person's past says at a moment."""
    since, topic_of = now - _REST, message_index.topics.get
    resting: set[str] = set()
    served = dict.fromkeys(_COMPONENTS, LONG_AGO)
    practised: dict[Practice, datetime] = {}
    for key, at in history.seen.items():
        if at > since and (topic := topic_of(key)) is not None:
            component, practice, theme = topic
            resting.add(theme)
            if at > served[component]:  # noqa: PLR1730 - max() costs a call, many times for each decision
                served[component] = at
            if at > practised.get(practice, LONG_AGO):
                practised[practice] = at
    resting.discard("")
    if LONG_AGO in served.values():  # hardly ever: whoever gets something daily had all of them within ten days
        served = _served(history.seen, message_index)
    lately = now - _RECENT
    recent = frozenset([practice for practice, at in practised.items() if at > lately])
    overdue = _overdue(practised, now)
    if not history.feedback:
        return Taste(history.seen, served, frozenset(resting), recent=recent, overdue=overdue)
    refused = [each for each in history.feedback if each.kind is FeedbackKind.NOT_THIS]
    resting |= {each.theme for each in refused if each.theme and each.at > now - _LONG_REST}
    unwanted = frozenset(each.message for each in refused if each.message)
    weights = weights_of(history.feedback)
    overdue = {practice: at for practice, at in overdue.items() if weights.get(practice, 1.0) >= 1}
    return Taste(history.seen, served, frozenset(resting), unwanted, weights, recent, overdue)


def _served(seen: Seen, message_index: MessageIndex) -> dict[Component, datetime]:
    """Return when each component was last served, however long ago."""
    served = dict.fromkeys(_COMPONENTS, LONG_AGO)
    for key, at in seen.items():
        topic = message_index.topics.get(key)
        if topic is not None and at > served[topic.component]:
            served[topic.component] = at
    return served


def _overdue(practised: Mapping[Practice, datetime], now: datetime) -> dict[Practice, datetime]:
    """Return practices that nearly a week went by without, or that a newcomer has not met yet."""
    if not practised:
        return {}
    then = now - _OVERDUE
    return {practice: at for practice in _PRACTICES if (at := practised.get(practice, LONG_AGO)) <= then}


def weights_of(feedback: Iterable[Feedback]) -> dict[Practice, float]:
    """Return how much more or less likely what somebody said makes each practice; one that is not there stays at 1."""
    weights: dict[Practice, float] = {}
    for each in feedback:
        step = _STEPS.get(each.kind)
        if step is not None and each.practice is not None:
            weights[each.practice] = min(_MOST, max(_LEAST, weights.get(each.practice, 1.0) * step))
    return weights
