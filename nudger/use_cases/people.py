"""Who is here, and what they wish: to be left alone, for a while or for good, and to hear from us again.

Runs inside one transaction; where there is no ledger yet, questions take None for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from nudger.domain.consent import Source, Wish
from nudger.domain.recipients import Pause, Recipient, ended, joins_on
from nudger.domain.vocabulary import RecipientId
from nudger.errors import NudgerError

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

_ASKED = {Source.COMMAND: "asked the operator to stop"}


def who_is_here(
    transaction: "Transaction | None", written: Sequence[Recipient] | None, *, now: datetime
) -> list[Recipient]:
    """Return everybody who is served, or would be from the next start on, by id.

    `written` are the people of recipients.yaml as they stand there, None without that file: they count as written,
    with the day of joining that was noted and the pauses that were entered by command. Beside them there is whoever
    was imported; without the file, whoever the ledger knows.
    """
    if transaction is None:
        here, noted, pauses = {}, {}, {}
    else:
        known = transaction.people.everybody(source=None if written is None else "import")
        here = {person.id: person for person in known}
        noted = transaction.people.joined([person.id for person in written or ()])
        pauses = transaction.people.pauses() if written else {}
    for person in written or ():
        joined = joins_on(person, noted, now=now)
        here[person.id] = replace(person, joined=joined, pauses=(*person.pauses, *pauses.get(person.id, ())))
    return sorted(here.values(), key=lambda person: person.id)


def keep_written(transaction: "Transaction", written: Sequence[Recipient] | None, *, now: datetime) -> None:
    """Write down the people of recipients.yaml: from then on the ledger knows who `who_is_here`.

    Whoever came from the file and is no longer in it gets nothing more.
    """
    if written is not None:
        transaction.people.keep(written, source="file", at=now)
        transaction.people.retire(source="file", besides={person.id for person in written})


def named(people: Iterable[Recipient], name: str) -> Recipient:
    """Return the one with this id. Raises NudgerError if nobody has it."""
    found = next((person for person in people if person.id == name), None)
    if found is None:
        raise NudgerError(f"nobody here has the id {name!r}: see `nudger recipients list`")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whether a person can be reached: which of their addresses may not be used, and whether they are paused today."""

    person: Recipient
    today: date
    suppressed: frozenset[str]
    by_command: tuple[Pause, ...]
    """The pauses that were entered by command."""

    @property
    def stopped(self) -> bool:
        """Whether none of their addresses may be used."""
        return self.person.addresses <= self.suppressed

    @property
    def pause(self) -> Pause | None:
        """The pause that today lies in."""
        return self.person.pause_on(self.today)

    @property
    def can_unpause(self) -> bool:
        """Whether a pause that was entered by command goes on, or is to come."""
        return ended(self.by_command, self.today) != self.by_command


def reach(transaction: "Transaction | None", written: Sequence[Recipient] | None, name: str, *, now: datetime) -> Reach:
    """Return how it stands with one person. Raises NudgerError if nobody has the id."""
    person = named(who_is_here(transaction, written, now=now), name)
    return Reach(
        person=person,
        today=now.astimezone(person.zone).date(),
        suppressed=person.addresses & suppressed(transaction),
        by_command=transaction.people.pauses().get(person.id, ()) if transaction else (),
    )


def suppressed(transaction: "Transaction | None") -> frozenset[str]:
    """Return the addresses that may not be used."""
    return transaction.suppressions.addresses() if transaction else frozenset()


def stop_using(
    transaction: "Transaction", written: Sequence[Recipient] | None, addresses: frozenset[str], wish: Wish
) -> list[RecipientId]:
    """Send nothing more to these addresses, until whoever has them wishes otherwise; return who has one of them.

    It counts for everybody who has such an address, now or later.
    """
    for address in sorted(addresses):
        transaction.suppressions.add(address, _ASKED[wish.source], at=wish.at, detail=wish.detail())
    here = who_is_here(transaction, written, now=wish.at)
    return [person.id for person in here if not addresses.isdisjoint(person.addresses)]


def use_again(
    transaction: "Transaction",
    written: Sequence[Recipient] | None,
    name: str,
    addresses: frozenset[str],
    wish: Wish,
) -> Reach:
    """Send to these addresses of a person again, as they wish; return how it stands with them then."""
    for address in sorted(addresses):
        transaction.suppressions.remove(address, at=wish.at, detail=wish.detail())
    return reach(transaction, written, name, now=wish.at)


def leave_in_peace(transaction: "Transaction", person: Recipient, added: Pause, wish: Wish) -> None:
    """Send a person nothing during one more pause."""
    pauses = [*transaction.people.pauses().get(person.id, ()), added]
    transaction.people.pause(person, pauses, at=wish.at, detail=wish.detail())


def end_pause(transaction: "Transaction", written: Sequence[Recipient] | None, name: str, wish: Wish) -> Reach:
    """End what was entered by `leave_in_peace`: past days stay paused, none from today on is; return how it stands."""
    before = reach(transaction, written, name, now=wish.at)
    left = ended(before.by_command, before.today)
    transaction.people.pause(before.person, left, at=wish.at, detail=wish.detail())
    return reach(transaction, written, name, now=wish.at)
