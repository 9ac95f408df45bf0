"""Which local dates and times a recurrence names. Wall clock only: no zone, no instant.

Computed once for each schedule, region and span of dates, however many people and zones it has; only the dates of a
programme depend on the person.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile

from cronsim import CronSim

from nudger.decisions.planning.public_holidays import is_holiday
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import (
    ByRule,
    Calendar,
    Cron,
    EveryDays,
    Exceptions,
    MonthlyWeekdays,
    OnDates,
    OnPublicHolidays,
    Programme,
    Weekly,
    asks_for_holidays,
)

_DAY = timedelta(days=1)
ANCHOR = date(2024, 1, 1)
"""Where counting starts for a rule that names no first date: a Monday, the first day of a leap year."""


def dates_for(calendar: Calendar, person: Recipient, first: date, last: date) -> tuple[date, ...]:
    """Return the dates that the calendar names for a person from `first` to `last`, both inclusive, in order."""
    if not isinstance(calendar.dates, Programme):
        return dates_of(calendar, first, last, region=person.region if asks_for_holidays(calendar) else None)
    days = _days(max(first, calendar.starts or first), min(last, calendar.ends or last))
    programme = calendar.dates
    named = (day for day in days if _in_programme(programme, person, day))
    return tuple(day for day in named if not _excepted(calendar.exceptions, person.region, day))


def _in_programme(programme: Programme, person: Recipient, day: date) -> bool:
    number = person.programme_day(day)
    return number is not None and any(phase.includes(number, day.weekday()) for phase in programme.phases)


@lru_cache(maxsize=4096)
def dates_of(calendar: Calendar, first: date, last: date, *, region: str | None = None) -> tuple[date, ...]:
    """Return the dates that a calendar other than a programme names, for people of one region (public holidays)."""
    first = max(first, calendar.starts or first)
    last = min(last, calendar.ends or last)
    if first > last:
        return ()
    named = _named(calendar, region, first, last)
    return tuple(day for day in named if not _excepted(calendar.exceptions, region, day))


def _excepted(exceptions: Exceptions, region: str | None, day: date) -> bool:
    return exceptions.cover(day) or (exceptions.public_holidays and region is not None and is_holiday(region, day))


def _named(calendar: Calendar, region: str | None, first: date, last: date) -> Iterator[date]:
    rule, anchor, days = calendar.dates, calendar.starts or ANCHOR, _days(first, last)
    match rule:
        case Weekly():
            return (day for day in days if day.weekday() in rule.weekdays and _weeks(anchor, day) % rule.weeks == 0)
        case EveryDays():
            return (day for day in days if (day - anchor).days % rule.count == 0)
        case MonthlyWeekdays():
            return (day for day in days if not rule.which.isdisjoint(_nth_weekdays(day)))
        case OnDates():
            return (day for day in days if _on_date(rule, day))
        case OnPublicHolidays():
            return (day for day in days if region is not None and is_holiday(region, day))
        case ByRule():
            return _rule_dates(rule.rule, anchor, first, last)
        case Programme():
            raise ValueError("the dates of a programme depend on the person")


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _weeks(anchor: date, day: date) -> int:
    """Return how many weeks, which begin on Mondays, lie between the weeks of two dates."""
    return ((day - timedelta(days=day.weekday())) - (anchor - timedelta(days=anchor.weekday()))).days // 7


def _nth_weekdays(day: date) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return what the date is in its month, counted from its start and, if it is the last one, from its end."""
    nth, weekday = (day.day - 1) // 7 + 1, day.weekday()
    return (nth, weekday), (-1 if day.month != (day + 7 * _DAY).month else nth, weekday)


def _on_date(rule: OnDates, day: date) -> bool:
    is_last = day.day == monthrange(day.year, day.month)[1]
    return (
        day in rule.dates
        or (day.month, day.day) in rule.yearly
        or day.day in rule.monthly
        or (is_last and -1 in rule.monthly)
    )


def _rule_dates(text: str, anchor: date, first: date, last: date) -> Iterator[date]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - Cold start: only a recurrence rule needs it

    rule = rrulestr(text, dtstart=datetime.combine(anchor, time.min))
    start, end = datetime.combine(first, time.min), datetime.combine(last, time.max)
    moments = takewhile(lambda moment: moment <= end, rule.xafter(start, inc=True))
    yield from dict.fromkeys(moment.date() for moment in moments)


@lru_cache(maxsize=4096)
def cron_times(cron: Cron, day: date, *, region: str | None = None) -> tuple[time, ...]:
    """Return the times of day that the cron expression names on `day`, in order, for people of one region."""
    if (cron.starts and day < cron.starts) or (cron.ends and day > cron.ends):
        return ()
    if _excepted(cron.exceptions, region, day):
        return ()
    # A naive start keeps cronsim to the wall clock; our own policy for clock changes comes later.
    # It yields moments after its start, hence the second before midnight.
    start = datetime.combine(day, time.min)
    moments = CronSim(cron.expression, start - timedelta(seconds=1))
    return tuple(moment.time() for moment in takewhile(lambda moment: moment < start + _DAY, moments))
