"""How an email looks: text, and HTML that says exactly the same. No images, no links that count, no tracking."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from nudger.channels.smtp.headers import one_line
from nudger.domain.tongues import tongue_of
from nudger.prose.pages import template

_NOT_WORDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")

_MARK = "\0"
"""In place of words in a template that is to be filled later; `clean` leaves it in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What an email says."""

    language: str
    subject: str
    paragraphs: tuple[str, ...]
    footer: str


def clean(text: str) -> str:
    """Return the text with every kind of line break as a newline, and without control characters."""
    return _NOT_WORDS.sub("", "\n".join(text.splitlines()))


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs, which blank lines part."""
    return tuple(_BLANK_LINES.split(clean(text).strip()))


def footer(language: str, service_name: str, contact: str | None) -> str:
    """Return one line, in a language: who writes, and how to make it stop."""
    return one_line(tongue_of(language).foot(service_name, contact))


def as_text(letter: Letter) -> str:
    """Return the plain words. `-- ` parts off the footer (RFC 3676, 4.3), and mail programs dim what follows."""
    return "\n\n".join([*letter.paragraphs, f"-- \n{letter.footer}"]) + "\n"


def as_html(letter: Letter) -> str:
    """Return the same words for a mail program that shows HTML, on any width, by day and by night."""
    before, after_subject, between, after_words, end = _skeleton(letter.language)
    words = between.join(escape(each, quote=False).replace("\n", "<br>\n") for each in letter.paragraphs)
    return f"{before}{escape(letter.subject)}{after_subject}{words}{after_words}{escape(letter.footer)}{end}"


@lru_cache(maxsize=64)
def _skeleton(language: str) -> tuple[str, ...]:
    """Return what stands in the template around subject, paragraphs and footer: to render it per mail costs thrice.

    Words are escaped here as they always were, and not as a template does: a mail that is sent again after an upgrade
    is the same, byte for byte.
    """
    page = template("mail.html").render(language=language, subject=_MARK, paragraphs=(_MARK, _MARK), footer=_MARK)
    return tuple(page.split(_MARK))
