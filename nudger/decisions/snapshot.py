"""The agenda: all that deciding needs to know, in memory, replaced as a whole when the configuration changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from nudger.decisions.choosing.options import Shelf, make_shelf
from nudger.decisions.planning.groups import Roster, build_roster
from nudger.decisions.planning.plan import slots
from nudger.domain.catalog import Catalog
from nudger.domain.crisis_lines import CrisisLines
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Priority, Schedule, Slot
from nudger.domain.vocabulary import RecipientId, ScheduleId

AHEAD = timedelta(hours=48)
"""How far ahead slots that matter more are looked for: as far as a nudge can wait, and to the end of that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorWords:
    """What the operator's settings put into messages. `crisis_line` is their own sentence, or ''."""

    service: str
    contact: str
    crisis_line: str
    local_service: str = ""
    crisis_lines: CrisisLines = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Agenda:
    """Everything that deciding needs to know, in memory: replaced as a whole when the configuration changes."""

    schedules: Mapping[ScheduleId, Schedule]
    recipients: Mapping[RecipientId, Recipient]
    roster: Roster
    shelf: Shelf
    words: OperatorWords
    seed: str
    installation: str
    limits: Limits = NO_LIMITS
    learning: bool = False
    """Whether the chances of practices are learned from what comes back."""

    restrained: bool = False
    """Whether anybody has limits that depend on what else they got: if not, nothing is looked up before the wire."""
    urgent: Roster = ()
    """The groups of schedules that matter more than another, where that can make a difference."""

    def limits_of(self, person: Recipient) -> Limits:
        """Return what counts for a person: the operator's limits, tightened by their own."""
        return self.limits.tightened(person.limits)

    def priority_of(self, schedule: ScheduleId) -> Priority:
        """Return a schedule's priority; the first hello and tests have the ordinary one."""
        known = self.schedules.get(schedule)
        return known.priority if known else Priority.NORMAL

    def owes(self, slot: Slot) -> bool:
        """Say whether a slot is anything to the person: nobody is owed what came before they joined."""
        return self.recipients[slot.recipient].has_joined_by(slot.local_date)


def build_agenda(
    catalog: Catalog, recipients: Iterable[Recipient], *, words: OperatorWords, seed: str, installation: str
) -> Agenda:
    """Put together the operator's catalog and the people to serve."""
    agenda = Agenda(
        schedules={schedule.id: schedule for schedule in catalog.schedules},
        recipients={},
        roster=(),
        shelf=make_shelf(catalog.messages),
        words=words,
        seed=seed,
        installation=installation,
        limits=catalog.limits,
        learning=catalog.learning,
    )
    return serving(agenda, recipients)


def serving(agenda: Agenda, recipients: Iterable[Recipient]) -> Agenda:
    """Return the same agenda for these people instead."""
    people = {recipient.id: recipient for recipient in recipients}
    restrained = agenda.limits.restrain or any(p.limits is not None and p.limits.restrain for p in people.values())
    schedules = tuple(agenda.schedules.values())
    lowest = min((schedule.priority for schedule in schedules), default=Priority.NORMAL)
    roster = build_roster(schedules, people.values())
    return replace(
        agenda,
        recipients=people,
        roster=roster,
        restrained=restrained,
        urgent=tuple(group for group in roster if _keeps_a_place(group.schedule, lowest)) if restrained else (),
    )


def ahead_of(agenda: Agenda, name: RecipientId, *, now: datetime) -> list[tuple[datetime, ScheduleId]]:
    """Return when schedules that matter more fall due for one person, as far ahead as a nudge can wait."""
    roster = _urgent_of(agenda, name) if agenda.urgent and name in agenda.recipients else ()
    return [(slot.due, slot.schedule) for slot in slots(roster, since=now, until=now + AHEAD, seed=agenda.seed)]


@lru_cache(maxsize=4096)
def _urgent_of(agenda: Agenda, name: RecipientId) -> Roster:
    schedules = {group.schedule.id: group.schedule for group in agenda.urgent}
    return build_roster(tuple(schedules.values()), [agenda.recipients[name]])


def _keeps_a_place(schedule: Schedule, lowest: Priority) -> bool:
    """Say whether others make room for it beforehand; not for what may well not come, because it has a condition."""
    return schedule.priority > lowest and schedule.only_if is None
