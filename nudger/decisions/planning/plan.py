"""Planning: which slots fall due in a span of time. Computed per group of people, never per person.

A group is everybody of one schedule for whom the calendar is the same: zone, times of day, and what else the schedule
asks for. (One trigger per person costs 25 s and 340 MB for 100,000 people; groups cost 0.05 s and 1 MB.)

What holds, for any way to cut time into ticks: `slots(a, b) + slots(b, c) == slots(a, c)`.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nudger.decisions.draw import draw_below
from nudger.decisions.planning.dates import cron_times, dates_for
from nudger.decisions.planning.groups import Group, Groups
from nudger.domain.calendar import Instant, require_utc, resolve
from nudger.domain.schedules import (
    At,
    Between,
    Calendar,
    Cron,
    Recurrence,
    Slot,
    asks_for_holidays,
)
from nudger.domain.vocabulary import RecipientId, ScheduleId

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)


def forget_plans() -> None:
    """Let go of what was worked out for a roster that is no longer in use, and for time zones as they were."""
    _dates.cache_clear()
    _resolved.cache_clear()
    _resolved_alone.cache_clear()
    _draws.cache_clear()
    _draws_alone.cache_clear()
    resolve.cache_clear()


def slots(roster: Groups, *, since: datetime, until: datetime, seed: str) -> list[Slot]:
    """Return the slots due in (since, until], in order of time; at one instant, in the order of the schedules.

    `seed` belongs to the installation: it draws the minute of each person and day in a `between` window.
    """
    require_utc(since)
    require_utc(until)
    batches = sorted(_batches(roster, since, until, seed), key=_batch_due)
    return [
        Slot(member, schedule, day, ordinal, due, wall, moved)
        for schedule, day, ordinal, wall, due, moved, members in batches
        for member in members
    ]


def next_due(roster: Groups, *, since: datetime, until: datetime, seed: str) -> datetime | None:
    """Return the first instant in (since, until] at which a slot is due, or None."""
    return min((batch.due for batch in _batches(roster, since, until, seed)), default=None)


def crowds(
    roster: Groups, *, since: datetime, until: datetime, seed: str
) -> Iterator[tuple[ScheduleId, datetime, int]]:
    """Yield how many slots of which schedule fall due when in (since, until]: a count costs less than its slots."""
    return ((batch.schedule, batch.due, len(batch.members)) for batch in _batches(roster, since, until, seed))


class _Batch(NamedTuple):
    """The slots of one group that fall due at one instant."""

    schedule: ScheduleId
    day: date
    ordinal: int
    wall: time
    due: datetime
    moved: bool
    members: tuple[RecipientId, ...]


def _batch_due(batch: _Batch) -> datetime:
    return batch.due


def _batches(roster: Groups, since: datetime, until: datetime, seed: str) -> Iterator[_Batch]:
    spans: dict[ZoneInfo, tuple[date, date]] = {}
    for group in roster:
        if group.zone not in spans:
            first = since.astimezone(group.zone).date() - _DAY
            spans[group.zone] = (first, until.astimezone(group.zone).date() + _DAY)
        first, last = spans[group.zone]
        drawn = _drawn(group.schedule.recurrence)
        for day in _dates(group, first, last):
            if drawn:
                yield from _drawn_batches(group, day, since, until, seed)
                continue
            for ordinal, wall, instant in _resolved(group, day):
                if since < instant.at <= until:
                    yield _Batch(group.schedule.id, day, ordinal, wall, instant.at, instant.moved, group.members)


def _drawn(recurrence: Recurrence) -> bool:
    """Say whether people of one group have their slots at different moments."""
    if isinstance(recurrence, Cron):
        return False
    times = recurrence.times
    return isinstance(times, Between) or bool(times.jitter or times.spread)


@lru_cache(maxsize=65536)
def _dates(group: Group, first: date, last: date) -> tuple[date, ...]:
    """Return the dates of a group: a tick asks several times, and all ticks of a day ask for the same ones."""
    recurrence = group.schedule.recurrence
    if isinstance(recurrence, Cron):
        return tuple(first + n * _DAY for n in range((last - first).days + 1))
    return dates_for(recurrence, group.example, first, last)


@lru_cache(maxsize=65536)
def _resolved(group: Group, day: date) -> tuple[tuple[int, time, Instant], ...]:
    """Resolve the group's wall times. Of those that land on one instant, the one that no gap moved stays, or the first.

    A gap at midnight moves times onto the next day, where others may be: they are looked at as well.
    """
    mine = _resolved_alone(group, day)
    if not any(instant.moved for _, _, instant in mine):
        return mine
    before, following = (_instants(group, day + step) for step in (-_DAY, _DAY))
    return tuple(
        each for each in mine if not each[2].moved or (each[2].at not in before and following.get(each[2].at, True))
    )


def _instants(group: Group, day: date) -> dict[datetime, bool]:
    """Return the instants of a day, if it is one of the group's, and whether a gap moved something there."""
    named = day in _dates(group, day, day)
    return {instant.at: instant.moved for _, _, instant in _resolved_alone(group, day)} if named else {}


