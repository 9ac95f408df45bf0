"""What somebody likes: how what they said of nudges moves the next choice."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.vocabulary import MessageKey, Practice

_LONG_REST = timedelta(days=45)
"""How long the theme of a message rests that somebody did not want."""

_STEPS = {FeedbackKind.MORE: 1.5, FeedbackKind.HELPFUL: 1.25, FeedbackKind.DONE: 1.1, FeedbackKind.LESS: 0.5}
_LEAST, _MOST = 0.2, 4.0
"""A practice is never pushed out altogether, and never drowns the others."""

Weights = Mapping[Practice, float]
"""How much more or less likely each practice is made; one that is not there stays at 1."""


class Preferences(NamedTuple):
    """What somebody likes, by what they said."""

    weights: Weights = MappingProxyType({})
    unwanted: frozenset[MessageKey] = frozenset()
    """Wordings that never come again."""

    resting: frozenset[str] = frozenset()
    """Themes of wordings that they did not want, for a while."""


NO_PREFERENCES = Preferences()


def preferences_of(feedback: Sequence[Feedback], *, now: datetime) -> Preferences:
    """Return what somebody likes at a moment, by what they said until then, oldest first."""
    if not feedback:
        return NO_PREFERENCES
    refused = [each for each in feedback if each.kind is FeedbackKind.NOT_THIS]
    return Preferences(
        weights=weights_of(feedback),
        unwanted=frozenset([each.message for each in refused if each.message]),
        resting=frozenset([each.theme for each in refused if each.theme and each.at > now - _LONG_REST]),
    )


def weights_of(feedback: Iterable[Feedback]) -> dict[Practice, float]:
    """Return the weights of practices by what somebody said, oldest first."""
    weights: dict[Practice, float] = {}
    for each in feedback:
        step = _STEPS.get(each.kind)
        if step is not None and each.practice is not None:
            weights[each.practice] = min(_MOST, max(_LEAST, weights.get(each.practice, 1.0) * step))
    return weights
