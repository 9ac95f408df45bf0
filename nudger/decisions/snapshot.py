"""The snapshot: all that deciding needs to know, in memory.

Replaced as a whole when the configuration changes. When a few people do, the next one shares all else with it: their
schedules' groups apart, and what was worked out for them. Nothing outside of it remembers by it, so that it goes when
nobody serves from it any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from nudger.decisions.choosing.options import MessageIndex, index_messages
from nudger.decisions.planning.group import Group
from nudger.decisions.planning.groups import Change, Groups, build_groups
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
    """Everything that deciding needs to know, in memory. Never changed: `with_changes` makes the next one."""

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

    restrained_by_themselves: int = 0
    """How many people have limits of their own that depend on what else they got."""

    @property
    def restrained(self) -> bool:
        """Whether anybody has limits that depend on what else they got: if not, it need not be looked up."""
        return self.limits.restrain or self.restrained_by_themselves > 0

    @cached_property
    def urgent(self) -> tuple[Group, ...]:
        """The groups of schedules that matter more than another, where that can make a difference."""
        urgent = self._urgent_schedules
        return tuple(group for group in self.roster if group.schedule.id in urgent) if urgent else ()

    @cached_property
    def _urgent_schedules(self) -> frozenset[ScheduleId]:
        schedules = self.schedules.values() if self.restrained else ()
        lowest = min((schedule.priority for schedule in schedules), default=Priority.NORMAL)
        return frozenset(schedule.id for schedule in schedules if _keeps_a_place(schedule, lowest))

    def urgent_of(self, person: Recipient) -> list[Group]:
        """Return one person's groups among the urgent ones, each without the others."""
        return self.roster.of(person, schedules=self._urgent_schedules)

    def with_recipient(self, person: Recipient) -> "Snapshot":
        """Return the snapshot with one person as they are now, known before or not."""
        return self.with_changes([person])

    def without(self, person: RecipientId) -> "Snapshot":
        """Return the snapshot without one person."""
        return self.with_changes([], gone=[person])

    def with_changes(self, people: Iterable[Recipient], *, gone: Iterable[RecipientId] = ()) -> "Snapshot":
        """Return the snapshot with these people as they are now, and without those who are `gone`.

        Costs what they and their groups cost, however many others there are.
        """
        known = self.recipients
        changes = [Change(known.get(person.id), person) for person in people if known.get(person.id) != person]
        changes += [Change(known[name], None) for name in gone if name in known]
        if not changes:
            return self
        here = dict(known)
        for before, after in changes:
            if after is not None:
                here[after.id] = after
            elif before is not None:
                del here[before.id]
        return replace(
            self,
            recipients=here,
            roster=self.roster.with_changes(changes),
            restrained_by_themselves=self.restrained_by_themselves + sum(map(_restraint_of, changes)),
        )

    def people_who_differ(self, before: "Snapshot") -> set[RecipientId]:
        """Return who is here and was not, or was and is not, or is another; those who stayed cost next to nothing."""
        mine, theirs = self.recipients, before.recipients
        if mine is theirs:
            return set()
        found = {name for name, person in mine.items() if (old := theirs.get(name)) is not person and old != person}
        return found | (theirs.keys() - mine.keys())

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
        roster=Groups(),
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
    return replace(
        snapshot,
        recipients=people,
        roster=build_groups(snapshot.schedules.values(), people.values()),
        restrained_by_themselves=sum(map(_restrains, people.values())),
    )


def upcoming_priority_slots(
    snapshot: Snapshot, name: RecipientId, *, now: datetime
) -> list[tuple[datetime, ScheduleId]]:
    """Return when schedules that matter more fall due for one person, as far ahead as a nudge can wait."""
    if not snapshot.urgent or name not in snapshot.recipients:
        return []
    theirs = snapshot.urgent_of(snapshot.recipients[name])
    return [(slot.due, slot.schedule) for slot in slots(theirs, since=now, until=now + AHEAD, seed=snapshot.seed)]


def _restrains(person: Recipient | None) -> bool:
    return person is not None and person.limits is not None and person.limits.restrain


def _restraint_of(change: Change) -> int:
    return _restrains(change.after) - _restrains(change.before)


def _keeps_a_place(schedule: Schedule, lowest: Priority) -> bool:
    """Say whether others make room for it beforehand; not for what may well not come, because it has a condition."""
    return schedule.priority > lowest and schedule.only_if is None
