"""Draws: the moments that the people of a group have to themselves, in a window or some time after a time of day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from nudger.decisions.draw import draw_below
from nudger.decisions.planning.group import Draw, Group, GroupCalendar
from nudger.domain.calendar import resolve
from nudger.domain.schedules import At, Between
from nudger.domain.vocabulary import RecipientId

_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_MOST = 8
"""The draws of so many days are kept: a look ahead needs five."""

_Found = dict[tuple[datetime, int, time, bool], list[RecipientId]]
_Known = dict[tuple[date, str], tuple[Draw, ...]]


def draws_due(group: Group, day: date, since: datetime, until: datetime, seed: str) -> Iterator[Draw]:
    """Yield what of a day's draws falls due in (since, until]; they are made once, when their window comes near."""
    reach = group.calendar.reach(day)
    if reach is None or reach[1] < since or reach[0] > until:
        return
    drawn = _draws(group, day, seed)
    for draw in drawn[bisect_right(drawn, since, key=_due) :]:
        if draw.due > until:
            break
        yield draw


def keep_draws(before: Group, after: Group, *, came: Collection[RecipientId], left: AbstractSet[RecipientId]) -> None:
    """Let a group that people came to or left have what the others drew."""
    for (day, seed), draws in before.drawn_alone.items():
        rest = _without(draws, left) if left else draws
        fresh = _draw_all(before.calendar, day, seed, came) if came else ()
        after.drawn_alone[day, seed] = _merged(rest, fresh) if fresh else rest


def _due(draw: Draw) -> datetime:
    return draw.due


def _draws(group: Group, day: date, seed: str) -> tuple[Draw, ...]:
    """Return, in order of time, each moment that somebody drew, and who drew it.

    Whoever drew one instant twice has one of them: the one that no gap moved, or the first. On most days nothing of
    another day comes near.
    """
    known = group.drawn.get((day, seed))
    if known is not None:
        return known
    mine, near = _draws_alone(group, day, seed), group.calendar.near(day)
    # The minutes of one window are apart; the offsets of two times are not.
    twice = isinstance(group.calendar.times, At) and any(after.due == before.due for before, after in pairwise(mine))
    return _kept(group.drawn, (day, seed), _one_each(group, day, near, seed) if near or twice else mine)


def _one_each(group: Group, day: date, near: Iterable[date], seed: str) -> tuple[Draw, ...]:
    first: dict[tuple[datetime, RecipientId], tuple[bool, date, int]] = {}
    for other in (day, *near):
        for draw in _draws_alone(group, other, seed):
            rank = (draw.moved, other, draw.ordinal)
            for member in draw.members:
                first[draw.due, member] = min(rank, first.get((draw.due, member), rank))
    kept = (
        draw._replace(members=tuple(m for m in draw.members if first[draw.due, m] == (draw.moved, day, draw.ordinal)))
        for draw in _draws_alone(group, day, seed)
    )
    return tuple(draw for draw in kept if draw.members)


def _draws_alone(group: Group, day: date, seed: str) -> tuple[Draw, ...]:
    """Return the draws of one day, in order of time."""
    known = group.drawn_alone.get((day, seed))
    if known is not None:
        return known
    return _kept(group.drawn_alone, (day, seed), _draw_all(group.calendar, day, seed, group.members))


def _kept(known: _Known, key: tuple[date, str], found: tuple[Draw, ...]) -> tuple[Draw, ...]:
    while len(known) >= _MOST:
        known.pop(next(iter(known)), None)
    known[key] = found
    return found


def _draw_all(calendar: GroupCalendar, day: date, seed: str, members: Iterable[RecipientId]) -> tuple[Draw, ...]:
    times = calendar.times
    found: _Found = defaultdict(list)
    for member in members:
        if isinstance(times, Between):
            _draw_window(calendar, times, day, seed, member, found)
        else:
            _draw_offsets(calendar, times, day, seed, member, found)
    return _sorted(found)


def _sorted(found: _Found) -> tuple[Draw, ...]:
    return tuple(Draw(*key, tuple(members)) for key, members in sorted(found.items(), key=lambda item: item[0]))


def _without(draws: Iterable[Draw], left: AbstractSet[RecipientId]) -> tuple[Draw, ...]:
    rest = (
        draw
        if left.isdisjoint(draw.members)
        else draw._replace(members=tuple(m for m in draw.members if m not in left))
        for draw in draws
    )
    return tuple(draw for draw in rest if draw.members)


def _merged(draws: Iterable[Draw], fresh: Iterable[Draw]) -> tuple[Draw, ...]:
    found: _Found = {draw[:4]: [*draw.members] for draw in draws}
    for draw in fresh:
        found.setdefault(draw[:4], []).extend(draw.members)
    return _sorted(found)


def _draw_window(
    calendar: GroupCalendar, times: Between, day: date, seed: str, member: RecipientId, found: _Found
) -> None:
    """Draw minutes of elapsed time from the window: apart stays apart, and none falls into a gap of the clock.

    A window that is too narrow for all (by a person's own moments, or a gap) has as many as it has room for.
    """
    reach = calendar.reach(day)
    if reach is None:
        return
    opens, closes = reach
    moved = _opens_late(calendar, day)
    apart = max(1, times.apart // _MINUTE)
    width = max(1, (closes - opens) // _MINUTE)
    count = min(times.count, 1 + (width - 1) // apart)
    room = width - (count - 1) * apart
    words = (seed, member, calendar.schedule.id, day, "minute")
    minutes = sorted(draw_below(room, *words, *((n,) if n else ())) for n in range(count))
    for ordinal, minute in enumerate(minutes):
        due = opens + (minute + ordinal * apart) * _MINUTE
        found[due, ordinal, due.astimezone(calendar.zone).time(), moved and minute == 0].append(member)


def _opens_late(calendar: GroupCalendar, day: date) -> bool:
    opens = resolve(day, calendar.local_times_on(day)[0], calendar.zone)
    return opens is not None and opens.moved


def _draw_offsets(calendar: GroupCalendar, times: At, day: date, seed: str, member: RecipientId, found: _Found) -> None:
    """Give a member a place of their own within `spread`, and a draw of the day within `jitter`, both in seconds."""
    place = _draw_seconds(times.spread, seed, member, calendar.schedule.id, "place")
    for ordinal, wall, instant in calendar.landings(day):
        late = place + _draw_seconds(times.jitter, seed, member, calendar.schedule.id, day, ordinal, "jitter")
        found[instant.at + late, ordinal, wall, instant.moved].append(member)


def _draw_seconds(width: timedelta, *words: object) -> timedelta:
    return draw_below(max(1, width // _SECOND), *words) * _SECOND
