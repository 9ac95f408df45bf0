"""`when` of a schedule: from its shape to a recurrence."""

from datetime import timedelta

from nudger.config.findings import Findings, Position
from nudger.config.schedules.phases import read_phases
from nudger.config.schedules.when_checks import is_consistent
from nudger.config.shapes.when import When
from nudger.config.values.recurrences import DayRule
from nudger.config.values.scalars import DAY_WORDS
from nudger.domain.schedules import (
    NO_EXCEPTIONS,
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
    Programme,
    Recurrence,
    Weekly,
)

_NOTHING = timedelta(0)


def read_when(findings: Findings, position: Position, when: When) -> Recurrence | None:
    """Return the recurrence, or None after noting what is wrong with it."""
    if not is_consistent(findings, position, when):
        return None
    exceptions = _exceptions(when.except_)
    if when.cron is not None:
        return Cron(expression=when.cron, starts=when.starts, ends=when.ends, exceptions=exceptions)
    return Calendar(dates=_dates(when), times=_times(when), starts=when.starts, ends=when.ends, exceptions=exceptions)


def _times(when: When) -> At | Between:
    if when.at:
        return At(times=when.at, jitter=when.jitter or _NOTHING, spread=when.spread or _NOTHING)
    start, end = when.between
    return Between(start=start, end=end, count=when.times or 1, apart=when.apart or _NOTHING)


def _dates(when: When) -> DateRule:
    if when.rrule is not None:
        return ByRule(rule=when.rrule.text)
    if when.programme:
        return Programme(phases=read_phases(when.programme))
    if when.dates:
        return _on_dates(when.dates)
    if when.every is not None and not when.days:
        return EveryDays(count=when.every.days)
    return _days(when.days, weeks=when.every.weeks or 1 if when.every else 1)


def _days(days: tuple[DayRule, ...], *, weeks: int) -> DateRule:
    if any(isinstance(day, OnPublicHolidays) for day in days):
        return OnPublicHolidays()
    numbered = [day.which for day in days if isinstance(day, MonthlyWeekdays)]
    if numbered:
        return MonthlyWeekdays(which=frozenset().union(*numbered))
    plain = [day.weekdays for day in days if isinstance(day, Weekly)]
    return Weekly(weekdays=frozenset().union(*plain) if plain else DAY_WORDS["daily"], weeks=weeks)


def _on_dates(entries: tuple[OnDates, ...]) -> OnDates:
    return OnDates(
        dates=frozenset().union(*(entry.dates for entry in entries)),
        yearly=frozenset().union(*(entry.yearly for entry in entries)),
        monthly=frozenset().union(*(entry.monthly for entry in entries)),
    )


def _exceptions(entries: tuple[Exceptions, ...]) -> Exceptions:
    if not entries:
        return NO_EXCEPTIONS
    return Exceptions(
        dates=frozenset().union(*(entry.dates for entry in entries)),
        spans=tuple(span for entry in entries for span in entry.spans),
        yearly=frozenset().union(*(entry.yearly for entry in entries)),
        public_holidays=any(entry.public_holidays for entry in entries),
    )
