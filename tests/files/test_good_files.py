"""Files that are fine, and what they mean."""

import shutil
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from nudger.domain.recipients import QuietHours
from nudger.domain.schedules import At, Audience, Between, ByRule, Calendar, Cron, EveryDays, Weekly
from nudger.domain.vocabulary import ChannelChoice, Component, Intensity, Practice, Situation
from nudger.files.catalog import load_catalog, read_configuration
from nudger.files.people_csv import read_people

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture
def config(tmp_path):
    for folder in ("schedules", "messages"):
        (tmp_path / folder).mkdir()
        shutil.copy(HERE / "good" / f"{folder}.yaml", tmp_path / folder / "base.yaml")
    shutil.copy(HERE / "good" / "recipients.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def catalog(config):
    reading = read_configuration(config, config / "recipients.yaml")
    assert reading.problems == ()
    assert reading.files == 3
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
    assert kim.quiet_hours is None
    assert kim.groups == frozenset()


def test_the_same_people_from_a_csv_file(catalog):
    people, problems = read_people(HERE / "good" / "people.csv")
    assert problems == []
    assert people[1] == catalog.recipients[1]
    assert people[0].name == 'Sam "the" One'
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
