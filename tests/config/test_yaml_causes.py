"""Where a file is no YAML, the place that is named is where the writer's mistake is."""

import pytest

from nudger.config.yaml.source import parse_yaml

MESSAGE = "library: l\nmessages:\n  - id: a\n    component: mindfulness\n    practice: mindfulness\n"
SCHEDULE = "schedules:\n  - id: a\n    to: everyone\n"


def only_problem(text):
    (problem,) = parse_yaml(text, "f.yaml").problems
    return (problem.line, problem.column), problem.what, problem.expected


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (MESSAGE + '    sms: "Hi there\n  - id: b\n    sms: x\n    theme: y\n  - id: c\n    sms: "Good"\n', 6, 10),
        (MESSAGE + "    sms: 'Hi there\n  - id: b\n    sms: It's fine\n", 6, 10),
        (MESSAGE + '    sms: "Hi there\n\n\n' + "    idea: x\n" * 40 + '    theme: "y"\n', 6, 10),
        ('recipients:\n  - id: sam\n    name: "Sam\n    email: "a@b.org"\n', 3, 11),
        (MESSAGE + '    sms: "Hi there\n', 6, 10),
        (MESSAGE + "    sms: \"Hi there'\n    theme: x\n", 6, 10),
    ],
)
def test_a_quote_that_is_not_closed_is_named_where_it_opens(text, line, column):
    place, what, _ = only_problem(text)
    assert place == (line, column)
    assert "the quote that opens here is" in what


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ('"Say "hi" to it"', """Write 'Say "hi" to it'."""),
        ("'It's fine'", """Write "It's fine"."""),
        ('"Hi" there', """Write '"Hi" there'."""),
        ("'Don't say \"no\"'", """Write 'Don''t say "no"'."""),
        ('"It\'s "so" so"', """Write 'It''s "so" so'."""),
    ],
)
def test_quotes_inside_quotes_get_advice_that_fits_them(value, remedy):
    _, what, expected = only_problem(f"{MESSAGE}    sms: {value}\n")
    assert what == "the text goes on after its closing quote"
    assert expected == remedy
    text = remedy.removeprefix("Write ").removesuffix(".")
    assert parse_yaml(f"{MESSAGE}    sms: {text}\n", "f.yaml").problems == ()


@pytest.mark.parametrize(
    ("text", "place", "named"),
    [
        ("schedules:\n  – id: a\n    to: everyone\n", (2, 3), "U+2013 EN DASH"),
        ("schedules:\n  — id: a\n    to: everyone\n", (2, 3), "U+2014 EM DASH"),
        (SCHEDULE + "  − id: b\n    to: everyone\n", (4, 3), "U+2212 MINUS SIGN"),
        ("schedules:\n  - id: a\n    to:\u00a0everyone\n    late: 1 hour\n", (3, 8), "U+00A0 NO-BREAK SPACE"),
        ("schedules:\n  - id: a\n    to:\u2003everyone\n    late: 1 hour\n", (3, 8), "U+2003 EM SPACE"),
        ("schedules:\n  - id: a\n    to：everyone\n    late: 1 hour\n", (3, 7), "U+FF1A FULLWIDTH COLON"),
        ("schedules:\n  - id: a\n    to： everyone\n", (3, 7), "U+FF1A FULLWIDTH COLON"),
        (SCHEDULE + "    about: “Hello: you”\n", (4, 12), "U+201C LEFT DOUBLE QUOTATION MARK"),
        (MESSAGE + "    sms: ‘Say: hi’\n", (6, 10), "U+2018 LEFT SINGLE QUOTATION MARK"),
    ],
)
def test_a_character_that_only_looks_like_a_sign_is_named_at_its_place(text, place, named):
    found, what, _ = only_problem(text)
    assert found == place
    assert named in what


def test_prose_above_a_mistake_is_not_blamed():
    text = MESSAGE + "    sms: |\n      – one\n      “two: 3”\n    theme x\n    idea: y\n"
    assert only_problem(text) == ((9, 10), "there is no ':' after 'theme'", "Write 'theme: x'.")


@pytest.mark.parametrize(
    ("text", "place", "what", "expected"),
    [
        (
            MESSAGE + "    sms: Breathe in # slowly\n      and out\n",
            (6, 21),
            "everything from ' #' on is a comment",
            "Put the text in quotes.",
        ),
        (
            MESSAGE + "    email: {subject: Tip #1, body: x}\n  - id: b\n",
            (6, 26),
            "everything from ' #' on is a comment",
            "Put the text in quotes.",
        ),
        (
            "schedules:\n  - id: a\n    to:everyone\n    late: 1 hour\n",
            (3, 7),
            "there is no space after the ':'",
            "Write 'to: everyone'.",
        ),
        (
            "schedules:\n  - id: a\n    to everyone\n    late: 1 hour\n",
            (3, 7),
            "there is no ':' after 'to'",
            "Write 'to: everyone'.",
        ),
        ("schedules:\n  - id a\n    to: everyone\n", (2, 7), "there is no ':' after 'id'", "Write 'id: a'."),
        ("schedules:\n  -id: a\n   to: everyone\n", (2, 3), "there is no space after the '-'", "Write '- '."),
        (
            MESSAGE + "    sms: |\n    Hello\n    there\n",
            (6, 10),
            "the text under '|' is not indented",
            "Start its lines two spaces further in than the key.",
        ),
        *[
            (
                f"{MESSAGE}    sms: {text}\n",
                (6, 10),
                f"a text that starts with '{text[0]}' needs quotes",
                f'Write "{text}".',
            )
            for text in ("{name|Hi} there", "*breathe*", "@home", "- breathe", "& more", "% of us", "[now] breathe")
        ],
        (
            MESSAGE + '    sms: "It\\\'s fine"\n',
            (6, 13),
            "a backslash means something special in double quotes",
            'Write "It\'s fine".',
        ),
        (
            MESSAGE + "    sms: Note: breathe\n",
            (6, 14),
            "a ':' where no key can stand",
            'If it belongs to the text, write "Note: breathe".',
        ),
    ],
)
def test_other_slips(text, place, what, expected):
    assert only_problem(text) == (place, what, expected)


def test_text_is_composed_however_it_was_typed():
    document = parse_yaml('a: "Cafe\\u0301"\nb: Caf\u00e9\n', "f.yaml")
    assert {entry.value.text for entry in document.root.entries.values()} == {"Caf\u00e9"}
