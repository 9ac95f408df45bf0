"""A file in schedules/: from its shape to schedules, and what only two keys together can get wrong."""

from datetime import time

from nudger.domain.recipients import DEFAULT_MOMENTS
from nudger.domain.schedules import (
    At,
    Audience,
    Between,
    ByRule,
    Calendar,
    Cron,
    DateRule,
    Recurrence,
    Schedule,
    Selection,
    WallTime,
    Weekly,
)
from nudger.domain.vocabulary import LibraryId, RecipientId, ScheduleId
from nudger.files import rules
from nudger.files.findings import Findings, Place, Written
from nudger.files.schedule_shapes import People, ScheduleShape, Send, When
from nudger.files.words import DAY_WORDS

RESERVED = frozenset({"welcome", "test"})
"""Ids of nudges that no schedule asks for: the first hello, and `nudger send`."""

_MANY_A_DAY = 6
_INSTEAD = {
    "cron": ("days", "at", "between", "every", "rrule"),
    "rrule": ("days", "every"),
    "every": ("days",),
    "between": ("at",),
}


def read_schedule(findings: Findings, place: Place, shape: ScheduleShape) -> Written[Schedule] | None:
    """Return the schedule, or None after noting what is wrong with it."""
    if shape.id in RESERVED:
        findings.error(place.at("id"), f"'{shape.id}' is a name that nudger uses itself", "Choose another id.")
    recurrence = _recurrence(findings, place.at("when"), shape.when)
    audience = _audience(findings, place.at("to"), shape.to)
    if recurrence is None or audience is None or shape.id in RESERVED:
        return None
    schedule = Schedule(
        id=ScheduleId(shape.id),
        about=shape.about,
        audience=audience,
        recurrence=recurrence,
        selection=_selection(shape.send),
        channel=shape.channel,
        grace=shape.late,
    )
    return Written(schedule, place)


def _audience(findings: Findings, place: Place, to: str | People) -> Audience | None:
    if isinstance(to, str):
        return Audience(everyone=True)
    groups = {*to.groups, *filter(None, [to.group])}
    people = {*to.recipients, *filter(None, [to.recipient])}
    if not groups and not people:
        findings.error(place, "this names nobody", "Write everyone, {group: daily} or {recipient: sam}.")
        return None
    return Audience(groups=frozenset(groups), recipients=frozenset(map(RecipientId, people)))


def _selection(send: Send) -> Selection:
    return Selection(
        libraries=frozenset(map(LibraryId, send.libraries)),
        components=frozenset(send.components),
        practices=frozenset(send.practices),
        situations=frozenset(send.situations),
        intensities=frozenset(send.intensities),
    )


def _recurrence(findings: Findings, place: Place, when: When) -> Recurrence | None:
    checks = [
        _one_way_of_saying_it(findings, place, when),
        _dates_in_order(findings, place, when),
        _rule_is_anchored(findings, place, when),
        _times_make_sense(findings, place, when),
    ]
    if not all(checks):
        return None
    if when.cron is not None:
        return Cron(expression=when.cron, starts=when.starts, ends=when.ends)
    times = At(times=when.at) if when.at else Between(start=when.between[0], end=when.between[1])
    return Calendar(dates=_dates(when), times=times, starts=when.starts, ends=when.ends)


def _dates(when: When) -> DateRule:
    if when.rrule is not None:
        return ByRule(rule=when.rrule.text)
    if when.every is not None:
        return when.every
    return Weekly(weekdays=frozenset().union(*when.days) if when.days else DAY_WORDS["daily"])


def _one_way_of_saying_it(findings: Findings, place: Place, when: When) -> bool:
    for key, others in _INSTEAD.items():
        for other in others:
            if getattr(when, key) and getattr(when, other):
                findings.error(place.at(other), f"'{other}' cannot stand beside '{key}'", "Keep one.", at_key=True)
                return False
    if not (when.cron or when.at or when.between):
        hint = 'Write at: morning, at: "08:30" or between: ["09:00", "11:00"].'
        findings.error(place, "no time is given", hint)
        return False
    return True


def _dates_in_order(findings: Findings, place: Place, when: When) -> bool:
    if when.starts and when.ends and when.ends < when.starts:
        findings.error(place.at("ends"), f"ends on {when.ends}, before it starts on {when.starts}")
        return False
    return True


def _rule_is_anchored(findings: Findings, place: Place, when: When) -> bool:
    if when.every is not None and when.starts is None:
        findings.error(place.at("every"), "'every' needs a first date to count from", _STARTS, at_key=True)
        return False
    if when.rrule is None:
        return True
    if when.rrule.counts and when.starts is None:
        findings.error(place.at("rrule"), f"{when.rrule.counts} needs a first date to count from", _STARTS)
        return False
    if not rules.happens(when.rrule, when.starts):
        findings.error(place.at("rrule"), "this rule never happens", "Is there such a date?")
        return False
    return True


_STARTS = "Add starts: 2026-01-05 beside it."


def _times_make_sense(findings: Findings, place: Place, when: When) -> bool:
    if when.cron and (often := rules.times_a_day(when.cron)) > _MANY_A_DAY:
        findings.warning(place.at("cron"), f"this is {often:,} nudges a day for each person")
    if len(when.at) > _MANY_A_DAY:
        findings.warning(place.at("at"), f"this is {len(when.at)} nudges a day for each person")
    if len(set(when.at)) < len(when.at):
        findings.error(place.at("at"), "the same time is there twice", "Each time is one nudge: keep one.")
        return False
    if when.between and usual(when.between[1]) <= usual(when.between[0]):
        what = f"it ends at {_clock(when.between[1])}, not after it starts at {_clock(when.between[0])}"
        findings.error(place.at("between"), what, "The earlier time first; it cannot go past midnight.")
        return False
    return True


def usual(wall: WallTime) -> time:
    """Return a time of day, which for a moment is the one of people who have not moved it."""
    return DEFAULT_MOMENTS[wall] if isinstance(wall, str) else wall


def _clock(wall: WallTime) -> str:
    return f"{wall} ({usual(wall):%H:%M})" if isinstance(wall, str) else f"{wall:%H:%M}"
