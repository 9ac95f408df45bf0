"""Tables as spreadsheets and hands make them: what is read, what is refused and where, and that nothing breaks it."""

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.config.report import as_records, as_text
from nudger.config.tables.columns import ALIASES, COLUMNS
from nudger.config.tables.people import PeopleFile, nobody
from nudger.config.tables.seen import Seen

HEADER = "id,time_zone,sms,email,name,joined,morning\n"
ROW = "sam,Europe/Berlin,{sms},sam@example.org,{name},{joined},{morning}\n"


def read(data):
    table = PeopleFile(Path("p.csv"), file=io.BytesIO(data.encode() if isinstance(data, str) else data))
    return list(table.people(nobody)), table.problems


def cell(**values):
    row = ROW.format(**({"sms": "", "name": "", "joined": "", "morning": ""} | values))
    people, problems = read(HEADER + row)
    assert people == []
    (problem,) = problems
    assert (problem.line, problem.path) == (2, ("sam", *values))
    return f"{problem.what}. {problem.expected}"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("sam,Sam,Europe/Berlin\n", "1:1: the first line is no header"),
        ("+4915112345678;Sam\n", "1:1: the first line is no header"),
        ("id|time_zone|email\n", "1:3: the columns are parted by '|'. Part them by , or ; or a tab."),
        ("id:name:email\n", "1:3: the columns are parted by ':'"),
        ("id,phone\n", "1:4: 'phone' is no column. Did you mean 'sms'?"),
        ("id,Time Zone,e-mail,Handy\n", "1:14: 'e_mail' is no column. Did you mean 'email'?"),
    ],
)
def test_a_wrong_first_line_is_a_line_or_two(head, said):
    _, problems = read(head + "x\n")
    assert any(f"p.csv:{said}" in problem.headline() for problem in problems)
    assert len(as_text(problems, files=1)) < 600


@pytest.mark.parametrize("first", ["sep=;", "sep=,", "SEP=\t", '"sep=;"', "sep=;;;;"])
def test_the_separator_that_excel_writes_is_taken(first):
    mark = next(letter for letter in first if letter in ",;\t")
    table = f"{first}\r\nid,time_zone,email\r\nsam,UTC,sam@example.org\r\nkim,UTC,x\r\n"
    people, problems = read(table.replace(",", mark))
    assert [person.id for person in people] == ["sam"]
    assert problems[0].line == 4


def test_columns_may_be_written_as_people_write_them():
    people, problems = read("ID;Time Zone;E-Mail;\nsam;UTC;sam@example.org;\n".replace("E-Mail", "EMAIL"))
    assert (problems, people[0].email) == ([], "sam@example.org")


def test_a_cell_below_no_name_is_refused():
    _, problems = read("id,time_zone,email,\nsam,UTC,sam@example.org,lost\n")
    assert problems[0].headline().startswith("p.csv:2:25: this cell has no column")


@pytest.mark.parametrize("number", ["447911123456", "7911123456", "4479 1112 3456", "447911123456.0", "447911123456,0"])
def test_a_number_without_its_plus_was_changed_by_the_spreadsheet(number):
    said = cell(sms=f'"{number}"')
    assert "the spreadsheet dropped it" in said
    assert "Format the column as text" in said
    assert "7911" not in said


@pytest.mark.parametrize("number", ["4.47911E+11", "4,47911E+11", "4E+11", "4.47911e11"])
def test_a_number_in_powers_of_ten_has_lost_its_digits(number):
    assert "last digits are lost" in cell(sms=f'"{number}"')


@pytest.mark.parametrize("column", ["sms", "name"])
def test_the_apostrophe_that_keeps_a_cell_text_is_taken_off(column):
    people, _ = read(HEADER + ROW.format(sms="'+4915112345678", name="'=Sam", joined="", morning=""))
    assert (people[0].sms, people[0].name) == ("+4915112345678", "=Sam")
    assert column


