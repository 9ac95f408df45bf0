"""When a schedule falls due, in plain English, from the values of the domain alone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from cronsim import CronSim

from nudger.decisions.planning.dates import ANCHOR
from nudger.domain.recipients import DEFAULT_MOMENTS
from nudger.domain.schedules import (
    At,
    Between,
    ByRule,
    Calendar,
    Cron,
    DateRule,
    EveryDays,
    Exceptions,
    MonthlyWeekdays,
    OnDates,
    OnPublicHolidays,
    Phase,
    Programme,
    Recurrence,
    WallTime,
    Weekly,
)
from nudger.prose.english import (
    ALL_WEEK,
    DAYS,
    MONTHS,
    WEEKDAYS,
    WEEKEND,
    any_day,
    day_in_words,
    day_names,
    listed,
    month_days,
    nth_days,
    span_in_words,
)
from nudger.prose.rrule import counts_from_first_date, lacks_days, rule_in_words, weeks_of_rule_begin_on

_MOMENTS = {"morning": "in the morning", "midday": "at midday", "evening": "in the evening", "night": "at night"}
_FIFTH = 5
_MAY_LACK = 29
"""From this day on, a month may not have it."""


def when_in_words(recurrence: Recurrence) -> list[str]:
    """Return sentences: on which dates, at which times, from when to when, and what is left out."""
    sentences = _cron(recurrence) if isinstance(recurrence, Cron) else _calendar(recurrence)
    if recurrence.starts:
        sentences.append(f"It begins on {day_in_words(recurrence.starts)}.")
    if recurrence.ends:
        sentences.append(f"The last day is {day_in_words(recurrence.ends)}.")
    if left_out := _exceptions(recurrence.exceptions):
        sentences.append(f"It leaves out {listed(left_out)}.")
    return sentences


def when_in_short(recurrence: Recurrence) -> str:
    """Return one phrase: `every Monday, in the morning`."""
    if isinstance(recurrence, Cron):
        return _cron_phrase(recurrence)
    times = recurrence.times
    return f"{_dates(recurrence)}, {_short_at(times) if isinstance(times, At) else _between(times, short=True)}"


def _calendar(calendar: Calendar) -> list[str]:
    times = calendar.times
    when = _at(times) if isinstance(times, At) else _between(times)
    sentences = [f"It falls due {_dates(calendar)}, {when}, by each person's own clock."]
    if isinstance(times, At) and times.jitter:
        sentences.append(f"Each time, chance makes it up to {span_in_words(times.jitter)} later.")
    if isinstance(times, At) and times.spread:
        spread = span_in_words(times.spread)
        sentences.append(f"People are spread over {spread} from then on; each keeps the same place.")
    return [*sentences, *_remarks(calendar.dates), *_counting(calendar)]


def _cron(cron: Cron) -> list[str]:
    return [f"It falls due {_cron_phrase(cron)}, by each person's own clock (cron: {cron.expression})."]


def _cron_phrase(cron: Cron) -> str:
    said = CronSim(cron.expression, datetime.combine(ANCHOR, time.min)).explain()
    return said[0].lower() + said[1:]


def _remarks(rule: DateRule) -> list[str]:
    """Say what a reader may not expect of the dates."""
    match rule:
        case MonthlyWeekdays() if any(nth == _FIFTH for nth, _ in rule.which):
            return ["A month without a fifth one has none."]
        case OnDates() if any(day >= _MAY_LACK for day in rule.monthly) or (2, 29) in rule.yearly:
            return ["A month or a year that does not have the day is left out."]
        case Programme():
            spans = [phase for phase in rule.phases if phase.every > 1]
            return [
                "Day 1 is the day after the person joined. The count stands still while they are paused.",
                *(["Within a span, every so many days counts from its first day."] if spans else []),
            ]
        case ByRule() if lacks_days(rule.rule):
            return ["A month that does not have the day is left out."]
        case _:
            return []


def _counting(calendar: Calendar) -> list[str]:
    """Say from where it counts, as far as that decides the dates: the first week, and the first date if none is set."""
    rule, anchor = calendar.dates, calendar.starts or ANCHOR
    begins = _week_begins_on(rule)
    said = []
    if begins is not None:
        first = anchor - timedelta(days=(anchor.weekday() - begins) % 7)
        said.append(f"Weeks begin on {DAYS[begins]}; the first one counted begins on {day_in_words(first)}.")
    if calendar.starts is None and (begins is not None or _counts(rule)):
        said.append(
            f"No first date is set (starts), so it counts from {DAYS[ANCHOR.weekday()]}, {day_in_words(ANCHOR)}."
        )
    return said


def _week_begins_on(rule: DateRule) -> int | None:
    """Return on which weekday the weeks begin that are counted; None where no weeks are."""
    match rule:
        case Weekly() if rule.weeks > 1:
            return 0
        case ByRule():
            return weeks_of_rule_begin_on(rule.rule)
        case _:
            return None


def _counts(rule: DateRule) -> bool:
    """Say whether the first date decides which dates follow."""
    match rule:
        case EveryDays():
            return rule.count > 1
        case ByRule():
            return counts_from_first_date(rule.rule)
        case _:
            return False


def _dates(calendar: Calendar) -> str:  # noqa: PLR0911 - one for each kind
    rule, anchor = calendar.dates, calendar.starts or ANCHOR
    match rule:
        case Weekly():
            return _weekly(rule, anchor)
        case EveryDays():
            return _every_days(rule.count, anchor)
        case MonthlyWeekdays():
            return f"on {nth_days(sorted(rule.which))} of each month"
        case OnDates():
            return _on_dates(rule)
        case OnPublicHolidays():
            return "on the public holidays of each person's place"
        case ByRule():
            return rule_in_words(rule.rule, anchor) or f'on the dates of the rule "{rule.rule}"'
        case Programme():
            return f"on days counted from joining: {'; '.join(_phase(phase) for phase in rule.phases)}"


def _weekly(rule: Weekly, anchor: date) -> str:
    if rule.weeks == 1:
        return _weekdays(rule.weekdays)
    return f"every {rule.weeks} weeks on {day_names(rule.weekdays)}, counted from {_week_of(anchor)}"


def _week_of(anchor: date) -> str:
    return f"the week of {day_in_words(anchor)}"


def _weekdays(weekdays: frozenset[int]) -> str:
    if weekdays == ALL_WEEK:
        return "every day"
    return {WEEKDAYS: "on weekdays", WEEKEND: "on weekends"}.get(weekdays) or f"every {day_names(weekdays)}"


def _every_days(count: int, anchor: date) -> str:
    if count == 1:
        return "every day"
    if count % 7 == 0:
        weeks = count // 7
        every = "every" if weeks == 1 else f"every {weeks} weeks on"
        counted = "" if weeks == 1 else f", counted from {day_in_words(anchor)}"
        return f"{every} {DAYS[anchor.weekday()]}{counted}"
    return f"every {count} days, counted from {day_in_words(anchor)}"


def _yearly(pairs: Iterable[tuple[int, int]]) -> list[str]:
    return [f"{day} {MONTHS[month - 1]}" for month, day in sorted(pairs)]


def _on_dates(rule: OnDates) -> str:
    parts = [
        f"on {listed(day_in_words(day) for day in sorted(rule.dates))}" if rule.dates else "",
        f"every year on {listed(_yearly(rule.yearly))}" if rule.yearly else "",
        f"every month on {month_days(rule.monthly)}" if rule.monthly else "",
    ]
    return listed(part for part in parts if part) if any(parts) else "on no date at all"


def _phase(phase: Phase) -> str:
    if phase.last == phase.first:
        return f"day {phase.first}"
    span = f"from day {phase.first} on" if phase.last is None else f"days {phase.first} to {phase.last}"
    every = f", every {phase.every} days" if phase.every > 1 else ""
    only = "" if phase.weekdays == ALL_WEEK else f", if it is a {any_day(phase.weekdays)}"
    return f"{span}{every}{only}"


def _at(times: At) -> str:
    return listed(_moment(each) for each in times.times)


def _short_at(times: At) -> str:
    return listed(_MOMENTS[each] if isinstance(each, str) else f"at {each:%H:%M}" for each in times.times)


def _moment(wall: WallTime) -> str:
    if isinstance(wall, time):
        return f"at {wall:%H:%M}"
    return f"{_MOMENTS[wall]} ({DEFAULT_MOMENTS[wall]:%H:%M}, or the person's own time for it)"


def _between(times: Between, *, short: bool = False) -> str:
    count = "at a moment" if times.count == 1 else f"at {times.count} moments"
    window = f"{count} between {_end(times.start)} and {_end(times.end)}"
    if short:
        return window
    apart = f", at least {span_in_words(times.apart)} apart" if times.count > 1 and times.apart else ""
    return f"{window} that chance picks for each person and day{apart}"


def _end(wall: WallTime) -> str:
    return f"{wall:%H:%M}" if isinstance(wall, time) else f"the person's {wall}"


def _exceptions(exceptions: Exceptions) -> list[str]:
    return [
        *(day_in_words(day) for day in sorted(exceptions.dates)),
        *(f"{day_in_words(first)} to {day_in_words(last)}" for first, last in exceptions.spans),
        *(f"{day} of every year" for day in _yearly(exceptions.yearly)),
        *(["the public holidays of each person's place"] if exceptions.public_holidays else []),
    ]
