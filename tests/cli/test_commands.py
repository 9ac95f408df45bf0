"""The command line as people meet it: what it says, what it leaves alone, and how it ends."""

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import icalendar
import pytest

from nudger.__main__ import main
from nudger.cli import _COMMANDS
from nudger.config.starter import write_starter
from tests.homes import write_short_starter

ROOT = Path(__file__).parents[2]
ZONE = "America/New_York"


@pytest.fixture
def home(tmp_path):
    """A new installation, as `nudger init` makes it, but with fewer words."""
    folder = tmp_path / "home"
    write_short_starter(folder, time_zone=ZONE)
    return folder


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def nudger(home, *words, **variables):
    """What `nudger` says and how it ends, in this process: a new one each time would take a minute in all."""
    out, err = io.StringIO(), io.StringIO()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    argv = ["nudger", "--config", str(home), *words]
    with (
        mock.patch.dict(os.environ, kept | variables, clear=True),
        mock.patch.object(sys, "argv", argv),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main()
    return Done(end.value.code, out.getvalue(), err.getvalue())


def fine(home, *words, **variables):
    done = nudger(home, *words, **variables)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_help_fits_a_screen_and_names_every_command(home):
    lines = fine(home, "--help").splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines)
    for name in _COMMANDS:
        assert any(name in line.split() for line in lines)
        assert "Usage" in fine(home, name, "--help")


def test_a_new_installation_passes_check_as_it_is(tmp_path):
    write_starter(tmp_path, time_zone=ZONE)
    assert fine(tmp_path, "check").startswith("No mistakes: ")


def test_check_warns_of_a_schedule_that_soon_repeats_itself(home):
    path = home / "schedules" / "monthly.yaml"
    path.write_text(path.read_text().replace("days: last friday", "days: daily"))
    said = fine(home, "check")
    assert "12 messages that fit are used up in 12 days" in said
    assert "look-back" in said


def test_status_says_whose_words_run_out(home):
    path = home / "schedules" / "monthly.yaml"
    path.write_text(path.read_text().replace("days: last friday", "days: daily"))
    assert "1 person runs out of unseen messages in 12 days: " in fine(home, "status")
    assert json.loads(fine(home, "status", "--format", "json"))["running_out"][0]["days"] == 12


def test_init_overwrites_nothing(home):
    again = nudger(home, "init", str(home))
    assert again.returncode == 1
    assert "Traceback" not in again.stderr


def test_check_shows_every_mistake_with_its_place_and_ends_with_one(home):
    path = home / "schedules" / "everyday.yaml"
    path.write_text(path.read_text().replace("at: morning", "at: mornig", 1).replace("to: everyone", "to: everyon", 1))
    done = nudger(home, "check")
    assert done.returncode == 1
    assert "Did you mean 'morning'?" in done.stdout
    assert "'everyon'" in done.stdout
    assert "2 errors" in done.stdout
    records = json.loads(nudger(home, "check", "--format", "json").stdout)
    assert {record["line"] > 0 for record in records} == {True}


@pytest.mark.parametrize(
    ("file", "environment", "checked"),
    [
        ("NUDGER_RECIPIENTS={0}", {}, True),
        ('NUDGER_STATE_DIR="{0.parent}"', {}, True),
        ("NUDGER_RECIPIENTS={0}", {"NUDGER_RECIPIENTS": ""}, False),
        ("export nudger_recipients='{0}'", {}, True),
        ("# NUDGER_RECIPIENTS={0}", {}, False),
    ],
)
def test_check_finds_the_people_that_nudger_env_names(home, tmp_path, file, environment, checked):
    (home / "recipients.yaml").unlink()
    people = tmp_path / "elsewhere" / "recipients.yaml"
    people.parent.mkdir()
    people.write_text("recipients:\n- {id: sam, time_zone: Nowhere/Land, email: sam@example.org}\n")
    (home / "nudger.env").write_text(file.format(people) + "\n")
    done = nudger(home, "check", **environment)
    assert ("'Nowhere/Land' is no time zone" in done.stdout) is checked


