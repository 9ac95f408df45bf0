"""What is wrong with a piece of text, and the small sentences that say so."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from nudger.prose import english

_PLAIN = re.compile(r"[^\W_+#&*!|>%@`\"'-][^:#\"\[\]{}]*\Z")
_SHOWN = 40
_MANY = 36
_NAMED = 3
_SHORT = 3
_NEAR, _NEAR_IF_SHORT = 0.7, 0.8
"""How alike two words are that may be the same one misspelt; in a short word one other letter is another word."""

Expected = str | Callable[[], str]


class Flaw(ValueError):  # noqa: N818 - it is what is wrong with a file, not with the program
    """What is wrong with a text, in words; whoever knows the place makes a `Problem` of it.

    `part` is the piece of the text at fault, where it is not the whole; `position` the line and the column (from 1),
    where the text is a whole file. A ValueError, because pydantic hands those of a validator on and lets every other
    exception through. What was expected may be a function, which is asked only when a person is to read it: to work a
    remedy out, others are tried, and what is wrong with those is not asked.
    """

    def __init__(
        self, what: str, expected: Expected = "", *, part: str = "", position: tuple[int, int] = (0, 0)
    ) -> None:
        super().__init__(what)
        self.position = position
        self.what = what
        self.part = part
        self._expected = expected

    @property
    def expected(self) -> str:
        """What was expected, and what to write."""
        return self._expected if isinstance(self._expected, str) else self._expected()


class KeyFlaw(NamedTuple):
    """What is wrong, or only odd, between the keys of an entry, and the keys that lead there; none: all of it."""

    loc: tuple[str, ...]
    what: str
    expected: str


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


def named(names: Sequence[str], count: int | None = None) -> str:
    """Return `'sam'`, `'sam' and 'kim'`, `'sam', 'kim', 'lee' and 12 more`; `count` where there are more than names."""
    shown = [quote(name) for name in names[:_NAMED]]
    rest = (len(names) if count is None else count) - len(shown)
    return f"{', '.join(shown)} and {rest:,} more" if rest > 0 else english.listed(shown)


def tried(read: Callable[[str], object], proposals: Iterable[str]) -> str | None:
    """Return the first of some proposals that `read` takes where the text at fault stood; None if it takes none.

    Nothing is to be proposed to a person that was not tried: a remedy that is refused in its turn is worse than none.
    """
    return next((proposal for proposal in proposals if _reads(read, proposal)), None)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except Flaw:
        return False
    return True


def remedy(read: Callable[[str], object], proposals: Iterable[str], otherwise: str = "") -> str:
    """Return `Write X.` with the first proposal that `read` takes, and what else to say where it takes none."""
    found = tried(read, proposals)
    return otherwise if found is None else f"Write {as_written(found)}."


def as_written(text: str) -> str:
    """Return a text as it may stand in a file: in quotes where YAML, or another reader of it, needs them."""
    plain = _PLAIN.match(text) and not text.isdigit()
    return text if plain else f'"{text}"'


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    said = word.strip().lower()[:80]
    close = difflib.get_close_matches(said, by_lower, n=1, cutoff=_NEAR if len(said) > _SHORT else _NEAR_IF_SHORT)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean 'x'?`, or '' where nothing is near."""
    near = nearest(word, known)
    return f"Did you mean '{near}'?" if near else ""


def sentences(*parts: str) -> str:
    """Join the sentences that are not empty."""
    return " ".join(part for part in parts if part)
