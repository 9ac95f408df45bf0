"""`nudger explain`, as an operator meets it."""

import json

import pytest
from click.testing import CliRunner
from freezegun import freeze_time

from nudger.cli import nudger
from tests.homes import write_short_starter


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    write_short_starter(folder, time_zone="America/New_York")
    (folder / "schedules" / "more.yaml").write_text(
        'schedules:\n  - {id: gap, about: At night., to: everyone, when: {at: "02:30"}, late: 24 hours}\n'
        "  - {id: nobody-yet, to: {group: none-has-it}, when: {days: mon, at: morning}}\n"
        '  - {id: over, to: everyone, when: {at: "08:00", starts: 2020-01-01, ends: 2020-02-01}}\n'
    )
    return folder


def explain(home, *words, code=0):
    with freeze_time("2027-03-13 12:00:00"):
        done = CliRunner().invoke(nudger, ["--config", str(home), "explain", *words])
    assert done.exit_code == code, done.output
    return done.stdout


def test_without_a_name_there_is_a_line_for_each(home):
    lines = explain(home).splitlines()
    rows = json.loads(explain(home, "--format", "json"))
    assert len(lines) == len(rows) > 5
    assert any(line.split(maxsplit=1) == ["gap", "every day, at 02:30, to everyone"] for line in lines)


def test_a_schedule_is_said_in_sentences_with_its_next_times_and_their_notes(home):
    lines = explain(home, "gap").splitlines()
    assert lines[:2] == ["gap", "  At night."]
    assert "  It falls due every day, at 02:30, by each person's own clock." in lines
    at = lines.index("Next for you (America/New_York):")
    waits = "waits until 08:00: quiet hours 21:00-08:00"
    assert lines[at + 1] == f"  Sun 14 Mar 2027  03:00  (02:30 does not exist that day, so it is 03:00; {waits})"
    assert lines[at + 2] == f"  Mon 15 Mar 2027  02:30  ({waits})"
    assert len(lines) == at + 6


def test_the_data_say_the_same(home):
    record = json.loads(explain(home, "gap", "--format", "json"))
    assert (record["recipient"], record["meant"], len(record["next"])) == ("you", True, 5)
    assert record["next"][0]["local"] == "2027-03-14T03:00:00-04:00"
    assert record["next"][0]["note"].startswith("02:30 does not exist")


def test_a_schedule_for_nobody_yet_is_shown_for_somebody_new(home):
    assert "Next for somebody new here" in explain(home, "nobody-yet")
    assert "It is not for you." in explain(home, "nobody-yet", "--recipient", "you")


def test_a_schedule_that_is_over_says_so(home):
    assert "it never falls due from now on" in explain(home, "over")


def test_an_unknown_name_is_trouble(home):
    explain(home, "gpa", code=1)
