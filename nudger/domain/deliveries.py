"""Deliveries: what is handed to a provider, by which sender, each attempt at it, and what is said of it later.

A nudge has as many attempts as it takes. Each keeps its own provider's id, for ever: what the provider says months
later, of whichever of them, finds the attempt that it is about.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from nudger.domain.facts import NO_DAEMON, DaemonId
from nudger.domain.messages import Rendered
from nudger.domain.vocabulary import Channel, NudgeId
from nudger.errors import DeliveryError, Effect

SenderId = NewType("SenderId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a channel's messages come from, as its provider knows it: rates, pauses and trouble are a sender's.

    `identity` is a number, the id of a messaging service, or a mail address; '' where the provider asks for none.
    """

    channel: Channel
    provider: str
    identity: str = ""

    @property
    def id(self) -> SenderId:
        """What the ledger knows it by."""
        return SenderId(f"{self.channel}/{self.provider}/{self.identity}".rstrip("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """All that a channel needs for one attempt. `first_attempt_at` makes the Date of every try the same."""

    nudge: NudgeId
    channel: Channel
    address: str
    name: str | None
    language: str
    rendered: Rendered
    first_attempt_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The provider's word that it took a message: its own id for it, where it has one."""

    provider: str
    provider_id: str | None = None


class AttemptOutcome(StrEnum):
    """How an attempt ended. What is thought of the nudge since may be another thing."""

    ACCEPTED = "accepted"
    """The provider took it. That is not: it arrived."""

    DEFERRED = "deferred"
    """Nothing was accepted; another attempt may be made."""

    REFUSED = "refused"
    """Refused for good."""

    UNCERTAIN = "uncertain"
    """The provider may have taken it: no answer came that says."""

    INTERRUPTED = "interrupted"
    """Nobody saw its end: the program was killed, or slept past the end of the lease."""


def outcome_of(result: Receipt | DeliveryError) -> AttemptOutcome:
    """Return how an attempt ended that came to this result."""
    if isinstance(result, Receipt):
        return AttemptOutcome.ACCEPTED
    ends = {
        Effect.GIVE_UP: AttemptOutcome.REFUSED,
        Effect.SUPPRESS: AttemptOutcome.REFUSED,
        Effect.UNCERTAIN: AttemptOutcome.UNCERTAIN,
    }
    return ends.get(result.effect, AttemptOutcome.DEFERRED)


class DeliveryStatus(StrEnum):
    """What a provider says of a message that it took."""

    ACCEPTED = "accepted"
    """It has it. That is not: it arrived."""

    UNDELIVERED = "undelivered"
    """It did not reach the handset. That is not: the address is wrong."""

    DELIVERED = "delivered"
    """It reached the handset, or the server of the mailbox. That is not: it was read."""

    BOUNCED = "bounced"
    """It came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate:
    """A provider's later word on a message: `code` is its own, '' where it gives none."""

    status: DeliveryStatus
    at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at a nudge, written down before it is made.

    `number` grows with each attempt at the nudge and is never used twice: it is the fence. Only while the nudge has no
    later one may its outcome be written to the nudge. `owner` has until `lease_ends_at` to come to an end; then the
    next daemon may take the nudge over. `price` is the provider's: amount and currency. Moments are UTC.
    """

    nudge: NudgeId
    number: int
    sender: SenderId
    provider: str
    owner: DaemonId = NO_DAEMON
    began_at: datetime
    lease_ends_at: datetime
    ended_at: datetime | None = None
    outcome: AttemptOutcome | None = None
    code: str = ""
    provider_id: str | None = None
    price: str | None = None
    delivery: StatusUpdate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a provider holds that can be a nudge: all to that address since the attempt that is not provably another's.

    All of it oldest first. A receipt without a `provider_id` is one whose id cannot be read, either.
    """

    same: tuple[Receipt, ...] = ()
    """The very words. Two equal texts to one person look alike: the first that no other nudge has is the one."""

    blank: tuple[Receipt, ...] = ()
    """Right in all that can be read, but the words cannot: the provider keeps none (redaction)."""

    unclear: tuple[Receipt, ...] = ()
    """What can be neither recognised nor ruled out: another form of the words, no readable time or sender."""

    refused: DeliveryError | None = None
    """The very words are there, and the provider says that it did not send them."""

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Every receipt in it."""
        return (*self.same, *self.blank, *self.unclear)


class LookupResult(StrEnum):
    """What a provider answers when asked about an interrupted attempt, other than with a receipt."""

    ABSENT = "absent"
    """It does not have it (yet): asked too early, that proves nothing."""

    CANNOT_TELL = "cannot_tell"
    """It cannot be asked, or did not answer."""
