"""Why somebody got a nudge, or did not: what was decided and what happened to it, and what is foreseen."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from nudger.decisions.snapshot import Snapshot
from nudger.domain.nudges import TEST, WELCOME, Nudge
from nudger.domain.recipients import Recipient
from nudger.errors import NudgerError
from nudger.prose.why import Happening
from nudger.use_cases.outlook import outlook, standing
from nudger.use_cases.people import who_is_here

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

_ID = re.compile(r"[0-9a-f]{4,32}\Z")
_DAY = timedelta(days=1)
_MANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One nudge: what happened to it, and whether it was decided, or is only foreseen. Its person, if still here."""

    nudge: Nudge
    person: Recipient | None
    happened: tuple[Happening, ...] = ()
    decided: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """All that a person got on a local date, or is to get, in order; or, with no `person`, the one nudge asked for."""

    person: Recipient | None
    day: date
    accounts: Sequence[Account]


class DateBesideNudgeError(NudgerError):
    """A date was named together with a nudge, which has its own."""


def account_for(
    transaction: "Transaction | None",
    written: Sequence[Recipient] | None,
    snapshot_of: Callable[[Sequence[Recipient]], Snapshot],
    whose: str,
    day: date | int | None,
    *,
    now: datetime,
) -> Accounts:
    """Return what there is to say of a nudge, by its id or the beginning of it, or of a person's local date.

    `day` as a number is so many days from today, where they are. `written` are the people of recipients.yaml. Raises
    NudgerError for what is neither a person nor a nudge here, and DateBesideNudgeError.
    """
    everybody = who_is_here(transaction, written, now=now)
    person = next((each for each in everybody if each.id == whose), None)
    if person is None:
        return _of_nudge(transaction, everybody, whose, dated=day is not None)
    today = day if isinstance(day, date) else now.astimezone(person.zone).date() + (day or 0) * _DAY
    decided = _decided(transaction, person, today)
    snapshot = snapshot_of([person])
    at = standing(transaction, snapshot, everybody, with_histories=True, now=now)
    known = {each.nudge.key for each in decided}
    foreseen = [
        Account(nudge=each.nudge, person=person, decided=False)
        for each in outlook(snapshot, at, first=today, last=today)
        if each.nudge.key not in known
    ]
    accounts = sorted([*decided, *foreseen], key=lambda each: (each.nudge.due, each.nudge.key))
    return Accounts(person=person, day=today, accounts=accounts)


def _of_nudge(
    transaction: "Transaction | None", everybody: Sequence[Recipient], start: str, *, dated: bool
) -> Accounts:
    if not _ID.match(start):
        raise NudgerError(f"{start!r} is neither a person nor a nudge here: see `nudger recipients list`")
    if dated:
        raise DateBesideNudgeError("a date goes with a person, not with a nudge")
    found = transaction.nudges.beginning(start, limit=_MANY) if transaction else []
    if not found or transaction is None:
        raise NudgerError(f"no nudge here has an id that begins with {start!r}: see `nudger status --format json`")
    if len(found) >= _MANY:
        raise NudgerError(f"more than one nudge has an id that begins with {start!r}: give more of it")
    nudge = found[0]
    person = next((each for each in everybody if each.id == nudge.key.recipient), None)
    return Accounts(person=None, day=_local_date(nudge, person), accounts=[_account(transaction, nudge, person)])


def _decided(transaction: "Transaction | None", person: Recipient, day: date) -> list[Account]:
    """Return what was decided for a person's local date."""
    if transaction is None:
        return []
    midnight = datetime.combine(day, time.min, UTC)
    near = transaction.nudges.of_person(person.id, since=midnight - _DAY, until=midnight + 2 * _DAY)
    return [_account(transaction, nudge, person) for nudge in near if _local_date(nudge, person) == day]


def _account(transaction: "Transaction", nudge: Nudge, person: Recipient | None) -> Account:
    events = transaction.events.of(nudge.id)
    happened = tuple(Happening(event.at, event.kind, event.reason, event.detail) for event in events)
    return Account(nudge=nudge, person=person, happened=happened)


def _local_date(nudge: Nudge, person: Recipient | None) -> date:
    """Return the local date of a nudge; a hello's key has none, and it is in UTC for whoever is no longer here."""
    if nudge.key.schedule in (WELCOME, TEST):
        return nudge.due.astimezone(person.zone if person else UTC).date()
    return nudge.key.local_date
