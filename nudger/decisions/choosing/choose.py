"""The decision rule: which of the intervention options, or none.

First the component that was served longest ago, so that the three stay in balance over the week; then a practice that
was not served of late, by chances that what the person said has moved; then one wording of it. No wording comes back
until all that fit were used, then the longest unseen comes first: novelty serves dignity and staying-on (Kornfield
2023; Drink Less found no effect on the next hour's click). Practices do come back, in fresh words (Susman 2024), but a
thought rests for a while.

The rule is said in plain words in `tests/decisions/plain_rule.py`, and tests hold one against the other: there the
messages are gone through one by one, here what is left is counted by taking away from what there is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from nudger.decisions.choosing.history import Seen
from nudger.decisions.choosing.options import ComponentOptions, Options, PracticeOptions
from nudger.decisions.choosing.preferences import NO_PREFERENCES, Preferences, Weights
from nudger.decisions.choosing.rotation import Rotation
from nudger.decisions.draw import Draws, draws_of
from nudger.domain.messages import Message
from nudger.domain.records import Aside, PracticeChance, Rule, SetAside
from nudger.domain.vocabulary import MessageKey, Practice

_FEW = 16
_NONE: frozenset[str] = frozenset()
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
    options: Options,
    rotation: Rotation,
    preferences: Preferences = NO_PREFERENCES,
    *,
    in_order: bool = False,
    learned: Weights | None = None,
    seed: str,
) -> Choice | None:
    """Return one of the messages; None when there is none, or when a series (`in_order`) is at its end.

    `learned` are chances of the practices, for a person whose answers are learned from.
    """
    if not options.messages:
        return None
    seen, keys = rotation.seen, options.keys
    if in_order:
        return _next_of_series(options, seen)
    refused = [key for key in preferences.unwanted if key in keys and key not in seen]
    unseen = len(keys) - sum(map(keys.__contains__, seen)) - len(refused)
    if not unseen:
        return _longest_unseen(options, seen, preferences.unwanted)
    gone = {*seen, *refused} if refused else seen
    component, resting, counts = _turn(options, rotation, preferences, gone)
    draws = draws_of(seed)
    practices = counts if learned is not None else _in_their_turn(counts, rotation, preferences.weights)
    chances = chances_of(list(practices), preferences.weights, learned)
    practice = pick_practice(chances, draws)
    wordings = component.practices[practice]
    shortlist = _shortlist(wordings, gone, resting, counts[practice], draws)
    aside = (
        (Aside.SEEN, len(options.messages) - unseen - len(refused)),
        (Aside.NOT_WANTED, len(refused)),
        (Aside.OTHER_TURN, unseen - sum(counts.values())),
    )
    return Choice(
        wordings.messages[pick_wording(shortlist, draws)],
        Rule.UNSEEN,
        len(options.messages),
        unseen,
        tuple([PracticeChance(practice, chance, counts[practice]) for practice, chance in chances.items()]),
        tuple([wordings.keys[index] for index in shortlist]),
        tuple([SetAside(why, messages) for why, messages in aside if messages]),
    )


def _turn(
    options: Options, rotation: Rotation, preferences: Preferences, gone: Collection[MessageKey]
) -> tuple[ComponentOptions, frozenset[str], dict[Practice, int]]:
    """Return the component whose turn it is, the themes that rest, and how many wordings each practice has left.

    It is the one served longest ago of those that have any; where all that it has would rest, nothing rests.
    """
    resting = rotation.resting | preferences.resting
    for name in sorted(options.components, key=rotation.served.__getitem__):
        component = options.components[name]
        for themes in (resting, _NONE):
            if counts := _counts(component, gone, themes):
                return component, themes, counts
    raise AssertionError("some wording is neither seen nor refused")


def _counts(component: ComponentOptions, gone: Iterable[MessageKey], resting: Iterable[str]) -> dict[Practice, int]:
    """Return how many wordings of each practice may come: all but those of a theme that rests, and those gone."""
    left = dict(component.counts)
    for theme in resting:
        for practice, count in component.counts_by_theme.get(theme, ()):
            left[practice] -= count
    for practice, theme in filter(None, map(component.practice_and_theme.get, gone)):
        if theme not in resting:
            left[practice] -= 1
    return {practice: count for practice, count in left.items() if count}


def _in_their_turn(practices: Iterable[Practice], rotation: Rotation, weights: Weights) -> Iterable[Practice]:
    """Return the practice that is overdue for longest, else those that were not served of late, else all.

    What somebody wants less of is never overdue.
    """
    last = rotation.overdue
    if overdue := [practice for practice in practices if practice in last and weights.get(practice, 1.0) >= 1]:
        longest = min([last[practice] for practice in overdue])
        return [practice for practice in overdue if last[practice] == longest]
    return [practice for practice in practices if practice not in rotation.recent] or practices


def chances_of(practices: Sequence[Practice], weights: Weights, learned: Weights | None) -> dict[Practice, float]:
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


def _shortlist(
    wordings: PracticeOptions, gone: Collection[MessageKey], resting: frozenset[str], count: int, draws: Draws
) -> list[int]:
    """Draw the indexes of a few wordings from the `count` that may come; of all of them, where they are few.

    One of them is chosen, and all are written down; each is as likely as the others.
    """
    size, few = len(wordings.keys), len(draws.shortlist)
    if size > _FEW and count > few:
        # Most of many are left: what is drawn first will do, and costs the same however large the library is.
        drawn = dict.fromkeys([number % size for number in draws.shortlist])
        if found := _allowed(drawn, wordings, gone, resting):
            return found
    fitting = _allowed(range(size), wordings, gone, resting)
    if count <= few:
        return fitting
    return [fitting.pop(number % len(fitting)) for number in draws.shortlist]


def _allowed(
    indexes: Iterable[int], wordings: PracticeOptions, gone: Collection[MessageKey], resting: frozenset[str]
) -> list[int]:
    keys, themes = wordings.keys, wordings.themes
    return [index for index in indexes if keys[index] not in gone and themes[index] not in resting]


def _next_of_series(options: Options, seen: Seen) -> Choice | None:
    unseen = [message for message in options.messages if message.key not in seen]
    if not unseen:
        return None
    return Choice(message=unseen[0], rule=Rule.SERIES, options=len(options.messages), unseen=len(unseen))


def _longest_unseen(options: Options, seen: Seen, unwanted: Collection[MessageKey]) -> Choice | None:
    wanted = [message for message in options.messages if message.key not in unwanted]
    if not wanted:
        return None
    oldest = min(wanted, key=lambda message: seen[message.key])
    return Choice(message=oldest, rule=Rule.LONGEST_UNSEEN, options=len(options.messages), unseen=0)
