"""From a path to the text of a file: bounded, decoded, and free of characters that nobody can see."""

import codecs
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from nudger.config.flaws import Flaw, code_point, sentences

MAX_BYTES = 1_000_000
DIVIDE = "Divide it into several files in the same folder."
_MAX_INVISIBLE = 20

_SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive (or an Office document)"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "a document of a word processor (RTF)"),
    (b"<!DOCTYPE", "a page of HTML"),
    (b"<!doctype", "a page of HTML"),
    (b"<html", "a page of HTML"),
    (b"<?xml", "XML"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"\xff\xfe\x00\x00", "text in UTF-32"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)

# ZERO WIDTH JOINER and NON-JOINER belong inside emoji and inside Persian or Hindi words, so between two
# characters outside ASCII they may stay; anywhere else they only hide something.
_NEVER = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffd\ufffe\uffff\U000e0000-\U000e007f"
)
_BLANKS = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"  # what only looks like a space
_INVISIBLE = re.compile(f"[{_NEVER}]|^ *[{_BLANKS}]|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_SUSPECT = re.compile(f"[{_NEVER}{_BLANKS}\u200c\u200d]")
"""What all of those have one of: a set is looked for many times faster than a choice of patterns."""

_NAMES = {
    "\x00": "a NUL character",
    "\x1b": "an escape character",
    "\x85": "an invisible line end",
    "\xad": "a soft hyphen",
    "\u200b": "a zero-width space",
    "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner",
    "\u2028": "an invisible line end",
    "\u2029": "an invisible line end",
    "\u2060": "an invisible word joiner",
    "\ufeff": "a byte order mark in the middle of the text",
    "\ufffd": "the mark of a character that was lost in a conversion",
}
LINE_END = re.compile(r"\r\n|\n|\r")


class Oddity(NamedTuple):
    """A character that may not stand in a file, and its place (from 1)."""

    line: int
    column: int
    flaw: Flaw


def read_bytes(path: Path, limit: int = MAX_BYTES, too_large: str = DIVIDE) -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes; raise Flaw for anything else, never wait.

    `too_large` is what to do about a file with more.
    """
    try:
        # O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Flaw("this is no ordinary file", "A text file is expected here.")
            data = file.read(limit + 1)
    except OSError as error:
        raise Flaw(f"cannot be read: {trouble(error)}") from error
    if len(data) > limit:
        raise Flaw(f"the file is larger than {limit // 1_000_000} MB", too_large)
    return data


def trouble(error: OSError | ValueError) -> str:
    """Return the system's word for what went wrong with a file."""
    return str(getattr(error, "strerror", "") or "unknown trouble").lower()


def decode(data: bytes) -> str:
    """Return the text of UTF-8 bytes, composed, without a byte order mark at the start; raise Flaw if they are none."""
    refuse_other_kinds(data)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return composed(data.decode())
    except UnicodeDecodeError as error:
        raise not_utf8(data, error.start) from error


def refuse_other_kinds(data: bytes, how: str = "") -> None:
    """Raise Flaw for what begins like something else than text in UTF-8; `how` says how such text is made."""
    for signature, looks_like in _SIGNATURES:
        if data.startswith(signature):
            raise Flaw(f"this looks like {looks_like}", sentences("Text in UTF-8 is expected.", how))
    if data[:2].count(0) == 1 and len(data) > 1:
        raise Flaw("this looks like text in UTF-16", sentences("Save it as UTF-8.", how))


def not_utf8(data: bytes, at: int, *, how: str = "", before: str = "", lines: int = 0) -> Flaw:
    """Return what is wrong with a byte that is not UTF-8, its place, and what its writer may have meant by it.

    `before` is the text of the file before `data`, and `lines` those before that, where that is not all of it.
    """
    *above, begun = LINE_END.split(before + data[:at].decode(errors="replace"))
    line = lines + len(above) + 1
    what = f"byte 0x{data[at]:02X} in line {line} is not UTF-8" + _in_another_encoding(data[at : at + 1])
    return Flaw(what, sentences("Save the file as UTF-8.", how), position=(line, len(begun) + 1))


def _in_another_encoding(byte: bytes) -> str:
    """Return what a byte would be in the encodings that Windows and old systems write."""
    for encoding, name in (("latin-1", "Latin-1"), ("cp1252", "Windows-1252")):
        guess = byte.decode(encoding, errors="replace")
        if guess.isprintable() and guess != "\ufffd":
            return f"; in {name} it would be '{guess}'"
    return ""


def misread(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield what UTF-8 became where it was read as Windows-1252: where, how it stands there, and what was written."""
    for match in _MISREAD.finditer(text):
        try:
            written = match[0].encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        yield match.start(), match[0], written


_MISREAD = re.compile("[\u00c2-\u00c5\u00e2\u00f0][^\x00-\x7f]{1,20}")
"""The first bytes of most letters, quotes and pictures that people write, as Windows-1252 has them, and the rest."""


def composed(text: str) -> str:
    """Return a text in Unicode's composed form (NFC): é is one character, however it was typed.

    Every text that a person wrote goes through here once, when it is read: two spellings of one word are one word in
    ids, names and comparisons, and an accent that is a character of its own costs no second SMS.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def split_lines(text: str) -> list[str]:
    """Return the lines as YAML counts them, without their ends."""
    return LINE_END.split(text) if "\r" in text else text.split("\n")


def invisible(text: str) -> Flaw | None:
    """Return what is wrong with the first character that nobody can see, or None."""
    match = _INVISIBLE.search(text)
    return _explain(match[0]) if match else None


def may_hide(text: str) -> bool:
    """Say whether a text may have something invisible in it, so that its lines are worth a look."""
    return _SUSPECT.search(text) is not None


def oddities(lines: list[str]) -> list[Oddity]:
    """Return the first few characters that may not stand in a file."""
    found: list[Oddity] = []
    for number, line in enumerate(lines, start=1):
        if line.isascii() and line.isprintable():
            continue
        matches = islice(_INVISIBLE.finditer(line), _MAX_INVISIBLE - len(found))
        found += (Oddity(number, match.end(), _explain(match[0])) for match in matches)
    return found


def _explain(found: str) -> Flaw:
    letter = found[-1]
    if letter in "\xa0\u1680\u202f\u205f\u3000" or "\u2000" <= letter <= "\u200a":
        return Flaw(f"an indentation by {code_point(letter)}, which only looks like a space", "Write ordinary spaces.")
    name = _NAMES.get(letter, "a control character")
    if letter in "\u061c\u200e\u200f" or "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069":
        name = "a character that changes the direction of text"
    if letter == "\ufffd":
        return Flaw(f"{name}, {code_point(letter)}", "Write the character that was there.", part=letter)
    return Flaw(f"{name}, {code_point(letter)}, which nobody can see", "Delete it.", part=letter)
