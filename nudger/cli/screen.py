"""Small pieces of what a person reads on the terminal."""

import contextlib
import shlex
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from nudger.cli.streams import OutputError
from nudger.decisions.spans import day_in_words
from nudger.domain.recipients import Recipient

EXCERPT = 60
_NARROWEST = 30


def plural(count: int, noun: str, many: str = "") -> str:
    """Return `1 segment`, `2 segments`, `3 people`."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def excerpt(text: str, width: int = EXCERPT) -> str:
    """Return the first words of a text, in quotes, on one line."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= width else f'"{line[: width - 1].rstrip()}…"'


def in_words(span: timedelta) -> str:
    """Return `in 10 h 12 min`, or `now`."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return "now"
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        f"{days} d" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes and not days else "",
    ]
    return "in " + " ".join(part for part in parts if part)


def day(moment: date) -> str:
    """Return `Mon 2 Nov`."""
    return f"{moment:%a} {moment.day} {moment:%b}"


def long_day(moment: date) -> str:
    """Return `Monday 2 November 2026`."""
    return f"{moment:%A} {day_in_words(moment)}"


def local_day(moment: datetime) -> str:
    """Return `Mon 2 Nov 08:30`."""
    return f"{day(moment)} {moment:%H:%M}"


def elsewhere(moment: datetime, person: Recipient) -> str:
    """Return `08:00 where sam is`, for a time by this machine's clock; '' where the clocks there show the same."""
    here, there = moment.astimezone(), moment.astimezone(person.zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    other_day = "" if here.date() == there.date() else f"{day(there)} "
    return f"{other_day}{there:%H:%M} where {person.id} is"


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
