"""What only two keys of `when` together can get wrong: each check notes it, and says whether all is well."""

from datetime import datetime, time, timedelta

from nudger.config.findings import Findings, Position
from nudger.config.schedules.phases import check_programme
from nudger.config.shapes.when import When
from nudger.config.values import cron, rrule
from nudger.config.values.dates import LAST
from nudger.domain.recipients import DEFAULT_MOMENTS
from nudger.domain.schedules import OnDates, OnPublicHolidays, WallTime, Weekly
from nudger.prose.english import span_in_words

_MANY_A_DAY = 6
A_MINUTE = timedelta(minutes=1)
"""The least that lies between two times of a day."""

_LONG_SPREAD = timedelta(hours=6)
_SHORTEST_MONTH = 28
_MIDNIGHT = datetime(2024, 1, 2)  # noqa: DTZ001 - wall clock; any will do
_INSTEAD = {
    "cron": (
        *("days", "at", "between", "every", "dates", "programme", "rrule"),
        *("jitter", "spread", "times", "apart"),
    ),
    "programme": ("days", "every", "dates", "rrule"),
    "dates": ("days", "every", "rrule"),
    "rrule": ("days", "every"),
    "between": ("at", "jitter", "spread"),
    "at": ("times", "apart"),
}
_STARTS = "Add starts: 2026-01-05 beside it."


def is_consistent(findings: Findings, position: Position, when: When) -> bool:
    """Note everything that is wrong or odd between the keys; return whether a recurrence can be made of them."""
    checks = [
        _one_way_of_saying_it(findings, position, when),
        _days_go_together(findings, position, when),
        _dates_in_order(findings, position, when),
        _rule_is_anchored(findings, position, when),
        _dates_exist(findings, position, when),
        check_programme(findings, position.at("programme"), when.programme),
        _times_make_sense(findings, position, when),
        _window_is_wide_enough(findings, position, when),
    ]
    return all(checks)


def _one_way_of_saying_it(findings: Findings, position: Position, when: When) -> bool:
    for key, others in _INSTEAD.items():
        for other in others:
            if getattr(when, key) and getattr(when, other):
                findings.error(position.at(other), f"'{other}' cannot stand beside '{key}'", "Keep one.", at_key=True)
                return False
    if not (when.cron or when.at or when.between):
        hint = 'Write at: morning, at: "08:30" or between: ["09:00", "11:00"].'
        findings.error(position, "no time is given", hint)
        return False
    return True


def _days_go_together(findings: Findings, position: Position, when: When) -> bool:
    """Note days of several kinds, and days that `every` cannot go with."""
    kinds = {type(day) for day in when.days}
    if len(kinds) > 1:
        what = "days of the week, days of the month ('first monday') and public holidays do not go together"
        findings.error(position.at("days"), what, "Write a schedule for each.")
        return False
    if when.every and when.days and (when.every.weeks is None or kinds != {Weekly}):
        what = "'days' can stand beside 'every' only as days of the week, every so many weeks"
        findings.error(
            position.at("days"), what, "Write every: 2 weeks and days: [mon, thu], or keep one.", at_key=True
        )
        return False
    if OnPublicHolidays in kinds and any(exception.public_holidays for exception in when.except_):
        findings.error(position.at("except"), "public holidays are asked for and left out", "Keep one.", at_key=True)
        return False
    return True


def _dates_in_order(findings: Findings, position: Position, when: When) -> bool:
    if when.starts and when.ends and when.ends < when.starts:
        findings.error(position.at("ends"), f"ends on {when.ends}, before it starts on {when.starts}")
        return False
    return True


def _rule_is_anchored(findings: Findings, position: Position, when: When) -> bool:
    if when.every is not None and when.starts is None:
        findings.error(position.at("every"), "'every' needs a first date to count from", _STARTS, at_key=True)
        return False
    if when.rrule is None:
        return True
    if when.rrule.counts and when.starts is None:
        findings.error(position.at("rrule"), f"{when.rrule.counts} needs a first date to count from", _STARTS)
        return False
    if not rrule.happens(when.rrule, when.starts):
        findings.error(position.at("rrule"), "this rule never happens", "Is there such a date?")
        return False
    return True


