"""How a person is written down, and read back."""

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from nudger.domain.limits import Limits
from nudger.domain.recipients import HardDay, OnHardDay, Pause, QuietHours, Recipient
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
        "groups": _groups_text(recipient.groups),
        "moments": _moments_text(recipient.moments),
        "quiet_hours": _quiet_text(recipient.quiet_hours),
        "joined": recipient.joined,
        "details": _details(*_details_of(recipient)),
        "paused": "",
    }


def recipient_of(row: Row) -> Recipient:
    """Read a person back."""
    details = _read_details(row["details"]) if row["details"] else {}
    if row["paused"]:
        details = {**details, "pauses": (*details.get("pauses", ()), *pauses_of(row["paused"]))}
    return Recipient(
        **details,
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
def _groups_text(groups: frozenset[str]) -> str:
    return " ".join(sorted(groups))


@lru_cache(maxsize=4096)
def _moments_text(moments: tuple[tuple[str, time], ...]) -> str:
    return " ".join(f"{name}={wall:%H:%M}" for name, wall in moments)


@lru_cache(maxsize=4096)
def _quiet_text(hours: QuietHours | None) -> str:
    return str(hours or "none")


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


def pauses_text(pauses: Iterable[Pause]) -> str:
    """Return pauses as they are written down: FIRST/LAST, an unknown first one left out."""
    return " ".join(f"{pause.first or ''}/{pause.last}" for pause in pauses)


def pauses_of(text: str) -> tuple[Pause, ...]:
    """Read pauses back."""
    pairs = (each.partition("/") for each in text.split())
    return tuple(
        Pause(first=date.fromisoformat(first) if first else None, last=date.fromisoformat(last))
        for first, _, last in pairs
    )


_details_of = attrgetter(
    "region", "supporter", "goals", "weekend_moments", "weekend_quiet_hours", "pauses", "hard_days", "limits"
)


@lru_cache(maxsize=4096)
def _details(
    region: str | None,
    supporter: str | None,
    goals: frozenset[str],
    weekend_moments: tuple[tuple[str, time], ...],
    weekend_quiet: QuietHours | str | None,
    pauses: tuple[Pause, ...],
    hard_days: tuple[HardDay, ...],
    limits: Limits | None,
) -> Mapping[str, Any]:
    """Write down what few people have; a person with nothing of it costs two bytes."""
    details = {
        "place": region,
        "supporter": supporter,
        "goals": sorted(goals),
        "weekend_moments": [[name, f"{wall:%H:%M}"] for name, wall in weekend_moments],
        "weekend_quiet_hours": "" if weekend_quiet == "same" else str(weekend_quiet or "none"),
        "pauses": pauses_text(pauses),
        "hard_days": [[hard.month, hard.day, hard.year, hard.then] for hard in hard_days],
        "limits": limits and [limits.per_day, limits.per_week, limits.gap.total_seconds(), limits.gentle_days],
    }
    return {name: value for name, value in details.items() if value}


def _read_details(kept: Mapping[str, Any]) -> dict[str, Any]:
    read = dict(kept)
    if "place" in read:
        read["region"] = read.pop("place")
    if "weekend_moments" in read:
        read["weekend_moments"] = tuple((name, time.fromisoformat(wall)) for name, wall in read["weekend_moments"])
    if "weekend_quiet_hours" in read:
        read["weekend_quiet_hours"] = _quiet_hours(read["weekend_quiet_hours"])
    if "goals" in read:
        read["goals"] = frozenset(read["goals"])
    if "pauses" in read:
        read["pauses"] = pauses_of(read["pauses"])
    if "hard_days" in read:
        read["hard_days"] = tuple(_hard_day(*each) for each in read["hard_days"])
    if "limits" in read:
        read["limits"] = _limits(*read["limits"])
    return read


def _hard_day(month: int, day: int, year: int | None, then: str) -> HardDay:
    return HardDay(month=month, day=day, year=year, then=OnHardDay(then))


def _limits(per_day: int | None, per_week: int | None, gap_s: float, gentle_days: int) -> Limits:
    return Limits(per_day=per_day, per_week=per_week, gap=timedelta(seconds=gap_s), gentle_days=gentle_days)
