"""Planning: which slots fall due in a span of time. Computed per group of people, never per person.

A group is everybody of one schedule who shares a time zone and a wall time: the calendar is worked out once for
all of them. (One trigger per person costs 25 s and 340 MB for 100,000 people; groups cost 0.05 s and 1 MB.)

What holds, for any way to cut time into ticks: `slots(a, b) + slots(b, c) == slots(a, c)`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from nudger.decisions.dates import cron_times, dates_of
from nudger.decisions.draw import draw_below
from nudger.domain.calendar import Instant, require_utc, resolve
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Between, Calendar, Cron, Schedule, Slot, SlotKey, WallTime
from nudger.domain.vocabulary import RecipientId

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
Walls = tuple[time, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Everybody of one schedule with the same zone and the same times of day.

    For `At`, `walls` are the times; for `Between`, its two ends; for `Cron`, nothing.
    Compared by identity, so that it can be a cheap key of a cache.
    """

    schedule: Schedule
    zone: ZoneInfo
    walls: Walls
    members: tuple[RecipientId, ...]


Roster = tuple[Group, ...]


def build_roster(schedules: Sequence[Schedule], recipients: Iterable[Recipient]) -> Roster:
    """Sort everybody into groups. One pass over the people; schedules keep their order.

    A new roster replaces the old one, so what was worked out for the old one is let go.
    """
    _instants.cache_clear()
    _draws.cache_clear()
    groups: list[dict[tuple[str, Walls], list[RecipientId]]] = [defaultdict(list) for _ in schedules]
    for recipient in recipients:
        for schedule, found in zip(schedules, groups, strict=True):
            if schedule.audience.includes(recipient):
                found[recipient.time_zone, _walls(schedule, recipient)].append(recipient.id)
    return tuple(
        Group(schedule=schedule, zone=ZoneInfo(zone), walls=walls, members=tuple(members))
        for schedule, found in zip(schedules, groups, strict=True)
        for (zone, walls), members in found.items()
    )


def _walls(schedule: Schedule, recipient: Recipient) -> Walls:
    if isinstance(schedule.recurrence, Cron):
        return ()
    times = schedule.recurrence.times
    if isinstance(times, At):
        return tuple(_wall(each, recipient) for each in times.times)
    return _window(_wall(times.start, recipient), _wall(times.end, recipient))


def _window(start: time, end: time) -> Walls:
    """A person's own moments may turn a window round; it is then the one minute at its start."""
    if start < end:
        return (start, end)
    return (start, (datetime.combine(date.min, start) + _MINUTE).time() if start < time(23, 59) else time.max)


def _wall(wall: WallTime, recipient: Recipient) -> time:
    return wall if isinstance(wall, time) else recipient.moment(wall)


def slots(roster: Roster, *, since: datetime, until: datetime, seed: str) -> list[Slot]:
    """Return the slots due in (since, until], in order of time, then of key.

    `seed` belongs to the installation: it draws the minute of each person and day in a `between` window.
    """
    require_utc(since)
    require_utc(until)
    found = [slot for group in roster for slot in _group_slots(group, since, until, seed)]
    return sorted(found, key=lambda slot: (slot.due, slot.key))


def next_due(roster: Roster, *, since: datetime, until: datetime, seed: str) -> datetime | None:
    """Return the first instant in (since, until] at which a slot is due, or None."""
    return min((slot.due for slot in slots(roster, since=since, until=until, seed=seed)), default=None)


def _group_slots(group: Group, since: datetime, until: datetime, seed: str) -> Iterator[Slot]:
    first = since.astimezone(group.zone).date() - _DAY
    last = until.astimezone(group.zone).date() + _DAY
    if isinstance(group.schedule.recurrence, Calendar) and isinstance(group.schedule.recurrence.times, Between):
        for day in dates_of(group.schedule.recurrence, first, last):
            yield from _drawn_slots(group, day, since, until, seed)
        return
    for day, ordinal, wall, instant in _instants(group, first, last):
        if since < instant.at <= until:
            for member in group.members:
                yield _slot(group, member, day, ordinal, wall, instant)


@lru_cache(maxsize=4096)
def _instants(group: Group, first: date, last: date) -> tuple[tuple[date, int, time, Instant], ...]:
    """Resolve the group's wall times. Where two land on one instant, the one that no gap moved stays."""
    found: dict[datetime, tuple[date, int, time, Instant]] = {}
    for day, walls in _days_and_walls(group, first, last):
        for ordinal, wall in enumerate(walls):
            instant = resolve(day, wall, group.zone)
            if instant is not None and (instant.at not in found or not instant.moved):
                found[instant.at] = (day, ordinal, wall, instant)
    return tuple(found.values())


def _days_and_walls(group: Group, first: date, last: date) -> Iterator[tuple[date, Walls]]:
    recurrence = group.schedule.recurrence
    if isinstance(recurrence, Cron):
        days = ((first + n * _DAY) for n in range((last - first).days + 1))
        return ((day, cron_times(recurrence, day)) for day in days)
    return ((day, group.walls) for day in dates_of(recurrence, first, last))


def _drawn_slots(group: Group, day: date, since: datetime, until: datetime, seed: str) -> Iterator[Slot]:
    """Yield the day's slots of a `between` window; the draws are made once a day, when the window comes near."""
    start, end = group.walls
    opens = resolve(day, start, group.zone)
    closes = resolve(day, end, group.zone)
    if opens is None or closes is None or closes.at <= since or opens.at > until:
        return
    for minute, members in _draws(group, day, seed):
        wall = (datetime.combine(day, start) + minute * _MINUTE).time()
        instant = resolve(day, wall, group.zone)
        if instant is not None and since < instant.at <= until:
            for member in members:
                yield _slot(group, member, day, 0, wall, instant)


@lru_cache(maxsize=1024)
def _draws(group: Group, day: date, seed: str) -> tuple[tuple[int, tuple[RecipientId, ...]], ...]:
    """Return (minutes after the start, who drew it), in order of minutes."""
    start, end = (datetime.combine(day, wall) for wall in group.walls)
    width = max(1, (end - start) // _MINUTE)
    drawn: dict[int, list[RecipientId]] = defaultdict(list)
    for member in group.members:
        drawn[draw_below(width, seed, member, group.schedule.id, day, "minute")].append(member)
    return tuple((minute, tuple(members)) for minute, members in sorted(drawn.items()))


def _slot(group: Group, member: RecipientId, day: date, ordinal: int, wall: time, instant: Instant) -> Slot:
    key = SlotKey(recipient=member, schedule=group.schedule.id, local_date=day, ordinal=ordinal)
    return Slot(key=key, due=instant.at, wall=wall, moved=instant.moved)
