"""Everybody of each schedule, sorted into groups for whom its calendar is the same."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nudger.decisions.planning.draws import keep_draws
from nudger.decisions.planning.group import Group, GroupCalendar, Walls
from nudger.domain.recipients import Pause, Recipient
from nudger.domain.schedules import At, Cron, Recurrence, Schedule, WallTime, asks_for_holidays, is_programme
from nudger.domain.vocabulary import RecipientId, ScheduleId

_MINUTE = timedelta(minutes=1)


class _Traits(NamedTuple):
    """What the slots of a schedule can depend on in a person; None for what this schedule does not ask for."""

    zone: str
    local_times: Walls
    weekend_walls: Walls
    region: str | None
    joined: date | None
    pauses: tuple[Pause, ...]


_Sorted = Mapping[_Traits, Group]


class Change(NamedTuple):
    """A person as they were and as they are; None where they were not here, or are not any more."""

    before: Recipient | None
    after: Recipient | None


@dataclass(frozen=True, eq=False)
class Groups:
    """All groups, in the order of their schedules. Never changed: a change makes others, which share what stays."""

    _parts: tuple[tuple[Schedule, _Sorted], ...] = ()

    def __iter__(self) -> Iterator[Group]:
        for _, found in self._parts:
            yield from found.values()

    def of(self, person: Recipient, *, schedules: Container[ScheduleId]) -> list[Group]:
        """Return the groups of one person in some schedules, each without the others."""
        asked = ((schedule, found) for schedule, found in self._parts if schedule.id in schedules)
        mine = (found.get(traits) for schedule, found in asked if (traits := _traits_in(schedule, person)))
        return [group.of(person.id) for group in mine if group is not None]

    def with_changes(self, changes: Sequence[Change]) -> "Groups":
        """Return the groups after some people changed: only those that somebody came to or left are others."""
        return Groups(tuple((schedule, _changed(schedule, found, changes)) for schedule, found in self._parts))


def build_groups(schedules: Iterable[Schedule], recipients: Iterable[Recipient]) -> Groups:
    """Sort everybody into groups. One pass over the people; schedules keep their order."""
    sorts: list[tuple[Schedule, dict[_Traits, list[RecipientId]]]]
    sorts = [(schedule, defaultdict(list)) for schedule in schedules]
    for person in recipients:
        for schedule, members in sorts:
            if schedule.audience.includes(person):
                members[_traits(schedule, person)].append(person.id)
    return Groups(tuple((schedule, _grouped(schedule, members)) for schedule, members in sorts))


def _grouped(schedule: Schedule, sorts: Mapping[_Traits, Sequence[RecipientId]]) -> _Sorted:
    return {
        traits: Group(calendar=_calendar(schedule, traits), members=tuple(members)) for traits, members in sorts.items()
    }


def _calendar(schedule: Schedule, traits: _Traits) -> GroupCalendar:
    # Made of nothing but the traits, and of nobody: that nothing else counts is plain, and nobody's name is kept.
    example = Recipient(
        id=RecipientId(""),
        time_zone=traits.zone,
        region=traits.region,
        joined=traits.joined,
        pauses=traits.pauses,
    )
    return GroupCalendar(
        schedule=schedule,
        zone=ZoneInfo(traits.zone),
        local_times=traits.local_times,
        weekend_walls=traits.weekend_walls,
        example=example,
    )


def _changed(schedule: Schedule, found: _Sorted, changes: Sequence[Change]) -> _Sorted:
    came: dict[_Traits, dict[RecipientId, None]] = defaultdict(dict)
    left: dict[_Traits, set[RecipientId]] = defaultdict(set)
    for before, after in changes:
        old, new = _traits_in(schedule, before), _traits_in(schedule, after)
        if old == new:
            continue
        if old is not None and before is not None:
            left[old].add(before.id)
        if new is not None and after is not None:
            came[new][after.id] = None
    if not came and not left:
        return found
    fresh = dict(found)
    for traits in [*left, *(each for each in came if each not in left)]:
        group = fresh.get(traits) or Group(calendar=_calendar(schedule, traits), members=())
        members = _members(group, came[traits], left[traits])
        if members:
            fresh[traits] = after_group = Group(calendar=group.calendar, members=members)
            keep_draws(group, after_group, came=came[traits], left=left[traits])
        else:
            del fresh[traits]
    return fresh


def _members(group: Group, came: Iterable[RecipientId], left: set[RecipientId]) -> tuple[RecipientId, ...]:
    stayed = (name for name in group.members if name not in left) if left else group.members
    return (*stayed, *came)


def _traits_in(schedule: Schedule, person: Recipient | None) -> _Traits | None:
    """Return what tells a person's group; None for somebody whom the schedule is not for."""
    return _traits(schedule, person) if person is not None and schedule.audience.includes(person) else None


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
