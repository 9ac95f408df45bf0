"""Whose turn it is: a component, practice, theme or wording that somebody had of late makes room for the others."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from nudger.decisions.choosing.history import Seen
from nudger.decisions.choosing.options import MessageIndex
from nudger.domain.vocabulary import Component, Practice

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_REST = timedelta(days=10)
"""How long a theme rests after it was sent."""

_RECENT = timedelta(days=3, hours=12)
_OVERDUE = timedelta(days=5, hours=12)
"""A practice goes behind the others for some days after it was served, and before them after nearly a week: with one
nudge a day, each of the five comes every week. Not for whoever is learned from, where chances decide."""

_COMPONENTS = tuple(Component)
_PRACTICES = tuple(Practice)


class Rotation(NamedTuple):
    """What somebody had, and so whose turn it is."""

    seen: Seen = MappingProxyType({})
    """Wordings: none comes back until all were used."""

    served: Mapping[Component, datetime] = MappingProxyType(dict.fromkeys(Component, LONG_AGO))
    """When each component was last served (long ago, where never)."""

    resting: frozenset[str] = frozenset()
    """Themes that were sent of late."""

    recent: frozenset[Practice] = frozenset()
    """Practices of the last days, which the others go before."""

    overdue: Mapping[Practice, datetime] = MappingProxyType({})
    """Practices that were not served for nearly a week, and when each was last (long ago, where never)."""


def rotation_of(seen: Seen, message_index: MessageIndex, *, now: datetime) -> Rotation:
    """Return whose turn it is at a moment, by what somebody has seen."""
    since, topic_of = now - _REST, message_index.topics.get
    served = dict.fromkeys(_COMPONENTS, LONG_AGO)
    resting: set[str] = set()
    practised: dict[Practice, datetime] = {}
    for key, at in seen.items():
        if at > since and (topic := topic_of(key)) is not None:
            component, practice, theme = topic
            resting.add(theme)
            if at > served[component]:  # noqa: PLR1730 - max() costs a call, many times for each decision
                served[component] = at
            if at > practised.get(practice, LONG_AGO):
                practised[practice] = at
    resting.discard("")
    if LONG_AGO in served.values():  # hardly ever: whoever gets something daily had all of them within ten days
        served = _served(seen, message_index)
    lately = now - _RECENT
    recent = frozenset([practice for practice, at in practised.items() if at > lately])
    return Rotation(seen, served, frozenset(resting), recent, _overdue(practised, now - _OVERDUE))


def _served(seen: Seen, message_index: MessageIndex) -> dict[Component, datetime]:
    """Return when each component was last served, however long ago."""
    served = dict.fromkeys(_COMPONENTS, LONG_AGO)
    for key, at in seen.items():
        topic = message_index.topics.get(key)
        if topic is not None and at > served[topic.component]:
            served[topic.component] = at
    return served


def _overdue(practised: Mapping[Practice, datetime], then: datetime) -> dict[Practice, datetime]:
    """Return practices that were not served since then, or that a newcomer has not met yet."""
    if not practised:
        return {}
    return {practice: at for practice in _PRACTICES if (at := practised.get(practice, LONG_AGO)) <= then}
