"""What can be asked of the ledger and written to it, inside one transaction.

Its parts are modules of their own: `nudge_rows`, `people`, `feedback`, `decision_rows`, and `pages`, which all of
them stand on.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from nudger.domain.vocabulary import NudgeId
from nudger.storage.decision_rows import Decisions
from nudger.storage.feedback import Feedbacks
from nudger.storage.nudge_rows import Nudges
from nudger.storage.people import People
from nudger.storage.tables import events, meta, suppressions
from nudger.use_cases.ports import HOLD, Mark, Stop

_WATERMARK = "planned_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, and when. `kind` is the state that a nudge came to, or a word for what else it was."""

    at: datetime
    kind: str
    detail: Mapping[str, Any]


class Transaction(Nudges, People, Feedbacks, Decisions):
    """One transaction on the ledger."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.planned_until: datetime | None = None

    def mark(self) -> Mark | None:
        """Return how far the ledger comes with this transaction; None where it wrote nothing of nudges."""
        if not self.wrote_nudges or self.planned_until is None:
            return None
        return Mark(self.planned_until, self.last_event())

    def last_event(self) -> int:
        """Return the number of the newest event. It only grows: a ledger that has less forgot something."""
        return self._connection.scalar(select(func.max(events.c.id))) or 0

    def begin_marks_anew(self, planned_until: datetime) -> None:
        """Let what is kept outside of the ledger agree with it again, from this transaction on."""
        self.planned_until, self.wrote_nudges = planned_until, True

    def installation(self) -> str:
        """Return the id of this installation."""
        return self._meta("installation") or ""

    def watermark(self) -> datetime | None:
        """Return the instant up to which every slot has its nudge, or None at the very first start."""
        found = self._meta(_WATERMARK)
        return None if found is None else datetime.fromisoformat(found)

    def set_watermark(self, moment: datetime) -> None:
        """Say that every slot up to `moment` has its nudge."""
        self._set_meta(_WATERMARK, moment.isoformat())
        self.planned_until = moment

    def gate(self) -> tuple[datetime | None, bool]:
        """Return the watermark, and whether everything is on hold: what every claim has to know."""
        rows = self._connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.in_([_WATERMARK, HOLD])))
        found = {row.key: row.value for row in rows}
        watermark = found.get(_WATERMARK)
        self.planned_until = datetime.fromisoformat(watermark) if watermark else None
        return self.planned_until, bool(json.loads(found.get(HOLD, "{}")))

    def suppressed(self) -> frozenset[str]:
        """Return the addresses that may not be used."""
        return frozenset(self._connection.execute(select(suppressions.c.address)).scalars())

    def stops(self, addresses: Collection[str]) -> list[Stop]:
        """Return which of some addresses may not be used, since when and why, oldest first."""
        statement = select(suppressions).where(suppressions.c.address.in_(addresses)).order_by(suppressions.c.at)
        return [Stop(row.address, row.reason, row.at) for row in self._connection.execute(statement)]

    def suppress(self, address: str, reason: str, *, at: datetime) -> None:
        """Never use an address again, until somebody says otherwise. The first reason stays."""
        values = {"address": address, "reason": reason, "at": at}
        self._connection.execute(self._upsert(suppressions).values(values).on_conflict_do_nothing())
        self.note("suppressed", {"reason": reason}, at=at)

    def allow(self, address: str, *, at: datetime) -> None:
        """Let an address be used again."""
        self._connection.execute(delete(suppressions).where(suppressions.c.address == address))
        self.note("allowed", {}, at=at)
        self._people_changed()  # whoever was refused the first hello is greeted now

    def history(self, nudge: NudgeId) -> list[Event]:
        """Return what happened to a nudge, oldest first."""
        rows = self._connection.execute(select(events).where(events.c.nudge == nudge).order_by(events.c.id))
        return [Event(at=row.at, kind=row.kind, detail=json.loads(row.detail)) for row in rows]
