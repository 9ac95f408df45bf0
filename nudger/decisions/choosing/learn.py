"""Learning which practices reach a person: Thompson sampling over what came back, off unless it is asked for.

For each practice the share of nudges that brought an answer is unknown; what we know of it is a Beta distribution,
which begins where the whole group stands (shrinkage) and moves with the person's own outcomes. The chance of a practice
is how often it is the best of all in draws from these distributions, with a floor, so that every practice still comes.
The chances are what is drawn with and what is written down, so the record can be analysed as a micro-randomised trial.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from nudger.decisions.draw import random_from
from nudger.domain.vocabulary import Practice

_DRAWS = 200
_GROUP_WEIGHT = 6.0
"""So many outcomes of a person's own weigh as much as where the group stands."""

FLOOR = 0.06
"""No practice is less likely than this, as long as learning has a say."""


class Outcomes(NamedTuple):
    """How many nudges of a practice were sent long enough ago, and how many of them brought something back."""

    sent: int = 0
    answered: int = 0


Tally = Mapping[Practice, Outcomes]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOutcomes:
    """What everybody's nudges brought that went out by a moment."""

    until: datetime
    practices: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one person's nudges brought, and everybody's."""

    own: Tally = field(default_factory=dict)
    group: Tally = field(default_factory=dict)


def learned_chances(practices: Sequence[Practice], evidence: Evidence, *, seed: str) -> dict[Practice, float]:
    """Return the chance of each practice; they sum to one, and none is below the floor (or an equal share of one)."""
    rng = random_from(f"{seed}/learning")
    beliefs = [_belief(evidence, practice) for practice in practices]
    wins = [0] * len(practices)
    for _ in range(_DRAWS):
        draws = [rng.betavariate(alpha, beta) for alpha, beta in beliefs]
        wins[draws.index(max(draws))] += 1
    floor = min(FLOOR, 1 / len(practices))
    rest = 1 - floor * len(practices)
    return {practice: floor + rest * won / _DRAWS for practice, won in zip(practices, wins, strict=True)}


def _belief(evidence: Evidence, practice: Practice) -> tuple[float, float]:
    """Return the Beta distribution of a practice's share of answers."""
    group, own = evidence.group.get(practice, Outcomes()), evidence.own.get(practice, Outcomes())
    rate = (group.answered + 1) / (group.sent + 2)
    return _GROUP_WEIGHT * rate + own.answered, _GROUP_WEIGHT * (1 - rate) + own.sent - own.answered