@pytest.mark.parametrize(
    ("joined", "said"),
    [
        ("15/12/2026", "Write 2026-12-15"),
        ("12/15/2026", "Write 2026-12-15"),
        ("05/12/2026", "2026-05-12 or 2026-12-05"),
        ("15.12.2026", "Write 2026-12-15"),
        ("46000", "2025-12-09, if that is the day"),
    ],
)
def test_a_date_as_spreadsheets_write_it_is_proposed_anew(joined, said):
    assert said in cell(joined=joined)


@pytest.mark.parametrize(
    ("morning", "said"), [("7:30 AM", "07:30"), ("7:30:00", "07:30"), ("0.3125", "07:30"), ("7:05 pm", "19:05")]
)
def test_a_time_as_spreadsheets_write_it_is_proposed_anew(morning, said):
    assert said in cell(morning=morning)


@pytest.mark.parametrize("word", ["#N/A", "#REF!", "#VALUE!", "#NAME?"])
@pytest.mark.parametrize("column", ["name", "joined", "sms"])
def test_a_spreadsheets_error_is_nobodys_name(word, column):
    assert "a spreadsheet's word for an error" in cell(**{column: word})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbfid,name\nsam,Ren\xe9\n", "byte 0xE9 in line 2 is not UTF-8; in Latin-1 it would be '\xe9'"),
        (b"id,name\nsam,Sam\x92s\n", "byte 0x92 in line 2 is not UTF-8; in Windows-1252 it would be '\u2019'"),
        (b"id,name\nsam,Sam\x81\n", "byte 0x81 in line 2 is not UTF-8."),
        ("id,name\nsam,Sam\n".encode("utf-16"), "this looks like text in UTF-16"),
        ("id,name\nsam,Sam\n".encode("utf-16-be"), "this looks like text in UTF-16"),
        (
            b"id,name\n" + b"".join(b"p%d,Sam\n" % n for n in range(40_000)) + b"kim,K\xfc\n",
            "byte 0xFC in line 40002 is not UTF-8",
        ),
        (b"id,name\nsam,S\xc3", "byte 0xC3 in line 2 is not UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_named_with_their_line(data, said):
    _, problems = read(data)
    assert any(said.replace("-8.", "-8") in problem.what + "." for problem in problems)


def test_a_nul_is_named_with_its_place():
    _, problems = read("id,time_zone,email\nsam,UTC,sa\0m@example.org\n")
    assert [(p.line, p.column) for p in problems] == [(2, 11)]
    assert "a NUL character" in problems[0].what


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('id,name\nsam,"Sam\nkim,Kim\nlee,Lee\n', (2, 5)),
        ('id,name\nsam,Sam\nkim,"Kim\nlee,"Lee"\n', (3, 5)),
        ('id,name\nsam,"Say "hi" to it"\n', (2, 5)),
        ('id,name\n"sam",""\n"a""b","c\n', (3, 8)),
        ('id,name\nsam,"Sam' + "x\n" * 100_000, (2, 5)),
    ],
)
def test_a_quote_that_is_not_closed_is_shown_where_it_opens(text, place):
    _, problems = read(text)
    assert [(p.line, p.column) for p in problems if "opens here" in p.what] == [place]


def test_a_row_of_a_known_id_and_two_of_one_address():
    rows = "a,UTC,x@example.org\nb,UTC,X@example.org\na,UTC,y@example.org\n"
    _, problems = read("id,time_zone,email\n" + rows)
    assert [(p.line, p.warning) for p in problems] == [(3, True), (4, False)]


def test_the_same_letters_typed_in_two_ways_are_one():
    (one, other), problems = read("id,time_zone,email,name\na,UTC,a@x.org,Zoe\u0308\nb,UTC,b@x.org,Zo\xeb\n")
    assert (problems, one.name) == ([], other.name)


def test_a_line_without_end_does_not_fill_the_memory():
    data = b"id,name\nsam," + b"x" * 20_000_000
    tracemalloc.start()
    _, problems = read(data)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    assert "line 2 has more than 100,000 characters" in problems[0].what


def test_what_was_seen_is_found_again_among_many():
    seen = Seen()
    assert all(seen.first(f"p{n}", n + 1) == 0 for n in range(20_000))
    assert all(seen.first(f"p{n}", 7) == n + 1 for n in range(20_000))
    assert seen.get("nobody") == 0


