"""Files that are fine, and what they mean."""

import shutil
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from nudger.config.catalog import load_catalog, read_configuration
from nudger.config.tables.people import read_people
from nudger.domain.conditions import AllOf, AnyOf, Not
from nudger.domain.conditions import Test as Asked
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.recipients import HardDay, OnHardDay, Pause, QuietHours
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
    Weekly,
    WhenBlocked,
    WhenMissed,
)
from nudger.domain.vocabulary import ChannelChoice, Component, Intensity, Practice, Situation

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture
def config(tmp_path):
    for folder in ("schedules", "messages"):
        (tmp_path / folder).mkdir()
        shutil.copy(HERE / "good" / f"{folder}.yaml", tmp_path / folder / "base.yaml")
    shutil.copy(HERE / "good" / "more-schedules.yaml", tmp_path / "schedules" / "more.yaml")
    shutil.copy(HERE / "good" / "recipients.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def catalog(config):
    reading = read_configuration(config, config / "recipients.yaml")
    assert reading.problems == ()
    assert reading.files == 4
    return reading.catalog


@pytest.fixture
def schedules(catalog):
    return {schedule.id: schedule for schedule in catalog.schedules}


def test_an_unquoted_time_is_a_time_and_not_a_number(schedules):
    assert schedules["plain"].recurrence == Calendar(
        dates=Weekly(weekdays=frozenset(range(7))), times=At(times=(time(10, 30),))
    )


def test_everything_optional_has_its_default(schedules):
    plain = schedules["plain"]
    assert plain.audience == Audience(everyone=True)
    assert plain.channel is ChannelChoice.PREFERRED
    assert plain.grace == timedelta(hours=1)
    assert not plain.selection.libraries


def test_a_schedule_keeps_its_selection(schedules):
    kindness = schedules["morning-kindness"]
    assert kindness.recurrence.dates.weekdays == {0, 1, 2, 3, 4}
    assert kindness.recurrence.times.times == ("morning",)
    assert kindness.selection.components == {Component.SELF_KINDNESS, Component.COMMON_HUMANITY}
    assert kindness.selection.practices == {Practice.SELF_TALK}
    assert kindness.grace == timedelta(hours=2)


def test_every_so_many_days_between_two_times(schedules):
    breaths = schedules["three-breaths"]
    assert breaths.recurrence == Calendar(
        dates=EveryDays(count=2),
        times=Between(start=time(12), end=time(15)),
        starts=date(2026, 1, 5),
        ends=date(2026, 12, 31),
    )
    assert breaths.audience == Audience(groups=frozenset({"daily"}))
    assert breaths.channel is ChannelChoice.EMAIL


def test_several_days_and_times(schedules):
    several = schedules["several-times"]
    assert several.recurrence.dates.weekdays == {0, 1, 5, 6}
    assert several.recurrence.times.times == (time(9, 30), time(18), "night")
    assert several.grace == timedelta(minutes=90)


def test_words_that_yaml_takes_for_booleans_and_octal_numbers_stay_text(schedules, catalog):
    assert {"on", "007"} <= schedules.keys()
    assert schedules["several-times"].audience.groups == {"daily", "no"}
    assert catalog.messages[1].id == "no"
    assert catalog.recipients[0].groups == {"daily", "no", "on"}


def test_cron_and_rules_are_kept_as_text(schedules):
    assert schedules["on"].recurrence == Cron(expression="30 8 * * 1-5", starts=date(2026, 1, 5))
    assert schedules["007"].recurrence.dates == ByRule(rule="FREQ=MONTHLY;BYDAY=-1FR")
    assert schedules["every-other-week"].recurrence.dates == ByRule(rule="FREQ=WEEKLY;INTERVAL=2")
    assert schedules["007"].selection.situations == {Situation.LOW}


def test_days_of_the_month_and_what_is_left_out(schedules):
    monthly = schedules["of-the-month"]
    assert monthly.recurrence == Calendar(
        dates=MonthlyWeekdays(which=frozenset({(1, 0), (2, 1), (-1, 4)})),
        times=At(times=(time(10),)),
        exceptions=Exceptions(
            dates=frozenset({date(2026, 12, 24)}),
            spans=((date(2026, 12, 20), date(2027, 1, 3)),),
            yearly=frozenset({(12, 24)}),
        ),
    )
    assert (monthly.priority, monthly.when_missed, monthly.when_blocked) == (
        Priority.HIGH,
        WhenMissed.ONE,
        WhenBlocked.DROP,
    )


def test_public_holidays_are_days_or_exceptions(schedules):
    holidays = schedules["holidays"]
    assert holidays.recurrence.dates == OnPublicHolidays()
    assert (holidays.priority, holidays.when_missed, holidays.when_blocked) == (
        Priority.LOW,
        WhenMissed.SKIP,
        WhenBlocked.WAIT,
    )
    assert schedules["one-date"].recurrence.exceptions == Exceptions(public_holidays=True)


def test_certain_days_of_every_other_week_and_several_times_between_two(schedules):
    assert schedules["other-weeks"].recurrence == Calendar(
        dates=Weekly(weekdays=frozenset({0, 3}), weeks=2),
        times=Between(start="morning", end="night", count=3, apart=timedelta(hours=2)),
        starts=date(2026, 1, 5),
    )


def test_dates_with_times_that_are_not_the_same_for_all_and_a_series(schedules):
    dates = schedules["dates"]
    assert dates.recurrence == Calendar(
        dates=OnDates(
            dates=frozenset({date(2026, 12, 24)}), yearly=frozenset({(12, 24)}), monthly=frozenset({15, 1, -1})
        ),
        times=At(times=(time(10), time(18)), jitter=timedelta(minutes=10), spread=timedelta(minutes=30)),
    )
    assert dates.selection.messages == ("kind/no", "kind/friends-voice")
    assert dates.selection.in_order
    assert not schedules["one-date"].selection.in_order


def test_a_programme_counts_days_from_the_day_after_joining(schedules):
    course = schedules["course"].recurrence
    assert course.exceptions.yearly == {(12, 25)}
    assert course.dates.phases == (
        Phase(first=1, last=14),
        Phase(first=15, last=56, every=2),
        Phase(first=57, last=84, weekdays=frozenset({0, 3})),
        Phase(first=100, last=100),
        Phase(first=134, every=7),
    )


def test_a_schedule_keeps_its_conditions(schedules):
    low, every = schedules["after-a-low-day"], schedules["all-of-it"]
    assert low.only_if == Asked(variable="mood", below=4, within=timedelta(days=1))
    assert low.skip_if == Asked(variable="since_sent", below=timedelta(hours=3))
    assert every.only_if == AllOf(
        (
            Asked(variable="since_reply", above=timedelta(days=7)),
            AnyOf(
                (
                    Asked(variable="part_of_day", words=frozenset({"evening"})),
                    Asked(variable="season", words=frozenset({"winter"})),
                )
            ),
            Not(Asked(variable="public_holiday", flag=True)),
        )
    )
    assert every.skip_if is None


def test_a_message_keeps_its_conditions(config):
    path = config / "messages" / "base.yaml"
    path.write_text(path.read_text().replace("  - id: no\n", "  - id: no\n    skip_if: {daylight: no}\n"))
    message = next(each for each in load_catalog(config).messages if each.id == "no")
    assert (message.only_if, message.skip_if) == (None, Asked(variable="daylight", flag=False))


def test_nothing_is_learned_unless_asked_for(config, catalog):
    assert catalog.learning
    (config / "schedules" / "more.yaml").write_text("choosing: {learning: no}\n")
    assert not load_catalog(config).learning
    (config / "schedules" / "more.yaml").unlink()
    assert not load_catalog(config).learning


def test_how_to_choose_is_there_once_in_all_files(config):
    (config / "schedules" / "twice.yaml").write_text("choosing: {learning: yes}\n")
    (problem,) = read_configuration(config).problems
    assert "how to choose is said at" in problem.what
    assert problem.file.endswith("twice.yaml")


def test_cron_and_rules_have_exceptions_too(schedules):
    for name in ("cron-with-exceptions", "rule-with-exceptions"):
        assert schedules[name].recurrence.exceptions == Exceptions(dates=frozenset({date(2027, 1, 1)}))


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("{per_day: 2}", Limits(per_day=2)),
        ("{per_week: 8, gap: 90 minutes}", Limits(per_week=8, gap=timedelta(minutes=90))),
        ("{gentle_first: none}", Limits(gentle_days=0)),
        (
            "{per_day: 2, per_week: 8, gap: 3 hours, gentle_first: 2 weeks}",
            Limits(per_day=2, per_week=8, gap=timedelta(hours=3), gentle_days=14),
        ),
    ],
)
def test_limits_stand_in_a_file_of_their_own(config, text, limits):
    (config / "schedules" / "more.yaml").unlink()
    (config / "schedules" / "base.yaml").write_text("schedules: [{id: x, to: everyone, when: {at: '10:00'}}]")
    assert load_catalog(config).limits == NO_LIMITS
    (config / "schedules" / "limits.yaml").write_text(f"limits: {text}\n")
    assert read_configuration(config).problems == ()
    assert load_catalog(config).limits == limits


