"""Made-up people, and what is counted of what would come to them."""

from collections import Counter
from datetime import timedelta

import pytest

from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.schedules import Audience, Calendar, OnDates, Selection
from nudger.domain.vocabulary import Channel
from nudger.prose.reasons import english
from nudger.use_cases import simulate as module
from nudger.use_cases.preview import rehearse
from nudger.use_cases.simulate import LATER, ON_TIME, SOME_ZONES, made_up_people, simulate
from tests.make import WORDS, make_message, make_recipient, make_schedule, utc

SINCE = utc("2026-11-23 00:00")
DAILY = make_schedule("daily")
GROUPED = make_schedule("grouped", audience=Audience(groups=frozenset({"b", "a"})))


def try_out(people, *schedules, days=14, messages=10, limits=None):
    catalog = Catalog(
        schedules=schedules or (DAILY,),
        messages=tuple(make_message(f"m{n}") for n in range(messages)),
        limits=limits or Limits(gentle_days=0),
    )
    snapshot = build_snapshot(catalog, [], words=WORDS, seed="s", installation="i")
    return simulate(snapshot, people, since=SINCE, days=days, segments=lambda _text: 2)


def made_up(count, *schedules, seed="1"):
    return list(made_up_people(schedules, count=count, zones=SOME_ZONES, seed=seed, since=SINCE))


def test_made_up_people_are_spread_over_groups_channels_and_zones():
    people = made_up(600, DAILY, GROUPED)
    assert len({person.id for person in people}) == 600
    spread = Counter((person.groups, person.prefer) for person in people)
    assert len(spread) == 6
    assert set(spread.values()) == {100}
    assert {person.time_zone for person in people} == set(SOME_ZONES)
    assert {len(person.name) for person in people} == set(range(3, 13))
    assert {person.joined for person in people} <= {SINCE.date(), SINCE.date() - timedelta(days=1)}


def test_the_same_seed_makes_up_the_same_people_and_another_does_not():
    assert made_up(20, DAILY) == made_up(20, DAILY) != made_up(20, DAILY, seed="2")


def test_outcomes_weeks_words_and_segments_are_counted():
    tally = try_out([make_recipient("sam", prefer=Channel.SMS), make_recipient("kim", prefer=Channel.EMAIL)])
    assert tally.people == 2
    assert tally.outcomes == {("daily", ON_TIME): 28}
    assert tally.weekly == {7: 4}
    assert tally.silences == {1: 2}
    assert tally.segments == 14 * 2
    # Ten messages in fourteen days: four come again, each after ten days.
    assert tally.repeats == {10: 8}
    assert tally.runway == {"daily": 10}


def test_what_is_held_back_is_counted_by_reason_and_what_waits_apart():
    second = make_schedule("second", at="09:00")
    tally = try_out([make_recipient()], DAILY, second, limits=Limits(per_day=1, gentle_days=0))
    assert tally.outcomes == {("daily", ON_TIME): 14, ("second", "withheld"): 14}
    assert {english(reason): count for reason, count in tally.held.items()} == {"at most 1 a day": 14}
    waits = try_out([make_recipient()], DAILY, second, limits=Limits(gap=timedelta(hours=1), gentle_days=0))
    assert waits.outcomes["second", LATER] == 14


def test_a_series_is_out_of_words_when_it_ends():
    series = make_schedule("series", selection=Selection(in_order=True))
    assert try_out([make_recipient()], series, messages=3).runway == {"series": 3}


def test_somebody_who_gets_nothing_counts_as_silence():
    never = make_schedule("never", recurrence=Calendar(dates=OnDates(), times=DAILY.recurrence.times))
    tally = try_out([make_recipient()], never)
    assert (tally.people, tally.silences, tally.weekly) == (1, {14: 1}, {0: 2})


@pytest.mark.parametrize("at_a_time", [1, 7, 1000])
def test_how_many_are_rehearsed_at_a_time_makes_no_difference(monkeypatch, at_a_time):
    people = made_up(20, DAILY, GROUPED)
    expected = try_out(people, DAILY, GROUPED, limits=Limits(per_week=4))
    monkeypatch.setattr(module, "_AT_A_TIME", at_a_time)
    assert try_out(people, DAILY, GROUPED, limits=Limits(per_week=4)) == expected


def test_a_simulation_counts_what_a_rehearsal_shows():
    people = made_up(30, DAILY, GROUPED)
    catalog = Catalog(schedules=(DAILY, GROUPED), messages=tuple(make_message(f"m{n}") for n in range(10)))
    snapshot = build_snapshot(catalog, people, words=WORDS, seed="s", installation="i")
    coming = list(rehearse(snapshot, since=SINCE, until=SINCE + timedelta(days=14), histories={}))
    tally = try_out(people, DAILY, GROUPED)
    assert sum(tally.outcomes.values()) == len(coming)
    assert tally.outcomes["grouped", ON_TIME] == sum(
        c.slot.schedule == "grouped" and c.goes_out == c.slot.due for c in coming
    )
