"""What came back from people, inside a transaction. Rows are added and taken back, and never changed."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, delete, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from nudger.domain.feedback import ANSWERS, Feedback, FeedbackKind
from nudger.domain.nudges import TEST, WELCOME, NudgeState
from nudger.domain.vocabulary import MessageKey, NudgeId, Practice, RecipientId
from nudger.storage.pages import Pages, batches
from nudger.storage.tables import feedback, nudges
from nudger.use_cases.ports import LastSent, Outcome

_ANSWERS = sorted(kind.value for kind in ANSWERS)
_FOR_EVER = FeedbackKind.NOT_THIS.value
_DAY = timedelta(days=1)


class Feedbacks(Pages):
    """Writing down what people let us know, and finding it again."""

    def add_feedback(self, said: Iterable[Feedback], *, source: str) -> int:
        """Write down what people said; return how much of it is new. The same twice is kept once."""
        statement = self._upsert(feedback).on_conflict_do_nothing().returning(feedback.c.id)
        rows = {row["id"]: row for row in (_row(each, source) for each in said)}
        added = 0
        for batch in batches(rows.values()):
            added += len(self._connection.execute(statement, batch).all())
        return added

    def take_back_feedback(self, person: RecipientId) -> Feedback | None:
        """Delete the last thing (by its moment) that a person let us know, and return it; None if there is nothing."""
        last = _FEEDBACK.add_columns(feedback.c.id).where(feedback.c.recipient == person).order_by(None)
        statement = last.order_by(feedback.c.at.desc(), feedback.c.id.desc()).limit(1)
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        *said, name = row
        self._connection.execute(delete(feedback).where(feedback.c.id == name))
        return _feedback(*said)

    def feedback_of(self, people: Collection[RecipientId], *, since: datetime) -> dict[RecipientId, list[Feedback]]:
        """Return what each person let us know since a moment, oldest first; what they never want again, for ever."""
        found: dict[RecipientId, list[Feedback]] = defaultdict(list)
        for batch in batches(sorted(people)):
            statement = _FEEDBACK.where(
                feedback.c.recipient.in_(batch), or_(feedback.c.at >= since, feedback.c.kind == _FOR_EVER)
            )
            for row in self._connection.execute(statement):
                found[row[0]].append(_feedback(*row))
        return found

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

    def outcomes(self, people: Collection[RecipientId] | None, *, since: datetime, until: datetime) -> list[Outcome]:
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


def _row(said: Feedback, source: str) -> dict[str, Any]:
    return {
        "id": _id_of(said),
        "recipient": said.recipient,
        "at": said.at,
        "kind": said.kind.value,
        "level": said.level,
        "nudge": said.nudge,
        "message": said.message,
        "practice": said.practice,
        "theme": said.theme,
        "source": source,
    }


def _id_of(said: Feedback) -> str:
    """Derive an id from what was said; `more` of two practices at once is two things."""
    about: str | None = said.practice if said.kind in (FeedbackKind.MORE, FeedbackKind.LESS) else None
    about = said.nudge if said.kind is FeedbackKind.NOT_THIS else about
    words = (said.recipient, said.at.isoformat(), said.kind, said.level, about)
    return hashlib.blake2b("\x1f".join(map(str, words)).encode(), digest_size=16).hexdigest()


_FEEDBACK: Select[Any] = select(
    *(feedback.c[name] for name in ("recipient", "at", "kind", "level", "nudge", "message", "practice", "theme"))
).order_by(feedback.c.recipient, feedback.c.at, feedback.c.id)


def _feedback(
    recipient: RecipientId,
    at: datetime,
    kind: str,
    level: int | None,
    nudge: NudgeId | None,
    message: MessageKey | None,
    practice: str | None,
    theme: str,
) -> Feedback:
    return Feedback(
        recipient=recipient,
        at=at,
        kind=FeedbackKind(kind),
        level=level,
        nudge=nudge,
        message=message,
        practice=Practice(practice) if practice else None,
        theme=theme,
    )


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
