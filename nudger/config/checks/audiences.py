"""What schedules ask of the people they are for: that they are there, and that what the schedule counts on is known."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import time, timedelta

from nudger.config.conditions.read import ONLY_IF, SKIP_IF, asked_of
from nudger.config.findings import Findings, Position, Written
from nudger.config.flaws import did_you_mean, named, nearest
from nudger.config.schedules.when_checks import A_MINUTE, fits
from nudger.config.values import cron
from nudger.config.yaml.tree import Listing, Mapping, Scalar, text_at
from nudger.decisions.planning import pace
from nudger.domain.limits import Limits
from nudger.domain.recipients import WEEKEND, Recipient
from nudger.domain.schedules import (
    At,
    Between,
    Calendar,
    Cron,
    Schedule,
    WallTime,
    Weekly,
    asks_for_holidays,
    is_programme,
)
from nudger.domain.vocabulary import Channel
from nudger.prose.english import span_in_words

_SECOND = timedelta(seconds=1)
"""What one text takes to hand over: a usual number of ours may send one a second."""


def check_audience(
    findings: Findings, schedule: Written[Schedule], people: list[Recipient], named: frozenset[str]
) -> None:
    """Warn of groups and people that were probably meant otherwise, and of people of whom too little is known.

    `named` are the groups of all schedules. An empty group is fine: it waits for somebody.
    """
    groups = {group for person in people for group in person.groups}
    position, audience = schedule.position.at("to"), schedule.value.audience
    for group in sorted(audience.groups - groups):
        if near := _meant(group, groups, named):
            what = f"nobody in recipients.yaml is in the group '{group}'"
            findings.warning(_mention(position, "group", group), what, f"Did you mean '{near}'?")
    for name in sorted(audience.recipients - {person.id for person in people}):
        hint = did_you_mean(name, [person.id for person in people])
        findings.warning(_mention(position, "recipient", name), f"'{name}' is not in recipients.yaml", hint)
    meant = [person for person in people if audience.includes(person)]
    _check_windows(findings, schedule, meant)
    _check_places(findings, schedule, meant)
    _check_joined(findings, schedule, meant)
    _check_crowd(findings, schedule, meant)


def _meant(group: str, groups: Collection[str], named: frozenset[str]) -> str | None:
    """Return the group that people are in and that was probably meant by an empty one; None where there is none.

    One that no schedule names asks for it; any other only where a letter makes the difference.
    """
    left = [each for each in groups if each not in named]
    return nearest(group, left) or next((each for each in sorted(groups) if _one_slip(group, each)), None)


_SHORTEST = 4


def _one_slip(one: str, other: str) -> bool:
    """Say whether two names differ by one letter of a word; `group-a` and `group-b`, `week1` and `week2` do not."""
    words, others = (re.split(r"[-_ .]", name.lower()) for name in (one, other))
    if len(words) != len(others):
        return False
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _one_letter(*differing[0])


def _one_letter(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST or any(letter.isdigit() for letter in one + other) or len(long) - len(short) > 1:
        return False
    if len(short) < len(long):
        return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))
    places = [n for n in range(len(short)) if short[n] != long[n]]
    swapped = len(places) == 2 and short[places[0] : places[1] + 1] == long[places[0] : places[1] + 1][::-1]  # noqa: PLR2004
    return len(places) == 1 or swapped


def _check_windows(findings: Findings, schedule: Written[Schedule], people: list[Recipient]) -> None:
    recurrence = schedule.value.recurrence
    times = recurrence.times if isinstance(recurrence, Calendar) else None
    if not isinstance(times, Between) or not {type(times.start), type(times.end)} & {str}:
        return
    for person in people:
        for fault, hint in dict.fromkeys(_window_faults(schedule.value, times, person)):
            findings.warning(schedule.position.at("when", "between"), f"for '{person.id}' {fault}", hint)


def _window_faults(schedule: Schedule, times: Between, person: Recipient) -> Iterator[tuple[str, str]]:
    for weekend in _kinds_of_day(schedule):
        start, end = (_own(wall, person, weekend=weekend) for wall in (times.start, times.end))
        if end <= start:
            yield (
                f"it ends at {end:%H:%M}, not after it starts at {start:%H:%M}",
                f"They get everything at {start:%H:%M}.",
            )
        elif not fits(start, end, times.count, times.apart):
            apart = span_in_words(max(times.apart, A_MINUTE))
            what = f"{times.count} times, {apart} apart, do not fit between {start:%H:%M} and {end:%H:%M}"
            yield what, "They get some of it later."


def _kinds_of_day(schedule: Schedule) -> tuple[bool, ...]:
    """Return whether its days may be working days (False), days of a weekend (True), or either."""
    recurrence = schedule.recurrence
    if isinstance(recurrence, Calendar) and isinstance(recurrence.dates, Weekly):
        return tuple(sorted({day in WEEKEND for day in recurrence.dates.weekdays}))
    return (False, True)


def _own(wall: WallTime, person: Recipient, *, weekend: bool) -> time:
    return person.moment(wall, weekend=weekend) if isinstance(wall, str) else wall


def _check_places(findings: Findings, schedule: Written[Schedule], people: list[Recipient]) -> None:
    recurrence = schedule.value.recurrence
    unplaced = [person for person in people if person.region is None]
    if not unplaced:
        return
    what = f"which days are public holidays is not known for {named([person.id for person in unplaced])}"
    if asks_for_holidays(recurrence):
        skips = recurrence.exceptions.public_holidays
        key, effect = ("except", "It comes on public holidays, too") if skips else ("days", "It never comes")
        findings.warning(schedule.position.at("when", key), what, f"{effect}: give everyone a place, such as US-MA.")
    for key in (ONLY_IF, SKIP_IF):
        for position in asked_of(schedule.position.at(key), "public_holiday") if _has(schedule.position, key) else ():
            findings.warning(position, what, "For them it is neither yes nor no: give everyone a place, such as US-MA.")


def _has(position: Position, key: str) -> bool:
    return isinstance(position.node, Mapping) and key in position.node.entries


def _check_joined(findings: Findings, schedule: Written[Schedule], people: list[Recipient]) -> None:
    unknown = [person for person in people if person.joined is None]
    if is_programme(schedule.value.recurrence) and unknown:
        what = f"when they joined is not known for {named([person.id for person in unknown])}"
        findings.warning(
            schedule.position.at("when", "programme"),
            what,
            "For them it begins on the day they are first seen: give them joined: 2026-11-22 where it was earlier.",
        )


def _check_crowd(findings: Findings, schedule: Written[Schedule], people: list[Recipient]) -> None:
    """Warn where one time zone holds more people than texts can go out to in the time that the schedule gives them."""
    recurrence, channel = schedule.value.recurrence, schedule.value.channel
    times = recurrence.times if isinstance(recurrence, Calendar) else At(times=())
    if isinstance(times, Between):
        return
    zones = Counter(person.time_zone for person in people if person.channel_for(channel) is Channel.SMS)
    crowd = max(zones.values(), default=0)
    width = times.spread + times.jitter
    room = width or schedule.value.grace
    if crowd * _SECOND <= room:
        return
    key = ("when", "spread") if width else ("when",)
    what = f"{crowd:,} people get a text within {span_in_words(room)}, and a number may send about one a second"
    hint = "Spread it over more time." if width else "Add spread: 1 hour beside `at`, or `late` allows more time."
    findings.warning(schedule.position.at(*key), what, hint)


def check_limits(findings: Findings, schedule: Written[Schedule], limits: Limits) -> None:
    """Warn of a schedule that alone asks for more a day than the limits allow."""
    key, often = _times_a_day(schedule.value)
    if limits.per_day is not None and often > limits.per_day:
        what = f"this is {often} a day, and the limits allow {limits.per_day}"
        findings.warning(schedule.position.at("when", key), what, "The others are held back.")


def _times_a_day(schedule: Schedule) -> tuple[str, int]:
    recurrence = schedule.recurrence
    if isinstance(recurrence, Cron):
        return "cron", cron.times_a_day(recurrence.expression)
    return "times" if isinstance(recurrence.times, Between) else "at", pace.times_a_day(recurrence)


def _mention(position: Position, singular: str, name: str) -> Position:
    """Return the place where a name is mentioned, alone or in a list."""
    if text_at(position.node, singular) == name:
        return position.at(singular)
    return item_place(position.at(f"{singular}s"), name)


def item_place(position: Position, text: str) -> Position:
    """Return the place of a text in a list; of the list, where it is not in it."""
    items: Iterable[object] = position.node.items if isinstance(position.node, Listing) else ()
    return next(
        (position.at(n) for n, item in enumerate(items) if isinstance(item, Scalar) and item.text == text), position
    )
