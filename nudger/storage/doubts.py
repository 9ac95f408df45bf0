"""Attempts that nobody knows the end of, inside a transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from nudger.decisions.delivering.transitions import ASK_ON, INQUIRIES
from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import Channel
from nudger.storage.sealed import is_address
from nudger.storage.sql import IS_ASKED_ABOUT, IS_UNDER_WAY, is_by_one_of
from nudger.storage.tables import attempts, nudges, recipients


class Doubts:
    """What is known of them, and asking again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, channel: Channel, address: str, *, since: datetime) -> int:
        """Return how many nudges to an address may have gone out without a receipt, at a moment or later.

        They are under way, in doubt, or wait to be sent once more because the provider did not have them.
        """
        in_time = (nudges.c.channel == channel.value) & (nudges.c.expires_at >= since)
        once_more = (nudges.c.state == _PENDING) & nudges.c.possible_duplicate.is_(True)
        theirs = is_address(nudges.c.address, address)
        in_doubt = select(nudges.c.id).where(in_time, IS_ASKED_ABOUT, theirs)
        under_way = select(nudges.c.id).join(attempts, attempts.c.nudge == nudges.c.id)
        under_way = under_way.where(IS_UNDER_WAY, in_time, nudges.c.state == _SENDING, theirs)
        # Three questions, for each has an index of its own: this one is asked for each answer of a provider.
        where = recipients.c.sms if channel is Channel.SMS else recipients.c.email
        owners = select(recipients.c.id).where(is_address(where, address))
        goes_there = select(nudges.c.id).where(in_time, nudges.c.address.is_(None), nudges.c.recipient.in_(owners))
        goes_there = goes_there.where(nudges.c.due_at >= since - _LONGEST_LIFE)
        goes_there = goes_there.where(or_(nudges.c.state.in_([_SENDING, _UNKNOWN]), once_more))
        return len({each for which in (in_doubt, under_way, goes_there) for each in self._connection.scalars(which)})

    def ask_again(self, *, cannot_be_asked: Collection[str], since: datetime, now: datetime) -> None:
        """Ask now about every doubt of nudges due since a moment, unless it is too young to be asked about.

        Also where somebody had given up asking, as long as there is any use in it.
        """
        in_doubt = (nudges.c.state == _UNKNOWN) & (nudges.c.due_at >= since) & ~is_by_one_of(cannot_be_asked)
        of_use = nudges.c.expires_at >= now - ASK_ON
        old_enough = nudges.c.inquiries >= len(INQUIRIES)
        for which in (_NOT_ASKED & of_use, old_enough & (nudges.c.ask_at > now)):
            self._connection.execute(update(nudges).where(in_doubt, which).values(ask_at=now))


_LONGEST_LIFE = timedelta(days=8)
"""No nudge may go out so long after it fell due: a first hello has three days, a slot its grace of one."""
_UNKNOWN = NudgeState.UNKNOWN.value
_PENDING = NudgeState.PENDING.value
_SENDING = NudgeState.SENDING.value
_NOT_ASKED = nudges.c.ask_at.is_(None)
