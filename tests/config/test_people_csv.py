"""People from a CSV file: many of them, and of several kinds. What is refused, and how, is in bad/."""

from pathlib import Path

import pytest

from nudger.config.tables.people import COLUMNS, read_people

PEOPLE = 3000


@pytest.fixture
def read(tmp_path):
    def read(text, encoding="utf-8", end="\n"):
        path = tmp_path / "people.csv"
        path.write_bytes(text.replace("\n", end).encode(encoding))
        return read_people(path)

    return read


def test_many_people_are_read_in_no_time(read, deadline):
    """A hundred thousand take some ten seconds, nearly all of it for the phone numbers."""
    rows = (f"p{n},Europe/Berlin,+1413{n:07},p{n}@example{n % 9}.org,daily" for n in range(5550000, 5550000 + PEOPLE))
    with deadline(3):
        people, problems = read("id,time_zone,sms,email,groups\n" + "\n".join(rows))
    assert len(people) == PEOPLE
    assert not [problem for problem in problems if not problem.warning]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_tables_of_other_programs_are_fine(read, delimiter, encoding, end):
    text = "ID, Name ,time_zone,email\nsam,René,Europe/Berlin,sam@example.org\n".replace(",", delimiter)
    people, problems = read(text, encoding, end)
    assert problems == []
    assert (people[0].id, people[0].name, people[0].email) == ("sam", "René", "sam@example.org")


def test_after_a_hundred_problems_it_stops(read):
    people, problems = read("id,time_zone,email\n" + "sam,Europe/Berlin,nobody\n" * 1000)
    assert people == []
    assert len(problems) == 101
    assert problems[-1].what == "there are more than 100 problems"


@pytest.mark.parametrize(("doubts", "refused"), [(99, False), (100, True)])
def test_a_hundred_doubts_are_too_many_to_take_anybody(read, doubts, refused):
    rows = "".join(f"p{number},Europe/Berlin,one@example.org\n" for number in range(doubts + 1))
    _, problems = read("id,time_zone,email\n" + rows)
    assert any(not problem.warning for problem in problems) is refused


def test_a_file_that_is_not_there_is_a_problem():
    people, problems = read_people(Path("/nowhere/people.csv"))
    assert people == []
    assert problems[0].what == "cannot be read: no such file or directory"


@pytest.mark.parametrize("rest", ["", "\n", ",,\n , ,\n"])
def test_a_file_with_nobody_in_it_is_a_problem(read, rest):
    _, problems = read("id,time_zone,email\n" + rest)
    assert [problem.what for problem in problems] == ["there is nobody in this file"]


def test_the_columns_are_the_keys_of_a_person():
    assert set(COLUMNS) > {"id", "time_zone", "sms", "email", "morning", "quiet_hours"}


def test_no_headline_repeats_a_number_or_an_address(read):
    _, problems = read(
        "id,time_zone,sms,email\na,Europe/Berlin,+1212999,canary@nowhere\nb,Europe/Berlin,+15552129990,\n"
    )
    assert len(problems) == 3
    assert not any(word in problem.headline() for problem in problems for word in ("canary", "212999"))


def test_a_doubt_about_thousands_refuses_nobody_and_is_listed_a_few_times(tmp_path):
    path = tmp_path / "people.csv"
    rows = "".join(f"p{n},UTC,p{n}@example.org,07:00\n" for n in range(5000))
    path.write_text(f"id,time_zone,email,morning\n{rows}")
    people, problems = read_people(path)
    assert len(people) == 5000
    assert all(problem.warning for problem in problems)
    assert problems[-1].what == f"there are {5000 - len(problems) + 1:,} more warnings like these"
    assert len(problems) < 50