def test_every_alias_is_of_a_column_and_is_none_itself():
    assert set(ALIASES.values()) <= set(COLUMNS)
    assert set(ALIASES).isdisjoint(COLUMNS)


_CELLS = st.one_of(
    st.sampled_from(
        [
            "sam",
            "UTC",
            "+14155550123",
            "447911123456",
            "4.5E+11",
            "'+44",
            "#N/A",
            "15/12/2026",
            "46000",
            "0.25",
            "none",
            "sms",
            "en",
            "daily",
            "a;b",
            "11-03",
            "sam@example.org",
            "-1",
            "99",
            "NULL",
            "ñandú",
            "．．",
        ]
    ),
    st.sampled_from(['"', '""', '"x', "a\nb", "\0", "\ufeff", "\u202e", ",", ";", "=1+1", "\t", "\r"]),
    st.text(max_size=12),
    st.from_regex(r"[0-9.,:/E+ -]{1,12}", fullmatch=True),
)
_COLUMNS = st.lists(st.one_of(st.sampled_from(COLUMNS), st.sampled_from([*ALIASES, "", "x", "ID "])), max_size=8)


@settings(max_examples=200, deadline=None)
@given(
    columns=_COLUMNS,
    rows=st.lists(st.lists(_CELLS, max_size=9), max_size=5),
    mark=st.sampled_from([",", ";", "\t", "|", ":"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]),
    first=st.sampled_from(["", "sep=;\n", "\n", "id,time_zone,email\n"]),
)
def test_no_table_breaks_it_and_no_headline_repeats_an_address(columns, rows, mark, end, encoding, first):
    lines = [mark.join(cells) for cells in (["id", *columns], *rows)]
    data = (first + end.join(lines) + end).encode(encoding, errors="replace")
    people, problems = read(data + b"\n" + b"q7,UTC,+1415000,canary@@example.org")
    assert people or problems
    assert all(problem.what and problem.line >= 0 for problem in problems)
    assert not any(word in problem.headline() for problem in problems for word in ("canary", "1415000"))
    assert as_text(problems, files=1)
    assert "canary" not in str(as_records(problems))


@pytest.mark.parametrize(
    ("cell", "hidden"),
    [
        ("+1415000", True),
        ("+44 20 7946 0958", True),
        ("(415) 555-0123", True),
        ("415.555.0123", True),
        ("canary@example", True),
        ("UTC+0530", False),
        ("2026-13-25", False),
        ("2026-12-20/2027-01-03", False),
        ("Mars/Olympus", False),
    ],
)
def test_an_address_that_slipped_into_another_column_is_not_repeated(cell, hidden):
    _, problems = read(f"id,time_zone,name\nsam,{cell},Sam\n".encode())
    assert problems
    assert (f"'{cell}'" not in problems[0].headline()) == hidden


@pytest.mark.parametrize("row", ["Sam\n", "Sam,Europe/Berlin\n", "Ana,Europe/Berlin,ana@example.org,ana\nKim\n"])
def test_a_line_that_ends_before_its_id_is_refused_in_words(row):
    _, problems = read("name,time_zone,email,id\n" + row)
    assert "'id' is missing" in [problem.what for problem in problems]


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("id;time_zone;emial\np;Europe/Berlin;p@example.org\n", "2:14: 'emial' is no column"),
        ("id;time_zone;id\np;Europe/Berlin;p\n", "2:14: the column 'id' is there twice"),
        ("id;email\np;p@example.org\nq;q@example.org\n", "2:1: there is no column time_zone, and 'p' in line 3"),
        ("who;where\np;q\n", "2:1: the first line is no header"),
    ],
)
def test_what_is_wrong_with_the_columns_is_in_their_own_line_below_that_of_the_separator(rest, said):
    table = PeopleFile(Path("p.csv"), file=io.BytesIO(b"sep=;\n" + rest.encode()))
    assert list(table.people(nobody)) == []
    assert table.problems[0].headline().startswith(f"p.csv:{said}")
    assert table.refused is None
