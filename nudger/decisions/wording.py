"""What the placeholders of a message stand for, for one person at one moment."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from nudger.decisions.agenda import Agenda
from nudger.decisions.dates import cron_times, dates_of
from nudger.domain.calendar import part_of_day
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Calendar, Schedule
from nudger.domain.vocabulary import ScheduleId

_WEEKS = 4


def message_values(agenda: Agenda, recipient: Recipient, moment: datetime) -> dict[str, str]:
    """Return a value for each of `placeholders.KNOWN_NAMES`; '' where it is unknown."""
    local = moment.astimezone(recipient.zone)
    return {
        "name": recipient.name or "",
        "service": agenda.words.service,
        "contact": agenda.words.contact,
        "crisis_line": agenda.words.crisis_line,
        "frequency": _frequency(agenda, _meant(agenda, recipient), local.date()),
        "weekday": f"{local:%A}",
        "part_of_day": part_of_day(local.time()).value,
    }


def _meant(agenda: Agenda, recipient: Recipient) -> tuple[ScheduleId, ...]:
    return tuple(schedule.id for schedule in agenda.schedules.values() if schedule.audience.includes(recipient))


@lru_cache(maxsize=256)
def _frequency(agenda: Agenda, schedules: tuple[ScheduleId, ...], today: date) -> str:
    """Return in words how often a person of these schedules hears from us, counted over four weeks."""
    total = sum(_count(agenda.schedules[schedule], today) for schedule in schedules)
    a_week = round(total / _WEEKS)
    if a_week == 0:
        return "a note now and then"
    return "about one note a week" if a_week == 1 else f"about {a_week} notes a week"


def _count(schedule: Schedule, today: date) -> int:
    recurrence = schedule.recurrence
    days = 7 * _WEEKS
    if not isinstance(recurrence, Calendar):
        return sum(len(cron_times(recurrence, today + timedelta(days=n))) for n in range(days))
    times = len(recurrence.times.times) if isinstance(recurrence.times, At) else 1
    return times * len(dates_of(recurrence, today, today + timedelta(days=days - 1)))
