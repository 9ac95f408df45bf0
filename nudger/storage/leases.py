"""Leases of the daemons that share a ledger, inside a transaction."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from nudger.domain.facts import DaemonId
from nudger.domain.leases import TERM, Lease
from nudger.storage.sql import upsert
from nudger.storage.tables import leases

PLANNER = "planner"
"""Who plans: reads the calendar, and moves the watermark."""


class Leases:
    """Taking leases, and renewing them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, name: str, owner: DaemonId, *, now: datetime) -> bool:
        """Take a lease that is open to a daemon, or renew its own; say whether it is its own now."""
        known = self.get(name)
        if known is None:
            first = upsert(self._connection, leases).values(name=name, owner=owner, fence=1, ends_at=now + TERM)
            return self._connection.execute(first.on_conflict_do_nothing()).rowcount == 1
        if not known.is_open_to(owner, now=now):
            return False
        mine = known.taken_by(owner, now=now)
        as_it_was = (leases.c.name == name, leases.c.fence == known.fence, leases.c.owner == known.owner)
        statement = update(leases).where(*as_it_was)
        return (
            self._connection.execute(statement.values(owner=owner, fence=mine.fence, ends_at=mine.ends_at)).rowcount
            == 1
        )

    def get(self, name: str) -> Lease | None:
        """Return a lease as it is; None where nobody ever took it."""
        row = self._connection.execute(select(leases).where(leases.c.name == name)).one_or_none()
        return None if row is None else Lease(owner=DaemonId(row.owner), fence=row.fence, ends_at=row.ends_at)
