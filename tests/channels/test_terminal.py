"""The box on the terminal."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nudger.channels.local.terminal import box, can_draw
from nudger.prose.columns import columns

HELLO = """\
┌ email to you ────────────────────────────────────────────────┐
│ A small hello                                                │
│ Hi friend. From here on you get one small note most days,    │
│ and nothing else.                                            │
└──────────────────────────────────────────────────────────────┘
"""


def test_it_looks_like_this() -> None:
    words = "A small hello\nHi friend. From here on you get one small note most days, and nothing else."
    assert box("email to you", words) == HELLO


def test_it_has_a_plain_form() -> None:
    shown = box("sms to Zoë", "You’re fine… – 漢", plain=True)
    assert shown.isascii()
    assert shown.startswith("+ sms to Zoe ---")
    assert "| You're fine... - ?" in shown


def test_blank_lines_stay() -> None:
    assert box("t", "a\n\nb").count("\n") == 5


def test_words_that_are_too_long_are_cut() -> None:
    assert box("t", "x" * 130).count("x") == 130


def test_a_long_title_is_cut() -> None:
    assert {columns(line) for line in box("a title " * 20, "x").splitlines()} == {64}


def test_what_could_steer_the_terminal_is_left_out() -> None:
    shown = box("\x1b[31mred\x07", "\x1b]0;title\x07 \x9b2J \u202egnp.exe \r over")
    assert not set(shown) & set("\x1b\x07\x9b\u202e\r")


@given(st.text(), st.text(), st.booleans())
@example("", "\u200d", False)
@example("\u200d", "a \u200d", False)
def test_every_line_is_as_wide_as_the_box(title: str, words: str, plain: bool) -> None:
    shown = box(title, words, plain=plain)
    assert {columns(line) for line in shown[:-1].split("\n")} == {64}


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_no_words_are_lost(words: str) -> None:
    rows = box("t", words).split("\n")[1:-2]
    assert "".join(row[2:-2].strip() for row in rows) == words


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("❤\ufe0f", 2), ("🌱", 2), ("", 0), ("👩\u200d👧", 2)]
)
def test_wide_characters_count_twice_and_combining_ones_not(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Sam", 3),
        ("王小明", 6),
        ("김민수", 6),
        ("Zoe\u0308", 3),
        ("Zoë", 3),
        ("👩🏽\u200d🦰 Mo", 5),
        ("🇲🇽", 2),
        ("1\ufe0f\u20e3", 2),
        ("ไม้", 2),
        ("\u0639\u0644\u064a", 3),
    ],
)
def test_the_box_is_straight_whatever_the_name(name: str, cells: int) -> None:
    top, row, _, _ = box(f"sms to {name}", name).split("\n")
    assert top == f"┌ sms to {name} {'─' * (53 - cells)}┐"
    assert row == f"│ {name}{' ' * (60 - cells)} │"


@pytest.mark.parametrize(
    ("encoding", "able"),
    [
        ("utf-8", True),
        ("UTF-8", True),
        ("cp437", True),
        ("ascii", False),
        ("latin-1", False),
        (None, False),
        ("no", False),
    ],
)
def test_it_knows_which_streams_can_draw(encoding: str | None, able: bool) -> None:
    assert can_draw(encoding) is able
