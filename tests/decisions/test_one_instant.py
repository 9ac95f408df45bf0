"""One instant, one nudge: whatever two times, days, draws or phases of a schedule land on it, and however time is cut."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.decisions.choosing.history import NO_HISTORY
from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import slots
from nudger.decisions.points.decide import decide_slot
from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.nudges import NudgeState
from nudger.domain.schedules import (
    At,
    Between,
    ByRule,
    Calendar,
    Cron,
    Phase,
    Programme,
    Slot,
    Weekly,
)
from nudger.prose.reasons import english
from tests import strategies as our
from tests.make import DAILY, WORDS, make_message, make_recipient, make_schedule, utc

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
GAPS = [
    ("America/Nuuk", "2027-03-27"),  # 23:00 to 00:00
    ("America/Nuuk", "2024-03-30"),
    ("Africa/Cairo", "2027-04-29"),  # 00:00 to 01:00 of the 30th
    ("America/Santiago", "2026-09-05"),
    ("Asia/Beirut", "2027-03-27"),
    ("America/Havana", "2027-03-13"),
    ("Antarctica/Troll", "2027-03-27"),  # two hours
    ("Australia/Lord_Howe", "2026-10-03"),  # half an hour
    ("Pacific/Chatham", "2026-09-26"),
    ("Pacific/Apia", "2011-12-29"),  # a whole day
    ("Pacific/Kwajalein", "1993-08-20"),
    ("America/Sao_Paulo", "2018-11-03"),
    ("America/Scoresbysund", "2024-03-30"),
    ("America/Asuncion", "2023-09-30"),
    ("Asia/Gaza", "2026-03-27"),
]


def planned(schedules, people, since, until):
    return slots(build_groups(schedules, people), since=since, until=until, seed="s")


def assert_one_each(found):
    instants = [(slot.recipient, slot.schedule, slot.due) for slot in found]
    assert len(instants) == len(set(instants))
    keys = [slot.key for slot in found]
    assert len(keys) == len(set(keys))


NUUK = (utc("2027-03-26 12:00"), utc("2027-03-30 12:00"))


@pytest.mark.parametrize(
    "recurrence",
    [
        Calendar(dates=DAILY, times=At(times=(time(23, 30), time(0)))),
        Calendar(dates=DAILY, times=At(times=(time(0), time(23, 0), time(23, 30)))),
        Cron(expression="0 * * * *"),
        Cron(expression="*/30 0,23 * * *"),
        Calendar(dates=ByRule(rule="FREQ=DAILY"), times=At(times=(time(23, 30), time(0)))),
        Calendar(
            dates=Programme(phases=(Phase(first=1, last=400), Phase(first=3))), times=At(times=(time(23, 30), time(0)))
        ),
    ],
    ids=["two times", "three times", "each hour", "each half hour", "a rule", "phases that overlap"],
)
def test_a_time_that_a_gap_moves_past_midnight_is_the_one_that_is_there(recurrence):
    person = make_recipient(time_zone="America/Nuuk", joined=date(2027, 1, 1))
    found = planned([make_schedule(recurrence=recurrence)], [person], *NUUK)
    assert_one_each(found)
    (there,) = [slot for slot in found if slot.due == utc("2027-03-28 01:00")]
    assert (there.local_date, there.wall, there.moved) == (date(2027, 3, 28), time(0), False)


def test_a_moved_time_stays_where_nothing_else_is():
    schedule = make_schedule(
        recurrence=Calendar(dates=Weekly(weekdays=frozenset({5})), times=At(times=(time(23, 30),)))
    )
    (there,) = planned([schedule], [make_recipient(time_zone="America/Nuuk")], *NUUK)
    assert (there.local_date, there.due, there.moved) == (date(2027, 3, 27), utc("2027-03-28 01:00"), True)


def test_a_rule_that_names_a_date_twice_names_it_once():
    schedule = make_schedule(
        recurrence=Calendar(dates=ByRule(rule="FREQ=DAILY;BYHOUR=9,17"), times=At(times=(time(9),)))
    )
    assert_one_each(planned([schedule], [make_recipient()], utc("2026-11-23 00:00"), utc("2026-11-26 00:00")))


near_midnight = st.builds(time, st.sampled_from([0, 0, 1, 2, 22, 23, 23]), st.sampled_from([0, 15, 30, 45, 59]))
any_time = near_midnight | our.moments
offsets = st.sampled_from(
    [timedelta(0), timedelta(0), timedelta(seconds=2), timedelta(seconds=40), 90 * MINUTE, 5 * 60 * MINUTE]
)
times = st.builds(
    At, times=st.lists(any_time, min_size=1, max_size=4).map(tuple), jitter=offsets, spread=offsets
) | st.builds(
    Between, start=any_time, end=any_time, count=st.integers(1, 4), apart=st.sampled_from([timedelta(0), 20 * MINUTE])
)


@st.composite
def nights(draw):
    """Schedules whose times lie round midnight, in a zone whose clocks change there, and somebody with odd moments."""
    zone, day = draw(st.sampled_from(GAPS))
    begin = date.fromisoformat(day)
    since = datetime.combine(begin, time(), ZoneInfo(zone)).astimezone(UTC) - 2 * DAY
    moments = st.lists(st.tuples(our.moments, near_midnight), max_size=4, unique_by=lambda pair: pair[0]).map(tuple)
    people = [
        make_recipient(
            f"p{n}",
            time_zone=zone,
            moments=draw(moments),
            weekend_moments=draw(moments),
            joined=begin - 9 * DAY,
            pauses=draw(our.pauses(begin)),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    crons = st.sampled_from(["0 * * * *", "*/15 22,23,0,1 * * *", "30 23 * * *", "59 * * * 5,6,0"])
    recurrences = st.builds(Calendar, dates=our.date_rules(begin), times=times) | st.builds(
        Calendar, dates=st.just(DAILY), times=times
    )
    schedules = [
        make_schedule(f"s{n}", recurrence=draw(recurrences | crons.map(lambda text: Cron(expression=text))))
        for n in range(draw(st.integers(1, 3)))
    ]
    return schedules, people, since


@settings(max_examples=80, deadline=None)
@given(nights(), st.lists(st.integers(0, 5 * 1440), max_size=8))
def test_no_schedule_has_two_nudges_at_one_instant_and_cutting_time_changes_nothing(night, cuts):
    schedules, people, since = night
    until = since + 5 * DAY
    roster = build_groups(schedules, people)
    whole = slots(roster, since=since, until=until, seed="s")
    assert_one_each(whole)
    edges = [since, *(since + cut * MINUTE for cut in sorted(cuts)), until]
    pieces = [slot for a, b in pairwise(edges) for slot in slots(roster, since=a, until=b, seed="s")]
    assert pieces == whole
    alone = [slot for person in people for slot in planned(schedules, [person], since, until)]
    assert sorted(alone) == sorted(whole)


SKIPPED = [
    ("Pacific/Apia", "2011-12-29"),
    ("Pacific/Fakaofo", "2011-12-29"),
    ("Pacific/Kwajalein", "1993-08-20"),
    ("Pacific/Kiritimati", "1994-12-30"),
    ("Pacific/Enderbury", "1994-12-30"),
]
"""The last date before one that the zone left out."""


@pytest.mark.parametrize(("zone", "last"), SKIPPED)
@pytest.mark.parametrize(
    ("jitter", "spread"),
    [(timedelta(0), timedelta(hours=5)), (timedelta(hours=24), timedelta(hours=24))],
    ids=["into the morning", "into the day after tomorrow"],
)
def test_a_slot_that_was_spread_past_a_date_that_never_was_is_there_however_time_is_cut(zone, last, jitter, spread):
    recurrence = Calendar(dates=DAILY, times=At(times=(time(22), time(0)), jitter=jitter, spread=spread))
    people = [make_recipient(f"p{n}", time_zone=zone) for n in range(20)]
    day = date.fromisoformat(last)
    since = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) - DAY
    whole = planned([make_schedule(recurrence=recurrence)], people, since, since + 4 * DAY)
    assert {slot.local_date for slot in whole} >= {day, day + 2 * DAY}
    assert day + DAY not in {slot.local_date for slot in whole}
    assert_one_each(whole)
    edges = [since + n * 30 * MINUTE for n in range(4 * 48 + 1)]
    schedules = [make_schedule(recurrence=recurrence)]
    assert [slot for a, b in pairwise(edges) for slot in planned(schedules, people, a, b)] == whole


def test_the_evening_before_samoa_left_out_a_day_has_its_slot():
    recurrence = Calendar(dates=DAILY, times=At(times=(time(22),), spread=timedelta(hours=5)))
    roster = build_groups(
        [make_schedule("s0", recurrence=recurrence)], [make_recipient("p0", time_zone="Pacific/Apia")]
    )
    since, cut, until = utc("2011-12-27 10:00"), utc("2011-12-30 10:00"), utc("2012-01-01 10:00")
    whole = slots(roster, since=since, until=until, seed="s")
    assert utc("2011-12-30 10:00:25") in [slot.due for slot in whole if slot.local_date == date(2011, 12, 29)]
    assert whole == slots(roster, since=since, until=cut, seed="s") + slots(roster, since=cut, until=until, seed="s")


@settings(max_examples=25, deadline=None)
@given(nights())
def test_nothing_is_lost_that_has_its_instant_for_itself(night):
    """Each day of a schedule alone has the instants that all its days together have.

    Of two times that a gap brings to one instant, one stays, before either is drawn from: the other's draw is near it.
    """
    schedules, people, since = night
    until = since + 5 * DAY
    for schedule in schedules:
        together = {(slot.recipient, slot.due) for slot in planned([schedule], people, since, until)}
        days = [since.date() + n * DAY for n in range(-1, 8)]
        recurrences = [(day, _only(schedule.recurrence, day)) for day in days]
        apart = {
            (slot.recipient, slot.due)
            for day, recurrence in recurrences
            for slot in planned([make_schedule(schedule.id, recurrence=recurrence)], people, since, until)
        }
        if not (isinstance(schedule.recurrence, Calendar) and isinstance(schedule.recurrence.dates, ByRule)):
            assert together <= apart
            late = getattr(getattr(schedule.recurrence, "times", None), "jitter", timedelta(0))
            assert all(any(abs(due - there) <= late for who, there in together if who == name) for name, due in apart)


def _only(recurrence, day):
    """The recurrence on one date; what counts from its first date keeps it."""
    from dataclasses import replace

    from nudger.domain.schedules import Exceptions

    others = ((date(1, 1, 1), day - DAY), (day + DAY, date(9999, 12, 31)))
    return replace(recurrence, exceptions=Exceptions(spans=others))


def test_two_times_that_a_journey_brings_to_one_instant_are_one():
    snapshot = build_snapshot(
        Catalog(schedules=(make_schedule(at=["08:00", "09:00"]),), messages=(make_message("a"), make_message("b"))),
        [make_recipient(time_zone="America/New_York")],
        words=WORDS,
        seed="s",
        installation="i",
    )
    due = utc("2026-11-23 14:00")
    in_chicago = Slot("sam", "kind", date(2026, 11, 23), 0, due, time(8))
    in_new_york = Slot("sam", "kind", date(2026, 11, 23), 1, due, time(9))
    first = decide_slot(snapshot, in_chicago, NO_HISTORY, now=due)
    assert first.state is NudgeState.PENDING
    twin = decide_slot(snapshot, in_new_york, NO_HISTORY.with_nudge(first, first.priority), now=due)
    assert (twin.state, english(twin.status_reason)) == (
        NudgeState.WITHHELD,
        "another time of this schedule fell due at the same instant",
    )
