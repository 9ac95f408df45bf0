"""The agenda: all that deciding needs to know, in memory, replaced as a whole when the configuration changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nudger.decisions.choose import Shelf
from nudger.decisions.plan import Roster, build_roster
from nudger.domain.catalog import Catalog
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule
from nudger.domain.vocabulary import RecipientId, ScheduleId


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorWords:
    """What the operator's settings put into messages."""

    service: str
    contact: str
    crisis_line: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Agenda:
    """Everything that deciding needs to know, in memory: replaced as a whole when the configuration changes."""

    schedules: Mapping[ScheduleId, Schedule]
    recipients: Mapping[RecipientId, Recipient]
    roster: Roster
    shelf: Shelf
    words: OperatorWords
    seed: str
    installation: str


def build_agenda(
    catalog: Catalog, recipients: Iterable[Recipient], *, words: OperatorWords, seed: str, installation: str
) -> Agenda:
    """Put together the operator's catalog and the people to serve."""
    people = {recipient.id: recipient for recipient in recipients}
    return Agenda(
        schedules={schedule.id: schedule for schedule in catalog.schedules},
        recipients=people,
        roster=build_roster(catalog.schedules, people.values()),
        shelf=Shelf(messages=catalog.messages),
        words=words,
        seed=seed,
        installation=installation,
    )