def test_limits_are_there_once_in_all_files(config):
    for name in ("a", "b"):
        (config / "schedules" / f"limits-{name}.yaml").write_text("limits: {per_day: 4}\n")
    (problem,) = read_configuration(config).problems
    assert problem.file.endswith("limits-b.yaml")
    assert "limits-a.yaml:1 already" in problem.what


@pytest.mark.parametrize(
    ("when", "late", "warned"),
    [
        ("{at: '10:00', spread: 1 minute}", "1 hour", "61 people get a text within 1 minute"),
        ("{at: '10:00', spread: 2 minutes}", "1 hour", ""),
        ("{at: '10:00'}", "1 minute", "61 people get a text within 1 minute"),
        ("{cron: 0 10 * * *}", "1 minute", "61 people get a text within 1 minute"),
        ("{at: '10:00'}", "1 hour", ""),
        ("{between: ['10:00', '10:01']}", "1 minute", ""),
    ],
)
def test_more_texts_than_a_number_can_send_are_a_warning(config, when, late, warned):
    (config / "schedules" / "more.yaml").unlink()
    text = f"schedules: [{{id: x, to: everyone, when: {when}, late: {late}}}]"
    (config / "schedules" / "base.yaml").write_text(text)
    people = (f"- {{id: p{n}, time_zone: Europe/Berlin, sms: '+1413555{n:04}'}}\n" for n in range(101, 162))
    path = config / "recipients.yaml"
    path.write_text("recipients:\n" + "".join(people) + "- {id: q, time_zone: UTC, sms: '+14135550199'}\n")
    whats = [problem.what for problem in read_configuration(config, path).problems if problem.file != str(path)]
    assert [warned in what for what in whats] == ([True] if warned else [])


