"""`nudger decisions …`: the record of every decision, for whoever analyses it."""

import csv
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click

from nudger.cli.kinds import DATE, Group
from nudger.cli.output import opened_for_writing, say_written
from nudger.config.tables.spreadsheets import guarded
from nudger.prose.english import plural
from nudger.use_cases.decision_record import COLUMNS, decision_points, row_of
from nudger.use_cases.people import who_is_here
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

Row = dict[str, Any]


@click.group(name="decisions", cls=Group)
def command() -> None:
    """Export every decision, with its chances and what came of it, or list the columns."""


@command.command()
def columns() -> None:
    """List what each column of the export holds.

    And what it is called in micro-randomised trials.
    """
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
    """Write one row for each decision.

    Also where nothing was sent: what was known, the options and their chances, the choice, and what came back within
    24 hours. Nobody is named: people have pseudonyms. It still tells of their moods and habits, so keep the file as
    safely as the ledger. `nudger decisions columns` explains it.
    """
    installation, now = Installation(config_dir), clock()
    written = installation.catalog.recipients
    names = [*COLUMNS, *(["recipient"] if people else [])]
    with opened_for_writing(output) as file, installation.read() as transaction:
        write = _as_csv(names, file) if style == "csv" else partial(_as_json_lines, file)
        snapshot = installation.snapshot(who_is_here(transaction, written, now=now))
        points = decision_points(
            transaction, snapshot, first=first and first.date(), last=last and last.date(), now=now
        )
        count = write(row_of(p) | ({"recipient": p.nudge.key.recipient} if people else {}) for p in points)
    say_written(plural(count, "decision"), output)


def _as_csv(names: list[str], file: TextIO) -> Callable[[Iterable[Row]], int]:
    """Write the names of the columns, and return what writes rows and counts them."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)

    def write(rows: Iterable[Row]) -> int:
        count = 0
        for row in rows:
            writer.writerow([_cell(row[name]) for name in names])
            count += 1
        return count

    return write


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; lists with blanks between."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(map(str, value)) if isinstance(value, list) else value
    return guarded(text) if isinstance(text, str) else text


def _as_json_lines(file: TextIO, rows: Iterable[Row]) -> int:
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count
