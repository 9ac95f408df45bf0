"""`nudger simulate`, as an operator meets it."""

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
    (folder / "schedules" / "limits.yaml").unlink()
    (folder / "schedules" / "late.yaml").write_text(
        'schedules:\n  - {id: late, to: everyone, when: {at: "23:00"}, late: 1 hour}\n'
        '  - {id: only-kim, to: {group: none-has-it}, when: {at: "12:00", starts: 2099-01-01}}\n'
    )
    return folder


def simulate(home, *words, code=0):
    with freeze_time("2026-11-25 12:00:00"):
        done = CliRunner().invoke(nudger, ["--config", str(home), "simulate", *words])
    assert done.exit_code == code, done.output
    return done.stdout


def test_a_trial_is_told_in_words(home):
    said = simulate(home, "--days", "30", "--recipients", "12", "--sms-price", "0.5")
    assert said.startswith("12 made-up people, 30 days from 25 Nov 2026, seed 1. Nothing was sent.\n")
    for words in (
        "Nudges a week for a person",
        "Longest silence",
        "The same words again",
        "at 0.5 a segment",
        "quiet hours",
    ):
        assert words in said
    assert next(line for line in said.splitlines() if line.startswith("only-kim")).endswith(
        "(for none of these people)"
    )


def test_the_data_say_the_same_and_leave_nothing_behind(home):
    record = json.loads(simulate(home, "--days", "20", "--recipients", "9", "--format", "json"))
    assert (record["people"], record["days"], record["schedules"]["late"]) == (9, 20, {"withheld": 180})
    assert record["held"]["quiet hours 21:00-08:00"] == 180
    assert any(reason.startswith("only if mood is below 4") for reason in record["held"])
    assert record["sms"]["segments"] > 0
    assert record == json.loads(simulate(home, "--days", "20", "--recipients", "9", "--format", "json"))
    assert not (home / "var" / "nudger.db").exists()


@pytest.mark.parametrize("words", [["--days", "0"], ["--recipients", "0"], ["--sms-price", "-1"]])
def test_nonsense_is_wrong_usage(home, words):
    simulate(home, *words, code=2)
