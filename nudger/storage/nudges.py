"""Writing nudges down and finding them again, inside a transaction.

Every nudge that changes leaves an event behind in the same transaction, so the past explains the present.
Many rows are written at a time: one by one, a commit for each, is twenty times slower and a hundred on a slow disk.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from nudger.domain.nudges import Nudge, NudgeState, may_become
from nudger.domain.vocabulary import NudgeId, RecipientId
from nudger.storage.events import Events
from nudger.storage.high_water import Progress
from nudger.storage.nudge_codec import nudge_of, nudge_row, read_nudges, standing_row
from nudger.storage.sql import KEY, batches, upsert
from nudger.storage.tables import nudges


class Nudges:
    """The nudges themselves, each by its id, its person or its day."""

    def __init__(self, connection: Connection, *, events: Events, progress: Progress) -> None:
        self._connection = connection
        self._events = events
        self._progress = progress

    def add(self, new: Sequence[Nudge], *, at: datetime) -> list[Nudge]:
        """Write down nudges whose slots have none yet; return those. A slot that has one keeps it, for ever."""
        statement = upsert(self._connection, nudges).on_conflict_do_nothing().returning(nudges.c.id)
        added: set[str] = set()
        first_of_each = {nudge.id: nudge for nudge in reversed(new)}
        for batch in batches(reversed(first_of_each.values())):
            rows = [nudge_row(nudge, at=at) for nudge in batch]
            added.update(self._connection.execute(statement, rows).scalars())
        fresh = [nudge for nudge in reversed(first_of_each.values()) if nudge.id in added]
        self._events.add_states(fresh, at=at)
        self._progress.wrote_nudges |= bool(fresh)
        return fresh

    def save(self, changes: Sequence[tuple[Nudge, Nudge]], *, at: datetime) -> list[Nudge]:
        """Write down (before, after) pairs; return those that are written down, as they stand now.

        A nudge that came to another state since, or has a newer attempt than it had before, is left alone: whoever
        slept past the end of a lease writes over nobody's word.
        """
        for before, after in changes:
            if before.state is not after.state and not may_become(before.state, after.state):
                raise ValueError(f"a nudge cannot go from {before.state} to {after.state}")
        if not changes:
            return []
        rows = [_changed_row(before, after, at) for before, after in changes]
        written = self._connection.execute(_SAVE, rows).rowcount
        saved = [after for _, after in changes]
        if written != len(changes):
            saved = self._written(saved, at=at)
        self._progress.wrote_nudges |= bool(saved)
        self._events.add_states(saved, at=at)
        return saved

    def _written(self, changed: Sequence[Nudge], *, at: datetime) -> list[Nudge]:
        """Return which of the nudges stand as they were just written down."""
        found: set[tuple[str, str, int, datetime]] = set()
        columns = (nudges.c.id, nudges.c.state, nudges.c.fence, nudges.c.updated_at)
        for batch in batches(nudge.id for nudge in changed):
            rows = self._connection.execute(select(*columns).where(nudges.c.id.in_(batch)))
            found.update((row.id, row.state, row.fence, row.updated_at) for row in rows)
        return [nudge for nudge in changed if (nudge.id, nudge.state.value, nudge.fence, at) in found]

    def known(self, ids: Iterable[NudgeId]) -> set[NudgeId]:
        """Return which of these nudges are written down already."""
        found: set[NudgeId] = set()
        for batch in batches(ids):
            found.update(self._connection.execute(select(nudges.c.id).where(nudges.c.id.in_(batch))).scalars())
        return found

    def get(self, nudge_id: NudgeId) -> Nudge | None:
        """Return one nudge."""
        row = self._connection.execute(select(nudges).where(nudges.c.id == nudge_id)).mappings().one_or_none()
        return None if row is None else nudge_of(row)

    def beginning(self, start: str, *, limit: int) -> list[Nudge]:
        """Return nudges whose id begins so."""
        statement = select(nudges).where(nudges.c.id.startswith(start, autoescape=True)).order_by(nudges.c.id)
        return read_nudges(self._connection, statement.limit(limit))

    def of_person(self, recipient: str, *, since: datetime, until: datetime) -> list[Nudge]:
        """Return one person's nudges due from a moment until before another, oldest first."""
        theirs = select(nudges).where(nudges.c.recipient == recipient)
        statement = theirs.where(nudges.c.due_at >= since, nudges.c.due_at < until).order_by(nudges.c.due_at, *KEY)
        return read_nudges(self._connection, statement)

    def all_of(self, person: RecipientId) -> list[Nudge]:
        """Return every nudge of a person, hellos and tests too, by due time."""
        statement = select(nudges).where(nudges.c.recipient == person).order_by(nudges.c.due_at, nudges.c.id)
        return read_nudges(self._connection, statement)

    def recent(self, *, since: datetime, recipient: str | None = None, limit: int = 50) -> list[Nudge]:
        """Return the newest nudges due since a moment, newest first."""
        statement = select(nudges).where(nudges.c.due_at >= since)
        if recipient is not None:
            statement = statement.where(nudges.c.recipient == recipient)
        statement = statement.order_by(nudges.c.due_at.desc(), nudges.c.id).limit(limit)
        return read_nudges(self._connection, statement)

    def counts(self, *, since: datetime) -> Counter[NudgeState]:
        """Return how many nudges due since a moment stand in each state."""
        statement = select(nudges.c.state, func.count()).where(nudges.c.due_at >= since).group_by(nudges.c.state)
        return Counter({NudgeState(state): count for state, count in self._connection.execute(statement)})


_CHANGEABLE = (
    "state", "status_code", "status_reason", "attempts", "inquiries", "possible_duplicate", "resends", "fence",
    "first_attempt_at", "last_attempt_at", "not_before", "ask_at", "provider", "provider_id", "address", "updated_at",
)  # fmt: skip
_SAVE = (
    update(nudges)
    .where(nudges.c.id == bindparam("_id"), nudges.c.state == bindparam("_state"))
    .where(nudges.c.fence == bindparam("_fence"))
    .values({name: bindparam(name) for name in _CHANGEABLE})
)


def _changed_row(before: Nudge, after: Nudge, at: datetime) -> dict[str, Any]:
    """Return what may change of a nudge, and what it must have been: its words and its record never change."""
    return {
        "_id": after.id,
        "_state": before.state.value,
        "_fence": before.fence,
        **standing_row(after, at=at),
    }