def test_a_nudger_env_that_cannot_be_read_is_named(home):
    (home / "nudger.env").write_bytes(b"NUDGER_CONTACT=\xff\n")
    done = nudger(home, "check")
    assert done.returncode == 1
    assert f"{home / 'nudger.env'}:1:16: byte 0xFF is not UTF-8. Save the file as UTF-8." in done.stdout


def test_preview_says_when_what_and_in_which_words(home):
    rows = json.loads(fine(home, "preview", "--days", "10", "--format", "json"))
    assert rows
    for row in rows:
        assert row.keys() >= {"recipient", "schedule", "due", "local", "channel", "message", "text"}
        assert row["due"].endswith("Z")
        assert row["local"][-6] in "+-"
    assert fine(home, "preview", "--days", "10", "--format", "json", "--recipient", rows[0]["recipient"])
    assert rows[0]["schedule"] in fine(home, "preview")


def test_preview_shows_a_past_span_and_the_same_twice(home):
    words = ("preview", "--from", "2025-03-01", "--to", "2025-03-31", "--format", "json")
    rows = json.loads(fine(home, *words))
    assert {row["date"][:7] for row in rows} == {"2025-03"}
    assert rows == json.loads(fine(home, *words))


def test_preview_as_a_calendar_opens_in_a_calendar_program(home):
    calendar = icalendar.Calendar.from_ical(fine(home, "preview", "--days", "10", "--format", "ics"))
    events = calendar.walk("VEVENT")
    assert len({str(event["UID"]) for event in events}) == len(events) > 3


