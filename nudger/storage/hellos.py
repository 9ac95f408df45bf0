"""Who has not had the first hello, inside a transaction."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from nudger.decisions.delivering.hello import UNSAID, Hello
from nudger.domain.nudges import TEST, WELCOME, NudgeState
from nudger.domain.vocabulary import RecipientId
from nudger.storage.reason_codec import reason_of
from nudger.storage.sql import batches
from nudger.storage.tables import nudges, recipients


class Hellos:
    """To whom it was said, and how it stands of the others."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ungreeted(self, people: Collection[RecipientId]) -> dict[RecipientId, Hello]:
        """Return, for those of these people who have not had the first hello, how it stands.

        Whoever got a nudge of a schedule is no stranger, whatever became of the hello in their time.
        """
        found: dict[RecipientId, Hello] = {}
        for batch in batches(sorted(people)):
            # Nearly everybody has had it, and each turn of a delivery asks: for them, this question alone.
            greeted = set(self._connection.scalars(_GREETED, {"people": batch}))
            if strangers := [name for name in batch if name not in greeted]:
                found |= self._unsaid(strangers)
        return found

    def _unsaid(self, people: Collection[RecipientId]) -> dict[RecipientId, Hello]:
        hellos = dict.fromkeys(people, UNSAID)
        for row in self._connection.execute(_HELLOS, {"people": list(people)}):
            if row.ordinal > hellos[row.recipient].ordinal:
                hellos[row.recipient] = Hello(
                    NudgeState(row.state), row.ordinal, reason_of(row.status_reason), *row[4:]
                )
        known = set(self._connection.scalars(_NO_STRANGERS, {"people": list(people)}))
        return {name: hello for name, hello in hellos.items() if name not in known}

    def unwelcomed(self) -> list[RecipientId]:
        """Return everybody active to whom the first hello did not go out, whether or not they know us by now."""
        hello = select(nudges.c.id).where(
            nudges.c.recipient == recipients.c.id,
            nudges.c.schedule == WELCOME,
            nudges.c.state == NudgeState.SENT.value,
        )
        statement = select(recipients.c.id).where(_ACTIVE, ~hello.exists()).order_by(recipients.c.id)
        return list(self._connection.execute(statement).scalars())

    def strangers(self) -> tuple[list[tuple[str, date | None, int]], int]:
        """Return for how many people nothing was decided, by time zone and joining date; and how many are here."""
        met = select(nudges.c.id).where(nudges.c.recipient == recipients.c.id)
        met = met.where(or_(nudges.c.schedule == WELCOME, nudges.c.state == NudgeState.SENT.value))
        statement = select(recipients.c.time_zone, recipients.c.joined, func.count()).where(_ACTIVE, ~met.exists())
        rows = self._connection.execute(statement.group_by(recipients.c.time_zone, recipients.c.joined))
        everybody = self._connection.scalar(select(func.count()).select_from(recipients).where(_ACTIVE))
        return [(zone, joined, count) for zone, joined, count in rows], everybody or 0


_ACTIVE = recipients.c.active.is_(True)
_SENT = NudgeState.SENT.value
_THEIRS = nudges.c.recipient.in_(bindparam("people", expanding=True))
# In the order of the fields of a Hello, after the person.
_HELLOS: Select[Any] = select(
    *(nudges.c[name] for name in ("recipient", "state", "ordinal", "status_reason")),
    func.coalesce(nudges.c.not_before, nudges.c.ask_at),
    *(nudges.c[name] for name in ("updated_at", "expires_at")),
).where(_THEIRS, nudges.c.schedule == WELCOME)
_GREETED = select(nudges.c.recipient).where(_THEIRS, nudges.c.schedule == WELCOME, nudges.c.state == _SENT)
_NO_STRANGERS = (
    select(nudges.c.recipient)
    .where(_THEIRS, nudges.c.state == _SENT, nudges.c.schedule.not_in((TEST, WELCOME)))
    .distinct()
)
