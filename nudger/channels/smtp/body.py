"""How an email looks: text, and HTML that says exactly the same. No images, no links that count, no tracking."""

import re
from dataclasses import dataclass
from html import escape

from nudger.channels.smtp.headers import one_line
from nudger.domain.tongues import tongue_of

_NOT_WORDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")

_HTML = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (prefers-color-scheme: dark) {{
  .page {{ background: #1d1f1e !important; }}
  .words {{ color: #e6e3db !important; }}
  .foot {{ color: #a3a69f !important; border-color: #3a3d3b !important; }}
}}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#faf8f4">
<div class="page" dir="auto" style="background:#faf8f4;padding:32px 20px">
<div class="words" style="max-width:34em;margin:0 auto;color:#2d2f2c;\
font:17px/1.6 Georgia,'Times New Roman',serif;overflow-wrap:break-word">
{paragraphs}
<p class="foot" style="margin:32px 0 0;padding:16px 0 0;border-top:1px solid #e3dfd5;color:#6b6d66;\
font:14px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">{footer}</p>
</div>
</div>
</body>
</html>
"""


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
    return _HTML.format(
        language=letter.language,
        subject=escape(letter.subject),
        paragraphs="\n".join(map(_paragraph, letter.paragraphs)),
        footer=escape(letter.footer),
    )


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 1em">{escape(text, quote=False).replace(chr(10), "<br>" + chr(10))}</p>'
