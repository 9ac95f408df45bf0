"""Planning: the calendar's promises, whatever the zone and however time is cut."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import next_due, slots
from nudger.domain.schedules import At, Audience, Between, ByRule, Calendar, EveryDays, Weekly
from tests.make import between, cron, make_recipient, make_schedule, utc

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix/", "right/")))
CHANGING = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Pacific/Apia",
]


def due(schedule, zone="UTC", since="2026-11-23 00:00", until="2026-11-24 00:00", **person):
    roster = build_groups([schedule], [make_recipient(time_zone=zone, **person)])
    return slots(roster, since=utc(since), until=utc(until), seed="s")


def local(found, zone):
    return [slot.due.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for slot in found]


def test_a_slot_is_due_at_each_persons_own_wall_time():
    assert [slot.due for slot in due(make_schedule(at="08:30"), "Asia/Kolkata")] == [utc("2026-11-23 03:00")]


def test_a_named_moment_is_each_persons_own():
    schedule = make_schedule(
        recurrence=Calendar(dates=Weekly(weekdays=frozenset(range(7))), times=At(times=("morning",)))
    )
    assert local(due(schedule), "UTC") == ["2026-11-23 08:30"]
    assert local(due(schedule, moments=(("morning", time(6, 15)),)), "UTC") == ["2026-11-23 06:15"]


def test_the_span_is_open_at_its_start_and_closed_at_its_end():
    schedule = make_schedule(at="08:30")
    assert due(schedule, since="2026-11-23 08:30", until="2026-11-23 09:00") == []
    assert len(due(schedule, since="2026-11-23 08:29", until="2026-11-23 08:30")) == 1


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience(everyone=True), ["sam", "kim"]),
        (Audience(groups=frozenset({"daily"})), ["kim"]),
        (Audience(recipients=frozenset({"sam"})), ["sam"]),
        (Audience(groups=frozenset({"daily"}), recipients=frozenset({"sam"})), ["sam", "kim"]),
        (Audience(groups=frozenset({"nobody"})), []),
    ],
)
def test_a_schedule_reaches_whom_it_names(audience, expected):
    people = [make_recipient("sam"), make_recipient("kim", groups=frozenset({"daily"}))]
    roster = build_groups([make_schedule(audience=audience)], people)
    found = slots(roster, since=utc("2026-11-23 00:00"), until=utc("2026-11-24 00:00"), seed="s")
    assert [slot.key.recipient for slot in found] == expected


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        (
            Calendar(dates=Weekly(weekdays=frozenset({0, 4})), times=At(times=(time(9),))),
            ["11-02", "11-06", "11-09", "11-13"],
        ),
        (
            Calendar(dates=EveryDays(count=5), times=At(times=(time(9),)), starts=date(2026, 10, 31)),
            ["11-05", "11-10", "11-15"],
        ),
        (Calendar(dates=ByRule(rule="FREQ=MONTHLY;BYDAY=2SU"), times=At(times=(time(9),))), ["11-08"]),
        (
            Calendar(dates=ByRule(rule="FREQ=DAILY;COUNT=3"), times=At(times=(time(9),)), starts=date(2026, 11, 2)),
            ["11-02", "11-03", "11-04"],
        ),
        (Calendar(dates=EveryDays(count=1), times=At(times=(time(9),)), starts=date(2026, 11, 14)), ["11-14", "11-15"]),
        (Calendar(dates=EveryDays(count=1), times=At(times=(time(9),)), ends=date(2026, 11, 2)), ["11-01", "11-02"]),
        (cron("0 9 3-4 * *"), ["11-03", "11-04"]),
        (cron("0 9 * * 7"), ["11-01", "11-08", "11-15"]),
    ],
)
def test_dates_are_the_ones_that_the_recurrence_names(recurrence, expected):
    found = due(make_schedule(recurrence=recurrence), since="2026-11-01 00:00", until="2026-11-16 00:00")
    assert [f"{slot.key.local_date:%m-%d}" for slot in found] == expected


def test_several_times_a_day_are_told_apart_by_their_ordinal():
    found = due(make_schedule(at=["08:00", "12:00", "20:00"]))
    assert [(slot.key.ordinal, slot.wall.hour) for slot in found] == [(0, 8), (1, 12), (2, 20)]


def test_a_window_draws_one_minute_inside_it_the_same_after_a_restart():
    schedule = make_schedule(recurrence=between("09:00", "11:00"))
    people = [make_recipient(f"p{n}") for n in range(300)]
    span = {"since": utc("2026-11-23 00:00"), "until": utc("2026-11-24 00:00"), "seed": "s"}

    def draw():
        return slots(build_groups([schedule], people), **span)

    first = draw()
    assert first == draw()
    assert len(first) == 300
    assert all(utc("2026-11-23 09:00") <= slot.due < utc("2026-11-23 11:00") for slot in first)
    assert len({slot.due for slot in first}) > 80


def test_a_window_turned_round_by_someones_own_moments_is_the_minute_at_its_start():
    schedule = make_schedule(recurrence=between("10:00", "09:00"))
    assert local(due(schedule), "UTC") == ["2026-11-23 10:00"]


def test_a_window_too_narrow_for_all_has_as_many_as_fit_however_time_is_cut():
    window = Between(start="morning", end=time(10), count=3, apart=timedelta(hours=1))
    schedule = make_schedule(recurrence=Calendar(dates=EveryDays(count=1), times=window))
    late_riser = {"moments": (("morning", time(8, 30)),)}
    whole = due(schedule, **late_riser)
    assert len(whole) == 2
    assert all(slot.due < utc("2026-11-23 10:00") for slot in whole)
    cut = whole[0].due.strftime("%Y-%m-%d %H:%M")
    assert due(schedule, until=cut, **late_riser) + due(schedule, since=cut, **late_riser) == whole


def test_an_hourly_cron_fires_once_at_the_instant_where_the_gap_ends():
    found = due(
        make_schedule(recurrence=cron("0 * * * *")), "Europe/Berlin", since="2026-03-28 23:00", until="2026-03-29 03:00"
    )
    assert local(found, "Europe/Berlin") == [
        "2026-03-29 01:00",
        "2026-03-29 03:00",
        "2026-03-29 04:00",
        "2026-03-29 05:00",
    ]
    assert not any(slot.moved for slot in found)


def test_an_hourly_cron_fires_once_in_the_repeated_hour():
    found = due(
        make_schedule(recurrence=cron("0 * * * *")), "Europe/Berlin", since="2026-10-24 23:30", until="2026-10-25 02:30"
    )
    assert [slot.due for slot in found] == [utc("2026-10-25 00:00"), utc("2026-10-25 02:00")]


@pytest.mark.parametrize(
    ("zone", "wall", "day", "expected"),
    [
        ("America/New_York", "02:30", "2025-03-09", ["2025-03-09 03:00"]),
        ("America/New_York", "01:30", "2025-11-02", ["2025-11-02 01:30"]),
        ("Europe/Berlin", "02:00", "2026-03-29", ["2026-03-29 03:00"]),
        ("Australia/Lord_Howe", "02:15", "2025-10-05", ["2025-10-05 02:30"]),
        ("Australia/Lord_Howe", "01:45", "2025-04-06", ["2025-04-06 01:45"]),
        ("America/Santiago", "00:00", "2025-09-07", ["2025-09-07 01:00"]),
        ("America/Santiago", "23:30", "2025-04-05", ["2025-04-05 23:30"]),
        ("Africa/Cairo", "00:00", "2025-04-25", ["2025-04-25 01:00"]),
        ("Asia/Kolkata", "08:30", "2025-03-09", ["2025-03-09 08:30"]),
        ("Pacific/Apia", "09:00", "2011-12-30", []),
    ],
)
def test_each_local_day_has_its_slot_once(zone, wall, day, expected):
    middle = datetime.fromisoformat(day).replace(tzinfo=UTC)
    span = {
        "since": f"{middle - timedelta(days=2):%Y-%m-%d %H:%M}",
        "until": f"{middle + timedelta(days=3):%Y-%m-%d %H:%M}",
    }
    found = [slot for slot in due(make_schedule(at=wall), zone, **span) if f"{slot.key.local_date}" == day]
    assert local(found, zone) == expected


@given(
    zone=st.sampled_from(ZONES),
    wall=st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    start=st.dates(date(2005, 1, 1), date(2030, 1, 1)),
)
def test_a_daily_time_comes_once_per_local_day_in_every_zone(zone, wall, start):
    schedule = make_schedule(at=f"{wall:%H:%M}")
    roster = build_groups([schedule], [make_recipient(time_zone=zone)])
    since = datetime.combine(start, time(), UTC)
    found = slots(roster, since=since, until=since + timedelta(days=366), seed="s")
    days = [slot.key.local_date for slot in found]
    assert len(days) == len(set(days))
    skipped = {date(2011, 12, 30), date(1993, 8, 21)}
    expected = {days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)}
    assert expected - set(days) <= skipped


@given(
    zone=st.sampled_from([*CHANGING, "UTC", "Asia/Kolkata"]),
    recurrence=st.sampled_from(
        [cron("*/30 * * * *"), cron("30 2 * * *"), between("00:00", "03:30"), between("09:00", "17:00")]
    ),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)),
    cuts=st.lists(st.integers(0, 3 * 24 * 60), max_size=8),
)
def test_planning_in_pieces_is_planning_at_once(zone, recurrence, start, cuts):
    roster = build_groups(
        [make_schedule(recurrence=recurrence)], [make_recipient(n, time_zone=zone) for n in ("a", "b")]
    )
    begin = start.replace(tzinfo=UTC)
    edges = [begin, *(begin + timedelta(minutes=cut) for cut in sorted(cuts)), begin + timedelta(days=3)]
    pieces = [slot for a, b in pairwise(edges) for slot in slots(roster, since=a, until=b, seed="s")]
    assert pieces == slots(roster, since=begin, until=edges[-1], seed="s")
    assert len({slot.key for slot in pieces}) == len(pieces)


def test_the_next_due_moment_is_the_first_slots():
    roster = build_groups([make_schedule(at="08:30")], [make_recipient()])
    span = {"since": utc("2026-11-23 08:00"), "seed": "s"}
    assert next_due(roster, until=utc("2026-11-23 09:00"), **span) == utc("2026-11-23 08:30")
    assert next_due(roster, until=utc("2026-11-23 08:29"), **span) is None
