"""A nudge as a box on a terminal."""

import unicodedata

from nudger.prose.columns import columns, padded, wrapped

WIDTH = 64
_JOINER = "\u200d"
_JOINERS = f"\u200c{_JOINER}\ufe0e"
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
    heading, *_ = wrapped(_shown(title), width - 4)
    # At the end of a row it would join the space that follows.
    rows = [row.rstrip(_JOINER) for line in text.splitlines() for row in wrapped(_shown(line), width - 4)]
    first = f"{top[0]} {heading} "
    return "\n".join(
        [
            first + top[1] * (width - 1 - columns(first)) + top[2],
            *(padded(f"{side[0]} {row}", width - 2) + f" {side[2]}" for row in rows),
            bottom[0] + bottom[1] * (width - 2) + bottom[2],
            "",
        ]
    )


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
