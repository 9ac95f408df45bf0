"""What nudges brought, inside a transaction: which went out, and whether anything came back."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, DateTime, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from nudger.domain.feedback import ANSWERS, LastSent, Outcome
from nudger.domain.nudges import TEST, WELCOME, NudgeState
from nudger.domain.vocabulary import RecipientId
from nudger.storage.sql import batches
from nudger.storage.tables import feedback, nudges

_ANSWERS = sorted(kind.value for kind in ANSWERS)
_DAY = timedelta(days=1)


class Outcomes:
    """What went out of the schedules, and what it brought."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_sent(self, person: RecipientId, *, by: datetime) -> LastSent | None:
        """Return the last nudge of a schedule that went out to a person by a moment."""
        statement = (
            select(nudges.c.id, nudges.c.message)
            .where(nudges.c.recipient == person, nudges.c.schedule.not_in((TEST, WELCOME)))
            .where(nudges.c.state == NudgeState.SENT.value, nudges.c.first_attempt_at <= by)
            .order_by(nudges.c.due_at.desc(), nudges.c.first_attempt_at.desc())
            .limit(1)
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else LastSent(*row)

    def of(self, people: Collection[RecipientId] | None, *, since: datetime, until: datetime) -> list[Outcome]:
        """Return what nudges brought that went out in [since, until): for each of these people, or for everybody.

        Answered is a nudge with anything from the person within 24 hours after it went out (the proximal outcome).
        """
        sent = (nudges.c.first_attempt_at >= since, nudges.c.first_attempt_at < until, nudges.c.due_at >= since - _DAY)
        if people is None:
            rows = self._connection.execute(_OUTCOMES.where(*sent).group_by(nudges.c.message))
            return [Outcome(None, *row) for row in rows]
        found: list[Outcome] = []
        by_person = _OUTCOMES.add_columns(nudges.c.recipient).group_by(nudges.c.recipient, nudges.c.message)
        for batch in batches(sorted(people)):
            rows = self._connection.execute(by_person.where(*sent, nudges.c.recipient.in_(batch)))
            found += (Outcome(person, message, count, answered) for message, count, answered, person in rows)
        return found


class _a_day_after(FunctionElement[datetime]):  # noqa: N801 - a function of SQL
    """The moment 24 hours after the one in a column."""

    type = DateTime()
    inherit_cache = True


@compiles(_a_day_after, "sqlite")
def _on_sqlite(element: _a_day_after, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite keeps moments as text, which is compared as text: it must come out in the same form."""
    return f"strftime('%Y-%m-%d %H:%M:%f000', {compiler.process(element.clauses, **options)}, '+1 day')"


@compiles(_a_day_after, "postgresql")
def _on_postgresql(element: _a_day_after, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} + interval '24 hours')"


def _answered() -> ColumnElement[int]:
    """Return how many nudges of a group were answered within a day of going out."""
    sent = nudges.c.first_attempt_at
    answer = (
        select(feedback.c.id)
        .where(feedback.c.recipient == nudges.c.recipient, feedback.c.at > sent, feedback.c.at <= _a_day_after(sent))
        .where(feedback.c.kind.in_(_ANSWERS))
    )
    return func.count().filter(answer.exists())


_OUTCOMES: Select[Any] = select(nudges.c.message, func.count(), _answered()).where(
    nudges.c.state == NudgeState.SENT.value,
    nudges.c.message.is_not(None),
    nudges.c.schedule.not_in((TEST, WELCOME)),
)