@lru_cache(maxsize=65536)
def _resolved_alone(group: Group, day: date) -> tuple[tuple[int, time, Instant], ...]:
    """Resolve the wall times of one day; of those that land on one instant, one stays."""
    found: dict[datetime, tuple[int, time, Instant]] = {}
    recurrence = group.schedule.recurrence
    cron = isinstance(recurrence, Cron)
    local_times = cron_times(recurrence, day, region=_region(group)) if cron else group.local_times_on(day)
    for ordinal, wall in enumerate(local_times):
        instant = resolve(day, wall, group.zone)
        if instant is not None and (instant.at not in found or (found[instant.at][2].moved and not instant.moved)):
            found[instant.at] = (ordinal, wall, instant)
    return tuple(found.values())


def _region(group: Group) -> str | None:
    return group.example.region if asks_for_holidays(group.schedule.recurrence) else None


class _Draw(NamedTuple):
    """What several members of a group have at one moment of a day."""

    due: datetime
    ordinal: int
    wall: time
    moved: bool
    members: tuple[RecipientId, ...]


def _draw_due(draw: _Draw) -> datetime:
    return draw.due


def _drawn_batches(group: Group, day: date, since: datetime, until: datetime, seed: str) -> Iterator[_Batch]:
    """Yield what falls due of a day's draws; they are made once, when their window comes near."""
    opens, closes = _reach(group, day)
    if opens is None or closes is None or closes < since or opens > until:
        return
    drawn = _draws(group, day, seed)
    for due, ordinal, wall, moved, members in drawn[bisect_right(drawn, since, key=_draw_due) :]:
        if due > until:
            break
        yield _Batch(group.schedule.id, day, ordinal, wall, due, moved, members)


