"""How much room text takes on a terminal: two columns for a wide letter or an emoji, none for what only marks another.

That is as today's terminals show it, by Unicode's own tables; an old one may give each person of a family a place.
"""

import re

_NARROW = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027]*")
"""A column each, most of what is shown: letters of Europe, and typographer's marks."""


def columns(text: str) -> int:
    """Return how many columns the text takes; control characters take none."""
    if _NARROW.fullmatch(text):
        return len(text)  # Cold start: the tables are large
    from wcwidth import width  # noqa: PLC0415

    return width(text, control_codes="ignore")


def padded(text: str, width: int) -> str:
    """Return the text with spaces after it, `width` columns in all, or as it is where that is too few."""
    return text + " " * (width - columns(text))


def wrapped(line: str, width: int) -> list[str]:
    """Return a line as rows of at most `width` columns: cut at spaces, and words too long for any row anywhere."""
    words = " ".join(line.split())
    if len(words) <= width and columns(words) <= width:
        return [words]
    from wcwidth import wrap  # noqa: PLC0415

    return wrap(words, width, break_on_hyphens=False)
