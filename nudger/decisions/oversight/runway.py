"""How long the words last: for how many days a schedule has messages that a person has not seen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from nudger.decisions.choosing.history import NO_HISTORY, History
from nudger.decisions.planning.pace import WEEKS, times_a_day
from nudger.decisions.snapshot import Snapshot
from nudger.decisions.wording import in_four_weeks
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Calendar, Schedule
from nudger.domain.vocabulary import RecipientId, ScheduleId

SHORT = 14
"""Fewer days than this, and somebody had better write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runway:
    """For how many `days` a schedule has `unseen` messages for a person; after that the longest unseen comes again."""

    recipient: RecipientId
    schedule: ScheduleId
    unseen: int
    days: int


def short_runways(
    snapshot: Snapshot, people: Iterable[RecipientId], histories: Mapping[RecipientId, History], *, now: datetime
) -> list[Runway]:
    """Return for each of these people the schedule whose words end first, if that is in less than `SHORT` days.

    Leaves out series, which are meant to end, and schedules with a condition, whose pace nobody knows.
    """
    found = []
    for name in people:
        runways = _runways(snapshot, snapshot.recipients[name], histories.get(name, NO_HISTORY), now)
        found += sorted((each for each in runways if each.days < SHORT), key=_days)[:1]
    return sorted(found, key=lambda each: (each.days, each.recipient))


def _days(runway: Runway) -> int:
    return runway.days


def _runways(snapshot: Snapshot, person: Recipient, history: History, now: datetime) -> Iterator[Runway]:
    """Yield how long each schedule's words last, but for those that last long enough however often it comes."""
    today = now.astimezone(person.zone).date()
    for schedule in snapshot.schedules.values():
        if not _counts(schedule, person):
            continue
        channel = person.channel_for(schedule.channel)
        if channel is None:
            continue
        unseen = len(snapshot.message_index.keys(schedule.selection, person.language, channel) - history.seen.keys())
        if isinstance(schedule.recurrence, Calendar) and unseen >= SHORT * times_a_day(schedule.recurrence):
            continue  # nearly all of them, nearly always: the dates need not be worked out
        if comes := in_four_weeks(schedule, person, today):
            days = unseen * WEEKS * 7 // comes
            yield Runway(recipient=person.id, schedule=schedule.id, unseen=unseen, days=days)


def _counts(schedule: Schedule, person: Recipient) -> bool:
    return schedule.only_if is None and not schedule.selection.in_order and schedule.audience.includes(person)
