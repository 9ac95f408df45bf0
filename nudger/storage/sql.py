"""What several parts of a transaction need of SQL: batches, upserts, and conditions on nudges."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, text
from sqlalchemy.dialects import sqlite

from nudger.storage.tables import IN_DOUBT, OPEN, UNDER_WAY, nudges

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Item = TypeVar("Item")
BATCH = 500

KEY = (nudges.c.recipient, nudges.c.schedule, nudges.c.local_date, nudges.c.ordinal)
"""The columns of a SlotKey, in its order."""

IS_OPEN = text(f"nudges.{OPEN}")
"""What waits for its moment, or for somebody's word. In the words of the index, for SQLite takes one of some rows
only where it can read that it may."""

IS_ASKED_ABOUT = text(f"nudges.{IN_DOUBT}")
"""What is in doubt, and waits for the provider's word."""

IS_UNDER_WAY = text(f"attempts.{UNDER_WAY}")
"""An attempt whose end is not written down."""


def is_by_one_of(providers: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a nudge went to one of these providers."""
    return nudges.c.provider.in_(sorted(providers))


def upsert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an insert that knows `ON CONFLICT`, in the connection's dialect."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    # Cold start: 60 ms that a ledger in a file does not need.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`: as many as one statement bears."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
