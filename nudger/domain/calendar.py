"""Wall time and instants: the one place that turns a local date and time into an instant.

Policy (README, "Clock changes"): a wall time that does not exist today happens at the first instant after the
gap; one that occurs twice happens once, the first time; a date that the zone skipped has no instant at all.
RFC 5545 3.3.5 shifts a missing time by the length of the gap instead; cronsim does as we do.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from nudger.domain.vocabulary import PartOfDay

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """Where a wall time lands: `at` in UTC, and whether a gap in the clock `moved` it."""

    at: datetime
    moved: bool


def require_utc(moment: datetime) -> datetime:
    """Return `moment` unchanged; raise ValueError unless it is aware and in UTC."""
    if moment.tzinfo is not UTC and moment.utcoffset() != timedelta(0):
        raise ValueError(f"an aware UTC datetime is required, not {moment!r}")
    return moment


@lru_cache(maxsize=8192)
def resolve(day: date, wall: time, zone: tzinfo) -> Instant | None:
    """Return the instant at which `wall` happens on `day` in `zone`, or None if the zone skipped that date."""
    local = datetime.combine(day, wall)
    before = local.replace(tzinfo=zone, fold=0)
    instant = before.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return Instant(at=instant, moved=False)
    earliest = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _after_gap(earliest, instant, day, zone)


def _after_gap(earliest: datetime, latest: datetime, day: date, zone: tzinfo) -> Instant | None:
    """Find the end of the gap, which lies in (earliest, latest]; `latest - earliest` is the gap's length."""
    gap = latest - earliest
    offset_after = latest.astimezone(zone).utcoffset()
    low, high = earliest, latest
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset_after:
            high = middle
        else:
            low = middle
    first_wall = high.astimezone(zone).replace(tzinfo=None)
    if first_wall - gap <= datetime.combine(day, time.min) and first_wall >= datetime.combine(
        day + timedelta(days=1), time.min
    ):
        return None
    return Instant(at=high, moved=True)


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the first instant of a local date; of the next one, where the zone skipped it."""
    found = resolve(day, time.min, zone) or resolve(day + timedelta(days=1), time.min, zone)
    assert found is not None
    return found.at


def part_of_day(wall: time) -> PartOfDay:
    """Return the part of the day: morning 4-11, midday 11-16, evening 16-20, night 20-4 (hours, end exclusive)."""
    if 4 <= wall.hour < 11:  # noqa: PLR2004 - the hours are the definition
        return PartOfDay.MORNING
    if 11 <= wall.hour < 16:  # noqa: PLR2004
        return PartOfDay.MIDDAY
    if 16 <= wall.hour < 20:  # noqa: PLR2004
        return PartOfDay.EVENING
    return PartOfDay.NIGHT
