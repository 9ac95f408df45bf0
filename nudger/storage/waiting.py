"""What waits for its moment, for the provider's word or for somebody's, inside a transaction."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, TextClause, and_, bindparam, func, select, text

from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import SlotKey
from nudger.domain.vocabulary import Channel
from nudger.storage.nudge_codec import nudge_of, read_nudges
from nudger.storage.person_codec import recipient_of
from nudger.storage.sql import IS_ASKED_ABOUT, IS_OPEN, IS_UNDER_WAY, KEY
from nudger.storage.tables import IN_TURN, LANES, attempts, nudges, recipients

Candidate = tuple[Nudge, Recipient | None]


class Waiting:
    """The nudges that are to be looked at again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, channel: Channel, *, now: datetime, limit: int, by_age: bool = True) -> list[Candidate]:
        """Return nudges that may go out by `now`, the longest waiting first, each with its person if still here.

        Unless it goes `by_age` alone, what has priority comes before the rest, and first hellos after it. On PostgreSQL
        they stay locked until the transaction ends, and rows locked by another daemon are skipped.
        """
        found: list[Candidate] = []
        for lane in _LANES:
            if by_age or len(found) < limit:
                found += self._first(lane, channel, now=now, limit=limit if by_age else limit - len(found))
        return sorted(found, key=_in_turn)[:limit] if by_age else found

    def in_doubt(self, channel: Channel, *, now: datetime, limit: int) -> list[Candidate]:
        """Return nudges to ask the provider about by `now`, the longest waiting first, each with its person."""
        return self._first(_IN_DOUBT, channel, now=now, limit=limit)

    def _first(self, statement: Select[Any], channel: Channel, *, now: datetime, limit: int) -> list[Candidate]:
        known = {"channel": channel.value, "now": now, "limit": limit}
        return [_with_recipient(row) for row in self._connection.execute(statement, known).mappings()]

    def next_look_at(self) -> datetime | None:
        """Return when the first nudge wants to be looked at, or None."""
        return min((moment for moment in self._connection.execute(_FIRST).one() if moment is not None), default=None)

    def interrupted(self, *, by: datetime | None) -> list[Nudge]:
        """Return nudges whose attempt's lease ended by a moment (None: every one under way), but not the attempt."""
        attempt = and_(attempts.c.nudge == nudges.c.id, attempts.c.number == nudges.c.fence)
        statement = select(nudges).join(attempts, attempt)
        statement = statement.where(IS_UNDER_WAY, nudges.c.state == NudgeState.SENDING.value)
        if by is not None:
            statement = statement.where(attempts.c.lease_ends_at <= by)
        return read_nudges(self._connection, statement)

    def pending(self, *, by: datetime) -> list[Nudge]:
        """Return nudges that wait, and that might go out by a moment."""
        return self._nudges(IS_OPEN, nudges.c.state == NudgeState.PENDING.value, nudges.c.not_before <= by)

    def overdue(self, *, now: datetime) -> list[Nudge]:
        """Return nudges that wait or are held, and may no longer go out."""
        return self._nudges(IS_OPEN, nudges.c.expires_at < now)

    def held(self) -> list[Nudge]:
        """Return what the guard holds."""
        return self._nudges(IS_OPEN, nudges.c.state == NudgeState.HELD.value)

    def everything(self) -> list[Nudge]:
        """Return all that waits for its moment, for the provider's word or for somebody's, oldest first."""
        found = [*self._nudges(IS_OPEN), *self._nudges(IS_ASKED_ABOUT)]
        return sorted(found, key=lambda nudge: (nudge.due, nudge.key))

    def _nudges(self, *conditions: ColumnElement[bool] | TextClause) -> list[Nudge]:
        statement = select(nudges).where(*conditions).order_by(nudges.c.due_at, *KEY)
        return read_nudges(self._connection, statement)


_WITH_RECIPIENT: Select[Any] = select(
    nudges, *(column.label(f"recipient_{column.name}") for column in recipients.c)
).select_from(nudges.outerjoin(recipients, and_(recipients.c.id == nudges.c.recipient, recipients.c.active.is_(True))))


def _of_nudges(words: str) -> TextClause:
    """Return a condition or a column of nudges in letters, in a query that knows other tables too."""
    return text(re.sub(r"\b(not_before|priority|schedule|due_at|recipient|local_date|ordinal)\b", r"nudges.\1", words))


_LANES = tuple(
    _WITH_RECIPIENT.where(_of_nudges(lane), nudges.c.channel == bindparam("channel"))
    .where(nudges.c.not_before <= bindparam("now"), nudges.c.state == NudgeState.PENDING.value)
    .order_by(*map(_of_nudges, IN_TURN))
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=nudges)
    for lane in LANES.values()
)
_IN_DOUBT = (
    _WITH_RECIPIENT.where(IS_ASKED_ABOUT, nudges.c.channel == bindparam("channel"))
    .where(nudges.c.ask_at <= bindparam("now"), nudges.c.state == NudgeState.UNKNOWN.value)
    .order_by(nudges.c.ask_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=nudges)
)
_FIRST = select(
    *(
        select(func.min(nudges.c.not_before))
        .where(_of_nudges(lane), nudges.c.channel == channel.value)
        .scalar_subquery()
        for lane in LANES.values()
        for channel in Channel
    ),
    *(
        select(func.min(nudges.c.ask_at)).where(IS_ASKED_ABOUT, nudges.c.channel == channel.value).scalar_subquery()
        for channel in Channel
    ),
    select(func.min(attempts.c.lease_ends_at)).where(IS_UNDER_WAY).scalar_subquery(),
    select(func.min(nudges.c.expires_at)).where(IS_OPEN, nudges.c.state == NudgeState.HELD.value).scalar_subquery(),
)


def _in_turn(candidate: Candidate) -> tuple[datetime, int, datetime, SlotKey]:
    nudge = candidate[0]
    return (nudge.not_before or nudge.due, -nudge.priority, nudge.due, nudge.key)


_OF_PERSON = tuple((column.name, f"recipient_{column.name}") for column in recipients.c)


def _with_recipient(row: Mapping[Any, Any]) -> Candidate:
    person = recipient_of({name: row[label] for name, label in _OF_PERSON}) if row["recipient_id"] is not None else None
    return nudge_of(row), person
