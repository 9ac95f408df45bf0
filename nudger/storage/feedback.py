"""What came back from people, inside a transaction. Rows are added and taken back, and never changed."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, or_, select

from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.vocabulary import MessageKey, NudgeId, Practice, RecipientId
from nudger.storage.sql import batches, upsert
from nudger.storage.tables import feedback

_FOR_EVER = FeedbackKind.NOT_THIS.value


class Feedbacks:
    """Writing down what people let us know, and finding it again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, said: Iterable[Feedback], *, source: str) -> int:
        """Write down what people said; return how much of it is new. The same twice is kept once."""
        statement = upsert(self._connection, feedback).on_conflict_do_nothing().returning(feedback.c.id)
        rows = {row["id"]: row for row in (_row(each, source) for each in said)}
        added = 0
        for batch in batches(rows.values()):
            added += len(self._connection.execute(statement, batch).all())
        return added

    def take_back(self, person: RecipientId) -> Feedback | None:
        """Delete the last thing (by its moment) that a person let us know, and return it; None if there is nothing."""
        last = _FEEDBACK.add_columns(feedback.c.id).where(feedback.c.recipient == person).order_by(None)
        statement = last.order_by(feedback.c.at.desc(), feedback.c.id.desc()).limit(1)
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        *said, name = row
        self._connection.execute(delete(feedback).where(feedback.c.id == name))
        return _feedback(*said)

    def of(self, people: Collection[RecipientId], *, since: datetime) -> dict[RecipientId, list[Feedback]]:
        """Return what each person let us know since a moment, oldest first; what they never want again, for ever."""
        found: dict[RecipientId, list[Feedback]] = defaultdict(list)
        for batch in batches(sorted(people)):
            statement = _FEEDBACK.where(
                feedback.c.recipient.in_(batch), or_(feedback.c.at >= since, feedback.c.kind == _FOR_EVER)
            )
            for row in self._connection.execute(statement):
                found[row[0]].append(_feedback(*row))
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
