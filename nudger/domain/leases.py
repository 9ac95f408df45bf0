"""Leases: a daemon's word that it alone does something, until it renews the word no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from nudger.domain.facts import DaemonId

TERM = timedelta(seconds=60)
"""How long a lease lasts that is not renewed: two regular ticks."""

SLACK = timedelta(seconds=30)
"""So far the clocks of machines that share a ledger may differ before one takes what is another's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Whose it is, until when by the owner's clock; `fence` grows whenever it comes to another owner."""

    owner: DaemonId
    fence: int
    ends_at: datetime

    def is_open_to(self, daemon: DaemonId, *, now: datetime) -> bool:
        """Say whether a daemon may take or renew it.

        An end further off than any right clock writes is the word of a clock that was wrong, and holds up nobody.
        """
        return self.owner == daemon or not now - SLACK <= self.ends_at <= now + TERM + SLACK

    def taken_by(self, daemon: DaemonId, *, now: datetime) -> "Lease":
        """Return it after a daemon took or renewed it."""
        fence = self.fence if self.owner == daemon else self.fence + 1
        return Lease(owner=daemon, fence=fence, ends_at=now + TERM)
