"""Limits and conditions that change nothing, because something else is stricter, or because they always hold."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from nudger.config.checks.references import ParsedFiles
from nudger.config.conditions.read import ONLY_IF, SKIP_IF
from nudger.config.findings import Findings, Position, Written
from nudger.config.limits import place_of_limits
from nudger.config.yaml.tree import Mapping
from nudger.decisions.choosing.conditions import holds
from nudger.decisions.choosing.foresight import CLOCK, always_holds, asked_in, can_hold, can_let_through
from nudger.decisions.choosing.variables import Known, clock_values
from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import crowds, slots
from nudger.domain.limits import Limits
from nudger.domain.messages import Message
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, QuietHours, Recipient
from nudger.domain.schedules import Schedule

_DAY = timedelta(days=1)
_WEEK = 7
_EXAMPLES, _MOST_SLOTS = 20, 4_000


class _Idle(NamedTuple):
    """A limit without effect: its key, and why."""

    key: str
    why: str


def note_without_effect(
    findings: Findings, configuration: ParsedFiles, people: Sequence[Recipient], *, now: datetime
) -> None:
    """Warn of limits and conditions that change nothing, for any of these people in the year from `now` (UTC) on."""
    position = place_of_limits(configuration.schedule_files)
    if position is not None:
        _note_idle(findings, position, _idle_by_itself(configuration.limits, DEFAULT_QUIET_HOURS))
    for person in configuration.people:
        if person.value.limits is not None:
            everyone = configuration.limits
            idle = [
                *_idle_beside(person.value.limits, everyone),
                *_idle_by_itself(everyone.tightened(person.value.limits), person.value.quiet_hours),
            ]
            _note_idle(findings, person.position.at("limits"), idle)
    _note_conditions(findings, configuration.schedules)
    _note_conditions(findings, configuration.messages)
    for schedule in configuration.schedules:
        _note_by_the_clock(findings, schedule, people, now)


def _note_idle(findings: Findings, position: Position, idle: Sequence[_Idle] | Iterator[_Idle]) -> None:
    noted: set[str] = set()
    for key, why in idle:
        if isinstance(position.node, Mapping) and key in position.node.entries and key not in noted:
            noted.add(key)
            findings.warning(position.at(key), f"this limit has no effect: {why}", "Leave it out, or make it stricter.")


def _idle_beside(own: Limits, everyone: Limits) -> Iterator[_Idle]:
    """Yield a person's own limits that are wider than everyone's."""
    for key, mine, theirs in (
        ("per_day", own.per_day, everyone.per_day),
        ("per_week", own.per_week, everyone.per_week),
    ):
        if mine is not None and theirs is not None and mine > theirs:
            yield _Idle(key, f"everyone's is {theirs}, and the stricter counts")
    if timedelta(0) < own.gap < everyone.gap:
        yield _Idle("gap", "everyone's is longer, and the stricter counts")


def _idle_by_itself(limits: Limits, quiet: QuietHours | None) -> Iterator[_Idle]:
    """Yield limits that the other ones keep already."""
    a_day, a_week = _most(limits.gap, 1, quiet), _most(limits.gap, _WEEK, quiet)
    if limits.per_day is not None and a_day is not None and limits.per_day > a_day:
        yield _Idle("per_day", f"with such gaps no more than {a_day} fit into a day outside quiet hours")
    if limits.per_week is None:
        return
    daily = min([each for each in (limits.per_day, a_day) if each is not None], default=None)
    if daily is not None and limits.per_week >= _WEEK * daily:
        yield _Idle("per_week", f"{daily} a day are no more than {_WEEK * daily} in seven days")
    elif a_week is not None and limits.per_week > a_week:
        yield _Idle("per_week", f"with such gaps no more than {a_week} fit into seven days")


def _most(gap: timedelta, days: int, quiet: QuietHours | None) -> int | None:
    """Return how many nudges, so far apart, fit into some days outside quiet hours; None where there is no gap."""
    if not gap:
        return None
    awake = (days - 1) * _DAY + _day_outside(quiet)
    return int((awake - timedelta(seconds=1)) / gap) + 1 if awake else 0


def _day_outside(quiet: QuietHours | None) -> timedelta:
    if quiet is None or quiet.start == quiet.end:
        return _DAY
    day = datetime(2024, 1, 1)  # noqa: DTZ001 - wall clock; any will do
    length = datetime.combine(day, quiet.end) - datetime.combine(day, quiet.start)
    return _DAY - (length if length > timedelta(0) else length + _DAY)


def _note_conditions(findings: Findings, written: Sequence[Written[Schedule]] | Sequence[Written[Message]]) -> None:
    for each in written:
        only_if, skip_if = each.value.only_if, each.value.skip_if
        if only_if is not None and always_holds(only_if):
            findings.warning(
                each.position.at(ONLY_IF), "this condition has no effect: it always holds", "Leave it out."
            )
        if skip_if is not None and not can_hold(skip_if):
            findings.warning(each.position.at(SKIP_IF), "this condition has no effect: it never holds", "Leave it out.")
        if isinstance(each.value, Message) and not can_let_through(only_if, skip_if):
            position = each.position.at(ONLY_IF if only_if is not None else SKIP_IF)
            what = "this message is never chosen: its conditions contradict each other"
            findings.warning(position, what, "Change one of them, or leave it out.")


def _note_by_the_clock(
    findings: Findings, written: Written[Schedule], people: Sequence[Recipient], now: datetime
) -> None:
    """Warn of a condition on the hour or the weekday that the schedule's own days and times settle."""
    schedule = written.value
    for key, condition, idle in ((ONLY_IF, schedule.only_if, True), (SKIP_IF, schedule.skip_if, False)):
        if condition is None or not asked_in(condition) <= CLOCK or always_holds(condition) or not can_hold(condition):
            continue
        answers = {holds(condition, values) for values in _moments(schedule, people, now)}
        if answers == {idle}:
            verb = "always" if idle else "never"
            what = f"this condition has no effect: it {verb} holds on these days and times"
            findings.warning(written.position.at(key), what, "Leave it out.")


def _moments(schedule: Schedule, people: Sequence[Recipient], now: datetime) -> Iterator[dict[str, Known]]:
    """Yield what the clock says at each moment at which the schedule may go out; nothing where those are too many."""
    meant = [person for person in people if schedule.audience.includes(person)]
    roster = build_groups([schedule], meant[:_EXAMPLES])
    span = timedelta(days=367)
    if sum(members for _, _, members in crowds(roster, since=now, until=now + span, seed="")) > _MOST_SLOTS:
        return
    zones = {person.id: person.zone for person in meant}
    for slot in slots(roster, since=now, until=now + span, seed=""):
        for hours in range(schedule.grace // timedelta(hours=1) + 2):
            local = (slot.due + min(hours * timedelta(hours=1), schedule.grace)).astimezone(zones[slot.recipient])
            yield clock_values(local)
