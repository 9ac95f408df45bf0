"""Small pieces of what a person reads on the terminal."""

import contextlib
import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from nudger.cli.streams import OutputError

EXCERPT = 60
_NARROWEST = 30


def excerpt(text: str, width: int = EXCERPT) -> str:
    """Return the first words of a text, in quotes, on one line."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= width else f'"{line[: width - 1].rstrip()}…"'


def as_json(value: object) -> str:
    """Return what JSON has no form for as text: a moment as `2026-11-25T13:52:59Z` (RFC 3339)."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)


def fitted(line: str, *, indent: int) -> str:
    """Return a line as a terminal holds it: what is beyond its width goes on below, from a column on.

    Where there is no terminal, it stays one line, for `grep` and for tables.
    """
    if not sys.stdout.isatty() or len(line) <= (columns := shutil.get_terminal_size().columns):
        return line
    start = min(indent, columns // 2)
    return click.wrap_text(line, width=columns, subsequent_indent=" " * start) if columns > _NARROWEST else line


def tell(words: str) -> None:
    """Show something of a service that goes on also where nobody can see it: on a full disk, a terminal that left."""
    with contextlib.suppress(OutputError):
        click.echo(words)


def program() -> str:
    """Return what to type to call this program again."""
    typed = sys.argv[0]
    if Path(typed).name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m nudger"
    return "nudger" if shutil.which("nudger") == typed else shlex.quote(typed)
