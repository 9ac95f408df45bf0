"""What is wrong with a piece of text, and the small sentences that say so."""

import difflib
from collections.abc import Iterable

_SHOWN = 40
_MANY = 36


class Flaw(ValueError):  # noqa: N818 - it is what is wrong with a file, not with the program
    """What is wrong with a text, in words; whoever knows the place makes a `Problem` of it.

    `part` is the piece of the text at fault, where it is not the whole. A ValueError, because pydantic hands
    those of a validator on and lets every other exception through.
    """

    def __init__(self, what: str, expected: str = "", *, part: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.expected = expected
        self.part = part


def visible(text: str) -> str:
    """Return the text with everything that cannot be seen written as an escape."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def quote(text: str) -> str:
    """Return the text in quotes, safe to print and cut to a length that fits a line."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"'{visible(cut)}'"


def code_point(letter: str) -> str:
    """Return a character's code point as U+XXXX."""
    return f"U+{ord(letter):04X}"


def listed(words: Iterable[str]) -> str:
    """Return `Known: a, b, c.`, cut after some three dozen."""
    words = list(words)
    rest = f" and {len(words) - _MANY} more" if len(words) > _MANY else ""
    return f"Known: {', '.join(words[:_MANY])}{rest}." if words else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(word.strip().lower()[:80], by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean 'x'?`, or '' where nothing is near."""
    near = nearest(word, known)
    return f"Did you mean '{near}'?" if near else ""


def sentences(*parts: str) -> str:
    """Join the sentences that are not empty."""
    return " ".join(part for part in parts if part)
