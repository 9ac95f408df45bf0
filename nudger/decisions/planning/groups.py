"""The roster: everybody of a schedule, sorted into groups for whom its calendar is the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nudger.domain.recipients import WEEKEND, Pause, Recipient
from nudger.domain.schedules import At, Cron, Recurrence, Schedule, WallTime, asks_for_holidays, is_programme
from nudger.domain.vocabulary import RecipientId

_MINUTE = timedelta(minutes=1)
Walls = tuple[time, ...]


class _Traits(NamedTuple):
    """What the slots of a schedule can depend on in a person; None for what this schedule does not ask for."""

    zone: str
    local_times: Walls
    weekend_walls: Walls
    place: str | None
    joined: date | None
    pauses: tuple[Pause, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Everybody of one schedule for whom the calendar is the same; `example` is one of them.

    For `At`, the walls are the times; for `Between`, its two ends; for `Cron`, nothing.
    Compared by identity, so that it can be a cheap key of a cache.
    """

    schedule: Schedule
    zone: ZoneInfo
    local_times: Walls
    weekend_walls: Walls
    example: Recipient
    members: tuple[RecipientId, ...]

    def local_times_on(self, day: date) -> Walls:
        """Return the times of day that count on a date."""
        return self.weekend_walls if day.weekday() in WEEKEND else self.local_times


Groups = tuple[Group, ...]


def build_groups(schedules: Sequence[Schedule], recipients: Iterable[Recipient]) -> Groups:
    """Sort everybody into groups. One pass over the people; schedules keep their order."""
    groups: list[dict[_Traits, list[Recipient]]] = [defaultdict(list) for _ in schedules]
    for recipient in recipients:
        for schedule, found in zip(schedules, groups, strict=True):
            if schedule.audience.includes(recipient):
                found[_traits(schedule, recipient)].append(recipient)
    return tuple(
        Group(
            schedule=schedule,
            zone=ZoneInfo(traits.zone),
            local_times=traits.local_times,
            weekend_walls=traits.weekend_walls,
            example=people[0],
            members=tuple(person.id for person in people),
        )
        for schedule, found in zip(schedules, groups, strict=True)
        for traits, people in found.items()
    )


def _traits(schedule: Schedule, person: Recipient) -> _Traits:
    recurrence = schedule.recurrence
    local_times = _walls(recurrence, person, weekend=False)
    programme = is_programme(recurrence)
    return _Traits(
        person.time_zone,
        local_times,
        _walls(recurrence, person, weekend=True) if person.weekend_moments else local_times,
        person.region if asks_for_holidays(recurrence) else None,
        person.joined if programme else None,
        person.pauses if programme else (),
    )


def _walls(recurrence: Recurrence, person: Recipient, *, weekend: bool) -> Walls:
    if isinstance(recurrence, Cron):
        return ()
    times = recurrence.times
    if isinstance(times, At):
        return tuple(_wall(each, person, weekend=weekend) for each in times.times)
    return _window(_wall(times.start, person, weekend=weekend), _wall(times.end, person, weekend=weekend))


def _window(start: time, end: time) -> Walls:
    """A person's own moments may turn a window round; it is then the one minute at its start."""
    if start < end:
        return (start, end)
    return (start, (datetime.combine(date.min, start) + _MINUTE).time() if start < time(23, 59) else time.max)


def _wall(wall: WallTime, person: Recipient, *, weekend: bool) -> time:
    return wall if isinstance(wall, time) else person.moment(wall, weekend=weekend)
