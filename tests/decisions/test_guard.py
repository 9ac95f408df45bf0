"""The guard: which clocks and which numbers are not believed."""

from datetime import timedelta

import pytest

from nudger.decisions.oversight.guard import Storm, crowd_of_newcomers, doubt_about_clock, storm
from tests.make import make_recipient, make_schedule, make_snapshot, utc

NOW = utc("2026-11-23 08:00")


@pytest.mark.parametrize(
    ("watermark", "now", "word"),
    [
        (None, "1970-01-01 00:00", "1970"),
        (None, "2023-12-31 23:59", "2023"),
        (None, "2024-01-01 00:00", ""),
        (None, "2026-11-23 08:00", ""),
        ("2026-11-23 08:00", "1970-01-01 00:03", "1970"),
        ("2026-11-23 08:00", "2026-11-23 08:00", ""),
        ("2026-11-23 08:00", "2026-11-20 08:00", ""),
        ("2026-09-24 08:00", "2026-11-23 08:00", ""),
        ("2026-09-24 07:59", "2026-11-23 08:00", "2026-09-24"),
        ("2026-11-23 08:00", "2036-11-23 08:00", "2036"),
        ("2036-11-23 08:00", "2026-11-23 08:00", ""),
    ],
)
def test_a_clock_is_doubted_before_this_program_was_and_after_two_months_of_silence(watermark, now, word):
    doubt = doubt_about_clock(utc(watermark) if watermark else None, utc(now))
    assert (word in doubt) if word else doubt == ""


@pytest.mark.parametrize(
    ("newcomers", "known", "crowd"),
    [
        (500, 0, False),
        (20, 1, False),
        (21, 1, True),
        (21, 20, True),
        (21, 21, False),
        (30, 100, False),
        (101, 100, True),
    ],
)
def test_many_newcomers_among_few_people_are_a_crowd_but_not_at_the_beginning(newcomers, known, crowd):
    assert crowd_of_newcomers(newcomers, known) == (Storm(newcomers, known) if crowd else None)


@pytest.mark.parametrize(
    ("schedules", "people", "grace_hours", "down_hours", "expected"),
    [
        (10, 10, 24, 24, Storm(100, 10)),  # ten hours' worth at once
        (10, 10, 1, 24, None),  # all but the last are too late to go out
        (2, 10, 24, 24, None),  # twenty are never a storm
        (3, 10, 24, 24, Storm(30, 10)),
        (10, 10, 24, 1, None),  # one hour down: not more than an hour's worth
        (10, 10, 24, 0, None),
        (10, 1, 24, 24, None),
    ],
)
def test_what_is_late_is_a_storm_when_it_is_far_more_than_the_busiest_hour(
    schedules, people, grace_hours, down_hours, expected
):
    snapshot = make_snapshot(
        schedules=[
            make_schedule(f"s{n}", at=f"{8 + n:02}:00", grace=timedelta(hours=grace_hours)) for n in range(schedules)
        ],
        recipients=[make_recipient(f"p{n}") for n in range(people)],
    )
    assert (
        storm(snapshot, since=NOW - timedelta(hours=down_hours, minutes=10), now=NOW - timedelta(minutes=10))
        == expected
    )


def test_many_at_one_time_late_by_an_hour_are_no_storm():
    snapshot = make_snapshot(
        schedules=[make_schedule(at="07:00")], recipients=[make_recipient(f"p{n}") for n in range(500)]
    )
    assert storm(snapshot, since=NOW - timedelta(hours=2), now=NOW - timedelta(minutes=30)) is None
