"""The page of `nudger preview --format html` as its reader sees it: a month, on a telephone and on a desk."""

import re

import pytest
from click.testing import CliRunner

from nudger.cli import nudger
from tests.system import browser

pytestmark = pytest.mark.system

FEW_SHADES = 16
"""A page without text has a handful of shades; letters have soft edges, and so have many."""

NARROW, TABLET, WIDE = 360, 820, 1400

ENOUGH_FOR_WORDS = 120
"""Pixels: fifteen letters or so at the size of the week's words."""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The starter folder's next month, as a file."""
    folder = tmp_path_factory.mktemp("home")
    _run("init", str(folder / "nudger"))
    said = _run("--config", str(folder / "nudger"), "preview", "--days", "31", "--format", "html")
    assert said.count('class="week"') > 4
    written = folder / "month.html"
    written.write_text(said, encoding="utf-8")
    return written


def _run(*words):
    done = CliRunner().invoke(nudger, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("width", [NARROW, TABLET, WIDE])
@pytest.mark.parametrize("dark", [False, True])
def test_the_month_can_be_seen(screenshot, page, tmp_path, width, dark):
    picture = tmp_path / "month.png"

    screenshot(page, picture, width=width, height=1200, dark=dark)

    assert browser.shades(picture) > FEW_SHADES


def test_night_looks_different_from_day(screenshot, page, tmp_path):
    pictures = [tmp_path / "day.png", tmp_path / "night.png"]

    for picture, dark in zip(pictures, (False, True), strict=True):
        screenshot(page, picture, width=WIDE, dark=dark)

    day, night = (picture.read_bytes() for picture in pictures)
    assert day != night


def test_a_week_is_a_sheet_of_paper(screenshot, page, tmp_path):
    weeks = page.read_text(encoding="utf-8").count('class="sheet"')

    assert browser.printed_pages(page, tmp_path / "month.pdf") == weeks


@pytest.mark.parametrize("width", [360, 700, 850, 1000, 1100, 1400])
def test_a_day_is_wide_enough_for_words(screenshot, page, tmp_path, width):
    """A column of sixty pixels breaks words every three letters."""
    measured = tmp_path / "measured.html"
    days = "[...document.querySelectorAll('.day:not(.outside)')].map(day => day.clientWidth)"
    script = f"<script>document.title = 'narrowest ' + Math.min(...{days})</script>"
    measured.write_text(page.read_text(encoding="utf-8") + script, encoding="utf-8")

    narrowest = int(re.search(r"narrowest (\d+)", browser.after_scripts(measured, width=width))[1])

    assert narrowest >= ENOUGH_FOR_WORDS


def test_it_asks_for_nothing_on_the_network(screenshot, page, tmp_path):
    assert browser.requests(page, tmp_path / "log.json") == []


def test_a_page_that_asks_for_something_is_found_out(screenshot, tmp_path):
    page = tmp_path / "asks.html"
    page.write_text('<p>Hello</p><img src="http://127.0.0.1:9/picture.png">')

    assert browser.requests(page, tmp_path / "log.json") == ["http://127.0.0.1:9/picture.png"]
