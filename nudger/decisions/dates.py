"""Which local dates and times a recurrence names. Wall clock only: no zone, no instant, no person.

Computed once for each schedule and span of dates, however many people and zones it has.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile

from cronsim import CronSim
from dateutil.rrule import rrulestr

from nudger.domain.schedules import ByRule, Calendar, Cron, DateRule, EveryDays, Weekly

_DAY = timedelta(days=1)
ANCHOR = date(2024, 1, 1)
"""Where counting starts for a rule that names no first date: a Monday, the first day of a leap year."""


@lru_cache(maxsize=4096)
def dates_of(calendar: Calendar, first: date, last: date) -> tuple[date, ...]:
    """Return the dates that the calendar names from `first` to `last`, both inclusive, in order."""
    first = max(first, calendar.starts or first)
    last = min(last, calendar.ends or last)
    if first > last:
        return ()
    return tuple(_dates(calendar.dates, calendar.starts or ANCHOR, first, last))


def _dates(rule: DateRule, anchor: date, first: date, last: date) -> Iterator[date]:
    match rule:
        case Weekly(weekdays=weekdays):
            return (day for day in _days(first, last) if day.weekday() in weekdays)
        case EveryDays(count=count):
            return (day for day in _days(first, last) if (day - anchor).days % count == 0)
        case ByRule(rule=text):
            return _rule_dates(text, anchor, first, last)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _rule_dates(text: str, anchor: date, first: date, last: date) -> Iterator[date]:
    rule = rrulestr(text, dtstart=datetime.combine(anchor, time.min))
    start, end = datetime.combine(first, time.min), datetime.combine(last, time.max)
    for moment in takewhile(lambda moment: moment <= end, rule.xafter(start, inc=True)):
        yield moment.date()


@lru_cache(maxsize=4096)
def cron_times(cron: Cron, day: date) -> tuple[time, ...]:
    """Return the times of day that the cron expression names on `day`, in order."""
    if (cron.starts and day < cron.starts) or (cron.ends and day > cron.ends):
        return ()
    # A naive start keeps cronsim to the wall clock; our own policy for clock changes comes later.
    # It yields moments after its start, hence the second before midnight.
    start = datetime.combine(day, time.min)
    moments = CronSim(cron.expression, start - timedelta(seconds=1))
    return tuple(moment.time() for moment in takewhile(lambda moment: moment < start + _DAY, moments))
