"""Deciding again from the record alone: what is written down with a choice must lead to the same choice.

The record holds the chances and the wordings that were drawn from, and the seed; not everything that fitted. So what is
repeated are the draws: nothing or something, which practice, which wording.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from nudger.decisions.choosing.choose import pick_practice, pick_wording
from nudger.decisions.choosing.restraint import draws_nothing
from nudger.decisions.draw import draws_of
from nudger.domain.nudges import Decision, Nudge
from nudger.domain.reasons import ReasonCode
from nudger.domain.records import Record, Rule


class Gap(StrEnum):
    """Why a record cannot show that the choice would be the same."""

    NO_SEED = "no seed"
    """Nothing was drawn at all."""
    SERIES = "series"
    """No draw: the next of a series; what had been seen is not in the record."""
    LONGEST_UNSEEN = "longest unseen"
    """No draw: the longest unseen; what had been seen is not in the record."""
    NO_CHOICE = "no choice"
    """It did not come to drawing."""
    NO_SHORTLIST = "no shortlist"
    """The wordings that were drawn from are not in it."""


class Drawn(StrEnum):
    """What a draw is about."""

    ANYTHING = "anything"
    PRACTICE = "practice"
    WORDING = "wording"


class Difference(NamedTuple):
    """What a draw gives today, and what it gave then; None for nothing, or for a message that it does not come to."""

    drawn: Drawn
    today: str | None
    then: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What deciding again says: `agrees` is None where the record does not hold what would be needed (`gap`)."""

    version: str
    """The version that made the choice; '' where nothing was chosen."""

    differences: tuple[Difference, ...] = ()
    gap: Gap | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the choice would be the same, None where nobody can tell."""
        return None if self.gap is not None else not self.differences


def replay(nudge: Nudge) -> Replay:
    """Decide a nudge again from what is written down with it, by today's functions."""
    decision = nudge.decision
    record = decision.record
    if not record.seed:
        return Replay(version=record.version, gap=Gap.NO_SEED)
    if differences := tuple(_differences(decision, record)):
        return Replay(version=record.version, differences=differences)
    return Replay(version=record.version, gap=_gap(decision, record))


def _differences(decision: Decision, record: Record) -> Iterator[Difference]:
    message, reason, draws = decision.message, decision.reason, draws_of(record.seed)
    if _draws_nothing(record):
        if message is not None:
            yield Difference(Drawn.ANYTHING, None, message)
        return
    if message is None and reason is not None and reason.code is ReasonCode.ON_PURPOSE:
        yield Difference(Drawn.ANYTHING, "", None)
        return
    if record.chances and record.practice is not None:
        practice = pick_practice({each.practice: each.chance for each in record.chances}, draws)
        if practice != record.practice:
            yield Difference(Drawn.PRACTICE, practice, record.practice)
    if record.shortlist:
        wording = pick_wording(record.shortlist, draws)
        if wording != message:
            yield Difference(Drawn.WORDING, wording, message)


def _draws_nothing(record: Record) -> bool:
    return record.restraint is not None and draws_nothing(record.restraint.chance, record.seed)


def _gap(decision: Decision, record: Record) -> Gap | None:
    """Say what the record does not hold; None where it holds all that was drawn."""
    if _draws_nothing(record):
        return None
    if record.rule in _WITHOUT_DRAW:
        return _WITHOUT_DRAW[record.rule]
    if decision.message is None:
        return Gap.NO_CHOICE
    return None if record.shortlist else Gap.NO_SHORTLIST


_WITHOUT_DRAW = {Rule.SERIES: Gap.SERIES, Rule.LONGEST_UNSEEN: Gap.LONGEST_UNSEEN}
