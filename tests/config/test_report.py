"""How problems look."""

import json

import pytest

from nudger.config.report import as_records, as_text, render_problem, summary
from nudger.errors import Problem


def problem(**changes):
    base = {"file": "a.yaml", "line": 14, "column": 16, "what": "'mornig' is no moment", "width": 6}
    base |= {"path": ("schedules", "x"), "expected": "Did you mean 'morning'?", "source": "    when: {at: mornig}"}
    return Problem(**(base | changes))


def test_a_headline_the_line_and_a_caret():
    assert as_text([problem()], files=12) == (
        "a.yaml:14:16: 'mornig' is no moment (schedules › x). Did you mean 'morning'?\n"
        "     14 |     when: {at: mornig}\n"
        "        |                ^^^^^^\n"
        "1 error in 12 files."
    )


def test_a_file_as_a_whole_has_no_line():
    assert (
        render_problem(problem(line=0, column=0, path=(), expected="", source="")) == "a.yaml: 'mornig' is no moment."
    )


@pytest.mark.parametrize(
    ("errors", "warnings", "files", "words"),
    [
        (0, 0, 1, "no errors in 1 file."),
        (1, 0, 2, "1 error in 2 files."),
        (3, 1, 12, "3 errors, 1 warning in 12 files."),
        (0, 2, 1, "2 warnings in 1 file."),
    ],
)
def test_the_last_line_counts(errors, warnings, files, words):
    assert summary([problem()] * errors + [problem(warning=True)] * warnings, files) == words


def test_a_long_line_is_cut_around_the_place():
    text = render_problem(problem(column=5001, source="x" * 5000 + "mornig" + "y" * 5000))
    _, line, caret = text.splitlines()
    assert line[10] == line[-1] == "…"
    assert len(line) < 120
    assert line[caret.index("^") :].startswith("mornig")


def test_a_very_long_place_is_cut_too():
    _, line, caret = render_problem(problem(column=1, width=10**6, source="x" * 10**6)).splitlines()
    assert len(line) < 120
    assert len(caret) <= len(line)


def test_wide_letters_and_tabs_do_not_move_the_caret():
    _, line, caret = render_problem(problem(column=5, source="\t日本 mornig")).splitlines()
    assert line == "     14 |     日本 mornig"
    assert caret == "        |          ^^^^^^"


@pytest.mark.parametrize(
    ("name", "cells"), [("Zoe\u0308", 3), ("王小明", 6), ("❤\ufe0f", 2), ("👍🏽", 2), ("🇲🇽", 2), ("กำ", 2)]
)
def test_the_caret_stands_under_the_place_whatever_is_before_it(name, cells):
    _, line, caret = render_problem(problem(column=len(name) + 2, source=f"{name} mornig")).splitlines()
    assert line == f"     14 | {name} mornig"
    assert caret == f"        | {' ' * (cells + 1)}^^^^^^"


def test_nothing_that_a_terminal_would_obey_gets_through():
    text = render_problem(problem(source="a\x1b[2J\u202eb", what="x\x1b[31m", column=1, file="e\x1b]0;vil\x07.yaml"))
    assert text.isascii() or "\x1b" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_for_programs():
    (record,) = as_records([problem(warning=True)])
    assert json.loads(json.dumps(record)) == {
        "file": "a.yaml",
        "line": 14,
        "column": 16,
        "what": "'mornig' is no moment",
        "path": ["schedules", "x"],
        "expected": "Did you mean 'morning'?",
        "width": 6,
        "level": "warning",
    }
