"""Addresses that may not be used, inside a transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from nudger.domain.consent import Suppression
from nudger.storage.events import NOTHING_MORE, Events
from nudger.storage.people import People
from nudger.storage.sealed import is_address, is_one_of
from nudger.storage.sql import upsert
from nudger.storage.tables import suppressions


class Suppressions:
    """Which addresses may not be used, since when and why."""

    def __init__(self, connection: Connection, *, events: Events, people: People) -> None:
        self._connection = connection
        self._events = events
        self._people = people

    def addresses(self) -> frozenset[str]:
        """Return the addresses that may not be used."""
        return frozenset(self._connection.execute(select(suppressions.c.address)).scalars())

    def among(self, addresses: Collection[str]) -> frozenset[str]:
        """Return which of some addresses may not be used: every claim asks it of a few."""
        statement = select(suppressions.c.address).where(is_one_of(suppressions.c.address, addresses))
        return frozenset(self._connection.scalars(statement)) if addresses else frozenset()

    def of(self, addresses: Collection[str]) -> list[Suppression]:
        """Return which of some addresses may not be used, oldest first."""
        statement = select(suppressions).where(is_one_of(suppressions.c.address, addresses))
        rows = self._connection.execute(statement.order_by(suppressions.c.at))
        return [Suppression(row.address, row.reason, row.at) for row in rows]

    def add(self, address: str, reason: str, *, at: datetime, detail: Mapping[str, str] = NOTHING_MORE) -> None:
        """Never use an address again, until somebody says otherwise. The first reason stays.

        `detail` is for the event.
        """
        values = {"address": address, "reason": reason, "at": at}
        self._connection.execute(upsert(self._connection, suppressions).values(values).on_conflict_do_nothing())
        self._events.add("suppressed", {"reason": reason, **detail}, at=at)

    def remove(self, address: str, *, at: datetime, detail: Mapping[str, str] = NOTHING_MORE) -> None:
        """Let an address be used again."""
        self._connection.execute(delete(suppressions).where(is_address(suppressions.c.address, address)))
        self._events.add("allowed", detail, at=at)
        self._people.changed()  # whoever was refused the first hello is greeted now
