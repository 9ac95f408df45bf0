"""Between rows and domain values: how a person and a nudge are written down, and read back."""

import json
from collections.abc import Mapping
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from nudger.domain.messages import Rendered
from nudger.domain.nudges import Decision, Nudge, NudgeState
from nudger.domain.recipients import QuietHours, Recipient
from nudger.domain.schedules import SlotKey
from nudger.domain.vocabulary import Channel

Row = Mapping[Any, Any]


def recipient_row(recipient: Recipient, source: str) -> dict[str, Any]:
    """Return the row of an active person."""
    return {
        "id": recipient.id,
        "source": source,
        "active": True,
        "name": recipient.name,
        "sms": recipient.sms,
        "email": recipient.email,
        "prefer": recipient.prefer,
        "time_zone": recipient.time_zone,
        "language": recipient.language,
        "groups": " ".join(sorted(recipient.groups)),
        "moments": " ".join(f"{name}={wall:%H:%M}" for name, wall in recipient.moments),
        "quiet_hours": str(recipient.quiet_hours or "none"),
        "joined": recipient.joined,
    }


def recipient_of(row: Row) -> Recipient:
    """Read a person back."""
    return Recipient(
        id=row["id"],
        name=row["name"],
        sms=row["sms"],
        email=row["email"],
        prefer=Channel(row["prefer"]) if row["prefer"] else None,
        time_zone=row["time_zone"],
        language=row["language"],
        groups=_groups(row["groups"]),
        moments=_moments(row["moments"]),
        quiet_hours=_quiet_hours(row["quiet_hours"]),
        joined=row["joined"],
    )


@lru_cache(maxsize=4096)
def _groups(text: str) -> frozenset[str]:
    return frozenset(text.split())


@lru_cache(maxsize=4096)
def _moments(text: str) -> tuple[tuple[str, time], ...]:
    pairs = (pair.partition("=") for pair in text.split())
    return tuple((name, time.fromisoformat(wall)) for name, _, wall in pairs)


@lru_cache(maxsize=4096)
def _quiet_hours(text: str) -> QuietHours | None:
    if text == "none":
        return None
    start, _, end = text.partition("-")
    return QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))


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
        "state": nudge.state.value,
        "reason": decision.reason,
        "channel": decision.channel,
        "message": decision.message,
        "subject": decision.rendered.subject if decision.rendered else None,
        "text": decision.rendered.text if decision.rendered else None,
        "facts": json.dumps(dict(decision.facts)),
        "attempts": nudge.attempts,
        "inquiries": nudge.inquiries,
        "possible_duplicate": nudge.possible_duplicate,
        "first_attempt_at": nudge.first_attempt_at,
        "next_attempt_at": nudge.next_attempt_at,
        "provider": nudge.provider,
        "provider_id": nudge.provider_id,
        "updated_at": at,
    }


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
        next_attempt_at=row["next_attempt_at"],
        attempts=row["attempts"],
        inquiries=row["inquiries"],
        first_attempt_at=row["first_attempt_at"],
        provider=row["provider"],
        provider_id=row["provider_id"],
        possible_duplicate=row["possible_duplicate"],
    )


def _decision_of(row: Row) -> Decision:
    return Decision(
        message=row["message"],
        channel=Channel(row["channel"]) if row["channel"] else None,
        rendered=None if row["text"] is None else Rendered(text=row["text"], subject=row["subject"]),
        reason=row["reason"],
        facts=tuple(json.loads(row["facts"]).items()),
    )
