"""What was meant to be replaced, or to be seen as something else, and goes out letter by letter as it stands.

A text is data: `{name|friend}` is filled in, and nothing else is. No other template language, no HTML, no Markdown.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nudger.config.findings import Written
from nudger.config.flaws import quote
from nudger.config.values import blanks
from nudger.config.values.aliases import stands_for_nothing
from nudger.config.yaml.raw_text import misread
from nudger.config.yaml.tree import Scalar
from nudger.domain.messages import Message
from nudger.domain.placeholders import KNOWN_NAMES
from nudger.domain.vocabulary import Rule
from nudger.proofread.remarks import Remark, remark
from nudger.proofread.texts import Text

_MOST = 5
"""Of one text: whoever mends these sees the rest."""

_SIGNS = re.compile(r"[\[<\u00ab%$#*`&\\~(@\uff5b\uff3b\u3010\uff1c\u00c2-\u00c5\u00e2\u00f0]")
_IN_A_ROW = re.compile(r"[A-Z][A-Z][A-Z]")
_PIECES = ("{{", "''", "__", "Name", "orem ")
"""A text must have one of all these for a closer look; most have none."""

_SHORT = 20
"""A text that may be no words at all."""

_WORD = r"[A-Za-z][A-Za-z_. ]{0,29}"
_BRACKETED = re.compile(
    rf"\{{\{{\s*({_WORD}?)\s*(\|[^{{}}]*)?\}}\}}"
    rf"|(?:\[{{1,2}}|<{{1,2}}|[\u00ab\uff5b\uff3b\u3010\uff1c]|\*\||\()\s*({_WORD}?)\s*(\|[^\[\]<>*()\uff5d]{{0,40}})?\s*"
    rf"(?:\]{{1,2}}|>{{1,2}}|[\u00bb\uff5d\uff3d\u3011\uff1e]|\|\*|\))"
    rf"|%{{1,2}}\(?({_WORD}?)\)?(?:s\b|%{{1,2}})|\$({_WORD}?)\b\$?|#({_WORD}?)#|@({_WORD}?)@|_{{2}}({_WORD}?)_{{2}}"
    rf"|(?<![\w.@])@([A-Za-z]+_?[Nn]ame|[Nn]ame)\b"
)
_SIGN_BEFORE = re.compile(rf"[$#%]\{{({_WORD}?)\s*(\|[^{{}}]*)?\}}")
"""What other languages have before the brace: it is filled in behind it, and the sign goes out."""

_TO_FILL_IN = re.compile(
    r"[\[<]{1,2}(?:(?:insert|enter|add|fill|your)\b[^\[\]<>\n]{0,40}|[^\[\]<>\n/]{0,30}\bname)[\]>]{1,2}"
    r"|(?<![0-9] )(?<![0-9%])%(?:[sd]|\([a-z_]{1,20}\)s)\b",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|TBD|TBC|[Ll]orem ipsum)\b[^.\n]{0,30}")
_TEMPLATE = re.compile(r"\{\{(\s|.*[._|])")
_IN_CAPITALS = re.compile(r"\b(?:FIRST[ _]?NAME|F_?NAME|USER_?NAME|NAME|NOMBRE)\b")
_GREETING = re.compile(
    r"\b(?:Hi|Hello|Hey|Dear|Hola|Querid[oa]|Hallo|Lieber?|Bonjour|Salut|Ch[eè]re?|Ciao|Ol[aá])[ ,]+"
    r"(Name\b|First ?name\b|Nombre\b|name\b|_{2,}|X{2,}\b|\.{3,}(?=[,!]))"
)
_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|em|hr|h[1-6]|li|ol|ul|td|th|tr|div|img|pre|sub|sup|body|code|font|head|html|span|strong|style"
    r"|table|title|center|script|small|strike|del|blockquote)(?:\s[^<>]{0,300})?/?>|<!--.{0,300}?-->|<!DOCTYPE[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,6}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8}[0-9]?);")
_ESCAPE = re.compile(r"(?<!:)\\(?:n|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|['\"])")
_MARKDOWN = re.compile(
    r"\*\*[^\s*][^*\n]{0,200}\*\*|~~[^\s~][^~\n]{0,200}~~|!?\[[^\[\]\n]{1,200}\]\([^()\s]{1,300}\)|(?m:^#{1,6} \S.*$)"
    r"|`[^`\n]{1,200}`|(?m:^```.*$)"
)
_TWO_APOSTROPHES = re.compile(r"(?<=[A-Za-z])''(?=[A-Za-z])")
_KEY = re.compile(
    r"\s*((?:component|practice|situations|intensity|part_of_day|sms|email|subject|body|only_if|skip_if|aims|asks|theme"
    r"|review|waive|- id):)(?:\s|$)"
)
_ITEM = re.compile(r"\s*(?:[-*\u2022]|[0-9]{1,2}[.)])\s+\S")


class Piece(NamedTuple):
    """A piece of a text that goes out as it stands, where it begins, and what to write."""

    text: str
    offset: int
    what: str
    remedy: str


def check(written: Written[Message], text: Text) -> Iterator[Remark]:
    """Yield what of a text goes out as it stands, and was hardly meant to."""
    position = written.position.at(*text.keys)
    node = position.node
    if not isinstance(node, Scalar):
        return
    if _is_odd(text.raw) and not node.absent:
        for piece in pieces(text.raw):
            nth = text.raw.lower().count(piece.text.lower(), 0, piece.offset)
            yield remark(
                Rule.RAW_TEXT, written, *text.keys, what=piece.what, part=piece.text, nth=nth, remedy=piece.remedy
            )
    first, last = node.begins.line, node.ends.line
    if first == last:
        return
    below = position.document.lines[first + 1 : last + 1]
    if key := _swallowed(below):
        what = f"a line of this text begins with '{key}', like a key"
        remedy = "Is it indented too far, or a quote above it not closed?"
        yield remark(Rule.RAW_TEXT, written, *text.keys, what=what, part=key, remedy=remedy)
    is_block = position.document.line(first + 1)[node.begins.column :].startswith("|")  # which joins no lines
    if not is_block and (items := sum(_ITEM.match(line) is not None for line in below)) > 1:
        what = f"{items} lines that look like a list are joined into one"
        yield remark(Rule.RAW_TEXT, written, *text.keys, what=what, remedy="Write | where > is, or before the text.")


def _is_odd(raw: str) -> bool:
    """Say whether a text has anything for a closer look."""
    if _SIGNS.search(raw) or _IN_A_ROW.search(raw) or any(piece in raw for piece in _PIECES):
        return True
    return len(raw) <= _SHORT and stands_for_nothing(raw.strip())


def pieces(raw: str) -> list[Piece]:
    """Return the first few pieces of a text that go out as they stand, in reading order; of markup, one of a kind."""
    markup = {piece.what.rpartition(": ")[2]: piece for piece in reversed([*_markup(raw)])}
    found = [*_no_words(raw), *_blanks(raw), *markup.values()]
    ordered = sorted(found, key=lambda piece: (piece.offset, -len(piece.text)))
    kept: list[Piece] = []
    for piece in ordered:
        if not kept or piece.offset >= kept[-1].offset + len(kept[-1].text):
            kept.append(piece)
    return kept[:_MOST]


def _blanks(raw: str) -> Iterator[Piece]:
    """Yield the places for a name that other programs fill in."""
    for match in _BRACKETED.finditer(raw):
        word, fallback = next(((w, match[2] or match[4] or "") for w in (match[1], *match.groups()[2:]) if w), ("", ""))
        doubled = match[0].startswith("{{")
        meant = blanks.placeholder(word, fallback)
        if meant and (doubled or _is_blank(match[0], word)):
            yield _blank(match[0], match.start(), meant)
        elif doubled and _TEMPLATE.match(match[0]):
            what = f"{quote(match[0])} goes out as {quote(match[0][1:-1])}"
            yield Piece(match[0], match.start(), what, f"Filled in are {', '.join(sorted(KNOWN_NAMES))}.")
    for match in _SIGN_BEFORE.finditer(raw):
        if meant := blanks.placeholder(match[1], match[2] or ""):
            yield Piece(
                match[0], match.start(), f"'{match[0][0]}' goes out before what is filled in", f"Write {meant}."
            )
    for match in _TO_FILL_IN.finditer(raw):
        yield _blank(match[0], match.start(), "{name|friend}")
    for match in _IN_CAPITALS.finditer(raw):
        yield _blank(match[0], match.start(), "{name|friend}")
    for match in _GREETING.finditer(raw):
        yield _blank(match[1], match.start(1), "{name|friend}")


def _is_blank(whole: str, word: str) -> bool:
    """Say whether brackets of any kind hold a name to fill in; `(name)` and `[service]` may be ordinary words."""
    if whole.startswith("("):
        return blanks.known(word) == "name"
    return True


def _blank(whole: str, offset: int, meant: str) -> Piece:
    how = quote(whole[1:-1]) if whole.startswith("{{") else "it stands"
    remedy = f"Write {meant}."
    if _SOMETHING.search(whole):
        remedy = f"Write {meant} where the person's name belongs, and the words themselves for anything else."
    return Piece(whole, offset, f"{quote(whole)} goes out as {how}: nothing is filled in there", remedy)


_SOMETHING = re.compile(r"%[sd]|\b(?:your|insert|enter|add|fill)\b", re.IGNORECASE)
"""In a blank that may be for the writer's own name, or for something else."""


