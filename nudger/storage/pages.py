"""What every part of a transaction stands on: small facts by name, and the append-only past."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from nudger.domain.vocabulary import NudgeId
from nudger.storage.tables import events, meta

Item = TypeVar("Item")
BATCH = 500


class Pages:
    """A connection in a transaction, the small facts, and the past."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._upsert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert

    def remember(self, key: str, value: Mapping[str, Any]) -> None:
        """Keep a small fact for other commands to read."""
        self._set_meta(key, json.dumps(value))

    def recall(self, key: str) -> dict[str, Any]:
        """Return a fact kept by `remember`, or an empty one."""
        recalled: dict[str, Any] = json.loads(self._meta(key) or "{}")
        return recalled

    def note(self, kind: str, detail: Mapping[str, Any], *, at: datetime, nudge: NudgeId | None = None) -> None:
        """Write down something that happened."""
        self._connection.execute(insert(events).values(at=at, nudge=nudge, kind=kind, detail=json.dumps(detail)))

    def _meta(self, key: str) -> str | None:
        return self._connection.scalar(select(meta.c.value).where(meta.c.key == key))

    def _set_meta(self, key: str, value: str) -> None:
        statement = self._upsert(meta).values(key=key, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
        )


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`: as many as one statement bears."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
