"""Wall times and instants, on the nights when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from nudger.domain.calendar import part_of_day, require_utc, resolve
from nudger.domain.recipients import QuietHours
from nudger.domain.vocabulary import PartOfDay
from tests.make import make_recipient, utc


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected", "moved"),
    [
        ("America/New_York", "2025-03-09", "02:30", "2025-03-09 07:00", True),
        ("America/New_York", "2025-03-09", "03:00", "2025-03-09 07:00", False),
        ("America/New_York", "2025-11-02", "01:30", "2025-11-02 05:30", False),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:00", True),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30", False),
        ("Australia/Lord_Howe", "2025-10-05", "02:15", "2025-10-04 15:30", True),
        ("Australia/Lord_Howe", "2025-04-06", "01:45", "2025-04-05 14:45", False),
        ("America/Santiago", "2025-09-07", "00:00", "2025-09-07 04:00", True),
        ("America/Santiago", "2025-04-05", "23:30", "2025-04-06 02:30", False),
        ("Africa/Cairo", "2025-04-25", "00:30", "2025-04-24 22:00", True),
        ("Africa/Cairo", "2025-10-30", "23:30", "2025-10-30 20:30", False),
        ("Asia/Kolkata", "2025-06-01", "08:30", "2025-06-01 03:00", False),
        ("Pacific/Apia", "2011-12-29", "09:00", "2011-12-29 19:00", False),
        ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30 10:00", False),
        ("America/Toronto", "1919-03-30", "23:45", "1919-03-31 04:30", True),
        ("Antarctica/Troll", "2025-03-30", "01:30", "2025-03-30 01:00", True),
    ],
)
def test_a_wall_time_lands_where_the_policy_says(zone, day, wall, expected, moved):
    instant = resolve(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(zone))
    assert instant is not None
    assert (instant.at, instant.moved) == (utc(expected), moved)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21"), ("Pacific/Fakaofo", "2011-12-30")],
)
@pytest.mark.parametrize("wall", ["00:00", "09:00", "23:59"])
def test_a_date_that_the_zone_skipped_has_no_instant(zone, day, wall):
    assert resolve(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(zone)) is None


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        require_utc(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("wall", "part"),
    [("03:59", "night"), ("04:00", "morning"), ("11:00", "midday"), ("16:00", "evening"), ("20:00", "night")],
)
def test_the_day_has_four_parts(wall, part):
    assert part_of_day(time.fromisoformat(wall)) is PartOfDay(part)


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("21:00", "08:00", ["21:00", "00:00", "07:59"], ["08:00", "20:59"]),
        ("01:00", "05:00", ["01:00"], ["05:00", "00:59"]),
    ],
)
def test_quiet_hours_may_wrap_midnight_and_end_exclusively(start, end, inside, outside):
    quiet = QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))
    assert all(quiet.cover(time.fromisoformat(wall)) for wall in inside)
    assert not any(quiet.cover(time.fromisoformat(wall)) for wall in outside)


def test_quiet_hours_end_at_a_real_instant_when_the_clock_skips_it():
    quiet = QuietHours(start=time(21), end=time(2, 30))
    person = make_recipient(time_zone="America/New_York", quiet_hours=quiet)
    end = person.quiet_until(datetime(2025, 3, 9, 5, tzinfo=UTC))
    assert end == utc("2025-03-09 07:00")
    assert end - utc("2025-03-09 05:00") == timedelta(hours=2)
