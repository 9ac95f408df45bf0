"""All that is kept of one person, for whoever asks what that is."""

from dataclasses import dataclass
from datetime import UTC, datetime

from nudger.domain.feedback import Feedback
from nudger.domain.nudges import Nudge
from nudger.domain.recipients import Recipient
from nudger.use_cases.ports import Stop, TransactionPort

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """What a person let us know, what was decided and sent, and which addresses are set aside, oldest first."""

    feedback: tuple[Feedback, ...] = ()
    nudges: tuple[Nudge, ...] = ()
    stops: tuple[Stop, ...] = ()


def person_record(transaction: TransactionPort, person: Recipient) -> PersonRecord:
    """Return what the ledger keeps of a person, besides the person."""
    addresses = [address for address in (person.sms, person.email) if address]
    return PersonRecord(
        feedback=tuple(transaction.feedback_of([person.id], since=_EVER).get(person.id, ())),
        nudges=tuple(transaction.nudges_of(person.id)),
        stops=tuple(transaction.stops(addresses)),
    )
