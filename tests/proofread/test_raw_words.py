"""No word is cut, and none goes out raw: what was meant to be filled in, marked up or sent, and would not be."""

from datetime import date

import pytest

from nudger.config.catalog import read_configuration
from nudger.proofread.raw import pieces
from nudger.proofread.words import note_remarks

MESSAGE = "library: l\nmessages:\n  - id: a\n    component: mindfulness\n    practice: mindfulness\n"


@pytest.fixture
def check(tmp_path):
    """Give a function that says what is wrong with one message, in short."""

    def said(text):
        for folder in ("schedules", "messages"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "schedules" / "s.yaml").write_text("limits: {per_day: 2}\n")
        (tmp_path / "messages" / "m.yaml").write_text(MESSAGE + "".join(f"    {line}\n" for line in text.split("\n")))
        return read_configuration(tmp_path, today=date(2026, 11, 25), proofread=note_remarks).problems

    return said


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("sms: You are #1 today", 6, 18),
        ("sms: Tip #1: breathe", 6, 14),
        ("sms: Breathe in # slowly", 6, 21),
        ("email:\n  subject: Tip #1\n  body: Breathe", 7, 20),
        ("sms: Breathe in\n  and out #2", 7, 15),
    ],
)
def test_a_comment_behind_words_without_quotes_is_doubted(check, text, line, column):
    (problem,) = check(text)
    assert (problem.line, problem.column, problem.warning) == (line, column, True)
    assert problem.what == "everything from ' #' on is a comment and is not sent"
    assert problem.expected.startswith("Put the text in quotes")


@pytest.mark.parametrize(
    "text",
    [
        'sms: "You are #1" # checked',
        "sms: Tip#1",
        "sms: |\n  You are #1 today",
        "# a comment\nsms: Breathe",
        "sms: '#1'",
    ],
)
def test_a_comment_elsewhere_and_a_number_sign_in_quotes_are_fine(check, text):
    assert check(text) == ()


def test_words_that_are_all_comment(check):
    (problem,) = check("sms: #1 tip")
    assert (problem.line, problem.column) == (6, 10)
    assert problem.what == "'sms' has no value: everything from '#' on is a comment"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{{name}}",
            "{{ name }}",
            "{{first_name}}",
            "[name]",
            "[[name]]",
            "[First Name]",
            "<name>",
            "<<name>>",
            "«name»",
        ),
        *("%name%", "%%name%%", "%(name)s", "$name", "${name}", "$NAME$", "#name#", "*|FNAME|*", "@name@", "__name__"),
        *("NAME", "FIRSTNAME", "(name)", "[your name]", "{{ user.name }}"),
    ],
)
def test_a_place_for_a_name_as_other_programs_have_it(text):
    (piece,) = [each for each in pieces(f"Dear {text}, breathe.") if "name" in each.text.lower()]
    assert piece.remedy.startswith("Write {name|friend}")
    assert text.strip("{}") in piece.text or piece.text in text


def test_a_fall_back_in_such_a_place_is_kept():
    (piece,) = pieces("Hi {{ name|you }}, breathe.")
    assert (piece.text, piece.remedy) == ("{{ name|you }}", "Write {name|you}.")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("<p>Breathe <b>in</b></p>", "<p>"),
        ("Breathe<br/>out", "<br/>"),
        ('<a href="https://example.org">here</a>', '<a href="https://example.org">'),
        ("Breathe&nbsp;in", "&nbsp;"),
        ("you &amp; me", "&amp;"),
        ("It&#39;s fine", "&#39;"),
        ("**Breathe** in", "**Breathe**"),
        ("Read [this](https://example.org)", "[this](https://example.org)"),
        ("# Breathe", "# Breathe"),
        ("Hi\\nthere", "\\n"),
        ("Don''t worry", "''"),
    ],
)
def test_markup_goes_out_letter_by_letter(text, part):
    assert [piece.text for piece in pieces(text)] == [part]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a < b and 5 > 3",
            "AT&T; and R&D",
            "{name|Hi}, it is 5%",
            "costs $5",
            "#kindness",
            "5 * 3 * 2",
            "snake_case",
        ),
        *('It\'s "fine"', "[a smile]", "(friend)", "50% of the class", "<3", "{{ }}", "a_b_c", "C:\\temp", "and/or"),
        *("{{smile}}", "Rock 'n' roll", "NOW", "I'm (still) here", "Look up. Look down.", "we're at home@example.org"),
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert pieces(text) == []


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        ('sms: "Hi {name|friend, breathe."', "the '{' that opens here is never closed", "Write {name|friend}."),
        ('sms: "Hi name|friend}, breathe."', "the '}' that closes here was never opened", "Write {name|friend}."),
        ('sms: "Hi {name | friend}"', "'{name | friend}' is no placeholder", "Did you mean '{name|friend}'?"),
        ('sms: "Hi {name, friend}"', "'{name, friend}' is no placeholder", "Did you mean '{name|friend}'?"),
        ('sms: "Hi {name:friend}"', "'{name:friend}' is no placeholder", "Did you mean '{name|friend}'?"),
        ('sms: "Hi {Name}"', "'{Name}' is no placeholder", "Did you mean '{name|friend}'?"),
        ('sms: "Hi {first_name|you}"', "'{first_name}' is not known", "Did you mean '{name|you}'?"),
        ('sms: "Hi {nmae}"', "'{nmae}' is not known", "Did you mean '{name|friend}'?"),
        ('sms: "Happy {day}"', "'{day}' is not known", "Did you mean '{weekday}'?"),
    ],
)
def test_a_slip_in_a_placeholder_gets_one_that_can_be_written(check, text, what, expected):
    problem = check(text)[0]
    assert (problem.what, problem.expected.endswith(expected)) == (what, True)
    mended = expected.partition("'")[2].rpartition("'")[0] or expected.removeprefix("Write ").removesuffix(".")
    assert check(f'sms: "Hi {mended}, breathe."') == ()


def test_a_placeholder_inside_another_is_one_mistake(check):
    (problem,) = check('sms: "Hi {name|{weekday}}, breathe."')
    assert problem.what == "a placeholder cannot stand inside another"


def test_every_fault_of_a_message_is_told_at_once(check):
    problems = check('sms: "{nmae}, reply STOP to end \U0001f33f <b>now</b>"\nintensity: wild')
    text = "\n".join(problem.what for problem in problems)
    for part in ("'{nmae}' is not known", "STOP", "U+1F33F", "it is HTML", "'wild' is no intensity"):
        assert part in text


def test_lines_that_become_one_are_told(check):
    joined = "3 lines that look like a list are joined into one"
    assert [each.what for each in check("sms: >\n  Today:\n  - one\n  - two\n  - three")] == [joined]
    assert check("sms: |\n  Today:\n  - one\n  - two\n  - three") == ()


def test_a_key_that_a_text_swallowed_is_told(check):
    (problem,) = check("email:\n  subject: Hello\n  body: |\n    Breathe.\n    sms: Breathe.")
    assert problem.what == "a line of this text begins with 'sms:', like a key"
