"""From what became of attempts and questions to the ledger. Runs inside one transaction, on the ledger's thread."""

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from nudger.decisions.delivering.doubt import weigh
from nudger.decisions.delivering.transitions import (
    LEASE,
    after_attempt,
    after_inquiry,
    after_interruption,
    after_late_word,
    ended,
)
from nudger.domain.deliveries import (
    Attempt,
    AttemptOutcome,
    Found,
    LookupResult,
    OutgoingMessage,
    Receipt,
    outcome_of,
)
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.vocabulary import NudgeId
from nudger.errors import DeliveryError, Effect
from nudger.storage.transaction import Transaction

_LOOK_BACK = timedelta(days=8)
"""So long ago a nudge can have fallen due that is still asked about: the longest window, and a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: `before` is the nudge as it was written down when it began."""

    before: Nudge
    outgoing: OutgoingMessage
    attempt: Attempt
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
    attempts: list[Attempt] = []
    answers: list[tuple[Nudge, AttemptOutcome, str]] = []
    for each in news:
        if isinstance(each, Answer):
            finding = _finding(transaction, each.outgoing, each.found, taken)
            after = after_inquiry(each.before, finding, now=now)
            if after.state is NudgeState.SUPPRESSED and isinstance(finding, DeliveryError):
                transaction.suppressions.add(each.outgoing.address, finding.code, at=now)
            if after.state is not each.before.state and isinstance(finding, Receipt | DeliveryError):
                answers.append((after, outcome_of(finding), "" if isinstance(finding, Receipt) else finding.code))
        else:
            attempts.append(ended(each.attempt, each.result, now=now))
            after = after_attempt(each.before, each.result, now=now, rng=rng, can_be_asked=can_be_asked)
            if isinstance(each.result, DeliveryError) and each.result.effect is Effect.SUPPRESS:
                transaction.suppressions.add(each.outgoing.address, each.result.code, at=now)
        if after != each.before:
            changes.append((each.before, after))
    saved = transaction.nudges.save(changes, at=now)
    transaction.attempts.end(attempts)
    transaction.attempts.settle(answers)
    if len(saved) < len(changes):
        saved += _record_late(transaction, news, besides={nudge.id for nudge in saved}, now=now)
    return saved


def _record_late(
    transaction: Transaction, news: Sequence[Outcome | Answer], *, besides: Container[NudgeId], now: datetime
) -> list[Nudge]:
    """Write down acceptances that came after the lease had ended, of nudges that are another's by now."""
    changes = []
    for each in news:
        if isinstance(each, Outcome) and isinstance(each.result, Receipt) and each.before.id not in besides:
            stands = transaction.nudges.get(each.before.id)
            if stands is not None:
                after = after_late_word(stands, each.result, number=each.attempt.number)
                changes += [(stands, after)] if after != stands else []
    return transaction.nudges.save(changes, at=now)


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
    saved = transaction.nudges.save(changes, at=now)
    transaction.attempts.cut_off(saved, at=now)
    return saved


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
    finding = weigh(found, transaction.attempts.already_claimed(found.receipts) | taken, doubtful=doubtful)
    if isinstance(finding, Receipt) and finding.provider_id is not None:
        taken.add(finding)
    return finding
