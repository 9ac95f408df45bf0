"""What a new configuration changes: for the operator to read, and for slots that it moves across the present."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta

from nudger.decisions.draw import seed_of
from nudger.decisions.planning.group import Group
from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import slots
from nudger.decisions.snapshot import Snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule, Slot, SlotKey
from nudger.domain.vocabulary import RecipientId, ScheduleId

_WEEK = timedelta(days=7)
_REACH = timedelta(hours=37)
"""How far a slot can jump while its local date stays: a day, and the widest step between two time zones."""

_SMALL = 4
"""With fewer than this, taking half away is an ordinary edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs between two configurations. `coming`: slots of the next seven days that came, went or moved."""

    added: tuple[ScheduleId, ...] = ()
    removed: tuple[ScheduleId, ...] = ()
    moved: tuple[ScheduleId, ...] = ()
    people_added: int = 0
    people_removed: int = 0
    people_changed: int = 0
    messages: int = 0
    coming: int = 0


@dataclass(frozen=True, slots=True)
class _Affected:
    """The schedules and people for whom the calendar can differ, as they were and as they are."""

    before: tuple[Slot, ...]
    after: tuple[Slot, ...]


def compare(old: Snapshot, new: Snapshot, *, now: datetime) -> Changes:
    """Return what a change from one snapshot to another does."""
    affected = _affected(old, new, since=now, until=now + _WEEK)
    before = {(slot.key, slot.due) for slot in affected.before}
    after = {(slot.key, slot.due) for slot in affected.after}
    both = old.recipients.keys() & new.recipients.keys()
    return Changes(
        added=tuple(name for name in new.schedules if name not in old.schedules),
        removed=tuple(name for name in old.schedules if name not in new.schedules),
        moved=tuple(_moved(old, new)),
        people_added=len(new.recipients.keys() - both),
        people_removed=len(old.recipients.keys() - both),
        people_changed=sum(old.recipients[name] != new.recipients[name] for name in both),
        messages=len(set(old.message_index.messages) ^ set(new.message_index.messages)),
        coming=len({key for key, _ in before ^ after}),
    )


def moved_past(old: Snapshot, new: Snapshot, *, watermark: datetime) -> list[Slot]:
    """Return slots that were still to come and now fall due before the watermark, where nobody would look again.

    A traveller's new time zone, another morning, an edited time, new time zone rules: nothing is skipped in silence.
    """
    to_come = _affected(old, new, since=watermark, until=watermark + _REACH).before
    keys: set[SlotKey] = {slot.key for slot in to_come}
    gone_by = _affected(old, new, since=watermark - _REACH, until=watermark).after
    return [slot for slot in gone_by if slot.key in keys]


def timings(schedules: Iterable[Schedule]) -> dict[str, str]:
    """Return a short word for when each schedule happens: another word at the next start means that it was moved."""
    return {schedule.id: seed_of(_in_order(astuple(schedule.recurrence))) for schedule in schedules}


def moved_while_away(
    before: Mapping[str, str], snapshot: Snapshot, people: Collection[RecipientId], *, watermark: datetime
) -> list[Slot]:
    """Return the slots of schedules with another timing than `before` that are over today, for `people` known before.

    While the service runs, `moved_past` knows both snapshots. At a start only the timings of the old one are known, so
    those that have their nudge already are among these slots.
    """
    now = timings(snapshot.schedules.values())
    moved = [schedule for name, schedule in snapshot.schedules.items() if before.get(name, now[name]) != now[name]]
    here = [person for name, person in snapshot.recipients.items() if name in people]
    today = {person.id: watermark.astimezone(person.zone).date() for person in here} if moved else {}
    found = _due(snapshot, build_groups(moved, here), watermark - _REACH, watermark) if moved else []
    return [slot for slot in found if slot.local_date == today[slot.recipient]]


def refusal(old: Catalog, new: Catalog) -> str:
    """Say why a new configuration looks like files cut in half; '' where it does not."""
    pairs = [
        ("schedules", len(old.schedules), len(new.schedules)),
        ("messages", len(old.messages), len(new.messages)),
    ]
    if old.recipients is not None and new.recipients is not None:
        pairs.append(("people", len(old.recipients), len(new.recipients)))
    lost = [f"{before - after} of {before} {noun}" for noun, before, after in pairs if _halved(before, after)]
    return f"{' and '.join(lost)} are gone. If that is meant: nudger reload --force" if lost else ""


def _halved(before: int, after: int) -> bool:
    return 2 * after <= before if before >= _SMALL else before > 0 and after == 0


def _moved(old: Snapshot, new: Snapshot) -> Iterable[ScheduleId]:
    for name, schedule in new.schedules.items():
        before = old.schedules.get(name)
        if before is not None and (before.recurrence, before.audience) != (schedule.recurrence, schedule.audience):
            yield name


def _affected(old: Snapshot, new: Snapshot, *, since: datetime, until: datetime) -> _Affected:
    """Plan only what can differ: what changed in the schedules for everybody, and everything for whoever changed."""
    names = {name for name, schedule in new.schedules.items() if _timing(old.schedules.get(name)) != _timing(schedule)}
    names |= old.schedules.keys() - new.schedules.keys()
    changed = {name for name in new.people_who_differ(old) if _calendar_of(old, name) != _calendar_of(new, name)}
    return _Affected(tuple(_slots(old, names, changed, since, until)), tuple(_slots(new, names, changed, since, until)))


def _timing(schedule: Schedule | None) -> object:
    return schedule and (schedule.recurrence, schedule.audience)


def _in_order(value: object) -> str:
    """Return a value in words that every process has alike: sets come in another order each time."""
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(_in_order, value)))}}}"
    return f"({','.join(map(_in_order, value))})" if isinstance(value, tuple) else repr(value)


def _calendar_of(snapshot: Snapshot, name: RecipientId) -> Recipient | None:
    """Return what of a person the calendar depends on."""
    person = snapshot.recipients.get(name)
    return person and replace(person, name=None, sms=None, email=None, hard_days=(), limits=None, supporter=None)


def _slots(
    snapshot: Snapshot, names: set[ScheduleId], people: set[RecipientId], since: datetime, until: datetime
) -> Iterable[Slot]:
    theirs = tuple(group for group in snapshot.roster if group.schedule.id in names)
    yield from _due(snapshot, theirs, since, until)
    rest = [schedule for name, schedule in snapshot.schedules.items() if name not in names]
    some = [person for name in sorted(people) if (person := snapshot.recipients.get(name)) is not None]
    yield from _due(snapshot, build_groups(rest, some) if some else (), since, until)


def _due(snapshot: Snapshot, roster: Iterable[Group], since: datetime, until: datetime) -> list[Slot]:
    found = slots(roster, since=since, until=until, seed=snapshot.seed)
    return [slot for slot in found if snapshot.is_due_to(slot)]
