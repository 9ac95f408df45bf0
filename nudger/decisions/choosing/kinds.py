"""Kinds of person: people for whom, as far as the schedules ask, everything comes alike.

Whoever wants to know what a configuration will do need not ask for 100,000 people, only for each kind of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import NamedTuple

from nudger.decisions.choosing.foresight import asked_in, tests_of
from nudger.domain import legal_hours
from nudger.domain.limits import Limits
from nudger.domain.messages import Message
from nudger.domain.recipients import HardDay, Pause, QuietHours, Recipient
from nudger.domain.schedules import At, Between, Calendar, Schedule, asks_for_holidays
from nudger.domain.vocabulary import Channel, RecipientId

_SHOWN = 3
_DAY = timedelta(days=1)
_DAYS = (date(2026, 11, 23), date(2026, 11, 28), date(2026, 11, 29))
"""A weekday, a Saturday and a Sunday: legal hours tell no more of them apart."""

_MADE_UP = RecipientId("somebody")
_MADE_UP_PLACE = "DE"
"""Somewhere with public holidays, and without legal hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """People for whom everything comes alike: some of them, the one who joined last first, and how many there are.

    One that is `made_up` stands for an audience in which nobody is yet.
    """

    people: tuple[Recipient, ...]
    count: int
    made_up: bool = False

    @property
    def example(self) -> Recipient:
        """One of them, for all."""
        return self.people[0]


class _Wanted(NamedTuple):
    """What of a person makes a difference to the schedules."""

    moments: frozenset[str]
    groups: frozenset[str]
    names: frozenset[RecipientId]
    goals: frozenset[str]
    supporter: bool
    region: bool
    joined: bool


class _Traits(NamedTuple):
    """What people of one kind have in common."""

    zone: str
    moments: tuple[tuple[str, time], ...]
    weekend_moments: tuple[tuple[str, time], ...]
    quiet_hours: QuietHours | None
    weekend_quiet_hours: QuietHours | str | None
    language: str
    addresses: tuple[bool, bool]
    prefer: Channel | None
    groups: frozenset[str]
    name: RecipientId | None
    limits: Limits | None
    goals: frozenset[str] | None
    supporter: bool | None
    region: str | None
    joined: date | None
    pauses: tuple[Pause, ...]
    hard_days: tuple[HardDay, ...]
    legal: tuple[object, ...]


def kinds_of(
    people: Iterable[Recipient],
    schedules: Sequence[Schedule],
    messages: Sequence[Message] = (),
    *,
    today: date,
    fine: bool = True,
) -> list[Kind]:
    """Sort people into kinds, the largest first. Whoever has no date of joining joins today.

    Unless it is `fine`, single days of theirs (pauses, hard days) and the legal hours of their region do not count.
    """
    wanted = _wanted(schedules, messages)
    found: dict[_Traits, list[Recipient]] = {}
    counts: dict[_Traits, int] = {}
    for person in people:
        here = person if person.joined else replace(person, joined=today)
        traits = _traits(here, wanted, today, fine=fine)
        counts[traits] = counts.get(traits, 0) + 1
        some = found.setdefault(traits, [])
        if len(some) < _SHOWN:
            some.append(here)
        elif (here.joined or today) > max(each.joined or today for each in some):
            some[-1] = here
    kinds = [Kind(people=tuple(sorted(some, key=_newest_first)), count=counts[t]) for t, some in found.items()]
    return sorted(kinds, key=lambda kind: -kind.count)


def _newest_first(person: Recipient) -> int:
    return -(person.joined or date.min).toordinal()


def made_up_kinds(
    kinds: Sequence[Kind], schedules: Sequence[Schedule], *, language: str, today: date
) -> list[tuple[Kind, list[Schedule]]]:
    """Return a kind for each audience in which nobody is, with its schedules: whoever comes, with everything usual."""
    empty: dict[tuple[bool, frozenset[str]], list[Schedule]] = {}
    for schedule in schedules:
        audience = schedule.audience
        if not any(audience.includes(kind.example) for kind in kinds) and (audience.everyone or audience.groups):
            empty.setdefault((audience.everyone, audience.groups), []).append(schedule)
    return [(_made_up(groups, language, today), theirs) for (_, groups), theirs in empty.items()]


def _made_up(groups: frozenset[str], language: str, today: date) -> Kind:
    person = Recipient(
        id=_MADE_UP,
        time_zone="UTC",
        sms="+491510000000",
        email="somebody@example.org",
        language=language,
        groups=groups,
        region=_MADE_UP_PLACE,
        joined=today,
    )
    return Kind(people=(person,), count=1, made_up=True)


def _wanted(schedules: Sequence[Schedule], messages: Sequence[Message]) -> _Wanted:
    askers: list[Schedule | Message] = [*schedules, *messages]
    conditions = [condition for each in askers for condition in (each.only_if, each.skip_if)]
    asked = asked_in(*conditions)
    words = {
        name: frozenset[str]().union(
            *(test.words for each in conditions for test in tests_of(each) if test.variable == name)
        )
        for name in ("groups", "goals")
    }
    return _Wanted(
        moments=frozenset(name for each in schedules for name in _moments(each)),
        groups=frozenset[str]().union(words["groups"], *(each.audience.groups for each in schedules)),
        names=frozenset[RecipientId]().union(*(each.audience.recipients for each in schedules)),
        goals=words["goals"],
        supporter="has_supporter" in asked,
        region="public_holiday" in asked or any(asks_for_holidays(each.recurrence) for each in schedules),
        joined="days_since_joined" in asked,
    )


def _moments(schedule: Schedule) -> Iterator[str]:
    times = schedule.recurrence.times if isinstance(schedule.recurrence, Calendar) else At(times=())
    local_times = (times.start, times.end) if isinstance(times, Between) else times.times
    yield from (wall for wall in local_times if isinstance(wall, str))


def _traits(person: Recipient, wanted: _Wanted, today: date, *, fine: bool) -> _Traits:
    return _Traits(
        zone=person.time_zone,
        moments=tuple(sorted(each for each in person.moments if each[0] in wanted.moments)),
        weekend_moments=tuple(sorted(each for each in person.weekend_moments if each[0] in wanted.moments)),
        quiet_hours=person.quiet_hours,
        weekend_quiet_hours=person.weekend_quiet_hours,
        language=person.language,
        addresses=(person.sms is not None, person.email is not None),
        prefer=person.prefer,
        groups=person.groups & wanted.groups,
        name=person.id if person.id in wanted.names else None,
        limits=person.limits,
        goals=person.goals & wanted.goals if person.goals else None,
        supporter=person.supporter is not None if wanted.supporter else None,
        region=person.region if wanted.region else None,
        joined=person.joined if person.joined and (wanted.joined or person.joined > today) else None,
        pauses=tuple(pause for pause in person.pauses if fine and pause.last >= today - _DAY),
        hard_days=person.hard_days if fine else (),
        legal=_legal(person) if fine and person.sms else (),
    )


def _legal(person: Recipient) -> tuple[object, ...]:
    regions = legal_hours.regions(person.region, person.sms, person.time_zone)
    return tuple(legal_hours.window(regions, day) for day in _DAYS)
