"""How many SMS a text makes. GSM 03.38 for most letters of Europe; UCS-2, half as many, as soon as one is not in it."""

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
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u201b": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2013": "-",
    "\u2014": "-",
    "\u2011": "-",
    "\u2026": "...",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u00b4": "'",
    "`": "'",
    "\t": " ",
    "\u2022": "-",
    "\u00b7": "-",
}
"""What to write in place of characters that only look better and cost twice as much."""


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
