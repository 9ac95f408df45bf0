"""`nudger check` on an installation: strictness, people who were imported, and a ledger that cannot be asked."""

import json
import sqlite3

import pytest

from nudger.config.starter import write_starter
from tests.cli.test_commands import fine, nudger

LATE = 'schedules:\n  - {id: night-note, to: {group: daily}, when: {at: "22:30"}}\n'


@pytest.fixture
def home(tmp_path):
    write_starter(tmp_path / "home", time_zone="Europe/Berlin")
    return tmp_path / "home"


def imported(home, *rows):
    table = home.parent / "people.csv"
    table.write_text("id,time_zone,email,groups\n" + "".join(f"{row}\n" for row in rows))
    fine(home, "recipients", "import", str(table))


def test_warnings_alone_are_no_failure_unless_one_is_strict(home):
    assert nudger(home, "check", "--strict").returncode == 0
    (home / "schedules" / "late.yaml").write_text(LATE)
    assert "nobody gets anything of 'night-note': always in quiet hours" in fine(home, "check")
    assert nudger(home, "check", "--strict").returncode == 1
    assert json.loads(nudger(home, "check", "--strict", "--format", "json").stdout)[0]["level"] == "warning"


def test_people_who_were_imported_are_looked_at(home):
    imported(home, "ana,Europe/Berlin,ana@example.org,daily")
    assert fine(home, "check").startswith("No mistakes")
    (home / "schedules" / "by-choice.yaml").write_text(
        'schedules:\n  - {id: x, to: {group: dayly}, when: {at: "09:00"}}\n'
    )
    assert "in the group 'dayly'" in fine(home, "check")


@pytest.mark.parametrize("trouble", ["not a ledger", "newer"])
def test_a_ledger_that_cannot_be_asked_is_one_line_and_no_mistake(home, trouble):
    imported(home, "ana,Europe/Berlin,ana@example.org,daily")
    (ledger,) = home.rglob("nudger.db")
    if trouble == "newer":
        with sqlite3.connect(ledger) as connection:
            connection.execute("update alembic_version set version_num = '9999'")
    else:
        for path in ledger.parent.glob("nudger.db-*"):
            path.unlink()
        ledger.write_bytes(b"no ledger at all, but bytes enough to be looked at" * 100)
    done = nudger(home, "check")
    assert done.returncode == 0
    assert done.stdout.startswith("No mistakes")
    assert done.stdout.splitlines()[-1].startswith("People who were imported could not be looked at: ")
