"""Where a command writes to that makes a file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from nudger.errors import NudgerError

_STDOUT = Path("-")


@contextmanager
def opened_for_writing(path: Path | None) -> Iterator[TextIO]:
    """Open what is written to: a file that its owner alone can read, or the screen. Raises NudgerError.

    To be opened before anything else is asked, so that a file is there at the end, or a line says why not.
    """
    if path is None or path == _STDOUT:
        yield sys.stdout
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise NudgerError(f"{path} cannot be written: {(error.strerror or 'unknown trouble').lower()}") from error


def say_written(what: str, path: Path | None) -> None:
    """Say what was written to a file; not where it would be among what was written."""
    if path is not None:
        click.echo(f"{what} written" + (f" to {path}." if path != _STDOUT else "."), err=path == _STDOUT)
