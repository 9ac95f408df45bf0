"""What lies beside the files that are read, and is nearly one of them, is named."""

import os
from datetime import date

import pytest

from nudger.config.catalog import read_configuration
from nudger.proofread.words import note_remarks

SCHEDULES = "# ours\n\nschedules:\n  - {id: x, to: everyone, when: {at: morning}}\n"
MESSAGES = "library: l\nmessages:\n  - {id: a, component: mindfulness, practice: mindfulness, email: {subject: s, body: Breathe.}}\n"
PEOPLE = "recipients:\n  - {id: sam, time_zone: Europe/Berlin, email: sam@example.org}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in {"schedules/s.yaml": SCHEDULES, "messages/m.yaml": MESSAGES, "recipients.yaml": PEOPLE}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def notes(folder):
    reading = read_configuration(folder, folder / "recipients.yaml", today=date(2026, 11, 25), proofread=note_remarks)
    return {os.path.relpath(each.file, folder): each.expected for each in reading.problems}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("messages/new.yaml.txt", MESSAGES, "Its name must end in .yaml: rename it to new.yaml."),
        ("messages/new.txt", MESSAGES, "Its name must end in .yaml: rename it to new.yaml."),
        ("messages/new", MESSAGES, "Its name must end in .yaml: rename it to new.yaml."),
        ("schedules/evening.YAML", SCHEDULES, "Its name must end in .yaml: rename it to evening.yaml."),
        ("schedules/evening.ymal", SCHEDULES, "Its name must end in .yaml: rename it to evening.yaml."),
        ("schedules/s.yaml.1", SCHEDULES, "Its name must end in .yaml: s.yaml is there, is this a copy?"),
        ("crisis_lines.yml", "crisis_lines:\n", "Rename it to crisis_lines.yaml."),
        ("crisis-lines.yaml", "crisis_lines:\n", "Rename it to crisis_lines.yaml."),
        ("recipients.yml", PEOPLE, "Put its entries into recipients.yaml."),
        ("recipients2.yaml", PEOPLE, "Put its entries into recipients.yaml."),
        ("people.yaml", PEOPLE, "Put its entries into recipients.yaml."),
        ("evening.yaml", SCHEDULES, "Move it to schedules/evening.yaml."),
        ("limits.yaml", "limits: {per_day: 2}\n", "Move it to schedules/limits.yaml."),
        ("kind.yaml", MESSAGES, "Move it to messages/kind.yaml."),
        ("schedule/evening.yaml", SCHEDULES, "Its files belong into schedules/."),
        ("Messages/kind.yml", MESSAGES, "Its files belong into messages/."),
        ("recipients/anna.yaml", PEOPLE, "Put its entries into recipients.yaml."),
        ("var/recipients.yaml", PEOPLE, "Put its people there, or take the file away."),
        ("schedules/s.yaml.gz", "PK\x03\x04", "Text whose name ends in .yaml is read."),
    ],
)
def test_it_is_named_with_what_to_do(folder, name, text, expected):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    (note,) = notes(folder).items()
    assert name.startswith(note[0].rstrip("/"))
    assert note[1] == expected


@pytest.mark.parametrize(
    "name",
    [
        *(
            "schedules/s.yaml~",
            "schedules/.s.yaml.swp",
            "schedules/#s.yaml#",
            "schedules/s.yaml.bak",
            "schedules/s.yaml.orig",
        ),
        *(
            "schedules/README.md",
            "messages/notes.txt",
            "notes.txt",
            "docker-compose.yml",
            "nudger.env",
            "README",
            ".hidden.yaml",
        ),
        *("schedules/old.yaml.disabled", "var/recipients.yaml", "src/a.yaml"),
    ],
)
def test_backups_and_other_things_are_left_alone(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("hello: there\n" if "." in name[-5:] and "s.yaml" not in name else SCHEDULES[:0])
    assert notes(folder) == {}


def test_a_folder_with_the_name_of_a_file(folder):
    (folder / "schedules" / "x.yaml").mkdir()
    assert notes(folder) == {"schedules/x.yaml": "A file is expected here."}


def test_links_that_lead_nowhere_or_in_a_circle_hide_nothing_else(folder):
    (folder / "schedules" / "lost.yaml").symlink_to("/nowhere/at/all")
    (folder / "schedules" / "loop.yaml").symlink_to("loop.yaml")
    reading = read_configuration(folder, folder / "recipients.yaml")
    assert [(each.file.rpartition("/")[2], each.what) for each in reading.problems] == [
        ("loop.yaml", "cannot be read: too many levels of symbolic links"),
        ("lost.yaml", "cannot be read: no such file or directory"),
    ]


def test_a_library_in_a_file_that_is_not_read_is_pointed_to(folder):
    (folder / "schedules" / "s.yaml").write_text(SCHEDULES.replace("when:", "send: {libraries: [kind]}, when:"))
    (folder / "messages" / "kind.yaml.txt").write_text(MESSAGES)
    first, *_ = read_configuration(folder).problems
    assert first.what == "library 'kind' does not exist"
    assert (
        first.expected
        == f"Is it in {folder}/messages/kind.yaml.txt? That file is not read: its name must end in .yaml."
    )


@pytest.mark.parametrize(
    "text", [MESSAGES.removeprefix("library: l\n"), MESSAGES.replace("library", "libary"), "a: [\n"]
)
def test_a_broken_library_is_said_alone(folder, text):
    (folder / "schedules" / "s.yaml").write_text(SCHEDULES.replace("when:", "send: {libraries: [kind]}, when:"))
    (folder / "messages" / "kind.yaml").write_text(text)
    assert {each.file for each in read_configuration(folder).problems} == {str(folder / "messages" / "kind.yaml")}


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("schedules: [{id: x, to: everyone, when: {days: [mon, mon], at: morning}}]", "'mon' is there twice"),
        (
            "schedules: [{id: x, to: everyone, when: {days: [weekdays, fri], at: morning}}]",
            "'fri' is in 'weekdays' already",
        ),
        (
            "schedules: [{id: x, to: everyone, when: {days: [mon, monday], at: morning}}]",
            "'monday' is in 'mon' already",
        ),
        ("schedules: [{id: x, to: {recipients: [sam, sam]}, when: {at: morning}}]", "'sam' is there twice"),
        ("schedules: [{id: x, to: everyone, when: {dates: [12-24, 12-24], at: morning}}]", "'12-24' is there twice"),
    ],
)
def test_what_stands_twice_in_a_list_is_named(folder, where, what):
    (folder / "schedules" / "s.yaml").write_text(where + "\n")
    assert [each.what for each in read_configuration(folder, folder / "recipients.yaml").problems] == [what]


def test_people_who_are_looked_for_where_there_is_no_file_are_a_mistake_and_no_end_of_the_look(folder):
    nowhere = folder / "nobody.yaml"
    found = read_configuration(folder, nowhere, today=date(2026, 11, 25), proofread=note_remarks).problems
    assert [each.what for each in found if each.file == str(nowhere)] == ["cannot be read: no such file or directory"]
    assert f"this file is not read: the people are in {nowhere}" in [each.what for each in found]
