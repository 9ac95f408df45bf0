"""From the ledger to work: which nudges to attempt now, and which to ask about.

Runs inside one transaction, on the ledger's thread; what is claimed is written down as begun before anybody acts.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from nudger.decisions.choosing.history import NO_HISTORY
from nudger.decisions.delivering.transitions import attempt_of, begin_inquiry, not_forgetting
from nudger.decisions.points.decide import recheck
from nudger.decisions.snapshot import Snapshot, upcoming_priority_slots
from nudger.domain.deliveries import Attempt, OutgoingMessage, Sender
from nudger.domain.facts import DaemonId
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.vocabulary import Channel, NudgeId
from nudger.storage.transaction import Transaction
from nudger.use_cases.histories import load_contacts
from nudger.use_cases.outgoing import outgoing_message


class Job(NamedTuple):
    """An attempt to make, or a question to ask (then `attempt` is None), about a nudge as the ledger has it."""

    nudge: Nudge
    outgoing: OutgoingMessage
    attempt: Attempt | None = None


class Claimant(NamedTuple):
    """Who makes an attempt: by which sender, and which of the daemons."""

    sender: Sender
    owner: DaemonId


def claim_attempts(
    transaction: Transaction,
    snapshot: Snapshot,
    *,
    by: Claimant,
    can_be_asked: bool,
    room: int,
    by_age: bool,
    now: datetime,
) -> tuple[tuple[Job, ...], list[Nudge], int]:
    """Begin as many attempts as there is room for; `by_age`: what waits longest first, whatever it is.

    Returns the jobs, the nudges that ended instead of going out, and how many waiting nudges were looked at.
    """
    waiting = transaction.waiting.due(by.sender.channel, now=now, limit=room, by_age=by_age) if room > 0 else []
    if not waiting:
        return (), [], 0
    reachable = [recipient.address(by.sender.channel) for _, recipient in waiting if recipient is not None]
    suppressed = transaction.suppressions.among([address for address in reachable if address])
    people = {nudge.key.recipient for nudge, _ in waiting}
    histories = load_contacts(transaction, snapshot, people, now=now)
    changes: list[tuple[Nudge, Nudge]] = []
    jobs: list[Job] = []
    for nudge, recipient in waiting:
        history = histories.get(nudge.key.recipient, NO_HISTORY)
        after = recheck(
            snapshot,
            nudge,
            recipient,
            history,
            suppressed=suppressed,
            provider=by.sender.provider,
            ahead=upcoming_priority_slots(snapshot, nudge.key.recipient, now=now),
            now=now,
        )
        if not can_be_asked:
            after = not_forgetting(nudge, after)
        histories[nudge.key.recipient] = history.with_nudge(after, after.priority)
        changes.append((nudge, after))
        if after.state is NudgeState.SENDING and recipient is not None:
            attempt = attempt_of(after, by.sender.id, owner=by.owner)
            jobs.append(Job(after, outgoing_message(after, recipient), attempt))
    transaction.nudges.save(changes, at=now)
    transaction.attempts.begin([job.attempt for job in jobs if job.attempt is not None])
    ended = [after for _, after in changes if after.state not in (NudgeState.SENDING, NudgeState.PENDING)]
    return tuple(jobs), ended, len(waiting)


def claim_inquiries(
    transaction: Transaction,
    *,
    channel: Channel,
    room: int,
    besides: Collection[NudgeId],
    now: datetime,
) -> tuple[Job, ...]:
    """Begin as many questions as there is room for; `besides` are nudges that are being asked about already."""
    if room <= 0:
        return ()
    doubtful = transaction.waiting.in_doubt(channel, now=now, limit=room)
    asked = [
        (nudge, begin_inquiry(nudge, now=now), recipient) for nudge, recipient in doubtful if nudge.id not in besides
    ]
    transaction.nudges.save([(before, after) for before, after, _ in asked], at=now)
    return tuple(Job(after, outgoing_message(after, recipient)) for _, after, recipient in asked)
