"""Standard input, output and error as they may be found: closed, full, given up by their reader, short of letters.

Whatever is printed, by us or by click, goes through here. A reader that has had enough (`nudger preview | head`) is no
trouble: the rest is not shown, and the command ends as it would have. Output that cannot be written, as on a full disk,
is an `OutputError`, said once. On standard error nobody can be told, so nothing is said.
"""

import codecs
import contextlib
import errno
import io
import os
import select
import sys
import unicodedata
from typing import Any, TextIO

_GONE = frozenset({errno.EPIPE, errno.ECONNRESET})
_PATIENCE_S = 10
_ERRORS = "nudger.spelled"
_SPELLED = {
    **dict.fromkeys("─━", "-"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼", "+"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("›»", ">"),
    **dict.fromkeys("«", "<"),
    **dict.fromkeys("·•", "*"),
    "…": "...",
    "→": "->",
    "×": "x",
    "\xa0": " ",
}


class OutputError(OSError):
    """What was to be shown cannot be written; the text says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def prepare(*, for_programs: bool = False) -> None:
    """Make the three standard streams ones that can be used, whatever they are, and let no file of ours be unusable.

    `for_programs`: what is asked for is UTF-8 wherever it is shown (RFC 8259, 8.1; RFC 5545, 3.1.4; our own pages).
    """
    codecs.register_error(_ERRORS, spelled)
    _open_closed()
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, kept
    sys.stdout = _safe(sys.stdout, 1, encoding="utf-8" if for_programs else None)
    sys.stderr = _safe(sys.stderr, 2)
    # Files that not even we could read (umask 777) help nobody, and nobody's need be writable by all (umask 000).
    os.umask((os.umask(0o077) | 0o002) & ~0o700)


def spelled(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks in ASCII: lines of boxes, quotes, letters without accents, and else '?'."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(letter: str) -> str:
    if letter in _SPELLED:
        return _SPELLED[letter]
    bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode("ascii")
    return bare or ("" if unicodedata.combining(letter) else "?")


def _open_closed() -> None:
    """Put the null device where a descriptor was closed: else the next file opened would be standard output."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)


def _safe(stream: TextIO | None, descriptor: int, *, encoding: str | None = None) -> TextIO:
    """Return a stream to the same place that raises nothing but OutputError; another one than the usual as it is."""
    if stream is None:
        return _writer(descriptor, "utf-8")
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if isinstance(stream, io.TextIOWrapper) and stream.fileno() == descriptor:
            stream.flush()
            return _writer(descriptor, encoding or stream.encoding)
    return stream


def _writer(descriptor: int, encoding: str) -> TextIO:
    buffered = io.BufferedWriter(_Descriptor(descriptor))
    interactive = os.isatty(descriptor) or descriptor == 2  # noqa: PLR2004 - standard error
    return io.TextIOWrapper(buffered, encoding=encoding, errors=_ERRORS, line_buffering=interactive)


class _Descriptor(io.RawIOBase):
    """Writes to a descriptor. After the first trouble it takes everything and writes nothing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._broken = False

    def write(self, data: Any, /) -> int:
        """Write all of it. Raises OutputError once, except on standard error."""
        view = memoryview(data).cast("B")
        try:
            while view and not self._broken:
                view = view[self._write(view) :]
        except OSError as error:
            self._broken = True
            if error.errno not in _GONE and self._descriptor == 1:
                raise OutputError((error.strerror or "unknown trouble").lower()) from None
        return memoryview(data).nbytes

    def _write(self, view: memoryview) -> int:
        try:
            return os.write(self._descriptor, view)
        except BlockingIOError:
            # Somebody else made the terminal or pipe that we share one that does not wait.
            if not select.select([], [self._descriptor], [], _PATIENCE_S)[1]:
                raise
            return 0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)
