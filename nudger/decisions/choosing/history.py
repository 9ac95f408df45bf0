"""What a decision may know of what one person got, and of what is on its way to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from nudger.decisions.choosing.learn import Evidence
from nudger.decisions.delivering.hello import Hello, after
from nudger.domain.feedback import Feedback
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Priority, SlotKey
from nudger.domain.vocabulary import MessageKey

Seen = Mapping[MessageKey, datetime]
"""What one person has seen: each wording, and when last."""

MEMORY = timedelta(days=8)
"""How far back contacts are remembered: enough for a limit on seven local dates, in any time zone."""


class Contact(NamedTuple):
    """One nudge that reached a person, or is on its way: `at` is when it went out, or when it means to."""

    at: datetime
    key: SlotKey
    message: MessageKey | None
    waiting: bool = False
    priority: Priority = Priority.NORMAL
    due: datetime | None = None

    def goes_before(self, other: "Contact") -> bool:
        """Say which of two waiting nudges goes first: the one with priority, else the one that waits for longer."""
        return _rank(self) < _rank(other)


def _rank(contact: Contact) -> tuple[int, datetime, datetime, SlotKey]:
    return (-contact.priority, contact.at, contact.due or contact.at, contact.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one person has seen, their contacts of late, and what they let us know, oldest first.

    `evidence` is there only for somebody whose answers are learned from, and `hello` only for somebody who has not had
    the first hello and is to get one.
    """

    seen: Seen = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    evidence: Evidence | None = None
    hello: Hello | None = None

    def with_nudge(self, nudge: Nudge, priority: Priority) -> "History":
        """Return the history after a nudge was decided, or changed: whether it waits, went out, or came to nothing."""
        contact = contact_of(nudge, priority)
        seen = self.seen
        if contact is not None and contact.message is not None:
            seen = {**seen, contact.message: nudge.due}
        contacts = contacts_after(self.contacts, nudge.key, contact)
        return replace(self, seen=seen, contacts=contacts, hello=after(self.hello, nudge))


NO_HISTORY = History()


def contacts_after(contacts: tuple[Contact, ...], key: SlotKey, contact: Contact | None) -> tuple[Contact, ...]:
    """Return the contacts, oldest first, after the nudge of a slot became this one; None: it came to nothing."""
    others = [each for each in contacts if each.key != key]
    if contact is None:
        return tuple(others)
    oldest = contact.at - MEMORY
    return tuple(sorted((each for each in (*others, contact) if each.at >= oldest), key=_at))


def _at(contact: Contact) -> datetime:
    return contact.at


def contact_of(nudge: Nudge, priority: Priority) -> Contact | None:
    """Return a nudge as a contact: None for one that came to nothing."""
    if nudge.state is NudgeState.PENDING:
        return Contact(nudge.not_before or nudge.due, nudge.key, nudge.decision.message, True, priority, nudge.due)
    if nudge.state in (NudgeState.SENDING, NudgeState.SENT, NudgeState.UNKNOWN):
        # Of several attempts the last one counts: the first ones reached nobody.
        at = nudge.last_attempt_at or nudge.first_attempt_at or nudge.due
        return Contact(at, nudge.key, nudge.decision.message, False, priority, nudge.due)
    return None


def local_dates(person: Recipient, contacts: Iterable[Contact]) -> list[date]:
    """Return the person's local date of each contact."""
    return [contact.at.astimezone(person.zone).date() for contact in contacts]
