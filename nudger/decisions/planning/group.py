"""A group: people of one schedule for whom its calendar is the same, and what was lately worked out for them.

What is worked out is kept where it belongs, and goes when its owner goes: dates and instants with the calendar, which
a group keeps as people come and leave; draws with the group.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from nudger.decisions.planning.dates import cron_times, dates_for
from nudger.domain.calendar import Instant, resolve
from nudger.domain.recipients import WEEKEND, Recipient
from nudger.domain.schedules import At, Between, Cron, Schedule, asks_for_holidays
from nudger.domain.vocabulary import RecipientId

_DAY = timedelta(days=1)
_NOON = time(12)
_MOST = 16
"""So many days or spans are kept: a tick asks for four, and for two more where it looks ahead."""

Walls = tuple[time, ...]
Landing = tuple[int, time, Instant]
"""Which of the day's times it is, what the clock on the wall shows, and where that lands."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupCalendar:
    """When a schedule happens for people for whom that is the same; `example` stands for any of them.

    For `At`, the walls are the times; for `Between`, its two ends; for `Cron`, nothing.
    """

    schedule: Schedule
    zone: ZoneInfo
    local_times: Walls
    weekend_walls: Walls
    example: Recipient
    _dates: dict[tuple[date, date], tuple[date, ...]] = field(init=False, repr=False, default_factory=dict)
    _alone: dict[date, tuple[Landing, ...]] = field(init=False, repr=False, default_factory=dict)
    _landings: dict[date, tuple[Landing, ...]] = field(init=False, repr=False, default_factory=dict)

    @cached_property
    def drawn(self) -> bool:
        """Whether people of one group have their slots at different moments."""
        recurrence = self.schedule.recurrence
        if isinstance(recurrence, Cron):
            return False
        return isinstance(recurrence.times, Between) or bool(recurrence.times.jitter or recurrence.times.spread)

    @property
    def times(self) -> At | Between:
        """What the times of day are drawn from. A cron expression has nothing to draw, and asking is a bug."""
        assert not isinstance(self.schedule.recurrence, Cron)
        return self.schedule.recurrence.times

    @cached_property
    def latest(self) -> timedelta:
        """How much later than its time of day a slot can fall due."""
        recurrence = self.schedule.recurrence
        if isinstance(recurrence, Cron) or isinstance(recurrence.times, Between):
            return timedelta(0)
        return recurrence.times.jitter + recurrence.times.spread

    def local_times_on(self, day: date) -> Walls:
        """Return the times of day that count on a date."""
        return self.weekend_walls if day.weekday() in WEEKEND else self.local_times

    def span(self, since: datetime, until: datetime) -> tuple[date, date]:
        """Return the first and the last date of which a slot can fall due in (since, until].

        Back from `since` by elapsed time, not by dates: a zone may have skipped the one before.
        """
        first = (since - _DAY - self.latest).astimezone(self.zone).date()
        return first, until.astimezone(self.zone).date() + _DAY

    def dates(self, first: date, last: date) -> tuple[date, ...]:
        """Return the dates of the schedule: a tick asks several times, and all ticks of a day ask for the same ones."""
        return _remembered(self._dates, (first, last), self._find_dates)

    def on(self, day: date) -> bool:
        """Say whether a date is one of the schedule's."""
        return day in self.dates(day, day)

    def landings(self, day: date) -> tuple[Landing, ...]:
        """Resolve the times of a day. Of those that land on one instant, the one that no gap moved stays, or the first.

        A gap at midnight moves times onto the next day, where others may be: they are looked at as well.
        """
        return _remembered(self._landings, day, self._land)

    def landings_alone(self, day: date) -> tuple[Landing, ...]:
        """Resolve the times of one day; of those that land on one instant, one stays."""
        return _remembered(self._alone, day, self._land_alone)

    def reach(self, day: date) -> tuple[datetime, datetime] | None:
        """Return the first and the last instant that a draw of a day can fall on; None where the zone skipped it."""
        if isinstance(self.times, Between):
            ends = [resolve(day, wall, self.zone) for wall in self.local_times_on(day)]
            first, last = ends[0], ends[-1]
            return (first.at, max(first.at, last.at)) if first and last else None
        found = [instant.at for _, _, instant in self.landings_alone(day)]
        return (min(found), max(found) + self.latest) if found else None

    def near(self, day: date) -> list[date]:
        """Return the other dates of the schedule whose draws can fall on one instant with a draw of this day."""
        furthest = 2 + self.latest // _DAY  # the one next to it, or the one behind that, where the zone skipped it
        around = (day + step * _DAY for step in range(-furthest, furthest + 1) if step)
        return [other for other in around if self.on(other) and self._meet(day, other)]

    def _meet(self, day: date, other: date) -> bool:
        mine, others = self.reach(day), self.reach(other)
        return mine is not None and others is not None and mine[0] <= others[1] and others[0] <= mine[1]

    def _find_dates(self, span: tuple[date, date]) -> tuple[date, ...]:
        first, last = span
        recurrence = self.schedule.recurrence
        if isinstance(recurrence, Cron):
            return tuple(first + n * _DAY for n in range((last - first).days + 1))
        return dates_for(recurrence, self.example, first, last)

    def _land(self, day: date) -> tuple[Landing, ...]:
        mine = self.landings_alone(day)
        if not any(instant.moved for _, _, instant in mine):
            return mine
        before, following = self._instants(self._beside(day, -_DAY)), self._instants(self._beside(day, _DAY))
        return tuple(
            each for each in mine if not each[2].moved or (each[2].at not in before and following.get(each[2].at, True))
        )

    def _beside(self, day: date, step: timedelta) -> date:
        """Return the next date that there is in the zone."""
        other = day + step
        return other if resolve(other, _NOON, self.zone) else other + step

    def _instants(self, day: date) -> dict[datetime, bool]:
        """Return the instants of a day, if it is one of the schedule's, and whether a gap moved something there."""
        return {each.at: each.moved for _, _, each in self.landings_alone(day)} if self.on(day) else {}

    def _land_alone(self, day: date) -> tuple[Landing, ...]:
        found: dict[datetime, Landing] = {}
        for ordinal, wall in enumerate(self._walls(day)):
            instant = resolve(day, wall, self.zone)
            if instant is not None and (instant.at not in found or (found[instant.at][2].moved and not instant.moved)):
                found[instant.at] = (ordinal, wall, instant)
        return tuple(found.values())

    def _walls(self, day: date) -> Walls:
        recurrence = self.schedule.recurrence
        if not isinstance(recurrence, Cron):
            return self.local_times_on(day)
        return cron_times(recurrence, day, region=self.example.region if asks_for_holidays(recurrence) else None)


class Draw(NamedTuple):
    """What several members of a group have at one moment of a day."""

    due: datetime
    ordinal: int
    wall: time
    moved: bool
    members: tuple[RecipientId, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Everybody of one schedule for whom the calendar is the same."""

    calendar: GroupCalendar
    members: tuple[RecipientId, ...]
    drawn: dict[tuple[date, str], tuple[Draw, ...]] = field(init=False, repr=False, default_factory=dict)
    """What the members drew on a day, by the installation's seed (`draws`)."""

    drawn_alone: dict[tuple[date, str], tuple[Draw, ...]] = field(init=False, repr=False, default_factory=dict)

    @property
    def schedule(self) -> Schedule:
        """The schedule that they are of."""
        return self.calendar.schedule

    def of(self, *members: RecipientId) -> "Group":
        """Return the group with these members alone."""
        return Group(calendar=self.calendar, members=members)


def _remembered(known: dict[Key, Value], key: Key, work: Callable[[Key], Value]) -> Value:
    """Return what is known, or work it out. When there is no room, all goes: what is asked for comes back at once."""
    found = known.get(key)
    if found is None:
        if len(known) >= _MOST:
            known.clear()
        found = known[key] = work(key)
    return found
