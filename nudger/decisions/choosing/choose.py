"""The decision rule: which message, or none.

First the component that was served longest ago, so that the three stay in balance over the week; then a practice that
was not served of late, by chances that what the person said has moved; then one wording of it. No wording comes back
until all that fit were used, then the longest unseen comes first: novelty serves dignity and staying-on (Kornfield
2023; Drink Less found no effect on the next hour's click). Practices do come back, in fresh words (Susman 2024), but a
thought rests for a while.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from nudger.decisions.choosing.history import Seen
from nudger.decisions.choosing.options import ComponentOptions, Options, PracticeOptions
from nudger.decisions.choosing.rotation import Chances, Taste
from nudger.decisions.draw import Draws, draws_of
from nudger.domain.messages import Message
from nudger.domain.records import Aside, PracticeChance, Rule, SetAside
from nudger.domain.vocabulary import Component, MessageKey, Practice

_FEW = 16
Name = TypeVar("Name", bound=str)
Wording = TypeVar("Wording")


class Choice(NamedTuple):
    """One message, and how it came to be chosen.

    `chances` are (practice, its probability, how many wordings share it) for every practice that could have been
    taken; each wording of a practice is as likely as the others. `shortlist` holds the wordings drawn, one of which was
    chosen; `set_aside` counts what did not stay in the running, by reason.
    """

    message: Message
    rule: Rule
    options: int
    unseen: int
    chances: tuple[PracticeChance, ...] = ()
    shortlist: tuple[MessageKey, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    @property
    def probability(self) -> float:
        """How likely this message was."""
        shares = (chance / count for practice, chance, count in self.chances if practice is self.message.practice)
        return next(shares, 1.0)


def choose(
    pool: Options, taste: Taste, *, in_order: bool = False, learned: Chances | None = None, seed: str
) -> Choice | None:
    """Return one message of the pool; None when there is none, or when a series (`in_order`) is at its end.

    `learned` are chances of the practices, for a person whose answers are learned from.
    """
    if not pool.messages:
        return None
    if in_order:
        return _next_of_series(pool, taste.seen)
    left = _left_of(pool, taste)
    if not left.unseen:
        return _longest_unseen(pool, taste)
    for component in _in_turn(pool, taste):
        part = pool.parts[component]
        unseen, fresh = _counts(part, taste, left.gone)
        for running, resting in ((fresh, taste.resting), (unseen, frozenset[str]())):
            if counts := {practice: count for practice, count in running.items() if count > 0}:
                return _choice(pool, left, _draw(part, taste, counts, resting, learned=learned, draws=draws_of(seed)))
    return None


class _Left(NamedTuple):
    """How many wordings may be sent, how many more might be if they were wanted, and which were seen or unwanted."""

    unseen: int
    refused: int
    gone: Collection[MessageKey]


def _left_of(pool: Options, taste: Taste) -> _Left:
    seen, keys = taste.seen, pool.keys
    refused = [key for key in taste.unwanted if key in keys and key not in seen]
    unseen = len(keys) - sum(map(keys.__contains__, seen)) - len(refused)
    return _Left(unseen, len(refused), [*seen, *refused] if refused else seen)


def _counts(
    part: ComponentOptions, taste: Taste, gone: Iterable[MessageKey]
) -> tuple[dict[Practice, int], dict[Practice, int]]:
    """Return how many unseen wordings each practice has, and how many of them with a theme that does not rest."""
    resting = taste.resting
    unseen = {practice: len(wordings.keys) for practice, wordings in part.wordings.items()}
    fresh = unseen.copy()
    for theme in resting:
        for practice, count in part.themes.get(theme, ()):
            fresh[practice] -= count
    for practice, theme in filter(None, map(part.place_of.get, gone)):
        unseen[practice] -= 1
        if theme not in resting:
            fresh[practice] -= 1
    return unseen, fresh


def _in_turn(pool: Options, taste: Taste) -> list[Component]:
    """Return the components of the pool, the one that was served longest ago first."""
    return sorted(pool.parts, key=taste.served.__getitem__)


class _Picked(NamedTuple):
    """What was drawn, and from what; `running` wordings could have been."""

    message: Message
    chances: tuple[PracticeChance, ...]
    shortlist: tuple[MessageKey, ...]
    running: int


def _draw(
    part: ComponentOptions,
    taste: Taste,
    counts: Mapping[Practice, int],
    resting: frozenset[str],
    *,
    learned: Chances | None,
    draws: Draws,
) -> _Picked:
    """Draw a practice of a component by its chances, then a wording; `counts` are how many each practice has."""
    practices = list(counts) if learned is not None else _in_their_turn(counts, taste)
    chances = chances_of(practices, taste.weights, learned)
    practice = pick_practice(chances, draws)
    wordings = part.wordings[practice]
    shortlist = _shortlist(wordings, taste, resting, counts[practice], draws)
    return _Picked(
        wordings.messages[pick_wording(shortlist, draws)],
        tuple([PracticeChance(practice, chance, counts[practice]) for practice, chance in chances.items()]),
        tuple([wordings.keys[place] for place in shortlist]),
        sum(counts.values()),
    )


def _in_their_turn(practices: Iterable[Practice], taste: Taste) -> list[Practice]:
    """Return the practice that is overdue for longest, else those that were not served of late, else all."""
    overdue, recent = taste.overdue, taste.recent
    if waiting := [overdue[practice] for practice in practices if practice in overdue]:
        longest = min(waiting)
        return [practice for practice in practices if overdue.get(practice) == longest]
    return [practice for practice in practices if practice not in recent] or list(practices)


def _choice(pool: Options, left: _Left, picked: _Picked) -> Choice:
    aside = (
        SetAside(Aside.SEEN, len(pool.messages) - left.unseen - left.refused),
        SetAside(Aside.NOT_WANTED, left.refused),
        SetAside(Aside.OTHER_TURN, left.unseen - picked.running),
    )
    set_aside = tuple([each for each in aside if each.messages])
    options = len(pool.messages)
    return Choice(picked.message, Rule.UNSEEN, options, left.unseen, picked.chances, picked.shortlist, set_aside)


def chances_of(practices: Sequence[Practice], weights: Chances, learned: Chances | None) -> dict[Practice, float]:
    """Return the probability of each practice: what was learned, or equal shares, moved by what the person said."""
    if not weights and not learned:
        return dict.fromkeys(practices, 1 / len(practices))
    shares = {practice: weights.get(practice, 1.0) * (learned or {}).get(practice, 1.0) for practice in practices}
    whole = sum(shares.values())
    return {practice: share / whole for practice, share in shares.items()}


def pick_practice(chances: Mapping[Name, float], draws: Draws) -> Name:
    """Draw a practice; the same for the same chances, in the same order, and the same draws."""
    point = draws.practice
    for practice, chance in chances.items():
        point -= chance
        if point < 0:
            return practice
    return next(reversed(tuple(chances)))


def pick_wording(shortlist: Sequence[Wording], draws: Draws) -> Wording:
    """Draw one of the wordings, each as likely as the others; the same for the same list and draws."""
    return shortlist[int(draws.wording * len(shortlist))]


def _shortlist(wordings: PracticeOptions, taste: Taste, resting: frozenset[str], count: int, draws: Draws) -> list[int]:
    """Draw the places of a few wordings from the `count` that may be sent; of all of them, where they are few.

    One of them is chosen, and all are written down; each is as likely as the others.
    """
    size, few = len(wordings.keys), len(draws.places)
    if size > _FEW and count > few:
        # Most of many are left: what is drawn first will do, and costs the same however large the library is.
        drawn = dict.fromkeys([place % size for place in draws.places])
        if found := _allowed(drawn, wordings, taste, resting):
            return found
    fitting = _allowed(range(size), wordings, taste, resting)
    if count <= few:
        return fitting
    return [fitting.pop(place % len(fitting)) for place in draws.places]


def _allowed(places: Iterable[int], wordings: PracticeOptions, taste: Taste, resting: frozenset[str]) -> list[int]:
    seen, unwanted, keys, themes = taste.seen, taste.unwanted, wordings.keys, wordings.themes
    return [
        place
        for place in places
        if (key := keys[place]) not in seen and themes[place] not in resting and key not in unwanted
    ]


def _next_of_series(pool: Options, seen: Seen) -> Choice | None:
    unseen = [message for message in pool.messages if message.key not in seen]
    if not unseen:
        return None
    return Choice(message=unseen[0], rule=Rule.SERIES, options=len(pool.messages), unseen=len(unseen))


def _longest_unseen(pool: Options, taste: Taste) -> Choice | None:
    requirements = [message for message in pool.messages if message.key not in taste.unwanted]
    if not requirements:
        return None
    oldest = min(requirements, key=lambda message: taste.seen[message.key])
    return Choice(message=oldest, rule=Rule.LONGEST_UNSEEN, options=len(pool.messages), unseen=0)
