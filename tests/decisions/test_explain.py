"""Schedules in plain English: every form of when, and every choice of the operator's, has its words."""

from datetime import date, time, timedelta

import pytest

from nudger.domain.conditions import Not
from nudger.domain.conditions import Test as Asked
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.schedules import (
    At,
    Audience,
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
    Priority,
    Programme,
    Selection,
    Weekly,
    WhenBlocked,
    WhenMissed,
)
from nudger.domain.vocabulary import ChannelChoice, Component, Intensity
from nudger.prose.schedule import in_english, in_short
from nudger.prose.when import when_in_words
from tests.make import DAILY, make_schedule

AT = At(times=(time(8, 30),))
STARTS = date(2026, 1, 5)


def first_words(dates, starts=None):
    said = when_in_words(Calendar(dates=dates, times=AT, starts=starts))[0]
    return said.removeprefix("It falls due ").removesuffix(", at 08:30, by each person's own clock.")


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        (DAILY, "every day"),
        (Weekly(weekdays=frozenset(range(5))), "on weekdays"),
        (Weekly(weekdays=frozenset({5, 6})), "on weekends"),
        (Weekly(weekdays=frozenset({4, 0, 2})), "every Monday, Wednesday and Friday"),
        (Weekly(weekdays=frozenset({0}), weeks=3), "every 3 weeks on Monday, counted from the week of 5 January 2026"),
        (EveryDays(count=1), "every day"),
        (EveryDays(count=7), "every Monday"),
        (EveryDays(count=10), "every 10 days, counted from 5 January 2026"),
        (EveryDays(count=14), "every 2 weeks on Monday, counted from 5 January 2026"),
        (MonthlyWeekdays(which=frozenset({(1, 0), (-1, 4)})), "on the last Friday and the first Monday of each month"),
        (OnDates(dates=frozenset({date(2026, 12, 24)})), "on 24 December 2026"),
        (OnDates(yearly=frozenset({(12, 24), (1, 1)})), "every year on 1 January and 24 December"),
        (OnDates(monthly=frozenset({1, 15, -1})), "every month on the 1st, the 15th and the last day"),
        (OnDates(), "on no date at all"),
        (OnPublicHolidays(), "on the public holidays of each person's place"),
        (
            Programme(
                phases=(
                    Phase(first=1, last=1),
                    Phase(first=2, last=14, every=3),
                    Phase(first=15, weekdays=frozenset(range(5))),
                )
            ),
            "on days counted from joining: day 1; days 2 to 14, every 3 days; from day 15 on, if it is a weekday",
        ),
    ],
)
def test_every_kind_of_dates_has_its_words(dates, says):
    assert first_words(dates, STARTS) == says


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=10", "every 3 days, 10 times in all, counted from 5 January 2026"),
        ("FREQ=DAILY;BYDAY=MO,TU", "every day, if it is a Monday or Tuesday"),
        ("FREQ=WEEKLY;BYDAY=MO,FR;BYMONTH=6,7", "every week on Monday and Friday, in June and July"),
        ("FREQ=WEEKLY;INTERVAL=2", "every 2 weeks on Monday, counted from 5 January 2026"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYDAY=FR", "every month on every Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1", "every month on the 15th and the last day"),
        ("FREQ=MONTHLY", "every month on the 5th"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "every year on the fourth Thursday of November"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on the 24th of December"),
        ("FREQ=YEARLY;BYDAY=20MO", 'on the dates of the rule "FREQ=YEARLY;BYDAY=20MO"'),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", 'on the dates of the rule "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"'),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", 'on the dates of the rule "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"'),
    ],
)
def test_common_rules_are_said_in_words_and_others_are_quoted(rule, says):
    assert first_words(ByRule(rule=rule), STARTS) == says


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("0 10 1 * *", "at 10:00 on the first day of every month"),
        ("30 8 * * 1-5", "at 08:30 on Monday through Friday"),
        ("*/15 9 * * 7", "every 15th minute from 09:00 through 09:59 on Sunday"),
    ],
)
def test_cron_is_said_in_words_and_as_it_stands(expression, says):
    assert when_in_words(Cron(expression=expression)) == [
        f"It falls due {says}, by each person's own clock (cron: {expression})."
    ]


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (At(times=(time(8), "night")), "at 08:00 and at night (20:30, or the person's own time for it)"),
        (At(times=(time(8),), jitter=timedelta(minutes=10)), "Each time, chance makes it up to 10 minutes later."),
        (
            At(times=(time(8),), spread=timedelta(hours=1)),
            "People are spread over 1 hour from then on; each keeps the same place.",
        ),
        (
            Between(start=time(9), end="evening", count=3, apart=timedelta(minutes=90)),
            (
                "at 3 moments between 09:00 and the person's evening that chance picks for each person and day, "
                "at least 1 hour 30 minutes apart"
            ),
        ),
    ],
)
def test_every_kind_of_time_has_its_words(times, says):
    assert says in " ".join(when_in_words(Calendar(dates=DAILY, times=times)))


