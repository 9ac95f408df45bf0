"""What the use-cases need from the floors above them: the time, and a way out."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nudger.domain.deliveries import Found, OutgoingMessage, Receipt
from nudger.domain.vocabulary import Channel

Clock = Callable[[], datetime]
"""Returns the present, aware and in UTC. Only `nudger.wiring.clock` has a real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """Who stands behind the channels: the name of each one's provider, and those that cannot tell what they have."""

    names: Mapping[Channel, str]
    cannot_be_asked: frozenset[str] = frozenset()


class NothingAcceptedError(asyncio.CancelledError):
    """An attempt was cancelled, and its channel knows that the provider had not accepted anything by then."""


class ChannelPort(Protocol):
    """One way out, over one provider. Kept open between sends; many sends may be under way at once."""

    @property
    def provider(self) -> str:
        """The provider's name for the record: twilio, smtp, local."""
        ...

    @property
    def identity(self) -> str:
        """What the provider knows the sender by: a number, a messaging service, a mail address; '' for none."""
        ...

    @property
    def concurrency(self) -> int:
        """How many attempts may be under way at once."""
        ...

    @property
    def can_be_asked(self) -> bool:
        """Whether `find` can tell what the provider has: not for SMTP, where a second copy is the same mail."""
        ...

    async def send(self, outgoing: OutgoingMessage) -> Receipt:
        """Hand over one message. Raises DeliveryError, and nothing else, when it was not accepted.

        Cancelled, it raises NothingAcceptedError where it knows that nothing was accepted.
        """
        ...

    async def find(self, outgoing: OutgoingMessage) -> Found:
        """Return what the provider holds that can be this message. Raises DeliveryError if it cannot tell."""
        ...

    async def close(self) -> None:
        """Let go of kept connections."""
        ...
