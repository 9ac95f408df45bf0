"""How often a schedule comes, by its words alone: no person, no calendar of holidays, nothing that is slow to load."""

from datetime import datetime, timedelta
from itertools import islice, takewhile

from cronsim import CronSim

from nudger.domain.schedules import (
    At,
    Calendar,
    Cron,
    DateRule,
    EveryDays,
    MonthlyWeekdays,
    OnDates,
    Programme,
    Recurrence,
    Weekly,
)

WEEKS = 4
"""Over so many weeks we count how often something comes."""

_WEEKS_A_MONTH = 365.2425 / 7 / 12
_MOST = 10_000
_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - wall clock, as in decisions.dates


def times_a_day(calendar: Calendar) -> int:
    """Return how many times a day of the calendar names."""
    return len(calendar.times.times) if isinstance(calendar.times, At) else calendar.times.count


def usual_pace(recurrence: Recurrence) -> float | None:
    """Return how many nudges a week it asks for; None where only the dates would tell, or where it ends."""
    if recurrence.ends is not None:
        return None
    if isinstance(recurrence, Cron):
        end = _MONDAY + timedelta(weeks=WEEKS)
        moments = CronSim(recurrence.expression, _MONDAY - timedelta(seconds=1))
        return sum(1 for _ in islice(takewhile(lambda moment: moment < end, moments), _MOST)) / WEEKS
    days = _days_a_week(recurrence.dates)
    return None if days is None else days * times_a_day(recurrence)


def _days_a_week(rule: DateRule) -> float | None:
    match rule:
        case Weekly():
            return len(rule.weekdays) / rule.weeks
        case EveryDays():
            return 7 / rule.count
        case MonthlyWeekdays():
            return len(rule.which) / _WEEKS_A_MONTH
        case OnDates(dates=dates) if not dates:
            return (len(rule.monthly) + len(rule.yearly) / 12) / _WEEKS_A_MONTH
        case Programme():
            endless = [len(phase.weekdays) / phase.every for phase in rule.phases if phase.last is None]
            return max(endless, default=None)
        case _:
            return None
