"""Where the lines about work go."""

import logging
import sys
from typing import TextIO

import structlog


def configure_logging(*, level: str, style: str, stream: TextIO = sys.stderr) -> None:
    """Send structlog's lines, and warnings of the libraries, to `stream`: for people (console) or machines (json)."""
    renderer: structlog.typing.Processor
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
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
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    # Twilio's client logs addresses at INFO; warnings and errors of the libraries hold none.
    logging.basicConfig(handlers=[_ToStructlog(logging.WARNING)], level=logging.WARNING, force=True)
    logging.getLogger("twilio").setLevel(logging.CRITICAL)


def _tracebacks() -> structlog.typing.Processor:
    """Return what puts tracebacks into a line: without the values of variables, which hold names, words and secrets."""
    return structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def _leave_out_nothings(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: value for name, value in event.items() if value is not None}


class _ToStructlog(logging.Handler):
    """Hands the libraries' own warnings on, so that every line has one form."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger("nudger").log(
            record.levelno, "library", logger=record.name, text=record.getMessage(), exc_info=record.exc_info
        )
