"""How a nudge is written down, and read back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select

from nudger.domain.messages import Rendered
from nudger.domain.nudges import Decision, Nudge, NudgeState
from nudger.domain.reasons import Reason
from nudger.domain.schedules import Priority, SlotKey
from nudger.domain.vocabulary import Channel
from nudger.storage.reason_codec import reason_of, reason_text, record_of, record_text

Row = Mapping[Any, Any]


def read_nudges(connection: Connection, statement: Select[Any]) -> list[Nudge]:
    """Return the nudges that a statement finds, in its order."""
    return [nudge_of(row) for row in connection.execute(statement).mappings()]


def nudge_row(nudge: Nudge, *, at: datetime) -> dict[str, Any]:
    """Return the row of a nudge as it stands `at` a moment."""
    decision = nudge.decision
    return {
        "id": nudge.id,
        "recipient": nudge.key.recipient,
        "schedule": nudge.key.schedule,
        "local_date": nudge.key.local_date,
        "ordinal": nudge.key.ordinal,
        "due_at": nudge.due,
        "expires_at": nudge.expires_at,
        "channel": decision.channel,
        "message": decision.message,
        "subject": decision.rendered.subject if decision.rendered else None,
        "text": decision.rendered.text if decision.rendered else None,
        "decision_reason": reason_text(decision.reason),
        "record": record_text(decision.record),
        "priority": int(nudge.priority),
        **standing_row(nudge, at=at),
    }


def standing_row(nudge: Nudge, *, at: datetime) -> dict[str, Any]:
    """Return the columns that say how a nudge stands `at` a moment; the others never change."""
    return {
        "state": nudge.state.value,
        **status_row(nudge.status_reason),
        "attempts": nudge.attempts,
        "inquiries": nudge.inquiries,
        "possible_duplicate": nudge.possible_duplicate,
        "resends": nudge.resends,
        "address": nudge.address,
        "first_attempt_at": nudge.first_attempt_at,
        "last_attempt_at": nudge.last_attempt_at,
        "not_before": nudge.not_before,
        "ask_at": nudge.ask_at,
        "fence": nudge.fence,
        "provider": nudge.provider,
        "provider_id": nudge.provider_id,
        "updated_at": at,
    }


def status_row(reason: Reason | None) -> dict[str, str | None]:
    """Return the columns that say why a nudge stands where it stands."""
    return {"status_code": None if reason is None else reason.code.value, "status_reason": reason_text(reason)}


def nudge_of(row: Row) -> Nudge:
    """Read a nudge back."""
    return Nudge(
        id=row["id"],
        key=SlotKey(
            recipient=row["recipient"],
            schedule=row["schedule"],
            local_date=row["local_date"],
            ordinal=row["ordinal"],
        ),
        due=row["due_at"],
        expires_at=row["expires_at"],
        state=NudgeState(row["state"]),
        decision=_decision_of(row),
        status_reason=reason_of(row["status_reason"]),
        not_before=row["not_before"],
        ask_at=row["ask_at"],
        priority=Priority(row["priority"]),
        attempts=row["attempts"],
        inquiries=row["inquiries"],
        fence=row["fence"],
        first_attempt_at=row["first_attempt_at"],
        last_attempt_at=row["last_attempt_at"],
        provider=row["provider"],
        provider_id=row["provider_id"],
        possible_duplicate=row["possible_duplicate"],
        resends=row["resends"],
        address=row["address"],
    )


def _decision_of(row: Row) -> Decision:
    return Decision(
        message=row["message"],
        channel=Channel(row["channel"]) if row["channel"] else None,
        rendered=None if row["text"] is None else Rendered(text=row["text"], subject=row["subject"]),
        reason=reason_of(row["decision_reason"]),
        record=record_of(row["record"]),
    )
