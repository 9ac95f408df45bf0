"""Planning: which slots fall due in a span of time. Computed per group of people, never per person.

A group is everybody of one schedule for whom the calendar is the same: zone, times of day, and what else the schedule
asks for. (One trigger per person costs 25 s and 340 MB for 100,000 people; groups cost 0.05 s and 1 MB.)

What holds, for any way to cut time into ticks: `slots(a, b) + slots(b, c) == slots(a, c)`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nudger.decisions.planning.draws import draws_due
from nudger.decisions.planning.group import Group
from nudger.domain.calendar import require_utc
from nudger.domain.schedules import Slot
from nudger.domain.vocabulary import RecipientId, ScheduleId


def slots(roster: Iterable[Group], *, since: datetime, until: datetime, seed: str) -> list[Slot]:
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


def next_due(roster: Iterable[Group], *, since: datetime, until: datetime, seed: str) -> datetime | None:
    """Return the first instant in (since, until] at which a slot is due, or None."""
    return min((batch.due for batch in _batches(roster, since, until, seed)), default=None)


def crowds(
    roster: Iterable[Group], *, since: datetime, until: datetime, seed: str
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


def _batches(roster: Iterable[Group], since: datetime, until: datetime, seed: str) -> Iterator[_Batch]:
    spans: dict[tuple[ZoneInfo, timedelta], tuple[date, date]] = {}
    for group in roster:
        calendar = group.calendar
        where = (calendar.zone, calendar.latest)
        if where not in spans:
            spans[where] = calendar.span(since, until)
        name, drawn = calendar.schedule.id, calendar.drawn
        for day in calendar.dates(*spans[where]):
            if drawn:
                for due, ordinal, wall, moved, members in draws_due(group, day, since, until, seed):
                    yield _Batch(name, day, ordinal, wall, due, moved, members)
                continue
            for ordinal, wall, instant in calendar.landings(day):
                if since < instant.at <= until:
                    yield _Batch(name, day, ordinal, wall, instant.at, instant.moved, group.members)
