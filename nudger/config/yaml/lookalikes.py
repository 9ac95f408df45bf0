"""Characters that look like the letters and signs of a file and are others: their names, and what was meant."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from nudger.config.flaws import code_point

_LATIN = {
    **dict(zip("аАвВеЕкКмМнНоОрРсСтТуУхХіІјЈѕЅԁһӏԛԝ", "aABBeEkKMMHHoOpPcCTTyYxXiIjJsSdhlqw", strict=True)),
    **dict(zip("αΑΒεΕΖηΗιΙκΚΜνΝοΟρΡτΤυΥχΧϲ", "aABeEZnHiIkKMvNoOpPtTuYxXc", strict=True)),
}
_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad\u2043", "-"),
    **dict.fromkeys("\uff1a\ufe55\ufe13\u02d0\u0589\u2236\ua789", ":"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02\u2033\u02ba\u275d\u275e", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\uff07\u2032\u02b9\u02bc\u00b4`", "'"),
    **dict.fromkeys("\uff0c\u3001\ufe50\u060c\u201a", ","),
    **dict.fromkeys("\uff3b\u3010\ufe47", "["),
    **dict.fromkeys("\uff3d\u3011\ufe48", "]"),
    **dict.fromkeys("\uff5b\ufe5b", "{"),
    **dict.fromkeys("\uff5d\ufe5c", "}"),
    **dict.fromkeys("\uff03\ufe5f", "#"),
    **dict.fromkeys("\uff5c\u2223\u00a6", "|"),
    **dict.fromkeys("\uff1e\u203a", ">"),
}
SPACES = "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Characters that look like a space; YAML takes each for a letter."""

MEANT: Mapping[str, str] = MappingProxyType(_LATIN | _SIGNS | dict.fromkeys(SPACES, " "))
"""The letter, sign or space of ASCII that each of these is taken for."""

DASHES = frozenset(sign for sign, meant in _SIGNS.items() if meant == "-")
COLONS = frozenset(sign for sign, meant in _SIGNS.items() if meant == ":")
QUOTES = frozenset(sign for sign, meant in _SIGNS.items() if meant in {'"', "'"})


def named(letter: str) -> str:
    """Return a character with its code point and its name: `– (U+2013 EN DASH)`; a space only by these."""
    name = unicodedata.name(letter, "")
    shown = f"{code_point(letter)} {name}".rstrip()
    return f"{letter} ({shown})" if letter.isprintable() and not letter.isspace() else shown


def first(text: str) -> str:
    """Return the name of the first look-alike in a text that is otherwise in our letters; '' for none.

    A word that is wholly in another alphabet is no look-alike of anything.
    """
    odd = next((letter for letter in text if letter in MEANT and not letter.isascii()), "")
    own = [letter for letter in text if letter.isalpha() and letter not in _LATIN]
    if not odd or (odd in _LATIN and own and not any(letter.isascii() for letter in own)):
        return ""
    return named(odd)


def latin(text: str) -> str:
    """Return a text with every look-alike as what it looks like."""
    return "".join(MEANT.get(letter, letter) for letter in text)
