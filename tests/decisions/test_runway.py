"""How long the words last, for one person and for a schedule as it is written."""

from datetime import UTC, date, datetime, timedelta

import pytest

from nudger.decisions.choosing.history import History
from nudger.decisions.oversight.runway import short_runways
from nudger.decisions.planning.pace import usual_pace
from nudger.domain.schedules import (
    At,
    Calendar,
    EveryDays,
    MonthlyWeekdays,
    OnDates,
    OnPublicHolidays,
    Phase,
    Programme,
    Selection,
    Weekly,
)
from nudger.domain.vocabulary import Channel, ChannelChoice
from tests.make import between, cron, make_message, make_recipient, make_schedule, make_snapshot, utc

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TEN = [make_message(f"m{n}") for n in range(10)]


def runway(*, schedule=None, person=None, messages=TEN, seen=0):
    person = person or make_recipient()
    snapshot = make_snapshot(schedules=[schedule or make_schedule()], recipients=[person], messages=messages)
    history = History(seen={message.key: NOW for message in messages[:seen]})
    return [(each.unseen, each.days) for each in short_runways(snapshot, [person.id], {person.id: history}, now=NOW)]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, [(10, 10)]),
        ({"seen": 3}, [(7, 7)]),
        ({"seen": 10}, [(0, 0)]),
        ({"schedule": make_schedule(at=["08:00", "18:00"])}, [(10, 5)]),
        ({"schedule": make_schedule(recurrence=cron("0 8 * * 1"))}, []),
        ({"schedule": make_schedule(recurrence=cron("0 8 * * 1")), "seen": 9}, [(1, 7)]),
        ({"schedule": make_schedule(selection=Selection(in_order=True))}, []),
        ({"person": make_recipient(language="es")}, [(0, 0)]),
        ({"person": make_recipient(email=None), "schedule": make_schedule(channel=ChannelChoice.EMAIL)}, []),
        ({"person": make_recipient(prefer=Channel.SMS), "messages": [make_message(sms=None)]}, [(0, 0)]),
        ({"messages": [make_message(f"m{n}") for n in range(14)]}, []),
        ({"messages": [make_message(f"m{n}") for n in range(13)]}, [(13, 13)]),
    ],
)
def test_a_persons_words_last_for_what_is_unseen_over_how_often_it_comes(case, expected):
    assert runway(**case) == expected


def calendar(dates, **values):
    return Calendar(dates=dates, times=At(times=(utc("2026-01-01 08:00").time(),)), **values)


@pytest.mark.parametrize(
    ("recurrence", "a_week"),
    [
        (calendar(Weekly(weekdays=frozenset({0, 3}))), 2),
        (calendar(Weekly(weekdays=frozenset({0}), weeks=2)), 0.5),
        (calendar(EveryDays(count=2)), 3.5),
        (calendar(MonthlyWeekdays(which=frozenset({(-1, 4)}))), 0.23),
        (calendar(OnDates(monthly=frozenset({1, 15}))), 0.46),
        (calendar(OnDates(dates=frozenset({date(2026, 12, 1)}))), None),
        (calendar(OnPublicHolidays()), None),
        (calendar(Programme(phases=(Phase(first=1, last=14), Phase(first=15, every=2)))), 3.5),
        (calendar(Programme(phases=(Phase(first=1, last=14),))), None),
        (calendar(EveryDays(count=1), ends=date(2026, 12, 31)), None),
        (between("08:00", "20:00"), 7),
        (cron("0 8,18 * * 1-5"), 10),
    ],
)
def test_how_often_a_schedule_comes_is_told_by_its_words(recurrence, a_week):
    found = usual_pace(recurrence)
    assert found is None if a_week is None else found == pytest.approx(a_week, abs=0.01)


def test_the_shortest_of_a_persons_schedules_counts_and_the_neediest_person_comes_first():
    people = [make_recipient("sam"), make_recipient("kim")]
    schedules = [make_schedule("often", at=["08:00", "18:00"]), make_schedule("daily")]
    snapshot = make_snapshot(schedules=schedules, recipients=people, messages=TEN)
    seen = {message.key: NOW - timedelta(days=1) for message in TEN[:6]}
    found = short_runways(snapshot, ["sam", "kim"], {"kim": History(seen=seen)}, now=NOW)
    assert [(each.recipient, each.schedule, each.days) for each in found] == [("kim", "often", 2), ("sam", "often", 5)]
