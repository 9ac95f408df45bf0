"""Nudges: the row and life of a slot, from the decision to the last thing known about it."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from nudger.domain.calendar import require_utc
from nudger.domain.messages import Rendered
from nudger.domain.reasons import Reason
from nudger.domain.records import NO_RECORD, Record
from nudger.domain.schedules import Priority, SlotKey
from nudger.domain.vocabulary import Channel, MessageKey, NudgeId

WELCOME = "welcome"
"""The schedule id of the first hello. No schedule of the operator's may take it."""

TEST = "test"
"""The schedule id of `nudger send`. No schedule of the operator's may take it."""


class NudgeState(StrEnum):
    """Where a nudge stands. PENDING and SENDING still change by themselves, UNKNOWN by asking, HELD by a person."""

    PENDING = "pending"
    """Chosen and written down; waits for its moment or its next attempt."""

    SENDING = "sending"
    """An attempt is recorded and under way. Found after a crash, it is asked about, or sent again if it cannot be."""

    SENT = "sent"
    """The provider accepted it. That is not: it arrived."""

    UNKNOWN = "unknown"
    """It may have gone out. The provider is asked until it answers, and sent again only on its word that it did not;
    with no next time of asking, nobody could say until it was too late."""

    HELD = "held"
    """Stopped by the guard against storms; waits for a person to release or discard it, until it is too late."""

    WITHHELD = "withheld"
    """Decided against: nothing fitting to say, no address, something in the way until it was too late."""

    SUPPRESSED = "suppressed"
    """The address may not be used (opted out, refused for good)."""

    MISSED = "missed"
    """Fell due while the service was down or the clock was wrong, and was not to go out late."""

    EXPIRED = "expired"
    """Chosen, but no attempt succeeded while it could still go out."""

    FAILED = "failed"
    """The provider refused it for good."""


MAY_HAVE_BEEN_SEEN = frozenset({NudgeState.PENDING, NudgeState.SENDING, NudgeState.SENT, NudgeState.UNKNOWN})
"""States whose wording counts as seen when the next message is chosen."""

_TRANSITIONS: dict[NudgeState, frozenset[NudgeState]] = {
    NudgeState.PENDING: frozenset(
        {
            NudgeState.SENDING,
            NudgeState.SENT,
            NudgeState.WITHHELD,
            NudgeState.SUPPRESSED,
            NudgeState.EXPIRED,
            NudgeState.UNKNOWN,
        }
        | {NudgeState.HELD}
    ),
    NudgeState.HELD: frozenset({NudgeState.PENDING, NudgeState.WITHHELD, NudgeState.EXPIRED}),
    NudgeState.SENDING: frozenset(
        {NudgeState.SENT, NudgeState.UNKNOWN, NudgeState.PENDING, NudgeState.FAILED, NudgeState.SUPPRESSED}
        | {NudgeState.EXPIRED, NudgeState.HELD}
    ),
    NudgeState.UNKNOWN: frozenset(
        {NudgeState.SENT, NudgeState.PENDING, NudgeState.FAILED, NudgeState.SUPPRESSED, NudgeState.EXPIRED}
    ),
}


def may_become(before: NudgeState, after: NudgeState) -> bool:
    """Say whether a nudge may go from one state to another. Every other state is final."""
    return after in _TRANSITIONS.get(before, frozenset())


def nudge_id(installation: str, key: SlotKey) -> NudgeId:
    """Derive the id of a slot's nudge: 32 hex digits, the same however often the slot is planned.

    The Message-ID of an email and the name of a Maildir file come from it, so a second copy is the same mail.
    """
    return NudgeId(hashlib.blake2b(f"{installation}/{key}".encode(), digest_size=16).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided for a slot, and why: enough to explain it and to decide it again. Never changed afterwards.

    `message` is None when nothing is to be sent; `reason` then says why. Else it says what the nudge had to wait for,
    None where nothing was in its way.
    """

    message: MessageKey | None
    channel: Channel | None
    rendered: Rendered | None
    reason: Reason | None = None
    record: Record = NO_RECORD


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """A slot's nudge. All moments are UTC; `expires_at` is the last moment at which it may go out.

    `status_reason` is why it stands in its state: what it waits for, what became of it.
    While it waits it goes out `not_before` a moment; while it is in doubt the provider is asked at `ask_at`, and never
    again where that is None. `fence` is the number of its newest attempt, which began at `last_attempt_at`: `attempts`
    leaves out those that a sender's pause cut short. `inquiries` counts how often the provider was asked about the
    attempt in doubt, `resends` how often it was sent once more after a doubt. `address` is where the attempt under way
    or in doubt went, for a person may have another one by now.
    """

    id: NudgeId
    key: SlotKey
    due: datetime
    expires_at: datetime
    state: NudgeState
    decision: Decision
    status_reason: Reason | None = None
    not_before: datetime | None = None
    ask_at: datetime | None = None
    priority: Priority = Priority.NORMAL
    attempts: int = 0
    inquiries: int = 0
    fence: int = 0
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None
    provider: str | None = None
    provider_id: str | None = None
    possible_duplicate: bool = False
    resends: int = 0
    address: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_utc(self.due)
        require_utc(self.expires_at)

    @property
    def next_look_at(self) -> datetime | None:
        """When somebody looks at it next; None for one at its end, or under way, which its attempt's lease ends."""
        if self.state is NudgeState.HELD:
            return self.expires_at
        return self.not_before or self.ask_at


class Decided(NamedTuple):
    """A nudge, whatever became of it, and when it was decided (None where the past does not say)."""

    nudge: Nudge
    at: datetime | None
