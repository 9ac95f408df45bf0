"""Attempts at deliveries, inside a transaction: begun before the provider is called, ended by whoever made them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from nudger.decisions.delivering.status_updates import updated
from nudger.domain.deliveries import Attempt, AttemptOutcome, DeliveryStatus, Receipt, SenderId, StatusUpdate
from nudger.domain.facts import DaemonId
from nudger.domain.nudges import Nudge
from nudger.domain.vocabulary import NudgeId
from nudger.storage.tables import attempts


class Attempts:
    """Every attempt that was ever made."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, begun: Sequence[Attempt]) -> None:
        """Write attempts down before they are made."""
        if begun:
            self._connection.execute(_BEGIN, [_row(attempt) for attempt in begun])

    def end(self, ended: Sequence[Attempt]) -> None:
        """Write down how attempts ended: each by its owner, also where the nudge is another's by now."""
        if ended:
            self._connection.execute(_END, [_end(attempt) for attempt in ended])

    def cut_off(self, lost: Iterable[Nudge], *, at: datetime) -> None:
        """Write down that nobody saw the end of these nudges' newest attempts."""
        if rows := [{"_nudge": nudge.id, "_number": nudge.fence, "ended_at": at} for nudge in lost]:
            self._connection.execute(_CUT_OFF, rows)

    def settle(self, found: Iterable[tuple[Nudge, AttemptOutcome, str]]) -> None:
        """Write down what the provider said, when asked, of the newest attempts at nudges, with its code."""
        rows = [
            {
                "_nudge": nudge.id,
                "_number": nudge.fence,
                "outcome": outcome.value,
                "code": code,
                "provider_id": nudge.provider_id,
            }
            for nudge, outcome, code in found
        ]
        if rows:
            self._connection.execute(_SETTLE, rows)

    def of(self, nudge: NudgeId) -> list[Attempt]:
        """Return the attempts at a nudge, oldest first."""
        statement = select(attempts).where(attempts.c.nudge == nudge).order_by(attempts.c.number)
        return [_attempt_of(row) for row in self._connection.execute(statement).mappings()]

    def already_claimed(self, receipts: Iterable[Receipt]) -> set[Receipt]:
        """Return which of the receipts belong to an attempt already. One without a provider's id belongs to none."""
        by_id = {receipt.provider_id: receipt for receipt in receipts if receipt.provider_id is not None}
        statement = select(attempts.c.provider_id).where(attempts.c.provider_id.in_(by_id))
        return {by_id[taken] for taken in self._connection.execute(statement).scalars()} if by_id else set()

    def update_delivery(self, provider: str, provider_id: str, said: StatusUpdate) -> Attempt | None:
        """Write down a provider's later word on what it knows by an id; return the attempt, None where it is unknown.

        Words that are late, repeated or out of order lead to the same.
        """
        statement = select(attempts).where(attempts.c.provider_id == provider_id, attempts.c.provider == provider)
        row = self._connection.execute(statement.with_for_update()).mappings().first()
        if row is None:
            return None
        known = _attempt_of(row)
        after = updated(known.delivery, said)
        which = (attempts.c.nudge == known.nudge) & (attempts.c.number == known.number)
        changes = {"status": after.status.value, "status_at": after.at, "status_code": after.code}
        self._connection.execute(update(attempts).where(which).values(changes))
        return _attempt_of({**row, **changes})


_BEGIN = insert(attempts)
_ITSELF = (attempts.c.nudge == bindparam("_nudge"), attempts.c.number == bindparam("_number"))
_END = (
    update(attempts)
    .where(*_ITSELF, attempts.c.owner == bindparam("_owner"))
    .values({name: bindparam(name) for name in ("ended_at", "outcome", "code", "provider_id")})
)
_CUT_OFF = (
    update(attempts)
    .where(*_ITSELF, attempts.c.ended_at.is_(None))
    .values(ended_at=bindparam("ended_at"), outcome=AttemptOutcome.INTERRUPTED.value)
)
_SETTLE = (
    update(attempts).where(*_ITSELF).values({name: bindparam(name) for name in ("outcome", "code", "provider_id")})
)


def _row(attempt: Attempt) -> dict[str, Any]:
    return {
        "nudge": attempt.nudge,
        "number": attempt.number,
        "sender": attempt.sender,
        "provider": attempt.provider,
        "owner": attempt.owner,
        "began_at": attempt.began_at,
        "lease_ends_at": attempt.lease_ends_at,
        "code": attempt.code,
    }


def _end(attempt: Attempt) -> dict[str, Any]:
    return {
        "_nudge": attempt.nudge,
        "_number": attempt.number,
        "_owner": attempt.owner,
        "ended_at": attempt.ended_at,
        "outcome": attempt.outcome,
        "code": attempt.code,
        "provider_id": attempt.provider_id,
    }


def _attempt_of(row: Mapping[Any, Any]) -> Attempt:
    said = None
    if row["status"] is not None:
        said = StatusUpdate(status=DeliveryStatus(row["status"]), at=row["status_at"], code=row["status_code"])
    return Attempt(
        nudge=NudgeId(row["nudge"]),
        number=row["number"],
        sender=SenderId(row["sender"]),
        provider=row["provider"],
        owner=DaemonId(row["owner"]),
        began_at=row["began_at"],
        lease_ends_at=row["lease_ends_at"],
        ended_at=row["ended_at"],
        outcome=AttemptOutcome(row["outcome"]) if row["outcome"] else None,
        code=row["code"],
        provider_id=row["provider_id"],
        price=row["price"],
        delivery=said,
    )
