"""Every decision that was ever taken, inside a transaction: for the record that researchers read."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import Connection, select

from nudger.domain.nudges import TEST, WELCOME, Decided
from nudger.domain.vocabulary import NudgeId, RecipientId
from nudger.storage.events import REOPENED
from nudger.storage.nudge_codec import read_nudges
from nudger.storage.sql import batches
from nudger.storage.tables import events, nudges

_OF_A_SCHEDULE = nudges.c.schedule.not_in((TEST, WELCOME))


class Decisions:
    """Reading decisions, person by person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def exist(self) -> bool:
        """Say whether a schedule ever decided anything."""
        return self._connection.scalar(select(nudges.c.id).where(_OF_A_SCHEDULE).limit(1)) is not None

    def people(self) -> list[RecipientId]:
        """Return everybody for whom a schedule ever decided anything, here or gone."""
        statement = select(nudges.c.recipient).where(_OF_A_SCHEDULE).distinct().order_by(nudges.c.recipient)
        return list(self._connection.execute(statement).scalars())

    def of(
        self, people: Collection[RecipientId], *, first: date | None = None, last: date | None = None
    ) -> list[Decided]:
        """Return the decisions for these people (a few hundred at most) on local dates, by person and due time."""
        statement = select(nudges).where(nudges.c.recipient.in_(people), _OF_A_SCHEDULE)
        if first is not None:
            statement = statement.where(nudges.c.local_date >= first)
        if last is not None:
            statement = statement.where(nudges.c.local_date <= last)
        statement = statement.order_by(nudges.c.recipient, nudges.c.due_at, nudges.c.schedule, nudges.c.ordinal)
        found = read_nudges(self._connection, statement)
        moments = self._decided_at(nudge.id for nudge in found)
        return [Decided(nudge, moments.get(nudge.id)) for nudge in found]

    def _decided_at(self, ids: Iterable[NudgeId]) -> dict[NudgeId, datetime]:
        """Return when each nudge was decided: its first event, or the first after it was taken back."""
        moments: dict[NudgeId, datetime] = {}
        for batch in batches(ids):
            statement = select(events.c.nudge, events.c.at, events.c.kind).where(events.c.nudge.in_(batch))
            for nudge, at, kind in self._connection.execute(statement.order_by(events.c.id)):
                if kind == REOPENED:
                    moments.pop(nudge, None)
                else:
                    moments.setdefault(nudge, at)
        return moments