def test_preview_tells_of_times_that_do_not_exist(home):
    (home / "schedules" / "night.yaml").write_text(
        'schedules:\n  - {id: night-owl, to: everyone, when: {at: "02:30"}, late: 24 hours}\n'
    )
    rows = json.loads(fine(home, "preview", "--from", "2027-03-14", "--days", "1", "--format", "json"))
    owl = next(row for row in rows if row["schedule"] == "night-owl")
    assert (owl["due"], owl["local"]) == ("2027-03-14T07:00:00Z", "2027-03-14T03:00:00-04:00")
    assert owl["note"] == "02:30 does not exist on 2027-03-14, so it is 03:00"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["preview", "--recipient", "nobody"], "nobody here has the id 'nobody'"),
        (["send", "nobody"], "nobody here has the id 'nobody'"),
        (["recipients", "show", "nobody"], "nobody here has the id 'nobody'"),
        (["send", "you", "--message", "no/such"], "there is no message 'no/such'"),
    ],
)
def test_expected_trouble_is_one_line_and_ends_with_one(home, words, says):
    done = nudger(home, *words)
    assert done.returncode == 1
    assert done.stderr.startswith(f"nudger: {says}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["nosuch"],
        ["preview", "--days", "0"],
        ["preview", "--days", "2", "--to", "2026-01-01"],
        ["schema", "x"],
        ["send"],
    ],
)
def test_wrong_usage_ends_with_two(home, words):
    done = nudger(home, *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named_and_its_value_is_not(home):
    done = nudger(home, "status", NUDGER_TWILIO_AUTH_TOKEN="s3cret-token")
    assert done.returncode == 1
    assert "NUDGER_TWILIO_ACCOUNT_SID" in done.stderr
    assert "s3cret" not in done.stderr + done.stdout


def test_a_bug_is_shown_whole_and_ends_with_three(home):
    program = "import nudger.cli.status as s, nudger.__main__ as m, sys; s.status = None; sys.argv = ['nudger', '--config', sys.argv[1], 'status']; m.main()"
    broken = subprocess.run(
        [sys.executable, "-c", program, str(home)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert broken.returncode == 3
    assert "Traceback" in broken.stderr
    assert "this is a bug" in broken.stderr


def test_people_are_imported_listed_shown_stopped_and_resumed(home, tmp_path):
    table = tmp_path / "people.csv"
    # By email: texts keep the legal hours of a place, which `--anyway` does not lift, and this test runs at any hour.
    table.write_text(
        "id,name,time_zone,email,groups\nkim,Kim,Asia/Kolkata,kim@example.org,daily\nlee,,UTC,lee@example.org,\n"
    )
    assert fine(home, "recipients", "import", str(table)).startswith("2 new, 0 changed, 0 same.")
    assert {row["id"] for row in json.loads(fine(home, "recipients", "list", "--format", "json"))} >= {"kim", "lee"}
    assert json.loads(fine(home, "recipients", "show", "kim", "--format", "json"))["time_zone"] == "Asia/Kolkata"
    fine(home, "recipients", "stop", "kim")
    assert json.loads(fine(home, "recipients", "show", "kim", "--format", "json"))["stopped"] == ["email"]
    refused = nudger(home, "send", "kim", "--anyway")
    assert refused.returncode == 1
    assert "may not be used" in refused.stderr
    fine(home, "recipients", "resume", "kim")
    assert "sent: " in fine(home, "send", "kim", "--anyway")
    assert any(
        row["recipient"] == "kim" for row in json.loads(fine(home, "preview", "--days", "7", "--format", "json"))
    )


def test_a_bad_table_of_people_takes_nobody(home, tmp_path):
    table = tmp_path / "people.csv"
    table.write_text("id,time_zone,sms\nkim,Asia/Kolkata,+14155550123\nlee,Nowhere/Land,banana\n")
    done = nudger(home, "recipients", "import", str(table))
    assert done.returncode == 1
    assert "people.csv:3:" in done.stderr
    assert not (home / "var").exists()


def test_status_before_and_after_something_was_sent(home):
    before = json.loads(fine(home, "status", "--format", "json"))
    assert (before["running"], before["today"]) == (False, {})
    person = json.loads(fine(home, "recipients", "list", "--format", "json"))[0]["id"]
    fine(home, "send", person, "--anyway")
    after = json.loads(fine(home, "status", "--format", "json"))
    assert after["today"] == {"sent": 1}
    assert "not running" in fine(home, "status")


def test_status_works_while_the_files_are_wrong(home):
    fine(home, "send", "you", "--anyway")
    (home / "schedules" / "everyday.yaml").write_text("schedules:\n")
    shown = fine(home, "status")
    assert "has 1 error: nudger check" in shown
    assert "sent 1" in shown


@pytest.mark.parametrize("kind", ["schedules", "messages", "recipients"])
def test_schemas_are_printed_for_editors(home, kind):
    assert json.loads(fine(home, "schema", kind))["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("kind", ["schedules", "messages", "recipients"])
def test_every_key_is_explained_in_tables_for_people(home, kind):
    lines = fine(home, "schema", kind, "--format", "markdown").splitlines()
    assert lines[0] == f"# Every key of a file of {kind}"
    assert any(line.startswith(f"| `{kind}` |") for line in lines)


def test_check_and_preview_open_no_connection(home, monkeypatch):
    from click.testing import CliRunner

    from nudger.cli import nudger as command

    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for words in (["check"], ["preview"], ["status"]):
        result = CliRunner().invoke(command, ["--config", str(home), *words])
        assert result.exit_code == 0, result.output


SENDING = {"twilio", "aiohttp", "aiosmtplib", "apscheduler", "alembic", "icalendar"}
SHOWING = {"babel", "jinja2", "wcwidth"}


@pytest.mark.parametrize(
    ("words", "not_needed"),
    [
        (["check"], SENDING | {"sqlalchemy", "structlog", "pydantic_settings", "dotenv", "dateutil"}),
        (["preview"], SENDING | {"sqlalchemy", "structlog"}),
        (["status"], SENDING),
        (["recipients", "list"], SENDING),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_a_command_imports_only_what_it_needs(home, words, not_needed):
    program = "import sys, nudger.__main__ as m; sys.argv[0:1] = ['nudger', '--config']\ntry: m.main()\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(home), *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (not_needed | SHOWING).isdisjoint(done.stderr.split())