def _reach(group: Group, day: date) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last instant that a draw of a day can fall on; None where the zone skipped the date."""
    times = _times(group)
    if isinstance(times, Between):
        ends = [resolve(day, wall, group.zone) for wall in group.local_times_on(day)]
        first, last = ends[0], ends[-1]
        return (first.at, max(first.at, last.at)) if first and last else (None, None)
    found = [instant.at for _, _, instant in _resolved_alone(group, day)]
    return (min(found), max(found) + times.jitter + times.spread) if found else (None, None)


def _times(group: Group) -> At | Between:
    assert isinstance(group.schedule.recurrence, Calendar)
    return group.schedule.recurrence.times


@lru_cache(maxsize=1024)
def _draws(group: Group, day: date, seed: str) -> tuple[_Draw, ...]:
    """Return, in order of time, each moment that somebody drew, and who drew it.

    Whoever drew one instant twice has one of them: the one that no gap moved, or the first. On most days nothing of
    another day comes near.
    """
    mine = _draws_alone(group, day, seed)
    near = [other for step in (-_DAY, _DAY) if _meet(group, day, other := day + step)]
    # The minutes of one window are apart; the offsets of two times are not.
    twice = isinstance(_times(group), At) and any(after.due == before.due for before, after in pairwise(mine))
    if not near and not twice:
        return mine
    first: dict[tuple[datetime, RecipientId], tuple[bool, date, int]] = {}
    for other in (day, *near):
        for draw in _draws_alone(group, other, seed):
            rank = (draw.moved, other, draw.ordinal)
            for member in draw.members:
                first[draw.due, member] = min(rank, first.get((draw.due, member), rank))
    kept = (
        draw._replace(members=tuple(m for m in draw.members if first[draw.due, m] == (draw.moved, day, draw.ordinal)))
        for draw in mine
    )
    return tuple(draw for draw in kept if draw.members)


def _meet(group: Group, day: date, other: date) -> bool:
    """Say whether draws of two days can fall on one instant."""
    if other not in _dates(group, other, other):
        return False
    (opens, closes), (others_open, others_close) = _reach(group, day), _reach(group, other)
    if opens is None or closes is None or others_open is None or others_close is None:
        return False
    return opens <= others_close and others_open <= closes


@lru_cache(maxsize=1024)
def _draws_alone(group: Group, day: date, seed: str) -> tuple[_Draw, ...]:
    """Return the draws of one day, in order of time."""
    times = _times(group)
    found: dict[tuple[datetime, int, time, bool], list[RecipientId]] = defaultdict(list)
    for member in group.members:
        if isinstance(times, Between):
            _draw_window(group, times, day, seed, member, found)
        else:
            _draw_offsets(group, times, day, seed, member, found)
    return tuple(_Draw(*key, tuple(members)) for key, members in sorted(found.items(), key=lambda item: item[0]))


_Found = dict[tuple[datetime, int, time, bool], list[RecipientId]]


def _draw_window(group: Group, times: Between, day: date, seed: str, member: RecipientId, found: _Found) -> None:
    """Draw minutes of elapsed time from the window: apart stays apart, and none falls into a gap of the clock.

    A window that is too narrow for all (by a person's own moments, or a gap) has as many as it has room for.
    """
    opens, closes = _reach(group, day)
    if opens is None or closes is None:
        return
    moved = _opens_late(group, day)
    apart = max(1, times.apart // _MINUTE)
    width = max(1, (closes - opens) // _MINUTE)
    count = min(times.count, 1 + (width - 1) // apart)
    room = width - (count - 1) * apart
    words = (seed, member, group.schedule.id, day, "minute")
    minutes = sorted(draw_below(room, *words, *((n,) if n else ())) for n in range(count))
    for ordinal, minute in enumerate(minutes):
        due = opens + (minute + ordinal * apart) * _MINUTE
        found[due, ordinal, due.astimezone(group.zone).time(), moved and minute == 0].append(member)


def _opens_late(group: Group, day: date) -> bool:
    opens = resolve(day, group.local_times_on(day)[0], group.zone)
    return opens is not None and opens.moved


def _draw_offsets(group: Group, times: At, day: date, seed: str, member: RecipientId, found: _Found) -> None:
    """Give a member a place of their own within `spread`, and a draw of the day within `jitter`, both in seconds."""
    place = _draw_seconds(times.spread, seed, member, group.schedule.id, "place")
    for ordinal, wall, instant in _resolved(group, day):
        late = place + _draw_seconds(times.jitter, seed, member, group.schedule.id, day, ordinal, "jitter")
        found[instant.at + late, ordinal, wall, instant.moved].append(member)


def _draw_seconds(width: timedelta, *words: object) -> timedelta:
    return draw_below(max(1, width // _SECOND), *words) * _SECOND
