"""`nudger recipients import` and its neighbours, as an operator types them."""

import json

import pytest

from tests.cli.test_commands import fine, home, nudger  # noqa: F401 - `home` is a fixture

TABLE = "id,name,time_zone,email,groups\nana,Ana,Europe/Berlin,ana@example.org,daily\nben,Ben,UTC,ben@example.org,\n"


@pytest.fixture
def people(home, tmp_path):  # noqa: F811
    (tmp_path / "people.csv").write_text(TABLE)
    fine(home, "recipients", "import", str(tmp_path / "people.csv"))
    return home


def import_(home, tmp_path, text, *options):  # noqa: F811
    (tmp_path / "people.csv").write_text(text)
    return nudger(home, "recipients", "import", str(tmp_path / "people.csv"), *options)


def test_a_dry_run_says_what_would_change(people, tmp_path):
    said = import_(
        people, tmp_path, "id,email,groups\nana,new@example.org,x\nben,ben@example.org,\n", "--dry-run"
    ).stdout
    assert said.startswith("0 new, 1 changed (ana: email, groups), 1 same.\n")
    assert "this was a dry run" in said
    assert json.loads(fine(people, "recipients", "show", "ana", "--format", "json"))["email"] == "ana@example.org"


def test_the_same_file_again_changes_nothing(people, tmp_path):
    assert import_(people, tmp_path, TABLE).stdout == "0 new, 0 changed, 2 same.\n"


def test_refused_lines_are_counted_and_nobody_is_taken(people, tmp_path):
    done = import_(people, tmp_path, TABLE + "kim,Kim,UTC,kim@example,\nyou,You,UTC,you@example.org,\n")
    assert done.returncode == 1
    assert "0 new, 0 changed, 2 same, 2 refused: nobody was taken." in done.stderr
    assert "'you' stands in recipients.yaml, which counts (you › id). Change it there" in done.stderr


def test_the_help_lists_every_column(home):  # noqa: F811
    from nudger.config.tables.columns import COLUMNS

    said = fine(home, "recipients", "import", "--help")
    assert [column for column in COLUMNS if f"\n  {column}  " not in said] == []


def test_people_go_out_and_come_in_again(people, tmp_path):
    out = tmp_path / "out.csv"
    assert fine(people, "recipients", "export", "--output", str(out)) == f"2 people written to {out}.\n"
    assert out.stat().st_mode & 0o777 == 0o600
    assert import_(people, tmp_path, out.read_text()).stdout == "0 new, 0 changed, 2 same.\n"
    assert len(fine(people, "recipients", "export", "--group", "daily").splitlines()) == 2
    assert fine(people, "recipients", "list", "--group", "daily").endswith("1 person\n")


def test_an_export_without_a_ledger_still_makes_the_file(home, tmp_path):  # noqa: F811
    out = tmp_path / "x.csv"
    assert fine(home, "decisions", "export", "--output", str(out)) == f"0 decisions written to {out}.\n"
    assert out.read_text().count("\n") == 1
    refused = nudger(home, "decisions", "export", "--output", str(tmp_path / "no" / "x.csv"))
    assert (refused.returncode, "cannot be written: no such file" in refused.stderr) == (1, True)


def test_unpause_says_what_is_so(people):
    never = fine(people, "recipients", "unpause", "ben")
    assert never == "ben has no pause that was entered by command: nothing was changed.\n"
    fine(people, "recipients", "stop", "ben")
    assert "They have stopped" in fine(people, "recipients", "unpause", "ben")
    fine(people, "recipients", "pause", "ben", "--until", "2099-01-01")
    assert "gets nudges again" not in fine(people, "recipients", "unpause", "ben")
    assert fine(people, "recipients", "resume", "ben") == "ben gets nudges again.\n"
    assert "nothing was changed" in fine(people, "recipients", "resume", "ben")


def test_stop_says_who_else_has_the_address(people, tmp_path):
    import_(people, tmp_path, "id,time_zone,email\nkim,UTC,ben@example.org\n")
    assert "kim has the same address" in fine(people, "recipients", "stop", "ben")


def test_a_second_hold_keeps_the_first_ones_reason(home):  # noqa: F811
    fine(home, "hold", "the wrong words")
    assert "already" in fine(home, "hold")
    assert "the wrong words" in fine(home, "status")
    assert "The reason is now: worse" in fine(home, "hold", "worse")


def test_all_that_is_kept_of_a_person_is_shown(people):
    fine(people, "record", "ana", "--mood", "2", "--less", "support")
    fine(people, "send", "ana", "--anyway")
    said = fine(people, "recipients", "show", "ana")
    assert "less of support" in said
    assert any(line.startswith("check-ins") and line.endswith("  2") for line in said.splitlines())
    data = json.loads(fine(people, "recipients", "show", "ana", "--format", "json"))
    assert {each["kind"] for each in data["feedback"]} == {"check-in", "less"}
    assert data["nudges"][0]["text"]


def test_a_wrong_entry_is_taken_back(people):
    fine(people, "record", "ana", "--mood", "2", "--at", "2026-01-05 09:00")
    other = nudger(people, "record", "ana", "--mood", "7", "--at", "2026-01-05 09:00")
    assert (other.returncode, "another level at the same moment" in other.stderr) == (1, True)
    assert fine(people, "record", "ana", "--take-back").startswith("Taken back: check-in of Mon")
    fine(people, "record", "ana", "--mood", "7", "--at", "2026-01-05 09:00")
    assert fine(people, "record", "ben", "--take-back") == "Nothing is written down of ben.\n"


def test_a_check_in_from_long_before_joining_is_refused(people, tmp_path):
    old = nudger(people, "record", "ana", "--mood", "2", "--at", "2016-11-20 09:00")
    assert (old.returncode, "Is it the right year?" in old.stderr) == (1, True)
    import_(people, tmp_path, "id,joined\nana,2026-06-01\n")
    said = fine(people, "record", "ana", "--mood", "2", "--at", "2026-05-20 09:00")
    assert said.endswith("1 entry is from before the day of joining: ana (2026-06-01).\n")


def test_one_file_with_two_levels_at_a_moment_is_refused_with_the_place(people, tmp_path):
    file = tmp_path / "week.csv"
    file.write_text("recipient,at,kind,level\nana,2026-01-05 09:00,check-in,4\nana,2026-01-05 09:00,check-in,6\n")
    done = nudger(people, "record", "--csv", str(file))
    assert (done.returncode, "week.csv:3:31: this person has another level" in done.stderr) == (1, True)


def test_what_is_a_persons_own_is_shown_as_it_is_written(people, tmp_path):
    head = "id,pause,hard_days,per_day,gap\n"
    row = "ana,until 2031-01-03; 2032-01-01 to 2032-01-05,11-03 hold; 2031-02-14 gentle,2,90 minutes\n"
    assert import_(people, tmp_path, head + row).returncode == 0
    said = fine(people, "recipients", "show", "ana")
    assert [" ".join(line.split()) for line in said.splitlines() if line.startswith(("paused", "hard_", "limits"))] == [
        "paused until 2031-01-03, 2032-01-01 to 2032-01-05",
        "hard_days 11-03 hold, 2031-02-14 gentle",
        "limits per day 2, gap 1 hour 30 minutes",
    ]
