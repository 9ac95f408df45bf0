"""What a library has for which part of self-compassion, practice and situation, and how long it lasts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from nudger.decisions.wording import occasions
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule, Selection
from nudger.domain.vocabulary import Component, Practice, RecipientId, ScheduleId, Situation

Cell = tuple[Component, Practice, Situation]
_ANY = Selection()
_SPAN = timedelta(days=365)


def language_of(message: Message) -> str:
    """Return the language of a message, without a region."""
    return message.language.partition("-")[0]


def cells(messages: Iterable[Message]) -> Counter[Cell]:
    """Return how many messages there are for every cell, those that any schedule may choose from.

    A message without a situation fits every one.
    """
    found: Counter[Cell] = Counter(dict.fromkeys(product(Component, Practice, Situation), 0))
    for message in messages:
        if _ANY.takes(message):
            found.update((message.component, message.practice, each) for each in message.situations or Situation)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How many messages a schedule has to choose from in one language, and how many days pass until all were seen.

    `days` is None where it lasts for over a year, where the schedule names no date within one, or where nobody can say
    how often it comes, because that hangs on a condition (`sometimes`). Other schedules, which may use up the same
    messages, are not counted.
    """

    schedule: ScheduleId
    language: str
    pool: int
    days: int | None
    sometimes: bool = False


def supplies(schedules: Iterable[Schedule], messages: Iterable[Message], today: date) -> Iterator[Supply]:
    """Yield the supply of every schedule, in every language that has any messages."""
    messages = list(messages)
    languages = sorted({language_of(message) for message in messages if _ANY.takes(message)})
    for schedule in schedules:
        fitting = Counter(language_of(message) for message in messages if schedule.selection.takes(message))
        for language in languages:
            yield _supply(schedule, language, fitting[language], today)


def _supply(schedule: Schedule, language: str, pool: int, today: date) -> Supply:
    person = Recipient(id=RecipientId("anybody"), time_zone="UTC", language=language, joined=today - timedelta(days=1))
    a_year = occasions(schedule, person, today, today + _SPAN - timedelta(days=1))
    days = pool * _SPAN.days // a_year if a_year else None
    return Supply(
        schedule=schedule.id,
        language=language,
        pool=pool,
        days=days if days is not None and days <= _SPAN.days and schedule.only_if is None else None,
        sometimes=schedule.only_if is not None,
    )
