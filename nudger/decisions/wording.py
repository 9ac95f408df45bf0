"""What the placeholders of a message stand for, for one person at one moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from nudger.decisions.agenda import Agenda
from nudger.decisions.dates import cron_times, dates_for
from nudger.domain.calendar import part_of_day
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Calendar, Schedule

_WEEKS = 4


@lru_cache(maxsize=256)
def _frequency(agenda: Agenda, recipient: Recipient, today: date) -> str:
    """Return in words how often a person hears from us, counted over four weeks."""
    meant = (schedule for schedule in agenda.schedules.values() if schedule.audience.includes(recipient))
    a_week = round(sum(_count(schedule, recipient, today) for schedule in meant) / _WEEKS)
    most = agenda.limits_of(recipient).per_week
    a_week = min(a_week, most) if most is not None else a_week
    if a_week == 0:
        return "a note now and then"
    return "about one note a week" if a_week == 1 else f"about {a_week} notes a week"


def _count(schedule: Schedule, recipient: Recipient, today: date) -> int:
    recurrence = schedule.recurrence
    days = 7 * _WEEKS
    if not isinstance(recurrence, Calendar):
        return sum(len(cron_times(recurrence, today + timedelta(days=n))) for n in range(days))
    times = recurrence.times
    a_day = len(times.times) if isinstance(times, At) else times.count
    return a_day * len(dates_for(recurrence, recipient, today, today + timedelta(days=days - 1)))


_VALUES: dict[str, Callable[[Agenda, Recipient, datetime], str]] = {
    "name": lambda _agenda, recipient, _local: recipient.name or "",
    "supporter": lambda _agenda, recipient, _local: recipient.supporter or "",
    "service": lambda agenda, _recipient, _local: agenda.words.service,
    "contact": lambda agenda, _recipient, _local: agenda.words.contact,
    "local_service": lambda agenda, _recipient, _local: agenda.words.local_service,
    "crisis_line": lambda agenda, _recipient, _local: agenda.words.crisis_line,
    "frequency": lambda agenda, recipient, local: _frequency(agenda, recipient, local.date()),
    "weekday": lambda _agenda, _recipient, local: f"{local:%A}",
    "part_of_day": lambda _agenda, _recipient, local: part_of_day(local.time()).value,
}


@dataclass(frozen=True, slots=True)
class MessageValues:
    """A value for each of `placeholders.KNOWN_NAMES`, worked out when a text asks for it; '' where it is unknown."""

    agenda: Agenda
    recipient: Recipient
    moment: datetime

    def get(self, name: str) -> str:
        """Return the value of a known name; raise KeyError for any other."""
        return _VALUES[name](self.agenda, self.recipient, self.moment.astimezone(self.recipient.zone))
