"""Strategies: schedules of every form, and people of every habit, around clock changes."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from nudger.domain.recipients import DEFAULT_MOMENTS, Pause
from nudger.domain.schedules import (
    At,
    Between,
    ByRule,
    Calendar,
    Cron,
    EveryDays,
    Exceptions,
    MonthlyWeekdays,
    OnDates,
    OnPublicHolidays,
    Phase,
    Programme,
    Weekly,
)
from tests.judges import ZONES, changes
from tests.make import make_recipient, make_schedule

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

zones = st.sampled_from(ZONES)
local_times = st.builds(time, st.integers(0, 23), st.integers(0, 59)) | st.builds(
    time, st.integers(0, 4), st.integers(0, 59)
)
moments = st.sampled_from(sorted(DEFAULT_MOMENTS))
weekdays = st.frozensets(st.integers(0, 6), min_size=1)


def spans(longest, unit=MINUTE):
    return st.integers(0, longest).map(lambda n: n * unit)


at_times = st.builds(
    At,
    times=st.lists(local_times | moments, min_size=1, max_size=4, unique=True).map(tuple),
    jitter=st.just(timedelta(0)) | spans(180),
    spread=st.just(timedelta(0)) | spans(180),
)
windows = st.builds(
    Between, start=local_times | moments, end=local_times | moments, count=st.integers(1, 4), apart=spans(120)
)
phases = st.builds(
    lambda first, length, every, days: Phase(
        first=first, last=None if length is None else first + length, every=every, weekdays=days
    ),
    st.integers(1, 20),
    st.none() | st.integers(0, 30),
    st.integers(1, 3),
    st.just(frozenset(range(7))) | weekdays,
)
programmes = st.builds(Programme, phases=st.lists(phases, min_size=1, max_size=2).map(tuple))


def days_near(day, reach=20):
    return st.integers(-reach, reach).map(lambda n: day + n * DAY)


def date_rules(day):
    yearly = st.frozensets(days_near(day).map(lambda d: (d.month, d.day)), max_size=3)
    monthly = st.frozensets(st.integers(1, 31) | st.just(-1), max_size=3)
    return (
        st.builds(Weekly, weekdays=weekdays, weeks=st.integers(1, 3))
        | st.builds(EveryDays, count=st.integers(1, 5))
        | st.builds(
            MonthlyWeekdays,
            which=st.frozensets(st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1]), st.integers(0, 6)), min_size=1),
        )
        | st.builds(OnDates, dates=st.frozensets(days_near(day), max_size=4), yearly=yearly, monthly=monthly)
        | st.just(OnPublicHolidays())
        | st.sampled_from(["FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,SU", "FREQ=MONTHLY;BYMONTHDAY=-1"]).map(
            lambda text: ByRule(rule=text)
        )
        | programmes
    )


def exceptions(day):
    return st.builds(
        Exceptions,
        dates=st.frozensets(days_near(day), max_size=2),
        spans=st.lists(days_near(day).map(lambda d: (d, d + 2 * DAY)), max_size=1).map(tuple),
        yearly=st.frozensets(days_near(day).map(lambda d: (d.month, d.day)), max_size=1),
        public_holidays=st.booleans(),
    )


def recurrences(day, times=at_times | windows):
    edges = {
        "starts": st.none() | days_near(day),
        "ends": st.none() | days_near(day),
        "exceptions": st.just(Exceptions()) | exceptions(day),
    }
    crons = st.sampled_from(
        ["*/30 1-3 * * *", "30 2 * * *", "15 0 * * 1-5", "0 0,2,3 * * *", "45 1 1-15 * 0", "5 9 L * *"]
    )
    return st.builds(Calendar, dates=date_rules(day), times=times, **edges) | st.builds(Cron, expression=crons, **edges)


def schedules(day, **values):
    return st.lists(recurrences(day), min_size=1, max_size=3).map(
        lambda found: [make_schedule(f"s{n}", recurrence=each, **values) for n, each in enumerate(found)]
    )


def pauses(day):
    return st.lists(
        st.tuples(days_near(day), st.integers(0, 6)).map(lambda p: Pause(first=p[0], last=p[0] + p[1] * DAY)),
        max_size=2,
    ).map(tuple)


def own_moments():
    return st.lists(st.tuples(moments, local_times), max_size=2, unique_by=lambda pair: pair[0]).map(tuple)


def people(day, zone=zones, count=3):
    one = st.fixed_dictionaries(
        {
            "time_zone": zone,
            "moments": own_moments(),
            "weekend_moments": own_moments(),
            "pauses": pauses(day),
            "joined": st.none() | days_near(day),
            "region": st.sampled_from([None, "US-MA", "DE-BE", "IN"]),
        }
    )
    return st.lists(one, min_size=1, max_size=count).map(
        lambda found: [make_recipient(f"p{n}", **each) for n, each in enumerate(found)]
    )


@st.composite
def near_changes(draw, years=(2011, *range(2024, 2028))):
    """An instant at or near a change of some zone's clocks; or in plain times."""
    found = [at for at in changes(draw(zones)) if at.year in years]
    at = draw(st.sampled_from(found)) if found else datetime(2026, 11, 23, tzinfo=UTC)
    return at + draw(st.integers(-3 * 1440, 3 * 1440)) * MINUTE


def local_day(at):
    return date(at.year, at.month, at.day)