def _dates_exist(findings: Findings, position: Position, when: When) -> bool:
    """Note dates that some months or years do not have, and dates of which none is left."""
    for index, entry in enumerate(when.dates):
        if doubt := _sometimes_missing(entry):
            findings.warning(position.at("dates", index), *doubt)
    single = [day for entry in when.dates for day in entry.dates]
    if not single or len(single) < len(when.dates):
        return True
    kept = [day for day in single if not any(exception.cover(day) for exception in when.except_)]
    if not kept:
        findings.error(position.at("dates"), "every one of these dates is left out by 'except'", "Which are meant?")
        return False
    if not any((when.starts or day) <= day <= (when.ends or day) for day in kept):
        what = "none of these dates is between 'starts' and 'ends'"
        findings.error(position.at("dates"), what, "Dates need neither: leave them out.")
        return False
    return True


def _sometimes_missing(entry: OnDates) -> tuple[str, str] | None:
    if (2, 29) in entry.yearly:
        return "three years of four have no 29 February", 'Nothing is sent in those. Write "02-28" for every year.'
    day = max(entry.monthly, default=LAST)
    if day > _SHORTEST_MONTH:
        return (
            f"some months have no day {day}",
            'Nothing is sent in those. Write "last" for the last day of each month.',
        )
    return None


def _times_make_sense(findings: Findings, position: Position, when: When) -> bool:
    if when.cron and (often := cron.times_a_day(when.cron)) > _MANY_A_DAY:
        findings.warning(position.at("cron"), f"this is {often:,} nudges a day for each person")
    for key, often in (("at", len(when.at)), ("times", when.times or 1)):
        if often > _MANY_A_DAY:
            findings.warning(position.at(key), f"this is {often} nudges a day for each person")
    if len(set(when.at)) < len(when.at):
        findings.error(position.at("at"), "the same time is there twice", "Each time is one nudge: keep one.")
        return False
    _check_reach(findings, position, when)
    if when.between and usual_time(when.between[1]) <= usual_time(when.between[0]):
        what = f"it ends at {clock(when.between[1])}, not after it starts at {clock(when.between[0])}"
        findings.error(position.at("between"), what, "The earlier time first; it cannot go past midnight.")
        return False
    return True


def _check_reach(findings: Findings, position: Position, when: When) -> None:
    """Warn of a spread that is longer than an occasion lasts, or that some people would get the next day."""
    if when.spread and when.spread > _LONG_SPREAD:
        findings.warning(
            position.at("spread"), "people hours apart hardly share an occasion", "At most 6 hours is usual."
        )
    later = (when.spread or timedelta(0)) + (when.jitter or timedelta(0))
    last = max(map(usual_time, when.at), default=None)
    if later and last is not None and datetime.combine(_MIDNIGHT - timedelta(days=1), last) + later > _MIDNIGHT:
        key = "spread" if when.spread else "jitter"
        what = f"from {last:%H:%M} on, this reaches beyond midnight"
        findings.warning(position.at(key), what, "Some people get it in the night. Write less, or an earlier time.")


def _window_is_wide_enough(findings: Findings, position: Position, when: When) -> bool:
    times = when.times or 1
    if when.apart and times == 1:
        findings.error(position.at("apart"), "'apart' needs 'times'", "Add times: 3 beside it.", at_key=True)
        return False
    if times == 1 or not when.between:
        return True
    if when.apart is None:
        what = "nothing keeps these times apart"
        findings.warning(position.at("times"), what, "Add apart: 2 hours beside it.")
    start, end = (usual_time(wall) for wall in when.between)
    apart = when.apart or A_MINUTE
    if start < end and not fits(start, end, times, apart):
        what = f"{times} times, {span_in_words(apart)} apart, do not fit between {start:%H:%M} and {end:%H:%M}"
        findings.error(position.at("apart" if when.apart else "times"), what, "Fewer, closer, or a longer window.")
        return False
    return True


def fits(start: time, end: time, times: int, apart: timedelta) -> bool:
    """Say whether so many minutes, so far apart, can be drawn from a window."""
    window = datetime.combine(_MIDNIGHT, end) - datetime.combine(_MIDNIGHT, start)
    return window > (times - 1) * max(apart, A_MINUTE)


def usual_time(wall: WallTime) -> time:
    """Return a time of day, which for a moment is the one of people who have not moved it."""
    return DEFAULT_MOMENTS[wall] if isinstance(wall, str) else wall


def clock(wall: WallTime) -> str:
    """Return a time of day, with the name of the moment it may have."""
    return f"{wall} ({usual_time(wall):%H:%M})" if isinstance(wall, str) else f"{wall:%H:%M}"
