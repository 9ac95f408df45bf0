"""Up to when everything was planned, and whether it may go out, inside a transaction."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from nudger.decisions.delivering.health import HEALTHY, SenderHealth
from nudger.domain.deliveries import SenderId
from nudger.storage.fact_codecs import HOLD, WATERMARK, health_of
from nudger.storage.facts import Facts
from nudger.storage.high_water import Progress
from nudger.storage.tables import meta


class SendingState(NamedTuple):
    """The watermark, whether everything is on hold, and how a sender does."""

    watermark: datetime | None
    on_hold: bool
    health: SenderHealth


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

    def sending_state(self, sender: SenderId) -> SendingState:
        """Return what every claim asks, in one question."""
        health = health_of(sender)
        rows = self._connection.execute(_SENDING_STATE, {"keys": [WATERMARK.key, HOLD.key, health.key]})
        found = {key: value for key, value in rows}  # noqa: C416 - rows are no pairs to a type checker
        watermark = found.get(WATERMARK.key)
        self._progress.planned_until = WATERMARK.read(watermark) if watermark else None
        return SendingState(
            self._progress.planned_until,
            HOLD.read(found.get(HOLD.key, "{}")) is not None,
            health.read(found.get(health.key, "{}")) or HEALTHY,
        )


_SENDING_STATE = select(meta.c.key, meta.c.value).where(meta.c.key.in_(bindparam("keys", expanding=True)))
