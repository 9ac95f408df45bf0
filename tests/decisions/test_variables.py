"""Every tailoring variable: its value and its age, and when it is unknown."""

import json
from datetime import date, timedelta

import pytest

from nudger.decisions.choosing import variables
from nudger.decisions.choosing.history import Contact, History
from nudger.decisions.choosing.variables import VARIABLES, Kind, Known, KnownVariables, context_of, values_of
from nudger.decisions.planning.zone_positions import position_of_zone
from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.recipients import HardDay, OnHardDay
from nudger.domain.schedules import SlotKey
from nudger.domain.vocabulary import Practice
from tests.make import make_recipient, utc

NOW = utc("2026-11-23 08:30")  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def said(kind, ago, **values):
    return Feedback(recipient="sam", at=NOW - ago, kind=FeedbackKind(kind), **values)


def moods(*levels):
    """Check-ins a day apart, the last one an hour ago."""
    return tuple(said("check-in", HOUR + (len(levels) - 1 - n) * DAY, level=level) for n, level in enumerate(levels))


def went_out(ago, *, waiting=False):
    return Contact(NOW - ago, SlotKey("sam", "kind", date(2026, 11, 1)), None, waiting)


def known(name, *, now=NOW, feedback=(), contacts=(), **person):
    history = History(feedback=tuple(feedback), contacts=tuple(contacts))
    return VARIABLES[name].read(context_of(make_recipient(**person), now, history))


