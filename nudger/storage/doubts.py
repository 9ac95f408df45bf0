"""Attempts that nobody knows the end of, inside a transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from nudger.decisions.delivering.transitions import ASK_ON, INQUIRIES
from nudger.domain.deliveries import Receipt
from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import Channel
from nudger.storage.sealed import is_address
from nudger.storage.sql import IS_WAITING, is_by_one_of
from nudger.storage.tables import nudges, recipients


class Doubts:
    """What is known of them, and asking again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def already_claimed(self, receipts: Iterable[Receipt]) -> set[Receipt]:
        """Return which of the receipts belong to a nudge already. One without a provider's id belongs to none."""
        by_id = {receipt.provider_id: receipt for receipt in receipts if receipt.provider_id is not None}
        statement = select(nudges.c.provider_id).where(nudges.c.provider_id.in_(by_id))
        return {by_id[taken] for taken in self._connection.execute(statement).scalars()} if by_id else set()

    def count(self, channel: Channel, address: str, *, since: datetime) -> int:
        """Return how many nudges to an address may have gone out without a receipt, at a moment or later.

        They are under way, in doubt, or wait to be sent once more because the provider did not have them.
        """
        in_time = (nudges.c.channel == channel.value) & (nudges.c.expires_at >= since)
        once_more = (nudges.c.state == _PENDING) & nudges.c.possible_duplicate.is_(True)
        went_there = select(nudges.c.id).where(in_time, IS_WAITING, is_address(nudges.c.address, address))
        went_there = went_there.where(or_(nudges.c.state.in_([_SENDING, _UNKNOWN]), once_more))
        # Two questions, for each has an index of its own: this one is asked for each answer of a provider.
        theirs = recipients.c.sms if channel is Channel.SMS else recipients.c.email
        owners = select(recipients.c.id).where(is_address(theirs, address))
        goes_there = select(nudges.c.id).where(in_time, nudges.c.address.is_(None), nudges.c.recipient.in_(owners))
        goes_there = goes_there.where(nudges.c.due_at >= since - _LONGEST_LIFE)
        goes_there = goes_there.where(or_(nudges.c.state.in_([_SENDING, _UNKNOWN]), once_more))
        return len({*self._connection.scalars(went_there), *self._connection.scalars(goes_there)})

    def ask_again(self, *, cannot_be_asked: Collection[str], since: datetime, now: datetime) -> None:
        """Ask now about every doubt of nudges due since a moment, unless it is too young to be asked about.

        Also where somebody had given up asking, as long as there is any use in it.
        """
        in_doubt = (nudges.c.state == _UNKNOWN) & (nudges.c.due_at >= since) & ~is_by_one_of(cannot_be_asked)
        of_use = nudges.c.expires_at >= now - ASK_ON
        old_enough = nudges.c.inquiries >= len(INQUIRIES)
        for which in (_NOT_ASKED & of_use, old_enough & (nudges.c.next_attempt_at > now)):
            self._connection.execute(update(nudges).where(in_doubt, which).values(next_attempt_at=now))


_LONGEST_LIFE = timedelta(days=8)
"""No nudge may go out so long after it fell due: a first hello has three days, a slot its grace of one."""
_UNKNOWN = NudgeState.UNKNOWN.value
_PENDING = NudgeState.PENDING.value
_SENDING = NudgeState.SENDING.value
_NOT_ASKED = nudges.c.next_attempt_at.is_(None)
