"""All that is kept of one person, for whoever asks what that is."""

from dataclasses import dataclass
from datetime import UTC, datetime

from nudger.domain.consent import Suppression
from nudger.domain.feedback import Feedback
from nudger.domain.nudges import Nudge
from nudger.domain.recipients import Recipient
from nudger.storage.transaction import Transaction

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """What a person let us know, what was decided and sent, and which addresses are set aside, oldest first."""

    feedback: tuple[Feedback, ...] = ()
    nudges: tuple[Nudge, ...] = ()
    stops: tuple[Suppression, ...] = ()


def person_record(transaction: Transaction | None, person: Recipient) -> PersonRecord:
    """Return what the ledger keeps of a person, besides the person; nothing where there is none yet."""
    if transaction is None:
        return PersonRecord()
    return PersonRecord(
        feedback=tuple(transaction.feedback.of([person.id], since=_EVER).get(person.id, ())),
        nudges=tuple(transaction.nudges.all_of(person.id)),
        stops=tuple(transaction.suppressions.of(person.addresses)),
    )
