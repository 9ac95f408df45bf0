"""Plain-name placeholders: `{name}` and `{name|fall-back}`. Nothing here can compute, reach or repeat anything.

`str.format` would let a message read the program's secrets (`{r.__init__.__globals__}`) and a template language
would let it loop; a message is data, so it gets neither.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from unicodedata import normalize

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}|]*)(?:\|([^{}|]*))?\}|[{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")

KNOWN_NAMES = frozenset(
    {"name", "service", "contact", "frequency", "crisis_line", "weekday", "part_of_day", "supporter", "local_service"}
)
MAY_BE_UNKNOWN = frozenset({"name", "contact", "supporter", "local_service"})
"""Values that some installations or people do not have: a message must say what stands there instead."""


class Values(Protocol):
    """What the names stand for: a dict, or whatever works a value out only when a text asks for it."""

    def get(self, name: str, /) -> str | None:
        """Return a value, or None or '' where it is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name to fill in, and what stands there when the value is unknown (None: nothing was given)."""

    name: str
    fallback: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text, and where: `offset` counts characters from 0."""

    offset: int
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text taken apart once, to be filled in many times."""

    pieces: tuple[str | Placeholder, ...]
    faults: tuple[Fault, ...]

    def render(self, values: Values, *, spelt: Callable[[str], str] = str) -> str:
        """Return the text with every placeholder filled in; an absent or empty value takes its fall-back, or ''.

        It is in NFC; `spelt` says how the values are written in it.
        """
        if len(self.pieces) == 1 and isinstance(self.pieces[0], str):
            return normalize("NFC", self.pieces[0])  # most texts have none
        filled = [
            piece if isinstance(piece, str) else spelt(values.get(piece.name) or "") or piece.fallback or ""
            for piece in self.pieces
        ]
        return normalize("NFC", "".join(filled))

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The placeholders, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Placeholder))


@lru_cache(maxsize=16384)
def parse(text: str) -> Template:
    """Take a text apart. Never raises: what is wrong with it is in `faults`."""
    if "{" not in text and "}" not in text:
        return Template((text,) if text else (), ())
    pieces: list[str | Placeholder] = []
    faults: list[Fault] = []
    end = 0
    for match in _PIECE.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        whole, name, fallback = match[0], match[1], match[2]
        if whole in ("{{", "}}"):
            pieces.append(whole[0])
        elif name is not None and _NAME.match(name):
            pieces.append(Placeholder(name, fallback))
        else:
            what = "a lone brace (write it twice to mean the brace itself)" if name is None else "no plain name"
            faults.append(Fault(match.start(), what, whole))
    pieces.append(text[end:])
    return Template(tuple(piece for piece in pieces if piece != ""), tuple(faults))
