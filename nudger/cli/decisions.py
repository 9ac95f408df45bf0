"""`nudger decisions …`: the record of every decision, for whoever analyses it."""

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from nudger.cli.kinds import DATE, Group
from nudger.cli.screen import plural
from nudger.cli.setup import read_setup
from nudger.errors import NudgerError
from nudger.use_cases.decision_record import COLUMNS, decision_points, row_of
from nudger.wiring.clock import clock

if TYPE_CHECKING:  # Cold start: see cli.setup.
    from nudger.storage.transaction import Transaction

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, Any]


@click.group(name="decisions", cls=Group)
def command() -> None:
    """Export every decision, with its chances and what came of it, or list the columns."""


@command.command()
def columns() -> None:
    """List what each column of the export holds, and what it is called in micro-randomised trials."""
    width = max(map(len, COLUMNS))
    for name, column in COLUMNS.items():
        click.echo(f"{name:<{width}}  {column.term:<25}  {column.about}")


@command.command()
@click.option("--format", "style", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--from", "first", type=DATE, help="First local date (YYYY-MM-DD). [default: the beginning]")
@click.option("--to", "last", type=DATE, help="Last local date. [default: today]")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file. [default: the screen]")
@click.option("--people", is_flag=True, help="Put each person's id beside the pseudonym; names never appear.")
@click.pass_obj
def export(
    config_dir: Path, style: str, first: datetime | None, last: datetime | None, output: Path | None, people: bool
) -> None:
    """Write one row for each decision, also where nothing was sent: what was known, the options and their chances, the
    choice, and what came back within 24 hours. Nobody is named: people have pseudonyms. It still tells of their
    moods and habits, so keep the file as safely as the ledger. `nudger decisions columns` explains it.
    """  # noqa: D205 - click shows the first paragraph whole
    setup = read_setup(config_dir)
    agenda = setup.agenda(setup.people())

    names = [*COLUMNS, *(["recipient"] if people else [])]

    def work(transaction: "Transaction") -> int:
        points = decision_points(
            transaction, agenda, first=first and first.date(), last=last and last.date(), now=clock()
        )
        rows = (row_of(p) | ({"recipient": p.nudge.key.recipient} if people else {}) for p in points)
        with _open(output) as file:
            return _as_csv(rows, names, file) if style == "csv" else _as_json_lines(rows, file)

    count = setup.ask_ledger(work, otherwise=0)
    if output is not None:
        click.echo(f"{plural(count, 'decision')} written to {output}.")


@contextmanager
def _open(path: Path | None) -> Iterator[TextIO]:
    """Open what is written to; a file is readable for its owner alone."""
    if path is None:
        yield sys.stdout
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise NudgerError(f"{path} cannot be written: {(error.strerror or 'unknown trouble').lower()}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        yield file


def _as_csv(rows: Iterable[Row], names: list[str], file: TextIO) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    count = 0
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
        count += 1
    return count


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; lists with blanks between."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(map(str, value)) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def _as_json_lines(rows: Iterable[Row], file: TextIO) -> int:
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count
