"""`nudger record` and `nudger decisions` as people meet them, over a ledger with one nudge that went out."""

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from nudger.decisions.choosing.variables import VARIABLES
from nudger.domain.nudges import NudgeState
from nudger.storage.database import open_database
from nudger.storage.ledger import Ledger
from nudger.use_cases.decision_record import COLUMNS
from nudger.wiring.clock import clock
from tests.cli.test_commands import fine, nudger
from tests.homes import write_short_starter
from tests.storage.test_ledger import make_nudge

PEOPLE = """recipients:
  - id: sam
    name: Canary Surname
    time_zone: America/New_York
    email: canary@example.org
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    write_short_starter(folder, time_zone="UTC")
    (folder / "recipients.yaml").write_text(PEOPLE)
    return folder


@pytest.fixture
def state(home):
    return {"NUDGER_STATE_DIR": str(home / "var")}


@pytest.fixture
def sent(home, state):
    """A nudge that went out yesterday, in the ledger that the settings name."""
    fine(home, "recipients", "pause", "sam", "--until", "2099-01-01", **state)
    (database,) = (home / "var").glob("*.db")
    ledger = Ledger(*open_database(f"sqlite:///{database}", state_dir=home / "var"))
    yesterday = clock() - timedelta(days=1, hours=2)
    nudge = make_nudge(due=yesterday, state=NudgeState.SENT, first_attempt_at=yesterday, not_before=None)
    ledger.run(lambda t: t.nudges.add([nudge], at=yesterday))
    ledger.close()
    return nudge


def kept(home):
    (database,) = (home / "var").glob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(
            "select recipient, kind, level, nudge, practice from feedback order by kind"
        ).fetchall()


def test_several_things_are_written_down_at_once(home, state, sent):
    told = fine(
        home, "record", "sam", "--mood", "3", "--reply", "--helpful", "--more", "support", "--less", "journal", **state
    )
    assert told == "5 entries written down.\n"
    assert kept(home) == [
        ("sam", "check-in", 3, None, None),
        ("sam", "helpful", None, sent.id, None),
        ("sam", "less", None, None, "journal"),
        ("sam", "more", None, None, "support"),
        ("sam", "reply", None, None, None),
    ]


def test_the_same_moment_twice_is_known_already(home, state):
    words = ("record", "sam", "--mood", "3", "--at", "2026-01-05 09:00")
    assert fine(home, *words, **state) == "1 entry written down.\n"
    assert fine(home, *words, **state) == "0 entries written down. 1 entry known already.\n"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("sam",), 2, "say what they let you know"),
        ((), 2, "name a RECIPIENT"),
        (("sam", "--mood", "0"), 2, "--mood"),
        (("sam", "--mood", "10"), 2, "--mood"),
        (("sam", "--more", "yoga"), 2, "yoga"),
        (("zoe", "--reply"), 1, "nobody here has the id 'zoe'"),
        (("sam", "--done", "--nudge", "123"), 1, "no nudge of 'sam' has this id"),
        (("sam", "--not-this"), 1, "no nudge went out to 'sam' by then"),
        (("sam", "--reply", "--at", "noon"), 1, "'noon' is no moment"),
        (("sam", "--reply", "--at", "2999-01-01 09:00"), 1, "lies ahead"),
    ],
)
def test_what_cannot_be_is_one_clear_line(home, state, words, status, told):
    done = nudger(home, "record", *words, **state)
    assert done.returncode == status
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_is_taken_whole_or_not_at_all(home, state, tmp_path):
    table = tmp_path / "week.csv"
    table.write_text("recipient,at,kind,level\nsam,2026-01-05 09:00,check-in,3\nsam,2026-01-06 09:00,check-in,11\n")
    done = nudger(home, "record", "--csv", str(table), **state)
    assert done.returncode == 1
    assert f"{table}:3:31: this is no level" in done.stderr
    assert kept(home) == []
    table.write_text(table.read_text().replace("11", "4"))
    assert fine(home, "record", "--csv", str(table), **state) == "2 entries written down.\n"
    assert nudger(home, "record", "sam", "--csv", str(table), **state).returncode == 2
    assert nudger(home, "record", "--csv", str(table), "--mood", "3", **state).returncode == 2


def test_the_help_says_what_the_digits_mean(home):
    told = " ".join(fine(home, "record", "--help").split())
    assert "1 = very hard … 5 = in between … 9 = very light" in told


def test_every_variable_is_two_columns_and_every_column_is_explained(home):
    told = fine(home, "decisions", "columns")
    for name in VARIABLES:
        assert {name, f"{name}_age_s"} <= set(COLUMNS)
    assert [line.split()[0] for line in told.splitlines()] == list(COLUMNS)
    terms = {column.term for column in COLUMNS.values()}
    assert {
        "decision point",
        "tailoring variable",
        "intervention options",
        "decision rule",
        "proximal outcome",
    } <= terms


def test_the_export_has_a_row_for_each_decision_and_names_nobody(home, state, sent, tmp_path):
    fine(home, "record", "sam", "--helpful", "--nudge", sent.id, **state)
    at = (sent.due + timedelta(hours=3)).isoformat()
    fine(home, "record", "sam", "--mood", "7", "--at", at, **state)
    (row,) = csv.DictReader(io.StringIO(fine(home, "decisions", "export", **state)))
    assert list(row) == list(COLUMNS)
    assert (row["state"], row["answered"], row["helpful"], row["next_check_in"]) == ("sent", "yes", "yes", "7")
    assert not re.search("canary|sam", " ".join(row.values()).lower())
    path = tmp_path / "rows.jsonl"
    words = ("decisions", "export", "--format", "jsonl", "--output", str(path), "--people")
    assert fine(home, *words, **state) == f"1 decision written to {path}.\n"
    (record,) = map(json.loads, path.read_text().splitlines())
    assert (record["person"], record["recipient"], record["options"]) == (row["person"], "sam", [])
    assert path.stat().st_mode & 0o077 == 0
    assert "Canary" not in path.read_text()


def test_the_export_keeps_to_its_dates(home, state, sent):
    day = sent.key.local_date
    for words, rows in (
        (("--from", f"{day}", "--to", f"{day}"), 1),
        (("--from", f"{day + timedelta(days=1)}"), 0),
        (("--to", f"{day - timedelta(days=1)}"), 0),
    ):
        told = fine(home, "decisions", "export", "--format", "jsonl", *words, **state)
        assert len(told.splitlines()) == rows


def test_before_the_first_start_the_export_is_empty(home, state):
    assert fine(home, "decisions", "export", "--format", "jsonl", **state) == ""


@pytest.mark.parametrize("begin", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(begin):
    from nudger.cli.decisions import _cell

    assert _cell(f"{begin}1") == f"'{begin}1"
    assert _cell([f"{begin}1", "b"]) == f"'{begin}1 b"
    assert (_cell(-1), _cell("a=b"), _cell(None)) == (-1, "a=b", None)
