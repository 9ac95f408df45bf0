"""What a clock that was wrong did to the nudges, and taking it back, inside a transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from nudger.decisions.delivering.transitions import LEASE, ONLY_TOO_LATE
from nudger.domain.nudges import NudgeState
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.vocabulary import Channel
from nudger.storage.events import REOPENED, Events
from nudger.storage.high_water import Progress
from nudger.storage.nudge_codec import status_row
from nudger.storage.sql import IS_UNDER_WAY, is_by_one_of
from nudger.storage.tables import attempts, nudges


class ClockRepairs:
    """Deciding anew what a wrong clock decided."""

    def __init__(self, connection: Connection, *, events: Events, progress: Progress) -> None:
        self._connection = connection
        self._events = events
        self._progress = progress

    def reopen(self, *, now: datetime, at: datetime) -> int:
        """Take back what was decided and never tried for slots whose time is yet to come; return for how many.

        Also what was only written off as too late, and is not. The one way in which a row is ever deleted: the clock
        was wrong. The events stay.
        """
        written_off = and_(nudges.c.state.in_(_WRITTEN_OFF), nudges.c.expires_at >= now)
        yet_to_come = and_(nudges.c.state.in_(_UNTRIED), nudges.c.due_at > now)
        statement = delete(nudges).where(nudges.c.fence == 0, or_(written_off, yet_to_come)).returning(nudges.c.id)
        taken = list(self._connection.execute(statement).scalars())
        if taken:
            self._events.add_to_each(REOPENED, taken, at=at)
            self._progress.wrote_nudges = True
        return len(taken)

    def bring_back(self, *, ahead: timedelta, cannot_be_asked: Collection[str], now: datetime) -> None:
        """Let nothing wait for a time of a clock that was `ahead`: it is looked at now, and decided by this clock.

        What was tried and then was too late is tried again if it is not; what may have gone out may have done so
        earlier than was written down. Rows of a future that was lived by mistake keep their own time.
        """
        fallen_due = nudges.c.due_at <= now
        in_time = nudges.c.expires_at >= now
        changes = (
            (_PENDING, fallen_due & (nudges.c.not_before > now), {"not_before": now}),
            (NudgeState.EXPIRED.value, in_time & (nudges.c.fence > 0), _once_again(now)),
            (_UNKNOWN, _NOT_ASKED & in_time & _ONLY_TOO_LATE & is_by_one_of(cannot_be_asked), _once_again(now)),
            (_UNKNOWN, nudges.c.ask_at > now, {"ask_at": now + _SOON}),
        )
        too_long = IS_UNDER_WAY & (attempts.c.lease_ends_at > now + LEASE)
        self._connection.execute(update(attempts).where(too_long).values(lease_ends_at=now + LEASE))
        for state, which, values in changes:
            self._connection.execute(update(nudges).where(nudges.c.state == state, which).values(values))
        self._backdate(ahead)
        self._progress.wrote_nudges = True

    def _backdate(self, ahead: timedelta) -> None:
        """Say of what is in doubt, or under way, that it may have begun by the right clock."""
        doubtful = nudges.c.state.in_([_UNKNOWN, _SENDING, _PENDING]) & (nudges.c.channel == Channel.SMS.value)
        begun = select(nudges.c.id, nudges.c.first_attempt_at, nudges.c.last_attempt_at)
        begun = begun.where(doubtful, nudges.c.first_attempt_at.is_not(None))
        earlier = ahead + _SOON
        rows = [
            {"_id": nudge, "first": first - earlier, "last": last and last - earlier}
            for nudge, first, last in self._connection.execute(begun)
        ]
        if rows:
            statement = update(nudges).where(nudges.c.id == bindparam("_id"))
            statement = statement.values(first_attempt_at=bindparam("first"), last_attempt_at=bindparam("last"))
            self._connection.execute(statement, rows)


_SOON = timedelta(minutes=1)
_UNKNOWN = NudgeState.UNKNOWN.value
_ONLY_TOO_LATE = nudges.c.status_code.in_([code.value for code in ONLY_TOO_LATE])
_NOT_ASKED = nudges.c.ask_at.is_(None)
_PENDING = NudgeState.PENDING.value
_SENDING = NudgeState.SENDING.value
_WRITTEN_OFF = [NudgeState.MISSED.value, NudgeState.EXPIRED.value]
_UNTRIED = [*_WRITTEN_OFF, NudgeState.WITHHELD.value, NudgeState.PENDING.value, NudgeState.HELD.value]


def _once_again(now: datetime) -> dict[str, Any]:
    return {"state": _PENDING, "not_before": now, **status_row(Reason(ReasonCode.CLOCK_WAS_WRONG))}
