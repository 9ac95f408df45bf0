"""Up to when everything was planned, and whether it may go out, inside a transaction."""

from datetime import datetime

from sqlalchemy import Connection, select

from nudger.storage.fact_codecs import HOLD, WATERMARK
from nudger.storage.facts import Facts
from nudger.storage.high_water import Progress
from nudger.storage.tables import meta


class Planning:
    """The watermark: how far the calendar has become nudges."""

    def __init__(self, connection: Connection, *, facts: Facts, progress: Progress) -> None:
        self._connection = connection
        self._facts = facts
        self._progress = progress

    def watermark(self) -> datetime | None:
        """Return the instant up to which every slot has its nudge, or None at the very first start."""
        return self._facts.get(WATERMARK)

    def set_watermark(self, moment: datetime) -> None:
        """Say that every slot up to `moment` has its nudge."""
        self._facts.put(WATERMARK, moment)
        self._progress.planned_until = moment

    def sending_state(self) -> tuple[datetime | None, bool]:
        """Return the watermark, and whether everything is on hold, in one question: every claim asks it."""
        rows = self._connection.execute(
            select(meta.c.key, meta.c.value).where(meta.c.key.in_([WATERMARK.key, HOLD.key]))
        )
        found = {row.key: row.value for row in rows}
        watermark = found.get(WATERMARK.key)
        self._progress.planned_until = WATERMARK.read(watermark) if watermark else None
        return self._progress.planned_until, HOLD.read(found.get(HOLD.key, "{}")) is not None
