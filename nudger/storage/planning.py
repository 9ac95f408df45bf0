"""Up to when everything was planned, and whether it may go out, inside a transaction."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, literal, select, union_all

from nudger.decisions.delivering.health import HEALTHY, SenderHealth
from nudger.domain.deliveries import Sender
from nudger.storage.fact_codecs import HOLD, WATERMARK, health_of
from nudger.storage.facts import Facts
from nudger.storage.high_water import Progress
from nudger.storage.sql import IS_ASKED_ABOUT
from nudger.storage.tables import meta, nudges


class SendingState(NamedTuple):
    """The watermark; whether all is on hold; how a sender does; and whether there is a doubt to ask about now."""

    watermark: datetime | None
    on_hold: bool
    health: SenderHealth
    in_doubt: bool


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

    def sending_state(self, sender: Sender, *, now: datetime) -> SendingState:
        """Return what every claim asks, in one question."""
        health = health_of(sender.id)
        keys = [WATERMARK.key, HOLD.key, health.key]
        rows = self._connection.execute(_SENDING_STATE, {"keys": keys, "channel": sender.channel.value, "now": now})
        found = {key: value for key, value in rows}  # noqa: C416 - rows are no pairs to a type checker
        watermark = found.get(WATERMARK.key)
        self._progress.planned_until = WATERMARK.read(watermark) if watermark else None
        return SendingState(
            self._progress.planned_until,
            HOLD.read(found.get(HOLD.key, "{}")) is not None,
            health.read(found.get(health.key, "{}")) or HEALTHY,
            _IN_DOUBT in found,
        )


_IN_DOUBT = "?"
"""No fact's key."""
_SENDING_STATE = union_all(
    select(meta.c.key, meta.c.value).where(meta.c.key.in_(bindparam("keys", expanding=True))),
    select(literal(_IN_DOUBT), literal("")).where(
        exists().where(IS_ASKED_ABOUT, nudges.c.channel == bindparam("channel"), nudges.c.ask_at <= bindparam("now"))
    ),
)
