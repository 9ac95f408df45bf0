"""Makers: everything not under test gets a sensible value."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from nudger.decisions.snapshot import OperatorWords, Snapshot, build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.messages import EmailText, Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Audience, Between, Calendar, Cron, Schedule, Weekly
from nudger.domain.vocabulary import Component, Practice

DAILY = Weekly(weekdays=frozenset(range(7)))
WORDS = OperatorWords(service="nudger", contact="help@example.org", crisis_line="Call 988.")


def utc(text: str) -> datetime:
    """`2026-11-23 08:30` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def make_recipient(id: str = "sam", **values: Any) -> Recipient:  # noqa: A002
    values = {"time_zone": "UTC", "email": f"{id}@example.org", "sms": "+14135550123", "quiet_hours": None} | values
    return Recipient(id=id, **values)


def make_schedule(id: str = "kind", *, at: str | Sequence[str] = "08:30", **values: Any) -> Schedule:  # noqa: A002
    times = tuple(time.fromisoformat(each) for each in ([at] if isinstance(at, str) else at))
    recurrence = Calendar(dates=DAILY, times=At(times=times))
    return Schedule(id=id, **({"audience": Audience(everyone=True), "recurrence": recurrence} | values))


def between(start: str, end: str, **values: Any) -> Calendar:
    window = Between(start=time.fromisoformat(start), end=time.fromisoformat(end))
    return Calendar(**({"dates": DAILY, "times": window} | values))


def cron(expression: str) -> Cron:
    return Cron(expression=expression)


def make_message(id: str = "one", **values: Any) -> Message:  # noqa: A002
    defaults = {
        "library": "kind",
        "component": Component.SELF_KINDNESS,
        "practice": Practice.SELF_TALK,
        "sms": f"Words of {id}.",
        "email": EmailText(subject=f"About {id}", body=f"Longer words of {id}."),
    }
    return Message(id=id, **(defaults | values))


def make_snapshot(
    *, schedules: Sequence[Schedule] = (), messages: Sequence[Message] = (), recipients: Sequence[Recipient] = ()
) -> Snapshot:
    catalog = Catalog(schedules=tuple(schedules), messages=tuple(messages))
    return build_snapshot(catalog, recipients, words=WORDS, seed="nudger", installation="test")
