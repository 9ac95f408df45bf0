"""An email as its reader sees it: on a telephone and on a desk, by day and by night."""

from email import message_from_bytes
from email.policy import default

import pytest

from nudger.channels.smtp import mime
from tests.channels.make import outgoing_message
from tests.system import browser

pytestmark = pytest.mark.system

FEW_SHADES = 16
"""A page without text has a handful of shades; letters have soft edges, and so have many."""


def html_of_an_email():
    head = mime.letterhead("Small notes <notes@example.org>", service_name="nudger", contact="help@example.org")
    letter = message_from_bytes(mime.build_mail(outgoing_message(), head), policy=default)
    return letter.get_body(("html",)).get_content()


@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("dark", [False, True])
def test_an_email_can_be_seen(screenshot, tmp_path, width, dark):
    page, picture = tmp_path / "mail.html", tmp_path / "mail.png"
    page.write_text(html_of_an_email())

    screenshot(page, picture, width=width, dark=dark)

    assert browser.shades(picture) > FEW_SHADES


def test_night_looks_different_from_day(screenshot, tmp_path):
    page = tmp_path / "mail.html"
    page.write_text(html_of_an_email())
    pictures = [tmp_path / "day.png", tmp_path / "night.png"]

    for picture, dark in zip(pictures, (False, True), strict=True):
        screenshot(page, picture, dark=dark)

    day, night = (picture.read_bytes() for picture in pictures)
    assert day != night


def test_a_blank_page_is_told_from_an_email(screenshot, tmp_path):
    page, picture = tmp_path / "blank.html", tmp_path / "blank.png"
    page.write_text("")

    screenshot(page, picture)

    assert browser.shades(picture) <= FEW_SHADES
