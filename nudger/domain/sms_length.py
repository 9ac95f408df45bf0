"""How many SMS a text makes. GSM 03.38 for most letters of Europe; UCS-2, half as many, as soon as one is not in it."""

import unicodedata
from typing import NamedTuple

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
_ALL_OF_GSM = _GSM | _GSM_EXTENSION

_ALONE = 160
_BMP_END = "\uffff"  # what lies beyond takes two units of UTF-16

REPLACEMENTS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u00b4\u02ca\u02cb`\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u02ba\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7\u2027\u2043", "-"),
    **dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
    ),
    "\u2024": ".",
    "\u2025": "..",
    "\u2026": "...",
    "\u2044": "/",
}
"""What to write in place of characters that only look better and cost twice as much."""

_UNSEEN = dict.fromkeys([*"\u00ad\u200b\u2060\ufeff", *map(chr, range(32)), *map(chr, range(0x7F, 0xA0))], "")
_BREAKS = dict.fromkeys("\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029", " ")
_PLAIN = str.maketrans({**_UNSEEN, **_BREAKS, **REPLACEMENTS})


def plain(value: str) -> str:
    """Return a name, a place or the like as an SMS is to carry it: D'Arcy with a plain apostrophe, on one line, in NFC.

    Letters are left as they are, whatever they cost: they are somebody's name.
    """
    return unicodedata.normalize("NFC", value).translate(_PLAIN)


class Segments(NamedTuple):
    """How a text travels: its encoding, its length in that encoding's units, and in how many SMS."""

    encoding: str
    units: int
    segments: int


def segments(text: str) -> Segments:
    """Return how the text travels. A character is never divided between two SMS, even if it takes two units."""
    if _GSM.issuperset(text) and len(text) <= _ALONE:
        return Segments("GSM-7", len(text), 1)
    if _ALL_OF_GSM.issuperset(text):
        return _count("GSM-7", [2 if letter in _GSM_EXTENSION else 1 for letter in text], alone=_ALONE, joined=153)
    return _count("UCS-2", [2 if letter > _BMP_END else 1 for letter in text], alone=70, joined=67)


def outside_gsm(text: str) -> list[str]:
    """Return the characters that are not in GSM 03.38, each once, in order."""
    if _ALL_OF_GSM.issuperset(text):
        return []
    return [letter for letter in dict.fromkeys(text) if letter not in _ALL_OF_GSM]


def _count(encoding: str, units: list[int], *, alone: int, joined: int) -> Segments:
    total = sum(units)
    if total <= alone:
        return Segments(encoding, total, 1)
    count, used = 1, 0
    for unit in units:
        if used + unit > joined:
            count, used = count + 1, 0
        used += unit
    return Segments(encoding, total, count)
