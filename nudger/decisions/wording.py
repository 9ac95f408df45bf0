"""What the placeholders of a message stand for, for one person at one moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from nudger.decisions.agenda import Agenda, OperatorWords
from nudger.decisions.dates import cron_times, dates_for
from nudger.decisions.pace import WEEKS, times_a_day
from nudger.domain.calendar import part_of_day
from nudger.domain.crisis_lines import crisis_line_for
from nudger.domain.legal_hours import country
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Calendar, Schedule
from nudger.domain.vocabulary import PartOfDay

_SPAN = timedelta(weeks=WEEKS) - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tongue:
    """What is said in a language. `frequencies`: of none a week, of one, of more."""

    frequencies: tuple[str, str, str]
    weekdays: tuple[str, ...]
    parts_of_day: Mapping[PartOfDay, str]


_ENGLISH = _Tongue(
    frequencies=("a note now and then", "about one note a week", "about {} notes a week"),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    parts_of_day=MappingProxyType({part: part.value for part in PartOfDay}),
)
_TONGUES: Mapping[str, _Tongue] = MappingProxyType(
    {
        "en": _ENGLISH,
        "es": _Tongue(
            frequencies=("una nota de vez en cuando", "una nota por semana", "unas {} notas por semana"),
            weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
            parts_of_day=MappingProxyType(
                {
                    PartOfDay.MORNING: "mañana",
                    PartOfDay.MIDDAY: "mediodía",
                    PartOfDay.EVENING: "tarde",
                    PartOfDay.NIGHT: "noche",
                }
            ),
        ),
    }
)
"""By language; a person of any other gets English words, as they get English texts. Two of these make an SMS dear
(sábado, mediodía): misspelling them would be dearer."""


def _tongue(person: Recipient) -> _Tongue:
    return _TONGUES.get(person.language.partition("-")[0], _ENGLISH)


@lru_cache(maxsize=256)
def _frequency(agenda: Agenda, recipient: Recipient, today: date) -> str:
    """Return in words how often a person hears from us, counted over four weeks; what may never come is not counted."""
    meant = (each for each in agenda.schedules.values() if each.only_if is None and each.audience.includes(recipient))
    a_week = round(sum(occasions(schedule, recipient, today, today + _SPAN) for schedule in meant) / WEEKS)
    most = agenda.limits_of(recipient).per_week
    a_week = min(a_week, most) if most is not None else a_week
    tongue = _tongue(recipient)
    never, once, often = tongue.frequencies
    return often.format(a_week) if a_week > 1 else (once if a_week else never)


def in_four_weeks(schedule: Schedule, recipient: Recipient, today: date) -> int:
    """Return how often a schedule comes for a person in the next four weeks."""
    return occasions(schedule, recipient, today, today + _SPAN)


def occasions(schedule: Schedule, recipient: Recipient, first: date, last: date) -> int:
    """Return how often a schedule falls due for a person on the dates from `first` to `last`, both inclusive."""
    recurrence = schedule.recurrence
    if not isinstance(recurrence, Calendar):
        return sum(len(cron_times(recurrence, first + timedelta(days=n))) for n in range((last - first).days + 1))
    return times_a_day(recurrence) * len(dates_for(recurrence, recipient, first, last))


def _crisis_line(words: OperatorWords, person: Recipient) -> str:
    where = country(person.place, person.sms, person.time_zone)
    return crisis_line_for(words.crisis_lines, where, person.language, operators=words.crisis_line)


_VALUES: dict[str, Callable[[Agenda, Recipient, datetime], str]] = {
    "name": lambda _agenda, recipient, _local: recipient.name or "",
    "supporter": lambda _agenda, recipient, _local: recipient.supporter or "",
    "service": lambda agenda, _recipient, _local: agenda.words.service,
    "contact": lambda agenda, _recipient, _local: agenda.words.contact,
    "local_service": lambda agenda, _recipient, _local: agenda.words.local_service,
    "crisis_line": lambda agenda, recipient, _local: _crisis_line(agenda.words, recipient),
    "frequency": lambda agenda, recipient, local: _frequency(agenda, recipient, local.date()),
    "weekday": lambda _agenda, recipient, local: _tongue(recipient).weekdays[local.weekday()],
    "part_of_day": lambda _agenda, recipient, local: _tongue(recipient).parts_of_day[part_of_day(local.time())],
}


class MessageValues(NamedTuple):
    """A value for each of `placeholders.KNOWN_NAMES`, worked out when a text asks for it; '' where it is unknown."""

    agenda: Agenda
    recipient: Recipient
    moment: datetime

    def get(self, name: str) -> str:
        """Return the value of a known name; raise KeyError for any other."""
        return _VALUES[name](self.agenda, self.recipient, self.moment.astimezone(self.recipient.zone))
