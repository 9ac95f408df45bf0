"""Planning: what holds for every schedule, every person and every way to cut time."""

import os
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.decisions.planning.dates import cron_times
from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import crowds, next_due, slots
from nudger.domain.calendar import resolve
from nudger.domain.recipients import WEEKEND, Pause
from nudger.domain.schedules import At, Between, Calendar, Cron, Phase, Programme
from tests import strategies as our
from tests.make import make_recipient, make_schedule, utc

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DAYS = 6


@st.composite
def plans(draw):
    since = draw(our.near_changes())
    day = our.local_day(since)
    schedules, people = draw(our.schedules(day)), draw(our.people(day))
    return schedules, people, since, since + DAYS * DAY


def planned(schedules, people, since, until):
    return slots(build_groups(schedules, people), since=since, until=until, seed="s")


# However time is cut


@settings(max_examples=60)
@given(plans(), st.lists(st.integers(0, DAYS * 1440), max_size=12))
def test_planning_in_any_steps_is_planning_at_once(plan, cuts):
    schedules, people, since, until = plan
    roster = build_groups(schedules, people)
    edges = [since, *(since + cut * MINUTE for cut in sorted(cuts)), until]
    pieces = [slot for a, b in pairwise(edges) for slot in slots(roster, since=a, until=b, seed="s")]
    assert pieces == slots(roster, since=since, until=until, seed="s")


@settings(max_examples=40)
@given(plans(), st.data())
def test_a_cut_at_the_very_instant_of_a_slot_loses_and_doubles_nothing(plan, data):
    schedules, people, since, until = plan
    roster = build_groups(schedules, people)
    whole = slots(roster, since=since, until=until, seed="s")
    if whole:
        cut = data.draw(st.sampled_from(whole)).due
        pieces = [slots(roster, since=a, until=b, seed="s") for a, b in ((since, cut), (cut, until))]
        assert pieces[0] + pieces[1] == whole


@settings(max_examples=30)
@given(plans())
def test_the_next_due_moment_and_the_counts_are_those_of_the_slots(plan):
    schedules, people, since, until = plan
    roster, found = build_groups(schedules, people), planned(*plan)
    span = {"since": since, "until": until, "seed": "s"}
    assert next_due(roster, **span) == min((slot.due for slot in found), default=None)
    assert sum(count for _, _, count in crowds(roster, **span)) == len(found)


# What each slot keeps to


@settings(max_examples=60)
@given(plans())
def test_every_key_is_there_once_and_every_slot_lies_where_it_was_asked_for(plan):
    schedules, people, since, until = plan
    by_name, persons = {each.id: each for each in schedules}, {each.id: each for each in people}
    found = planned(*plan)
    assert len({slot.key for slot in found}) == len(found)
    assert [slot.due for slot in found] == sorted(slot.due for slot in found)
    for slot in found:
        assert since < slot.due <= until
        recurrence, person = by_name[slot.schedule].recurrence, persons[slot.recipient]
        assert not recurrence.exceptions.cover(slot.local_date)
        assert recurrence.starts is None or slot.local_date >= recurrence.starts
        assert recurrence.ends is None or slot.local_date <= recurrence.ends
        check_times(recurrence, person, slot)


def check_times(recurrence, person, slot):
    if isinstance(recurrence, Cron):
        named = cron_times(recurrence, slot.local_date, region=person.region)
        assert slot.wall == named[slot.ordinal]
        assert slot.due == resolve(slot.local_date, slot.wall, person.zone).at
    elif isinstance(recurrence.times, Between):
        check_window(recurrence.times, person, slot)
    else:
        times = recurrence.times
        assert slot.wall == wall_of(times.times[slot.ordinal], person, slot.local_date)
        asked = resolve(slot.local_date, slot.wall, person.zone)
        assert asked.at <= slot.due <= asked.at + times.jitter + times.spread
        assert slot.moved == asked.moved


def check_window(times, person, slot):
    start, end = (wall_of(each, person, slot.local_date) for each in (times.start, times.end))
    opens, closes = (resolve(slot.local_date, each, person.zone).at for each in (start, max(start, end)))
    assert 0 <= slot.ordinal < times.count
    # A window that is turned round, or that a gap of the clock swallowed, is the one minute at its start.
    assert opens <= slot.due < max(closes, opens + MINUTE)


def wall_of(wall, person, day):
    return wall if isinstance(wall, time) else person.moment(wall, weekend=day.weekday() in WEEKEND)


@settings(max_examples=50)
@given(plans())
def test_slots_of_a_window_keep_apart_in_elapsed_time(plan):
    schedules, _people, _since, _until = plan
    by_name = {each.id: each.recurrence for each in schedules}
    days = {}
    for slot in planned(*plan):
        days.setdefault((slot.recipient, slot.schedule, slot.local_date), []).append(slot)
    for (_, schedule, _), theirs in days.items():
        recurrence = by_name[schedule]
        if isinstance(recurrence, Calendar) and isinstance(recurrence.times, Between):
            for one, next_one in pairwise(theirs):
                assert next_one.due - one.due >= max(recurrence.times.apart, MINUTE)
                assert next_one.ordinal > one.ordinal


@settings(max_examples=40)
@given(plans(), st.data())
def test_nobodys_slots_depend_on_who_else_is_there(plan, data):
    schedules, people, since, until = plan
    some = data.draw(st.lists(st.sampled_from(people), unique=True))
    names = {person.id for person in some}
    together = [slot for slot in planned(*plan) if slot.recipient in names]
    alone = planned(schedules, some, since, until)
    assert sorted(together) == sorted(alone)


# Programmes

BEGIN = date(2026, 10, 1)


