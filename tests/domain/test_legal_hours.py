"""When the law of a person's region lets a text be sent."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.area_codes import US_AREA_CODES
from nudger.domain.legal_hours import (
    LEGAL_HOURS,
    WHOLE_DAY,
    LegalHours,
    allowed,
    next_opening,
    reason,
    regions,
    window,
)
from nudger.prose.reasons import english
from tests.make import utc

NEW_YORK = ZoneInfo("America/New_York")
FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29)
NONE = "none"


def of(*codes):
    return frozenset({"US", *codes})


def at(day, clock, zone=NEW_YORK):
    return datetime.combine(day, time.fromisoformat(clock), zone)


def hours(regions, day):
    found = window(regions, day)
    return f"{found[0]:%H}-{found[1]:%H}" if found else NONE


@pytest.mark.parametrize(
    ("state", "weekday", "saturday", "sunday"),
    [
        ("US", "08-21", "08-21", "08-21"),
        ("US-AL", "08-20", "08-20", NONE),
        ("US-CT", "09-20", "09-20", "09-20"),
        ("US-FL", "08-20", "08-20", "08-20"),
        ("US-KY", "10-21", "10-21", "10-21"),
        ("US-LA", "08-20", "08-20", NONE),
        ("US-MA", "08-20", "08-20", "08-20"),
        ("US-MD", "08-20", "08-20", "08-20"),
        ("US-MI", "09-21", "09-21", "09-21"),
        ("US-MN", "09-21", "09-21", "09-21"),
        ("US-MS", "08-20", "08-20", NONE),
        ("US-NJ", "08-20", "08-20", "08-20"),
        ("US-NM", "09-21", "09-21", "09-21"),
        ("US-NV", "09-20", "09-20", "09-20"),
        ("US-OK", "08-20", "08-20", "08-20"),
        ("US-RI", "09-18", "10-17", NONE),
        ("US-TX", "09-21", "09-21", "12-21"),
        ("US-WA", "08-20", "08-20", "08-20"),
        ("US-NY", "08-21", "08-21", "08-21"),
    ],
)
def test_each_state_has_its_hours(state, weekday, saturday, sunday):
    found = [hours(of(state), day) for day in (FRIDAY, SATURDAY, SUNDAY)]
    assert found == [weekday, saturday, sunday]


def test_a_country_without_a_rule_leaves_the_whole_day():
    assert window(frozenset({"GB"}), SUNDAY) == WHOLE_DAY
    assert allowed(frozenset(), datetime(2026, 11, 29, 23, 59, 59, 999999, UTC))


def test_every_row_names_its_source_and_covers_a_place_on_every_weekday_once():
    for region in {rule.region for rule in LEGAL_HOURS}:
        rows = [rule for rule in LEGAL_HOURS if rule.region == region]
        assert sorted(day for rule in rows for day in rule.weekdays) == list(range(7))
        assert all(rule.source for rule in rows)
        assert region == "US" or region.removeprefix("US-") in US_AREA_CODES


def test_a_rule_does_not_reach_back_before_it_was_made():
    assert hours(of("US-FL"), date(2021, 6, 30)) == "08-21"
    assert hours(of("US-FL"), date(2021, 7, 1)) == "08-20"


def test_hours_that_wrap_midnight_are_refused():
    with pytest.raises(ValueError, match="wrap midnight"):
        LegalHours(
            region="US", weekdays=frozenset(), opens=time(21), closes=time(8), since=date(2026, 1, 1), source="x"
        )


@pytest.mark.parametrize(
    ("codes", "clock", "answer"),
    [
        (of(), "07:59:59", False),
        (of(), "08:00", True),
        (of(), "20:59:59", True),
        (of(), "21:00", False),
        (of(), "00:00", False),
        (of(), "23:59:59", False),
        (of("US-FL"), "19:59", True),
        (of("US-FL"), "20:00", False),
        (of("US-CT", "US-RI"), "17:59", True),
        (of("US-CT", "US-RI"), "18:00", False),
        (of("US-KY", "US-FL"), "09:59", False),
        (of("US-KY", "US-FL"), "10:00", True),
    ],
)
def test_hours_open_at_their_minute_and_close_before_theirs(codes, clock, answer):
    assert allowed(codes, at(FRIDAY, clock)) is answer


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        allowed(of(), datetime(2026, 11, 27, 12))


@pytest.mark.parametrize(
    ("region", "phone", "zone", "expected"),
    [
        ("US-MA", "+13055550123", "America/New_York", {"US", "US-MA", "US-FL"}),
        ("US-TX", None, "America/Chicago", {"US", "US-TX"}),
        (None, "+13055550123", "America/Los_Angeles", {"US", "US-FL"}),
        (None, None, "America/New_York", {"US"}),
        (None, None, "US/Pacific", {"US"}),
        (None, None, "America/Toronto", set()),
        (None, None, "Europe/Berlin", set()),
        (None, "+14165550123", "America/Toronto", {"CA"}),
        (None, "+447700900123", "America/New_York", {"US", "GB"}),
        ("GB", "+447700900123", "Europe/London", {"GB"}),
        ("GB", None, "America/New_York", {"GB"}),
        ("DE-BY", "+4930123456", "Europe/Berlin", {"DE", "DE-BY"}),
        ("PR", None, "America/Puerto_Rico", {"US", "US-PR", "PR"}),
    ],
)
def test_the_stated_place_the_number_and_at_last_the_time_zone_say_which_law_holds(region, phone, zone, expected):
    assert regions(region, phone, zone) == expected


def test_a_person_in_massachusetts_with_a_texan_number_has_the_hours_of_both():
    both = regions("US-MA", "+15125550123", "America/New_York")
    assert [hours(both, day) for day in (FRIDAY, SUNDAY)] == ["09-20", "12-20"]


@pytest.mark.parametrize(
    ("codes", "zone", "now", "opening"),
    [
        (of(), "America/New_York", "2026-11-27 15:00", "2026-11-27 15:00"),
        (of(), "America/New_York", "2026-11-27 12:59", "2026-11-27 13:00"),
        (of(), "America/New_York", "2026-11-28 02:00", "2026-11-28 13:00"),
        (of("US-FL"), "America/New_York", "2026-11-28 01:00", "2026-11-28 13:00"),
        (of("US-TX"), "America/Chicago", "2026-11-29 03:00", "2026-11-29 18:00"),
        (of("US-RI"), "America/New_York", "2026-11-27 23:00", "2026-11-28 15:00"),
        (of("US-RI"), "America/New_York", "2026-11-28 22:00", "2026-11-30 14:00"),
        (of("US-MS"), "America/Chicago", "2026-11-29 18:00", "2026-11-30 14:00"),
        # The clock goes forward and back between the closing and the opening.
        (of(), "America/New_York", "2026-03-08 02:00", "2026-03-08 12:00"),
        (of(), "America/New_York", "2026-11-01 01:00", "2026-11-01 13:00"),
        # A zone that skipped a Friday: its Thursday evening is followed by Saturday morning.
        (of(), "Pacific/Apia", "2011-12-30 08:00", "2011-12-30 18:00"),
    ],
)
def test_the_next_opening_is_now_or_when_the_law_next_allows_it(codes, zone, now, opening):
    assert next_opening(codes, utc(now), ZoneInfo(zone)) == utc(opening)


def test_there_is_no_opening_where_every_day_is_closed(monkeypatch):
    never = LegalHours(
        region="XX-NEVER",
        weekdays=frozenset(range(7)),
        opens=time(0),
        closes=time(0),
        since=date(2020, 1, 1),
        source="made up",
    )
    monkeypatch.setattr("nudger.domain.legal_hours.LEGAL_HOURS", (*LEGAL_HOURS, never))
    assert next_opening(frozenset({"XX-NEVER"}), utc("2026-11-27 12:00"), NEW_YORK) is None


@pytest.mark.parametrize(
    ("codes", "day", "words"),
    [
        (of(), FRIDAY, "legal hours 08:00-21:00 (US)"),
        (of("US-FL"), FRIDAY, "legal hours 08:00-20:00 (US-FL)"),
        (of("US-FL", "US-MA"), FRIDAY, "legal hours 08:00-20:00 (US-FL, US-MA)"),
        (of("US-FL", "US-TX"), SUNDAY, "legal hours 12:00-20:00 (US-FL, US-TX)"),
        (of("US-FL", "US-RI"), SUNDAY, "legal hours none on Sunday (US-RI)"),
        (frozenset({"GB"}), FRIDAY, "no legal hours here"),
    ],
)
def test_the_reason_names_the_hours_and_who_sets_them(codes, day, words):
    assert english(reason(codes, at(day, "12:00"))) == words


CODES = st.frozensets(st.sampled_from([rule.region for rule in LEGAL_HOURS] + ["GB", "US-NY", "CA"]), max_size=4)
DAYS = st.dates(date(2019, 1, 1), date(2029, 12, 31))
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/St_Johns", "UTC")]
)


@given(CODES, CODES, DAYS, st.times())
def test_two_sets_of_places_allow_together_what_each_allows_alone(some, others, day, clock):
    moment = datetime.combine(day, clock, UTC)
    assert allowed(some | others, moment) is (allowed(some, moment) and allowed(others, moment))


@given(CODES, DAYS)
def test_the_window_of_a_day_is_what_all_its_windows_share(codes, day):
    each = [window(frozenset({code}), day) for code in codes]
    shared = (
        None if None in each else (max([w[0] for w in each] or [time.min]), min([w[1] for w in each] or [time.max]))
    )
    assert window(codes, day) == (shared if shared and shared[0] < shared[1] else None)


@given(CODES, MOMENTS, ZONES, st.data())
def test_the_next_opening_is_allowed_and_no_minute_before_it_is(codes, now, zone, data):
    opening = next_opening(codes, now, zone)
    assert opening is not None
    assert now <= opening <= now + timedelta(days=8)
    assert allowed(codes, opening.astimezone(zone))
    minutes = int((opening - now) / timedelta(minutes=1))
    if minutes:
        steps = data.draw(st.sets(st.integers(0, minutes - 1), min_size=1, max_size=20)) | {0, minutes - 1}
        assert not any(allowed(codes, (now + timedelta(minutes=step)).astimezone(zone)) for step in steps)