def test_own_moments_that_leave_too_little_room_are_a_warning(config):
    path = config / "recipients.yaml"
    path.write_text(path.read_text().replace('{morning: "10:00"}', '{morning: "18:00"}'))
    whats = [problem.what for problem in read_configuration(config, path).problems]
    assert whats == []  # mondays and thursdays are no weekend
    path.write_text(path.read_text().replace("{morning: 8:30}", '{morning: "18:00"}'))
    whats = [problem.what for problem in read_configuration(config, path).problems]
    assert "for 'sam' 3 times, 2 hours apart, do not fit between 18:00 and 20:30" in whats


def test_a_group_and_a_person_together(schedules):
    assert schedules["every-other-week"].audience == Audience(
        groups=frozenset({"daily"}), recipients=frozenset({"kim"})
    )


def test_a_message_has_all_its_parts(catalog):
    message = catalog.messages[0]
    assert message.key == "kind/friends-voice"
    assert message.intensity is Intensity.GENTLE
    assert message.situations == {Situation.AFTER_SETBACK, Situation.LOW}
    assert message.email.body.startswith("Hello {name|there}.")
    assert "\n\nWrite to" in message.email.body
    assert (message.review.state, message.review.by, message.review.again) == ("reviewed", "editor", "2027-11")


def test_people_have_their_own_times(catalog):
    sam, kim = catalog.recipients
    assert sam.sms == "+14135550123"
    assert sam.moments == (("morning", time(8, 30)),)
    assert sam.quiet_hours == QuietHours(start=time(21), end=time(8))
    assert sam.joined == date(2026, 11, 22)
    assert sam.region == "US-MA"
    assert sam.weekend_moments == (("morning", time(10)),)
    assert sam.weekend_quiet_hours == QuietHours(start=time(22), end=time(9))
    assert sam.pauses == (
        Pause(last=date(2026, 11, 25)),
        Pause(first=date(2026, 12, 20), last=date(2027, 1, 3)),
        Pause(first=date(2027, 7, 4), last=date(2027, 7, 4)),
    )
    assert sam.hard_days == (
        HardDay(month=11, day=3, then=OnHardDay.HOLD),
        HardDay(month=2, day=14, year=2027, then=OnHardDay.GENTLE),
    )
    assert sam.limits == Limits(per_day=1, per_week=4, gap=timedelta(hours=3), gentle_days=0)
    assert sam.supporter == "my sister Ana"
    assert (sam.goals, kim.goals) == ({"sleep", "people"}, frozenset())
    assert (kim.weekend_quiet_hours, kim.pauses, kim.hard_days, kim.limits) == ("same", (), (), None)
    assert kim.quiet_hours is None
    assert kim.groups == frozenset()


def test_the_same_people_from_a_csv_file(catalog):
    people, problems = read_people(HERE / "good" / "people.csv")
    assert problems == []
    assert people[1] == catalog.recipients[1]
    assert people[0] == replace(catalog.recipients[0], name='Sam "the" One')
    assert people[0].groups == {"daily", "no", "on"}


def test_no_file_of_people_is_not_the_same_as_nobody(config):
    assert load_catalog(config).recipients is None
    (config / "recipients.yaml").write_text("recipients: []\n")
    assert load_catalog(config, config / "recipients.yaml").recipients == ()


@pytest.mark.parametrize(("mark", "end"), [("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n"), ("", "\r")])
def test_byte_order_marks_and_line_ends_of_other_systems_are_fine(config, mark, end):
    before = load_catalog(config)
    for path in config.glob("*/*.yaml"):
        path.write_bytes((mark + path.read_text().replace("\n", end)).encode())
    assert load_catalog(config).schedules == before.schedules
    assert load_catalog(config).messages[2] == before.messages[2]


def test_what_is_shipped_has_no_mistakes_and_no_warnings():
    reading = read_configuration(ROOT)
    assert reading.problems == ()
    assert reading.catalog is not None


def test_a_language_may_have_the_same_library(config):
    text = (config / "messages" / "base.yaml").read_text().replace("language: en", "language: de")
    (config / "messages" / "deutsch.yaml").write_text(text)
    assert {message.language for message in load_catalog(config).messages} == {"en", "de"}
