"""nudger.env as we read it: every value as it was written, and every line that sets nothing by its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.config.settings.env_file import read_env_file

CANARY = "Tr0ub4dor"


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "nudger.env"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_env_file(path)

    return read


def values(file):
    assert file.problems == ()
    return {line.name: line.value for line in file.lines}


def said(file):
    return [f"{problem.line}:{problem.column}: {problem.what}. {problem.expected}" for problem in file.problems]


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("'pa${HOME}ss'", "pa${HOME}ss"),
        ('"pa${HOME}ss"', "pa${HOME}ss"),
        ("pa${HOME}ss", "pa${HOME}ss"),
        ("pa$HOME%HOME%", "pa$HOME%HOME%"),
        (r"'a\nb\'", r"a\nb" + "\\"),
        (r'"a\nb"', r"a\nb"),
        (r'"say \"hi\" \\ there"', r'say "hi" \ there'),
        (r"a\b", r"a\b"),
        ("'it is \"so\"'", 'it is "so"'),
        ('"it\'s"', "it's"),
        ("#begins-with-it", "#begins-with-it"),
        ("a#b", "a#b"),
        ("'a #b' # said so", "a #b"),
        ("a=b==", "a=b=="),
        ('a"b"c', 'a"b"c'),
        ("  spaces around  ", "spaces around"),
        ("'  kept  '", "  kept  "),
        ("", ""),
        ("   # nothing", ""),
        ("''", ""),
        ("pässword€", "pässword€"),
    ],
)
def test_a_value_arrives_as_it_was_written(read, written, arrives):
    assert values(read(f"NUDGER_X={written}\n")) == {"NUDGER_X": arrives}


@pytest.mark.parametrize(
    "line",
    ["NUDGER_X=v", "export NUDGER_X=v", "  NUDGER_X = v  ", "nudger_x=v", "\tNUDGER_X=\tv", "export\tNUDGER_X=v"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
@pytest.mark.parametrize("before", ["", "\ufeff", "# a comment\n\n  # another\n", "\n\n"])
def test_what_shells_and_editors_do_to_a_line_changes_nothing(read, line, end, before):
    assert values(read(before + line + end)) == {"NUDGER_X": "v"}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("NUDGER_SMTP_HOST: mail.example.org", "1:1: NUDGER_SMTP_HOST is followed by ':' where '=' is expected"),
        ("NUDGER_CONTACT", "1:1: NUDGER_CONTACT has no '=' and no value"),
        ("export NUDGER_CONTACT", "1:1: NUDGER_CONTACT has no '=' and no value"),
        ('NUDGER_X="open', "1:10: a double quote is opened here and never closed"),
        ("NUDGER_X='it's", "1:10: the value goes on after its closing quote"),
        ("NUDGER_X='open", "1:10: a single quote is opened here and never closed"),
        (r'NUDGER_X="open\"', "1:10: a double quote is opened here and never closed"),
        ('NUDGER_X="Small notes" <notes@example.org>', "1:10: the value goes on after its closing quote"),
        ("NUDGER_X=“round”", "1:10: the value begins with a typographic quotation mark, U+201C"),
        (r'NUDGER_X="a\$b"', "1:10: a backslash before $ or ` in double quotes"),
        ("set NUDGER_X=1", "1:1: this line is a command"),
        ("[smtp]", "1:1: this line sets nothing"),
        ("; a comment of other programs", "1:1: this line sets nothing"),
        ("NUDGER-X=1", "1:1: what stands before the '=' is no name of a setting"),
        ("=1", "1:1: what stands before the '=' is no name of a setting"),
        ("NUDGER_X=a\u200bb", "1:11: a zero-width space, U+200B"),
        ("NUDGER_X=a\x07b", "1:11: a control character"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_place(read, line, what):
    (problem,) = said(read(line + "\n"))
    assert problem.startswith(what)


def test_every_mistake_is_named_at_once(read):
    file = read('NUDGER_A: x\nNUDGER_B="x\nNUDGER_C=fine\nNUDGER_C=again\nwhat?\n')
    assert [problem.line for problem in file.problems] == [1, 2, 4, 5]
    assert "set twice, first in line 3" in file.problems[2].what
    assert file.broken == {"NUDGER_A", "NUDGER_B"}


def test_the_lines_of_one_open_quote_are_one_mistake(read):
    file = read('NUDGER_X="-----BEGIN\nabc\ndef=\n-----END"\nNUDGER_Y=1\n')
    assert [problem.line for problem in file.problems] == [1]


def test_the_same_in_other_letters_is_the_same(read):
    assert said(read("NUDGER_X=1\nnudger_x=2\n"))[0].startswith("2:1: NUDGER_X is set twice, first in line 1")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"NUDGER_X=caf\xe9\n", "1:13: byte 0xE9 is not UTF-8. Save the file as UTF-8."),
        (b"# ok\nNUDGER_X=it\x92s\n", "2:12: byte 0x92 is not UTF-8. Save the file as UTF-8."),
        ("NUDGER_X=1\n".encode("utf-16"), "0:0: this looks like text in UTF-16"),
        ("NUDGER_X=1\n".encode("utf-16-le"), "0:0: this looks like text in UTF-16"),
        (b"NUDGER_X=1\n" * 30_000, "0:0: the file is larger than"),
    ],
)
def test_bytes_that_are_no_utf8_are_named(read, content, what):
    assert said(read(content))[0].startswith(what)


def test_what_is_no_file_is_named_and_what_is_not_there_is_empty(tmp_path):
    assert read_env_file(tmp_path / "nudger.env") == ((), (), frozenset())
    (tmp_path / "nudger.env").mkdir()
    assert read_env_file(tmp_path / "nudger.env").problems[0].what == "cannot be read: is a directory"
    (tmp_path / "link").symlink_to("nowhere")
    assert "cannot be read" in read_env_file(tmp_path / "link").problems[0].what


@given(
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn"), blacklist_characters="'"),
        max_size=30,
    )
)
def test_whatever_stands_in_single_quotes_arrives(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "single.env"
    path.write_text(f"NUDGER_X='{value}'\n", encoding="utf-8")
    file = read_env_file(path)
    if not file.problems:  # characters that nobody can see are refused
        assert file.lines[0].value == value


@pytest.mark.parametrize(
    "line",
    [
        f"NUDGER_SMTP_PASSWORD='{CANARY}",
        f'NUDGER_SMTP_PASSWORD="{CANARY}" {CANARY}',
        f"NUDGER_SMTP_PASSWORD: {CANARY}",
        f"NUDGER_SMTP_PASSWORD {CANARY}",
        f"{CANARY}",
        f"{CANARY}=",
        f"{CANARY}={CANARY}",
        f"set X={CANARY}",
        f"NUDGER_SMTP_PASSWORD=“{CANARY}”",
        f"NUDGER_SMTP_PASSWORD={CANARY}\nNUDGER_SMTP_PASSWORD={CANARY}",
        f"NUDGER_SMTP_PASSWORD={CANARY}\x07",
        f"NUDGER_SMTP_PASSWORD: '{CANARY}\n{CANARY}'",
    ],
)
def test_no_part_of_a_value_is_repeated(read, line):
    file = read(line)
    assert CANARY[:4] not in repr(file)