@settings(max_examples=40)
@given(our.zones, st.lists(our.phases, min_size=1, max_size=3), our.pauses(BEGIN))
def test_a_pause_puts_a_programme_off_and_takes_no_day_of_it_away(zone, phases, pauses):
    phases = tuple(Phase(first=p.first, last=p.last, every=p.every) for p in phases)
    schedule = make_schedule(recurrence=Calendar(dates=Programme(phases=phases), times=At(times=(time(9),))))

    def days(theirs, length):
        person = make_recipient(time_zone=zone, joined=BEGIN, pauses=theirs)
        found = planned([schedule], [person], utc("2026-09-01 00:00"), utc("2026-10-02 00:00") + length * DAY)
        assert not any(person.pause_on(slot.local_date) for slot in found)
        return [person.programme_day(slot.local_date) for slot in found], [slot.local_date for slot in found]

    plain, plain_dates = days((), 40)
    paused, dates = days(pauses, 70)
    assert paused[: len(plain)] == plain
    assert all(then >= before for before, then in zip(plain_dates, dates, strict=False))


def test_a_pause_before_joining_changes_nothing():
    pause = Pause(first=date(2026, 9, 1), last=date(2026, 9, 20))
    schedule = make_schedule(recurrence=Calendar(dates=Programme(phases=(Phase(first=1),)), times=At(times=(time(9),))))
    span = (utc("2026-10-01 00:00"), utc("2026-10-09 00:00"))
    both = [planned([schedule], [make_recipient(joined=BEGIN, pauses=p)], *span) for p in ((), (pause,))]
    assert both[0] == both[1]


# Every zone

FIRST, LAST = utc("2024-01-01 00:00"), utc("2034-01-01 00:00")
EVERY_ZONE = sorted(available_timezones() - {"localtime", "Factory"})
PARTS = 4


def linked():
    """Return the names that are only other names of zones: `L target name` in the compact form of tzdata."""
    text = files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8")
    return {line.split()[2] for line in text.splitlines() if line.startswith("L ")}


def changes_of(zone, first, last):
    """Return, for each change of the zone's offset, an instant less than a day before it."""
    tz, found, at = ZoneInfo(zone), [], first
    before = at.astimezone(tz).utcoffset()
    while at < last:
        at += DAY
        if (now := at.astimezone(tz).utcoffset()) != before:
            found.append(at - DAY)
        before = now
    return found


def dates_of(zone, since, until):
    """Return the local dates that there are between two instants, but for the first and the last, which are cut."""
    tz, dates = ZoneInfo(zone), set()
    for n in range((until - since) // (30 * MINUTE)):
        dates.add((since + n * 30 * MINUTE).astimezone(tz).date())
    return sorted(dates)[1:-1]


def near_the_change(zone, since):
    """Return times of day on both sides of what the clock shows when it changes, and noon."""
    tz = ZoneInfo(zone)
    offset = since.astimezone(tz).utcoffset()
    ticks = ((since + n * 15 * MINUTE) for n in range(3 * 96))
    change = next((at for at in ticks if at.astimezone(tz).utcoffset() != offset), since)
    wall = datetime(2024, 1, 2, *(change + offset).timetuple()[3:5])
    return {(wall + n * 15 * MINUTE).time() for n in (-8, -4, -2, -1, 0, 1, 2, 3, 4, 6, 8)} | {time(12)}


def assert_each_date_once(zone, since, until, times):
    dates, tz = dates_of(zone, since, until), ZoneInfo(zone)
    schedules = [make_schedule(f"{wall:%H:%M}", at=f"{wall:%H:%M}") for wall in times]
    by_time = {each.id: [] for each in schedules}
    for slot in planned(schedules, [make_recipient(time_zone=zone)], since, until):
        if dates[0] <= slot.local_date <= dates[-1]:
            by_time[slot.schedule].append(slot.local_date)
            assert slot.moved or slot.due.astimezone(tz).date() == slot.local_date
    for wall, days in by_time.items():
        assert days == dates, (zone, wall, since)


@pytest.mark.parametrize("part", range(PARTS))
def test_each_daily_time_comes_once_on_each_date_round_every_change_of_every_zone(part):
    for zone in sorted(set(EVERY_ZONE) - linked())[part::PARTS]:
        for at in changes_of(zone, FIRST, LAST):
            assert_each_date_once(zone, at - DAY, at + 3 * DAY, near_the_change(zone, at))


@pytest.mark.skipif("NUDGER_EVERY_DAY" not in os.environ, reason="takes minutes: NUDGER_EVERY_DAY=1 asks for it")
@pytest.mark.parametrize("part", range(PARTS))
def test_each_half_hour_comes_once_on_each_date_of_ten_years_in_every_zone(part):
    times = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
    for zone in EVERY_ZONE[part::PARTS]:
        for year in range(FIRST.year, LAST.year):
            assert_each_date_once(zone, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 4, tzinfo=UTC), times)


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Fakaofo"])
def test_a_date_that_a_zone_skipped_has_nothing(zone):
    span = (utc("2011-12-27 00:00"), utc("2012-01-03 00:00"))
    assert date(2011, 12, 30) not in dates_of(zone, *span)
    assert_each_date_once(zone, *span, [time(hour) for hour in range(24)])


@settings(max_examples=60)
@given(st.sampled_from(EVERY_ZONE), st.dates(date(1975, 1, 1), date(2037, 1, 1)))
def test_each_daily_time_comes_once_on_plain_days_too(zone, day):
    since = datetime.combine(day, time(), UTC)
    assert_each_date_once(zone, since, since + 9 * DAY, [time(0), time(0, 30), time(2, 15), time(12), time(23, 45)])
