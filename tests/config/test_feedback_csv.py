"""What people let us know, from a table: what is read, and every mistake in words (NUDGER_TEST_REWRITE=1: anew)."""

import os
import shutil
from pathlib import Path

import pytest

from nudger.config.flaws import Flaw
from nudger.config.report import as_text
from nudger.config.tables.feedback import FeedbackFile, moment_of
from nudger.domain.feedback import FeedbackKind
from nudger.domain.vocabulary import Practice
from nudger.use_cases.record_feedback import Entry, record_all
from tests.make import make_recipient, make_snapshot, utc

BAD = sorted((Path(__file__).parent / "bad_feedback").glob("*.csv"))
NOW = utc("2026-11-23 08:30")
SAM = make_recipient("sam", time_zone="America/New_York")
SNAPSHOT = make_snapshot(recipients=[SAM, make_recipient("ben")])


def take(file, ledger):
    return ledger.run(
        lambda t: record_all(t, file.entries, SNAPSHOT, source="csv", now=NOW, look_only=bool(file.problems))
    )


def test_there_are_many_of_them():
    assert len(BAD) >= 15


@pytest.mark.parametrize("bad", BAD, ids=lambda path: path.stem)
def test_it_says_what_is_wrong_and_takes_nothing(bad, tmp_path, monkeypatch, ledger):
    monkeypatch.chdir(tmp_path)
    shutil.copy(bad, "feedback.csv")
    file = FeedbackFile(Path("feedback.csv"), SNAPSHOT.recipients)
    count, refusals = take(file, ledger)
    for place, refusal in refusals.items():
        file.refuse(place, refusal)
    found = as_text(file.problems, files=1) + "\n"
    golden = bad.with_suffix(".expected")
    if os.environ.get("NUDGER_TEST_REWRITE"):
        golden.write_text(found)
    assert found == golden.read_text()
    assert (count, bool(file.problems)) == (0, True)
    assert ledger.run(lambda t: t.feedback.of(["sam", "ben"], since=utc("2020-01-01 00:00"))) == {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_any_program_is_read(tmp_path, ledger, delimiter, end):
    text = (
        "At,Recipient,Kind,Level,Practice\n2026-11-20 09:00,sam,check-in,4,\n\n"
        "2026-11-21T10:00:00Z,sam,More,,support\n2026-11-20 09:00,ben,reply,,\n"
    )
    (tmp_path / "week.csv").write_bytes(text.replace(",", delimiter).replace("\n", end).encode())
    file = FeedbackFile(tmp_path / "week.csv", SNAPSHOT.recipients)
    assert file.problems == ()
    assert file.entries == (
        Entry(recipient="sam", kind=FeedbackKind.CHECK_IN, at=utc("2026-11-20 14:00"), level=4),
        Entry(recipient="sam", kind=FeedbackKind.MORE, at=utc("2026-11-21 10:00"), practice=Practice.SUPPORT),
        Entry(recipient="ben", kind=FeedbackKind.REPLY, at=utc("2026-11-20 09:00")),
    )
    assert [take(file, ledger), take(file, ledger)] == [(3, {}), (0, {})]


def test_after_a_hundred_problems_it_says_that_there_are_more(tmp_path):
    (tmp_path / "f.csv").write_text("recipient,at,kind\n" + "nobody,2026-11-20 09:00,reply\n" * 500)
    problems = FeedbackFile(tmp_path / "f.csv", SNAPSHOT.recipients).problems
    assert len(problems) == 101
    assert problems[-1].what == "there are more than 100 problems"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20 09:00", "2026-11-20 14:00"),
        ("2026-11-20T09:00:30+01:00", "2026-11-20 08:00:30"),
        ("2026-03-08 02:30", "2026-03-08 07:00"),  # did not exist: the first instant after the gap
        ("2026-11-01 01:30", "2026-11-01 05:30"),  # came twice: the first time
    ],
)
def test_a_moment_is_where_the_person_is(text, moment):
    assert moment_of(text, SAM) == utc(moment)


@pytest.mark.parametrize("text", ["", "noon", "2026-11-20", "20261120", "09:00"])
def test_half_a_moment_is_none(text):
    with pytest.raises(Flaw):
        moment_of(text, SAM)
