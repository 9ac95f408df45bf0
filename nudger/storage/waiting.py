"""What waits for its moment, for the provider's word or for somebody's, inside a transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, text

from nudger.domain.nudges import WELCOME, Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import Channel
from nudger.storage.nudge_codec import nudge_of, read_nudges
from nudger.storage.person_codec import recipient_of
from nudger.storage.sql import IS_WAITING, KEY
from nudger.storage.tables import nudges, recipients


class Waiting:
    """The nudges that are to be looked at again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(
        self, state: NudgeState, channel: Channel, *, now: datetime, limit: int, by_age: bool = True
    ) -> list[tuple[Nudge, Recipient | None]]:
        """Return nudges to look at again by `now`, the longest waiting first, each with its person if still here.

        Unless it goes `by_age` alone, what has priority comes before the rest, and first hellos after it. On PostgreSQL
        they stay locked until the transaction ends, and rows locked by another daemon are skipped.
        """
        found: list[tuple[Nudge, Recipient | None]] = []
        for lane in (and_(True),) if by_age else _LANES:
            if len(found) < limit:
                statement = (
                    _WITH_RECIPIENT.where(nudges.c.state == state.value, nudges.c.channel == channel.value, lane)
                    .where(nudges.c.next_attempt_at <= now)
                    .order_by(nudges.c.next_attempt_at, nudges.c.priority.desc(), nudges.c.due_at, *KEY)
                    .limit(limit - len(found))
                    .with_for_update(skip_locked=True, of=nudges)
                )
                found += [_with_recipient(row) for row in self._connection.execute(statement).mappings()]
        return found

    def next_attempt(self) -> datetime | None:
        """Return when the first waiting nudge wants to be looked at, or None."""
        first: datetime | None = self._connection.scalar(_NEXT_ATTEMPT)
        return first

    def interrupted(self, *, by: datetime | None) -> list[Nudge]:
        """Return nudges whose attempt should have ended by a moment (None: every one under way), but did not."""
        statement = select(nudges).where(nudges.c.state == NudgeState.SENDING.value, IS_WAITING)
        if by is not None:
            statement = statement.where(nudges.c.next_attempt_at <= by)
        return read_nudges(self._connection, statement)

    def pending(self, *, by: datetime) -> list[Nudge]:
        """Return nudges that wait, and that wanted to be looked at by a moment."""
        return self._nudges(nudges.c.state == NudgeState.PENDING.value, IS_WAITING, nudges.c.next_attempt_at <= by)

    def overdue(self, *, now: datetime) -> list[Nudge]:
        """Return nudges that wait or are held, and may no longer go out."""
        waiting = nudges.c.state.in_([NudgeState.PENDING.value, NudgeState.HELD.value])
        return self._nudges(waiting, IS_WAITING, nudges.c.next_attempt_at <= now, nudges.c.expires_at < now)

    def held(self) -> list[Nudge]:
        """Return what the guard holds."""
        return self._nudges(nudges.c.state == NudgeState.HELD.value, IS_WAITING)

    def everything(self) -> list[Nudge]:
        """Return all that waits for its moment, for the provider's word or for somebody's, oldest first."""
        return self._nudges(nudges.c.state.in_(_WAITS), IS_WAITING)

    def _nudges(self, *conditions: ColumnElement[bool]) -> list[Nudge]:
        statement = select(nudges).where(*conditions).order_by(nudges.c.due_at, *KEY)
        return read_nudges(self._connection, statement)


_WAITS = [NudgeState.PENDING.value, NudgeState.HELD.value, NudgeState.UNKNOWN.value]
_NEXT_ATTEMPT = select(func.min(nudges.c.next_attempt_at)).where(IS_WAITING)
_LANES: tuple[ColumnElement[bool], ...] = (
    and_(text("nudges.priority > 0"), nudges.c.schedule != WELCOME),
    and_(text("nudges.priority <= 0"), nudges.c.schedule != WELCOME),
    and_(nudges.c.schedule == WELCOME),
)
_WITH_RECIPIENT: Select[Any] = select(
    nudges, *(column.label(f"recipient_{column.name}") for column in recipients.c)
).select_from(nudges.outerjoin(recipients, and_(recipients.c.id == nudges.c.recipient, recipients.c.active.is_(True))))


def _with_recipient(row: Mapping[Any, Any]) -> tuple[Nudge, Recipient | None]:
    person = {name.removeprefix("recipient_"): value for name, value in row.items() if name.startswith("recipient_")}
    return nudge_of(row), recipient_of(person) if person["id"] is not None else None