SUN = Known(True)
DARK = Known(False)
CASES = [
    # name, value and age, and what makes it so
    ("hour", Known(8), {}),
    ("hour", Known(3), {"time_zone": "America/New_York"}),
    ("hour", Known(14), {"time_zone": "Asia/Kolkata"}),
    ("part_of_day", Known("morning"), {}),
    ("part_of_day", Known("night"), {"time_zone": "America/New_York"}),
    ("weekday", Known("mon"), {}),
    ("weekday", Known("sun"), {"time_zone": "Pacific/Pago_Pago"}),
    ("season", Known("autumn"), {"time_zone": "Europe/Berlin"}),
    ("season", Known("spring"), {"time_zone": "Australia/Sydney"}),
    ("season", Known("winter"), {"time_zone": "America/New_York", "now": utc("2026-12-01 12:00")}),
    ("season", Known("summer"), {"time_zone": "America/Argentina/Buenos_Aires", "now": utc("2026-12-01 12:00")}),
    ("season", Known("autumn"), {"time_zone": "Africa/Johannesburg", "now": utc("2026-03-01 12:00")}),
    ("season", Known("winter"), {"time_zone": "Pacific/Auckland", "now": utc("2026-07-01 12:00")}),
    ("season", None, {"time_zone": "Etc/GMT+3"}),
    ("daylight", SUN, {"time_zone": "Europe/Berlin", "now": utc("2026-11-23 11:00")}),
    ("daylight", DARK, {"time_zone": "Europe/Berlin", "now": utc("2026-11-23 22:00")}),
    ("daylight", DARK, {"time_zone": "Europe/Berlin", "now": utc("2026-11-23 06:00")}),
    ("daylight", SUN, {"time_zone": "Pacific/Auckland", "now": utc("2026-12-21 00:00")}),
    ("daylight", SUN, {"time_zone": "America/New_York", "now": utc("2026-11-23 17:00")}),
    ("daylight", None, {"time_zone": "Etc/GMT+3"}),
    ("public_holiday", Known(True), {"region": "US", "now": utc("2026-11-26 15:00")}),
    ("public_holiday", Known(False), {"region": "US"}),
    ("public_holiday", None, {}),
    ("hard_day", Known(True), {"hard_days": (HardDay(month=11, day=23, then=OnHardDay.GENTLE),)}),
    ("hard_day", Known(False), {"hard_days": (HardDay(month=11, day=24, then=OnHardDay.GENTLE),)}),
    ("hard_day", Known(False), {}),
    ("days_since_joined", Known(0), {"joined": date(2026, 11, 23)}),
    ("days_since_joined", Known(10), {"joined": date(2026, 11, 13)}),
    ("days_since_joined", Known(9), {"joined": date(2026, 11, 13), "time_zone": "Pacific/Pago_Pago"}),
    ("days_since_joined", None, {}),
    ("mood", None, {}),
    ("mood", None, {"feedback": [said("reply", HOUR)]}),
    ("mood", Known(6, HOUR), {"feedback": moods(3, 6)}),
    ("mood", Known(3, 400 * DAY), {"feedback": [said("check-in", 400 * DAY, level=3)]}),
    ("mood", None, {"feedback": [said("check-in", -HOUR, level=3)]}),
    ("mood_trend", None, {"feedback": moods(1, 2, 9)}),
    ("mood_trend", Known("rising", HOUR), {"feedback": moods(3, 3, 4, 5)}),
    ("mood_trend", Known("falling", HOUR), {"feedback": moods(8, 8, 7, 6, 5, 4)}),
    ("mood_trend", Known("steady", HOUR), {"feedback": moods(5, 6, 5, 6)}),
    ("mood_trend", Known("steady", HOUR), {"feedback": moods(1, 1, 5, 5, 5, 5, 5, 5)}),
    ("since_check_in", Known(HOUR), {"feedback": moods(5)}),
    ("since_check_in", None, {"feedback": [said("reply", HOUR)]}),
    ("since_reply", Known(2 * HOUR), {"feedback": [said("helpful", 2 * HOUR)]}),
    ("since_reply", Known(HOUR), {"feedback": [said("reply", DAY), *moods(5)]}),
    ("since_reply", None, {}),
    ("since_sent", Known(3 * HOUR), {"contacts": [went_out(DAY), went_out(3 * HOUR)]}),
    ("since_sent", None, {"contacts": [went_out(HOUR, waiting=True)]}),
    ("since_sent", None, {}),
    ("sent_today", Known(1), {"contacts": [went_out(HOUR), went_out(DAY), went_out(HOUR, waiting=True)]}),
    ("sent_today", Known(0), {}),
    ("sent_this_week", Known(2), {"contacts": [went_out(HOUR), went_out(6 * DAY), went_out(7 * DAY)]}),
    ("done", Known(frozenset({Practice.JOURNAL}), HOUR), {"feedback": [said("done", HOUR, practice=Practice.JOURNAL)]}),
    ("done", None, {"feedback": [said("done", HOUR)]}),
    ("liked", Known(frozenset({Practice.JOURNAL, Practice.SUPPORT}), HOUR), {"feedback": [
        said("more", DAY, practice=Practice.JOURNAL), said("helpful", HOUR, practice=Practice.SUPPORT)]}),
    ("liked", None, {"feedback": [said("less", HOUR, practice=Practice.JOURNAL)]}),
    ("declined", Known(frozenset({Practice.JOURNAL}), DAY), {"feedback": [
        said("less", DAY, practice=Practice.JOURNAL), said("more", HOUR, practice=Practice.SUPPORT)]}),
    ("declined", None, {}),
    ("groups", Known(frozenset({"daily"})), {"groups": frozenset({"daily"})}),
    ("groups", Known(frozenset()), {}),
    ("goals", Known(frozenset({"sleep"})), {"goals": frozenset({"sleep"})}),
    ("goals", None, {}),
    ("has_supporter", Known(True), {"supporter": "Kim"}),
    ("has_supporter", Known(False), {}),
    ("language", Known("es-MX"), {"language": "es-MX"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected", "case"), CASES, ids=[f"{number}-{name}" for number, (name, _, _) in enumerate(CASES)]
)
def test_a_variable_is_what_is_known_or_unknown(name, expected, case):
    assert known(name, **case) == expected


def test_every_variable_is_in_the_table_above():
    assert {name for name, _, _ in CASES} == VARIABLES.keys()


TROMSOE = (69.65, 18.96)
"""No zone has it as its place; the sun does not rise there from late November to mid January."""


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize(("day", "light"), [("2026-12-21", DARK), ("2026-06-21", SUN)])
def test_in_december_the_sun_does_not_rise_in_tromsoe_and_in_june_it_does_not_set(hour, day, light, monkeypatch):
    now = utc(f"{day} {hour:02}:00")
    assert known("daylight", time_zone="Arctic/Longyearbyen", now=now) == light
    monkeypatch.setattr(variables, "position_of_zone", lambda _zone: TROMSOE)
    assert known("daylight", time_zone="Europe/Oslo", now=now) == light


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("America/New_York", (40.7, -74.0)),
        ("US/Eastern", (40.7, -74.0)),
        ("Asia/Calcutta", (22.5, 88.4)),
        ("Australia/Sydney", (-33.9, 151.2)),
        ("Pacific/Honolulu", (21.3, -157.9)),
        ("Europe/Oslo", (59.9, 10.8)),
        ("UTC", None),
        ("Nowhere/Land", None),
    ],
)
def test_a_zone_has_a_place_by_its_old_name_too(zone, place):
    found = position_of_zone(zone)
    assert found is None if place is None else found == pytest.approx(place, abs=0.1)


@pytest.mark.parametrize(("name", "variable"), VARIABLES.items())
def test_a_known_value_looks_as_its_kind_says(name, variable):
    kinds = {Kind.NUMBER: int, Kind.SPAN: timedelta, Kind.WORD: str, Kind.WORDS: frozenset, Kind.FLAG: bool}
    for each, expected, _ in CASES:
        if each == name and expected is not None:
            assert isinstance(expected.value, kinds[variable.kind])
            if variable.words:
                said_words = expected.value if variable.kind is Kind.WORDS else {expected.value}
                assert set(said_words) <= set(variable.words)
    assert variable.about.endswith(".")


def test_a_lookup_works_out_only_what_is_asked_for():
    values = KnownVariables(context_of(make_recipient(), NOW, History()))
    assert values["hour"] == Known(8)
    assert values.get("mood") is None
    assert list(values.found(())) == ["hour", "mood"]
    with pytest.raises(KeyError):
        values["mood"]
    assert dict(values) == values_of(context_of(make_recipient(), NOW, History()))
    assert json.dumps(sorted(values))