def _no_words(raw: str) -> Iterator[Piece]:
    """Yield what stands where words are still to be written, and what was read in another encoding."""
    if stands_for_nothing(raw.strip()):
        what = f"{quote(raw.strip())} goes out as it stands, and stands for nothing"
        yield Piece(
            raw.strip(), raw.index(raw.strip()), what, "Write the words, or retire the message: state: retired."
        )
        return
    for match in _UNFINISHED.finditer(raw):
        what = f"{quote(match[0])} goes out as it stands: it is not finished"
        yield Piece(match[0], match.start(), what, "Write the words, or take it out.")
    for offset, found, written in misread(raw):
        yield Piece(found, offset, f"'{found}' is '{written}', read in another encoding", f"Write {written}.")


def _markup(raw: str) -> Iterator[Piece]:
    for match in _TAG.finditer(raw):
        yield _as_it_stands(match, "HTML", "Write the words alone; in an email a blank line starts a paragraph.")
    for match in _ENTITY.finditer(raw):
        letter = html.unescape(match[0])
        if letter != match[0]:
            shown = "an ordinary space" if letter.isspace() else f"'{letter}'"
            yield _as_it_stands(match, "HTML", f"Write {shown} in its place.")
    for match in _ESCAPE.finditer(raw):
        yield _as_it_stands(match, "an escape only in double quotes", _UNESCAPED[match[0][1]])
    for match in _MARKDOWN.finditer(raw):
        yield _as_it_stands(match, "Markdown", "Write the words alone.")
    for match in _TWO_APOSTROPHES.finditer(raw):
        what = "two apostrophes go out as they stand: they are one only between single quotes"
        yield Piece(match[0], match.start(), what, "Write one.")


_UNESCAPED = {
    "n": "Start a new line in the text, under sms: | or body: |.",
    **dict.fromkeys("ux", "Write the character itself."),
    **dict.fromkeys("'\"", "Write the quote alone."),
}


def _as_it_stands(match: re.Match[str], noun: str, remedy: str) -> Piece:
    return Piece(match[0], match.start(), f"{quote(match[0])} goes out as it stands: it is {noun}", remedy)


def _swallowed(lines: Iterable[str]) -> str:
    """Return the first beginning of a line that looks like a key of a message; '' for none."""
    return next((match[1] for line in lines if ":" in line and (match := _KEY.match(line))), "")
