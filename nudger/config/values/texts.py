"""Names, and texts of one line or several.

Like `words`: every function takes the text as it was written, and raises Flaw with a remedy.
"""

import re

from nudger.config.flaws import Flaw, quote, tried
from nudger.config.values import aliases, loose
from nudger.config.values.scalars import yes_or_no
from nudger.config.yaml.raw_text import misread


def name(text: str, limit: int) -> str:
    """Return a name of one line that is one, and not what a spreadsheet or a form writes where there is none."""
    if aliases.stands_for_nothing(text):
        raise Flaw(f"{quote(text)} is no name: it stands for nothing", "Leave it out, or write the name.")
    if found := next(misread(text), None):
        what = f"{quote(text)} is no name: '{found[1]}' is '{found[2]}', read in another encoding"
        raise Flaw(what, f"Write {text.replace(found[1], found[2])}.")
    if _UNFILLED.search(text):
        raise Flaw(f"{quote(text)} is no name: a place for one was left unfilled", "Leave it out, or write the name.")
    for pattern, what in _OF_ANOTHER_KIND:
        if pattern.search(text):
            raise Flaw(f"this is no name: it is {what}", "Leave it out, or write the name.")
    return line(text, limit)


def supporter(text: str, limit: int) -> str:
    """Return who is there for a person, in words that a sentence can take."""
    if tried(yes_or_no, [text, *loose.answers(text)]) is not None:
        raise Flaw(f"{quote(text)} says not who it is", "Write who, as in my sister Ana, or leave it out.")
    return name(text, limit)


_OF_ANOTHER_KIND = (
    (re.compile(r"\S@\S+\.\S"), "an e-mail address"),
    (re.compile(r"^\s*\+?[0-9][0-9 ()./-]{5,}\Z"), "a number"),
)
"""What comes from the cell beside; not repeated, for it may be an address."""

_UNFILLED = re.compile(r"[{}<>\[\]«»|]|%[A-Za-z_]+%|\$[A-Za-z_]")


def line(text: str, limit: int) -> str:
    """Return a text of one line."""
    if "\n" in text.strip() or "\r" in text:
        raise Flaw("one line is expected here, not several", "Put it on one line.")
    return words_of_at_most(text, limit)


def words_of_at_most(text: str, limit: int) -> str:
    """Return a text that is not empty and not longer than `limit`."""
    if not text.strip():
        raise Flaw("there is no text here", "Write some, or leave the key out.")
    if len(text) > limit:
        raise Flaw(f"the text has {len(text):,} characters", f"At most {limit:,}.")
    return text.strip()
