"""The snapshot: all that deciding needs to know, in memory, replaced as a whole when the configuration changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from nudger.decisions.choosing.options import MessageIndex, index_messages
from nudger.decisions.planning.groups import Groups, build_groups
from nudger.decisions.planning.plan import slots
from nudger.domain.catalog import Catalog
from nudger.domain.crisis_lines import CrisisLines
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Priority, Schedule, Slot
from nudger.domain.vocabulary import Channel, Purpose, RecipientId, ScheduleId

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
class Snapshot:
    """Everything that deciding needs to know, in memory: replaced as a whole when the configuration changes."""

    schedules: Mapping[ScheduleId, Schedule]
    recipients: Mapping[RecipientId, Recipient]
    roster: Groups
    message_index: MessageIndex
    words: OperatorWords
    seed: str
    installation: str
    limits: Limits = NO_LIMITS
    learning: bool = False
    """Whether the chances of practices are learned from what comes back."""

    restrained: bool = False
    """Whether anybody has limits that depend on what else they got: if not, nothing is looked up before the wire."""
    urgent: Groups = ()
    """The groups of schedules that matter more than another, where that can make a difference."""

    def limits_of(self, person: Recipient) -> Limits:
        """Return what counts for a person: the operator's limits, tightened by their own."""
        return self.limits.tightened(person.limits)

    def priority_of(self, schedule: ScheduleId) -> Priority:
        """Return a schedule's priority; the first hello and tests have the ordinary one."""
        known = self.schedules.get(schedule)
        return known.priority if known else Priority.NORMAL

    def message_for(self, purpose: Purpose, person: Recipient, channel: Channel) -> Message | None:
        """Return the message that says something of the service's own to a person; None where there is none."""
        return self.message_index.for_purpose(purpose, person.language, channel)

    def is_due_to(self, slot: Slot) -> bool:
        """Say whether a slot is anything to the person: nobody is owed what came before they joined."""
        return self.recipients[slot.recipient].has_joined_by(slot.local_date)


def build_snapshot(
    catalog: Catalog, recipients: Iterable[Recipient], *, words: OperatorWords, seed: str, installation: str
) -> Snapshot:
    """Put together the operator's catalog and the people to serve."""
    snapshot = Snapshot(
        schedules={schedule.id: schedule for schedule in catalog.schedules},
        recipients={},
        roster=(),
        message_index=index_messages(catalog.messages),
        words=words,
        seed=seed,
        installation=installation,
        limits=catalog.limits,
        learning=catalog.learning,
    )
    return with_recipients(snapshot, recipients)


def with_recipients(snapshot: Snapshot, recipients: Iterable[Recipient]) -> Snapshot:
    """Return the same snapshot for these people instead."""
    people = {recipient.id: recipient for recipient in recipients}
    restrained = snapshot.limits.restrain or any(p.limits is not None and p.limits.restrain for p in people.values())
    schedules = tuple(snapshot.schedules.values())
    lowest = min((schedule.priority for schedule in schedules), default=Priority.NORMAL)
    roster = build_groups(schedules, people.values())
    return replace(
        snapshot,
        recipients=people,
        roster=roster,
        restrained=restrained,
        urgent=tuple(group for group in roster if _keeps_a_place(group.schedule, lowest)) if restrained else (),
    )


def upcoming_priority_slots(
    snapshot: Snapshot, name: RecipientId, *, now: datetime
) -> list[tuple[datetime, ScheduleId]]:
    """Return when schedules that matter more fall due for one person, as far ahead as a nudge can wait."""
    roster = _urgent_of(snapshot, name) if snapshot.urgent and name in snapshot.recipients else ()
    return [(slot.due, slot.schedule) for slot in slots(roster, since=now, until=now + AHEAD, seed=snapshot.seed)]


@lru_cache(maxsize=4096)
def _urgent_of(snapshot: Snapshot, name: RecipientId) -> Groups:
    schedules = {group.schedule.id: group.schedule for group in snapshot.urgent}
    return build_groups(tuple(schedules.values()), [snapshot.recipients[name]])


def _keeps_a_place(schedule: Schedule, lowest: Priority) -> bool:
    """Say whether others make room for it beforehand; not for what may well not come, because it has a condition."""
    return schedule.priority > lowest and schedule.only_if is None
