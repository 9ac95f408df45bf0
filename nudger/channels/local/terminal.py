"""A nudge as a box on a terminal."""

import unicodedata
from collections.abc import Iterator

WIDTH = 64
_EMOJI = "\ufe0f"  # variation selector 16: the character before it is shown as an emoji, two columns wide
_JOINERS = "\u200c\u200d\ufe0e"
_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))  # they make the flags of Scotland and Wales
_LINES = ("┌─┐", "│ │", "└─┘")
_PLAIN_LINES = ("+-+", "| |", "+-+")
_TYPED = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2022": "*"}
)


def can_draw(encoding: str | None) -> bool:
    """Say whether a stream with this encoding can show the box's lines."""
    try:
        "".join(_LINES).encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def box(title: str, text: str, *, width: int = WIDTH, plain: bool = False) -> str:
    """Return the text in a box of `width` columns, wrapped, each line ended by a newline.

    `plain` draws with ASCII and writes "?" for what is not. Control characters are left out: they could steer
    the terminal.
    """
    top, side, bottom = _PLAIN_LINES if plain else _LINES
    if plain:
        title, text = _ascii(title), _ascii(text)
    inner = width - 4
    heading = f" {next(_wrapped(_shown(title), inner), '')} "
    rows = [f"{side[0]} {_padded(row, inner)} {side[2]}" for row in _rows(text, inner)]
    first = top[0] + heading + top[1] * (width - 2 - columns(heading)) + top[2]
    return "\n".join([first, *rows, bottom[0] + bottom[1] * (width - 2) + bottom[2], ""])


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes, rather too many than too few."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if character == _EMOJI:
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _rows(text: str, width: int) -> Iterator[str]:
    for line in text.splitlines():
        yield from _wrapped(_shown(line), width)


def _wrapped(line: str, width: int) -> Iterator[str]:
    """Cut a line at spaces, and words that are too long for any line anywhere."""
    row = ""
    for word in line.split():
        joined = f"{row} {word}" if row else word
        if columns(joined) <= width:
            row = joined
            continue
        if row:
            yield row
        *full, row = _cut(word, width)
        yield from full
    yield row


def _cut(word: str, width: int) -> Iterator[str]:
    piece = ""
    for character in word:
        if columns(piece + character) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def _padded(row: str, width: int) -> str:
    return row + " " * (width - columns(row))


def _shown(line: str) -> str:
    """Leave out control and format characters (a right-to-left override, too), but not what joins or marks emoji.

    What Python's tables do not know may be an emoji of next year, and steers nothing.
    """
    return "".join(c for c in line.replace("\t", " ") if c.isprintable() or c.isspace() or _is_harmless(c))


def _is_harmless(character: str) -> bool:
    return character in _JOINERS or character in _TAGS or unicodedata.category(character) == "Cn"


def _ascii(text: str) -> str:
    """Write without accents and typographer's marks, and with "?" for what then still is not ASCII."""
    bare = unicodedata.normalize("NFKD", text.translate(_TYPED))
    return "".join(c for c in bare if not unicodedata.combining(c)).encode("ascii", "replace").decode("ascii")
