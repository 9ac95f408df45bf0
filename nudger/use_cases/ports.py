"""What the use-cases need from the floors above them: a channel, and a ledger."""

from typing import Protocol

from nudger.domain.nudges import Finding, Parcel, Receipt


class ChannelPort(Protocol):
    """One way out, over one provider. Kept open between sends; many sends may be under way at once."""

    @property
    def provider(self) -> str:
        """The provider's name for the record: twilio, smtp, local."""
        ...

    @property
    def concurrency(self) -> int:
        """How many attempts may be under way at once."""
        ...

    async def send(self, parcel: Parcel) -> Receipt:
        """Hand over one parcel. Raises DeliveryError, and nothing else, when it was not accepted."""
        ...

    async def look_up(self, parcel: Parcel) -> Receipt | Finding:
        """Ask whether an interrupted attempt was accepted. Never raises."""
        ...

    async def close(self) -> None:
        """Let go of kept connections."""
        ...
