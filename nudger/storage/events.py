"""The append-only past, inside a transaction: what happened to each nudge, and what else did."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, func, insert, select

from nudger.domain.nudges import Nudge
from nudger.domain.reasons import Json, Reason
from nudger.domain.vocabulary import NudgeId
from nudger.storage.reason_codec import reason_data, reason_from
from nudger.storage.tables import events

REOPENED = "reopened"
"""What was decided for a nudge was taken back, and is decided anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a nudge, and when. `kind` is the state that it came to, or a word for something else.

    `reason` is why, where there is one; `detail` is what else was written down.
    """

    at: datetime
    kind: str
    reason: Reason | None
    detail: Mapping[str, Json]


NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
"""The detail of an event of which there is no more to say."""


class Events:
    """Writing down what happened, and reading it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, kind: str, detail: Mapping[str, Any], *, at: datetime) -> None:
        """Write down something that happened, to no nudge in particular."""
        self._connection.execute(insert(events).values(at=at, nudge=None, kind=kind, detail=json.dumps(dict(detail))))

    def add_states(self, changed: Sequence[Nudge], *, at: datetime) -> None:
        """Write down the state that each of these nudges came to."""
        self._append({"at": at, "nudge": n.id, "kind": n.state.value, "detail": _detail(n)} for n in changed)

    def add_to_each(self, kind: str, nudges: Iterable[NudgeId], *, at: datetime) -> None:
        """Write down the same of several nudges."""
        self._append({"at": at, "nudge": each, "kind": kind, "detail": "{}"} for each in nudges)

    def last(self) -> int:
        """Return the number of the newest event. It only grows: a ledger that has less forgot something."""
        return self._connection.scalar(select(func.max(events.c.id))) or 0

    def of(self, nudge: NudgeId) -> list[Event]:
        """Return what happened to a nudge, oldest first."""
        rows = self._connection.execute(select(events).where(events.c.nudge == nudge).order_by(events.c.id))
        return [_event(row.at, row.kind, json.loads(row.detail)) for row in rows]

    def _append(self, happened: Iterable[Mapping[str, Any]]) -> None:
        if rows := list(happened):
            self._connection.execute(insert(events), rows)


def _event(at: datetime, kind: str, detail: dict[str, Any]) -> Event:
    reason = detail.pop("reason", None)
    return Event(at=at, kind=kind, reason=None if reason is None else reason_from(reason), detail=detail)


def _detail(nudge: Nudge) -> str:
    detail = {
        "reason": None if nudge.status_reason is None else reason_data(nudge.status_reason),
        "attempts": nudge.attempts,
        "provider": nudge.provider,
        "provider_id": nudge.provider_id,
    }
    return json.dumps({name: value for name, value in detail.items() if value})
