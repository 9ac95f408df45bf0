"""When nothing at all is the better choice: "provide nothing" is an option with its own chance (Nahum-Shani 2018)."""

from collections.abc import Mapping
from datetime import timedelta
from operator import itemgetter

from nudger.decisions.choosing.moods import all_is_well
from nudger.decisions.choosing.variables import Known
from nudger.decisions.draw import draws_of
from nudger.domain.reasons import ReasonCode
from nudger.domain.records import Restraint

_DAY = timedelta(days=1)


_CHANCE = itemgetter(0)
NO_RESTRAINT = Restraint(0.0, None)


def restraint(values: Mapping[str, Known | None]) -> Restraint:
    """Return the strongest reason for sending nothing; one that nobody knows of is none."""
    return max([rule(values) for rule in _RULES], key=_CHANCE)


def draws_nothing(chance: float, seed: str) -> bool:
    """Say whether the seed draws nothing at this chance; the same for the same seed."""
    return chance > 0 and draws_of(seed).nothing < chance


def _already_fine(values: Mapping[str, Known | None]) -> Restraint:
    """After a good check-in a nudge can lower the mood (NeCamp 2020, moderation by previous mood)."""
    return Restraint(0.5, ReasonCode.ALL_IS_WELL) if all_is_well(values.get("mood")) else NO_RESTRAINT


def _rarely_answers(values: Mapping[str, Known | None]) -> Restraint:
    """Somebody who used to answer and fell silent is written to less, never more (field notes: silence)."""
    reply = values.get("since_reply")
    silent = reply is not None and timedelta(days=14) < reply.value < timedelta(days=60)
    return Restraint(0.25, ReasonCode.NO_ANSWER) if silent else NO_RESTRAINT


def _much_of_late(values: Mapping[str, Known | None]) -> Restraint:
    """Complaints are about volume, not scarcity (Small Steps): much was sent, and it brings nothing back any more.

    Of somebody who never let us know anything we do not know whether it is too much.
    """
    sent, reply = values.get("sent_this_week"), values.get("since_reply")
    much = sent is not None and sent.value >= 10  # noqa: PLR2004 - nudges in seven days
    unanswered = reply is not None and reply.value > 7 * _DAY
    return Restraint(0.5, ReasonCode.MUCH_OF_LATE) if much and unanswered else NO_RESTRAINT


_RULES = (_already_fine, _rarely_answers, _much_of_late)