def test_first_and_last_days_and_exceptions_are_told():
    exceptions = Exceptions(
        dates=frozenset({date(2026, 12, 24)}),
        spans=((date(2026, 7, 1), date(2026, 7, 14)),),
        yearly=frozenset({(1, 1)}),
        public_holidays=True,
    )
    calendar = Calendar(dates=DAILY, times=AT, starts=STARTS, ends=date(2026, 12, 31), exceptions=exceptions)
    assert when_in_words(calendar)[1:] == [
        "It begins on 5 January 2026.",
        "The last day is 31 December 2026.",
        (
            "It leaves out 24 December 2026, 1 July 2026 to 14 July 2026, 1 January of every year "
            "and the public holidays of each person's place."
        ),
    ]


def test_dates_that_some_months_lack_are_told():
    fifth = Calendar(dates=MonthlyWeekdays(which=frozenset({(5, 0)})), times=AT)
    assert "A month without a fifth one has none." in when_in_words(fifth)
    late = Calendar(dates=OnDates(monthly=frozenset({31})), times=AT)
    assert "A month or a year that does not have the day is left out." in when_in_words(late)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"audience": Audience(everyone=True)}, "It is for everyone."),
        (
            {"audience": Audience(groups=frozenset({"b", "a"}), recipients=frozenset({"sam"}))},
            "It is for everyone in the groups a or b and sam.",
        ),
        ({"audience": Audience()}, "It is for nobody."),
        ({"channel": ChannelChoice.SMS}, "It goes by text message only."),
        ({"grace": timedelta(0)}, "It goes out at its time or not at all."),
        (
            {"grace": timedelta(hours=2, minutes=30)},
            "It may go out up to 2 hours 30 minutes late. After that it is left out.",
        ),
        ({"when_missed": WhenMissed.SKIP}, "If nudger was off at the time, it is not sent later."),
        (
            {"when_blocked": WhenBlocked.DROP},
            "If it may not go out at its time (quiet hours, or too much already), it is left out.",
        ),
        (
            {"priority": Priority.HIGH},
            "It matters more than others: where a person cannot get both, it goes first.",
        ),
        (
            {"selection": Selection(libraries=frozenset({"a", "b"}))},
            "It picks among all messages in the libraries a and b.",
        ),
        (
            {"selection": Selection(components=frozenset(Component))},
            "It picks among all messages about common-humanity, mindfulness or self-kindness.",
        ),
        (
            {"selection": Selection(in_order=True)},
            "It sends them in order, as a series. After the last one, the person gets no more of it.",
        ),
    ],
)
def test_every_choice_has_its_sentence(values, says):
    assert says in in_english(make_schedule(**values))


def test_limits_and_first_days_are_told():
    limits = Limits(per_day=2, per_week=6, gap=timedelta(hours=3), gentle_days=7)
    said = in_english(make_schedule(selection=Selection(intensities=frozenset({Intensity.DEEP}))), limits)
    assert said[-3:] == [
        "Over all schedules, nobody gets more than 2 on a day and 6 in seven days.",
        "Between two nudges to a person there are at least 3 hours.",
        (
            "In the first 7 days after a person joined, it sends nothing: only gentle messages go out then, "
            "and it asks for none."
        ),
    ]
    gentle = make_schedule(selection=Selection(intensities=frozenset({Intensity.GENTLE})))
    assert "first" not in in_english(gentle, NO_LIMITS)[-1]


def test_a_schedule_fits_one_line():
    assert in_short(make_schedule(at=["08:30", "12:00"])) == "every day, at 08:30 and at 12:00, to everyone"
    assert in_short(make_schedule(recurrence=Cron(expression="0 9 * * 1"))) == "at 09:00 on Monday, to everyone"


def test_conditions_are_said_with_what_happens_where_nobody_knows():
    low = Asked(variable="mood", below=4, within=timedelta(days=1))
    said = in_english(make_schedule(only_if=low, skip_if=Not(Asked(variable="daylight", flag=True))))
    assert "It goes out only if mood is below 4 within 1 day. If that is not known, it does not." in said
    assert "It is left out if the sun is down. If that is not known, it goes out." in said
    assert not any(" if mood" in sentence for sentence in in_english(make_schedule()))


def all_words(dates, starts=None):
    return " ".join(when_in_words(Calendar(dates=dates, times=AT, starts=starts)))


@pytest.mark.parametrize(
    ("dates", "starts", "says"),
    [
        (
            Weekly(weekdays=frozenset({6, 2}), weeks=2),
            date(2027, 1, 3),
            "Weeks begin on Monday; the first one counted begins on 28 December 2026.",
        ),
        (ByRule(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE"), date(2027, 1, 3), "Weeks begin on Monday"),
        (
            ByRule(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE;WKST=SU"),
            date(2027, 1, 3),
            "Weeks begin on Sunday; the first one counted begins on 3 January 2027.",
        ),
        (EveryDays(count=3), None, "No first date is set (starts), so it counts from Monday, 1 January 2024."),
        (ByRule(rule="FREQ=MONTHLY;BYMONTHDAY=31"), None, "A month that does not have the day is left out."),
        (Programme(phases=(Phase(first=4, every=3),)), None, "every so many days counts from its first day"),
    ],
)
def test_what_decides_a_date_is_said(dates, starts, says):
    assert says in all_words(dates, starts)


@pytest.mark.parametrize("dates", [DAILY, Weekly(weekdays=frozenset({0})), ByRule(rule="FREQ=MONTHLY;BYDAY=-1FR")])
def test_nothing_is_said_of_counting_where_nothing_is_counted(dates):
    assert "count" not in all_words(dates)
