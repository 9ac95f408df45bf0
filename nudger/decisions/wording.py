"""What the placeholders of a message stand for, for one person at one moment."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from nudger.decisions.choosing.options import same_language
from nudger.decisions.choosing.sms_cost import Cost, sms_cost
from nudger.decisions.planning.dates import cron_times, dates_for
from nudger.decisions.planning.pace import WEEKS, times_a_day
from nudger.decisions.snapshot import Snapshot
from nudger.domain.calendar import part_of_day
from nudger.domain.crisis_lines import crisis_line_for
from nudger.domain.legal_hours import country
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Calendar, Schedule
from nudger.domain.tongues import Tongue, tongue_of, weekday

_SPAN = timedelta(weeks=WEEKS) - timedelta(days=1)


def _frequency(snapshot: Snapshot, recipient: Recipient, today: date, tongue: Tongue) -> str:
    """Return in words how often a person hears from us, counted over four weeks; what may never come is not counted."""
    meant = (each for each in snapshot.schedules.values() if each.only_if is None and each.audience.includes(recipient))
    a_week = round(sum(occasions(schedule, recipient, today, today + _SPAN) for schedule in meant) / WEEKS)
    most = snapshot.limits_of(recipient).per_week
    a_week = min(a_week, most) if most is not None else a_week
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


class MessageValues(NamedTuple):
    """A value for each of `placeholders.KNOWN_NAMES`, worked out when a text asks for it; '' where it is unknown.

    `language` is that of the text: its values are in it, too, so that a message is in one language.
    """

    snapshot: Snapshot
    recipient: Recipient
    moment: datetime
    language: str

    def get(self, name: str) -> str:
        """Return the value of a known name; raise KeyError for any other."""
        return _VALUES[name](self)

    @property
    def local(self) -> datetime:
        """The moment by the person's clock."""
        return self.moment.astimezone(self.recipient.zone)

    @property
    def tongue(self) -> Tongue:
        """Our own words in the language of the text."""
        return tongue_of(self.language)


def other_language(message: Message, person: Recipient) -> str | None:
    """Return the language of a message, where it is another than the person's.

    Only what is sent once falls back so (a hello in English beats silence). The foot of a mail is then in its language.
    """
    return None if same_language(message.language, person.language) else message.language


def _crisis_line(values: MessageValues) -> str:
    person, words = values.recipient, values.snapshot.words
    where = country(person.region, person.sms, person.time_zone)
    return crisis_line_for(
        words.crisis_lines, where, person.language, operators=words.crisis_line, sentence_in=values.language
    )


_VALUES: dict[str, Callable[[MessageValues], str]] = {
    "name": lambda values: values.recipient.name or "",
    "supporter": lambda values: values.recipient.supporter or "",
    "service": lambda values: values.snapshot.words.service,
    "contact": lambda values: values.snapshot.words.contact,
    "local_service": lambda values: values.snapshot.words.local_service,
    "crisis_line": _crisis_line,
    "frequency": lambda values: _frequency(values.snapshot, values.recipient, values.local.date(), values.tongue),
    "weekday": lambda values: weekday(values.language, values.local.weekday()),
    "part_of_day": lambda values: values.tongue.parts_of_day[part_of_day(values.local.time())],
}


def sms_cost_for(snapshot: Snapshot, messages: Iterable[Message], person: Recipient, *, now: datetime) -> Cost:
    """Return what a person's own values do to the length of the SMS that they would get now."""
    return sms_cost(messages, person, lambda message: MessageValues(snapshot, person, now, message.language))
