"""What people got and saw, inside a transaction: what a decision about the next one rests on."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from nudger.decisions.choosing.history import Contact
from nudger.domain.nudges import MAY_HAVE_BEEN_SEEN, NudgeState
from nudger.domain.schedules import Priority, SlotKey
from nudger.domain.vocabulary import MessageKey, RecipientId
from nudger.storage.sql import KEY, batches
from nudger.storage.tables import nudges


class Histories:
    """Reading histories, for many people at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def contacts(self, people: Collection[RecipientId], *, since: datetime) -> dict[RecipientId, list[Contact]]:
        """Return, for each person, the nudges due since a moment that reached them or are on their way."""
        found: dict[RecipientId, list[Contact]] = defaultdict(list)
        for batch in batches(sorted(people)):
            rows = self._connection.execute(_CONTACTS, {"people": batch, "since": since})
            # Tens of thousands of rows in a busy tick: by position, and no call for each.
            for person, schedule, day, ordinal, at, due, message, state, priority in rows:
                key = SlotKey(person, schedule, day, ordinal)
                found[person].append(
                    Contact(
                        at,
                        key,
                        message,
                        state == _PENDING,
                        _PRIORITIES[priority],
                        due,
                    )
                )
        return found

    def seen(self, people: Collection[RecipientId]) -> dict[RecipientId, dict[MessageKey, datetime]]:
        """Return, for each person, the wordings they may have seen, and when last."""
        found: dict[RecipientId, dict[MessageKey, datetime]] = defaultdict(dict)
        for batch in batches(sorted(people)):
            statement = (
                select(nudges.c.recipient, nudges.c.message, func.max(nudges.c.due_at).label("last"))
                .where(nudges.c.recipient.in_(batch), nudges.c.message.is_not(None), nudges.c.state.in_(_SEEN))
                .group_by(nudges.c.recipient, nudges.c.message)
            )
            for recipient, message, last in self._connection.execute(statement):
                found[recipient][message] = last
        return found


_SEEN = [state.value for state in MAY_HAVE_BEEN_SEEN]
_PRIORITIES = {int(priority): priority for priority in Priority}
_PENDING = NudgeState.PENDING.value
# What waits is a contact of when it means to go out. Of several attempts the last one counts.
_CONTACT_AT = func.coalesce(nudges.c.not_before, nudges.c.last_attempt_at, nudges.c.first_attempt_at, nudges.c.due_at)
_CONTACTS: Select[Any] = select(
    *KEY, _CONTACT_AT, *(nudges.c[name] for name in ("due_at", "message", "state", "priority"))
).where(
    nudges.c.recipient.in_(bindparam("people", expanding=True)),
    nudges.c.due_at >= bindparam("since"),
    nudges.c.state.in_(_SEEN),
)
