"""From what became of attempts and questions to the ledger. Runs inside one transaction, on the ledger's thread."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from nudger.decisions.delivering.doubt import weigh
from nudger.decisions.delivering.transitions import LEASE, after_attempt, after_inquiry, after_interruption
from nudger.domain.deliveries import Found, LookupResult, OutgoingMessage, Receipt
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.vocabulary import NudgeId
from nudger.errors import DeliveryError, Effect
from nudger.storage.transaction import Transaction

_LOOK_BACK = timedelta(days=8)
"""So long ago a nudge can have fallen due that is still asked about: the longest window, and a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: `before` is the nudge as the ledger has it."""

    before: Nudge
    outgoing: OutgoingMessage
    result: Receipt | DeliveryError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said when asked, or why it could not tell."""

    before: Nudge
    outgoing: OutgoingMessage
    found: Found | DeliveryError


def record(
    transaction: Transaction,
    news: Sequence[Outcome | Answer],
    *,
    can_be_asked: bool,
    rng: Random,
    now: datetime,
) -> list[Nudge]:
    """Write down what is new, and return the nudges that changed, as they stand now."""
    changes = []
    taken: set[Receipt] = set()
    for each in news:
        if isinstance(each, Answer):
            finding = _finding(transaction, each.outgoing, each.found, taken)
            after = after_inquiry(each.before, finding, now=now)
            if after.state is NudgeState.SUPPRESSED:
                transaction.suppressions.add(each.outgoing.address, after.decision.reason, at=now)
        else:
            after = after_attempt(each.before, each.result, now=now, rng=rng, can_be_asked=can_be_asked)
            if isinstance(each.result, DeliveryError) and each.result.effect is Effect.SUPPRESS:
                transaction.suppressions.add(each.outgoing.address, each.result.code, at=now)
        if after != each.before:
            changes.append((each.before, after))
    transaction.nudges.save(changes, at=now)
    return [after for _, after in changes]


def recover_interrupted(
    transaction: Transaction,
    *,
    everything: bool,
    cannot_be_asked: Collection[str],
    besides: Collection[NudgeId] = (),
    now: datetime,
) -> list[Nudge]:
    """Deal with attempts whose end nobody recorded; return the nudges as they stand now.

    With `everything`, every attempt under way counts as interrupted: right only where no other daemon can be at
    work. `besides` are attempts of this very process, whose end will be recorded: a clock that jumps ahead does not
    make them lost.
    """
    lost = [n for n in transaction.waiting.interrupted(by=None if everything else now) if n.id not in besides]
    changes = [(nudge, after_interruption(nudge, cannot_be_asked=cannot_be_asked, now=now)) for nudge in lost]
    transaction.nudges.save(changes, at=now)
    return [after for _, after in changes]


def ask_again(transaction: Transaction, *, cannot_be_asked: Collection[str], now: datetime) -> None:
    """At a start: ask at once about every doubt that has had its five minutes, also those once given up."""
    transaction.doubts.ask_again(cannot_be_asked=cannot_be_asked, since=now - _LOOK_BACK, now=now)


def _finding(
    transaction: Transaction, outgoing: OutgoingMessage, found: Found | DeliveryError, taken: set[Receipt]
) -> Receipt | DeliveryError | LookupResult:
    """Return what the answer proves, given what other nudges have of it already, also those of this transaction."""
    if isinstance(found, DeliveryError):
        return LookupResult.CANNOT_TELL
    doubtful = 0
    if found.blank:
        doubtful = transaction.doubts.count(outgoing.channel, outgoing.address, since=outgoing.first_attempt_at - LEASE)
    finding = weigh(found, transaction.doubts.already_claimed(found.receipts) | taken, doubtful=doubtful)
    if isinstance(finding, Receipt) and finding.provider_id is not None:
        taken.add(finding)
    return finding
