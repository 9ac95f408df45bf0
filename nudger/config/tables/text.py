"""A CSV file as lines of text, a piece at a time: however long the file, it never is in memory as a whole."""

import codecs
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nudger.config.flaws import Flaw
from nudger.config.yaml.raw_text import LINE_END, composed, not_utf8, refuse_other_kinds, trouble

STDIN = Path("-")
"""Names standard input on a command line."""
STDIN_IN_WORDS = Path("stdin")
"""What it is called where something is wrong with what it brought."""

_CHUNK = 1 << 18
_MAX_BYTES = 500_000_000
_MAX_LINE = 100_000
"""Bytes of a file, and letters of a line: more is no table of people, and would only fill the memory."""

_SAVE_AS = 'In Excel: Save as, "CSV UTF-8".'


@contextmanager
def opened(path: Path, file: BinaryIO | None = None) -> Iterator[BinaryIO]:
    """Open a table for reading: a regular file, a pipe, or standard input for `-`; or take what is open already.

    Raises Flaw for anything else.
    """
    if file is not None or path == STDIN:
        yield file or sys.stdin.buffer
        return
    try:
        found = path.open("rb")
    except (OSError, ValueError) as error:
        raise Flaw(f"cannot be read: {trouble(error)}") from error
    with found:
        mode = os.fstat(found.fileno()).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise Flaw("this is no ordinary file", "A text file is expected here.")
        yield found


def lines_of(file: BinaryIO) -> Iterator[str]:
    """Yield the lines with their ends, in NFC, without a byte order mark. Raises Flaw for what is no text in UTF-8."""
    text = _Text()
    for piece in _pieces(file):
        yield from text.lines(piece)
    yield from text.lines(b"", last=True)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    total = 0
    try:
        while piece := file.read(_CHUNK):
            total += len(piece)
            if total > _MAX_BYTES:
                raise Flaw(f"the file is larger than {_MAX_BYTES // 1_000_000} MB", "Divide it into several files.")
            yield piece
    except OSError as error:
        raise Flaw(f"cannot be read: {trouble(error)}") from error


class _Text:
    """Puts pieces of a file together to lines, and knows how many there were."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._begun = False
        self._rest = ""
        self._count = 0

    def lines(self, piece: bytes, *, last: bool = False) -> Iterator[str]:
        """Yield the lines that are whole with this piece; with the last one also what is left."""
        if not self._begun and piece:
            refuse_other_kinds(piece, _SAVE_AS)
            piece = piece.removeprefix(codecs.BOM_UTF8)
            self._begun = True
        text = self._rest + self._decoded(piece, last=last)
        begin = 0
        for match in LINE_END.finditer(text):
            if match.end() == len(text) and match[0] == "\r" and not last:
                break  # the other half of a line end may follow
            yield self._line(text[begin : match.end()])
            begin = match.end()
        self._rest = text[begin:]
        if last and self._rest:
            yield self._line(self._rest)
        self._check_length(self._rest)

    def _decoded(self, piece: bytes, *, last: bool) -> str:
        try:
            return self._decoder.decode(piece, final=last)
        except UnicodeDecodeError as error:
            raise not_utf8(error.object, error.start, how=_SAVE_AS, before=self._rest, lines=self._count) from error

    def _line(self, line: str) -> str:
        self._check_length(line)
        self._count += 1
        return composed(line)

    def _check_length(self, line: str) -> None:
        if len(line) > _MAX_LINE:
            what = f"line {self._count + 1} has more than {_MAX_LINE:,} characters"
            raise Flaw(what, "Each line of a table is a person or an entry, and far shorter.")
