"""Where the lines about work go."""

import io
import logging
import os
import select
import sys
import threading
from typing import TextIO, cast

import structlog

_PATIENCE_MS = 1000
_CHUNK = select.PIPE_BUF
"""A pipe that is ready takes so many bytes without waiting (pipe(7))."""


def configure_logging(*, level: str, style: str, stream: TextIO = sys.stderr) -> None:
    """Send structlog's lines, and warnings of the libraries, to `stream`: for people (console) or machines (json)."""
    renderer: structlog.typing.Processor
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=not stream.closed and stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        processors: list[structlog.typing.Processor] = [structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)]
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
        processors = [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tracebacks(),
        ]
    structlog.configure(
        processors=[_leave_out_nothings, structlog.processors.add_log_level, *processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _LogStream(stream))),
        cache_logger_on_first_use=False,
    )
    # Twilio's client logs addresses at INFO; warnings and errors of the libraries hold none.
    logging.basicConfig(handlers=[_ToStructlog(logging.WARNING)], level=logging.WARNING, force=True)
    logging.getLogger("twilio").setLevel(logging.CRITICAL)
    logging.raiseExceptions = False


class _LogStream(io.TextIOBase):
    """Takes every line, and raises nothing: what cannot be written costs a line of the log, and never a nudge.

    A full disk, a closed descriptor, a reader that went away; and one that stands still is waited for a second once,
    then not at all until it reads again. How many lines were lost is said as soon as one can be written.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._one_at_a_time = threading.RLock()
        self._half_written = False
        self._lost = 0

    def write(self, text: str, /) -> int:
        """Write a line, or count it as lost."""
        with self._one_at_a_time:
            if self._lost and self._put(f"{self._lost} log lines could not be written\n"):
                self._lost = 0
            if self._lost or not self._put(text):
                self._lost += text.count("\n")
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def _put(self, text: str) -> bool:
        try:
            descriptor = self._descriptor()
            if descriptor is None:
                self._stream.write(text)
                self._stream.flush()
                return True
            return self._push(descriptor, ("\n" * self._half_written + text).encode("utf-8", "backslashreplace"))
        except (OSError, ValueError):
            return False

    def _push(self, descriptor: int, data: bytes) -> bool:
        """Write past Python's buffers, which would keep what failed and fail again with it at the end."""
        view = memoryview(data)
        while view:
            if not _is_ready(descriptor, 0 if self._lost else _PATIENCE_MS):
                return False
            view = view[os.write(descriptor, view[:_CHUNK]) :]
            self._half_written = bool(view)
        return True

    def _descriptor(self) -> int | None:
        try:
            return self._stream.fileno()
        except (OSError, ValueError, AttributeError):
            return None


def _is_ready(descriptor: int, patience_ms: int) -> bool:
    ready = select.poll()
    ready.register(descriptor, select.POLLOUT)
    return bool(ready.poll(patience_ms))


def _tracebacks() -> structlog.typing.Processor:
    """Return what puts tracebacks into a line: without the values of variables, which hold names, words and secrets."""
    return structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def _leave_out_nothings(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: value for name, value in event.items() if value is not None}


class _ToStructlog(logging.Handler):
    """Hands the libraries' own warnings on, so that every line has one form."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            structlog.get_logger("nudger").log(
                record.levelno, "library", logger=record.name, text=record.getMessage(), exc_info=record.exc_info
            )
        except Exception:  # noqa: BLE001 - a library's message that does not fit its arguments stops nobody
            self.handleError(record)
