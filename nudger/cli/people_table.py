"""`nudger recipients import` and `export`: people from a table, and back into one."""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from nudger.cli.output import opened_for_writing, say_written
from nudger.config.report import as_text
from nudger.config.tables.columns import COLUMNS, describe, exported
from nudger.config.tables.people import PeopleFile
from nudger.config.tables.text import STDIN, STDIN_IN_WORDS
from nudger.prose.english import plural
from nudger.use_cases.import_people import (
    Change,
    Comparison,
    compare,
    everybodys_addresses,
    imported,
    keep,
    written_ids,
)
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

_SHOWN = 5
_WORDS = {
    "pauses": "pause",
    "prefer": "preferred channel",
    "moments": "times of day",
    "weekend_moments": "weekend times",
}


class _WithColumns(click.Command):
    """Lists in its help every column of the table, from the shape of a person."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the columns, as in recipients.yaml."""
        with formatter.section("Columns (who is new needs id, time_zone, and sms or email)"):
            formatter.write_dl([(column, describe(column)) for column in COLUMNS])


@click.command(name="import", cls=_WithColumns)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--called", type=click.Path(path_type=Path), hidden=True, help="What standard input is called.")
@click.pass_context
def import_people(ctx: click.Context, file: Path, dry_run: bool, called: Path | None) -> None:
    """Take people from a CSV file, or say what would change.

    New people are added, known ones changed, nobody is removed. A column that is not there leaves the values of known
    people alone; an empty cell takes the value away (the day of joining stays). All or nothing: with one mistake,
    nobody is taken. FILE may be - for standard input. `nudger recipients export` writes such a file.

    Whoever is to get nothing more: `nudger recipients stop`, or `pause`. A running service says hello to new people at
    its next tick.
    """
    installation, now = Installation(ctx.obj, as_it_is=True), clock()
    catalog = None if installation.problems else installation.catalog
    with installation.read() as transaction:
        table = PeopleFile(
            called or (STDIN_IN_WORDS if file == STDIN else file),
            file=sys.stdin.buffer if file == STDIN else None,
            written=written_ids(transaction, catalog),
            others=everybodys_addresses(transaction, catalog),
        )
        comparison = compare(transaction, table.people, catalog.schedules if catalog else None, now=now)
    problems = table.problems
    if problems:
        click.echo(as_text(problems, files=1), err=table.wrong)
    if table.wrong:
        if table.refused is not None:
            click.echo(f"{_summary(comparison, table.refused)}: nobody was taken.", err=True)
        ctx.exit(1)
    if not dry_run:
        installation.change(lambda transaction: keep(transaction, comparison, now=now))
    click.echo(f"{_summary(comparison)}.")
    for line in _consequences(comparison):
        click.echo(line)
    if dry_run:
        click.echo("Nothing was written down: this was a dry run.")


def _summary(found: Comparison, refused: int = 0) -> str:
    """Return `3 new, 2 changed (ana: email; ben: groups, quiet hours), 195 same, 1 refused`."""
    shown = "; ".join(map(_change, found.changes[:_SHOWN]))
    more = f"; and {found.changed - _SHOWN} more" if found.changed > _SHOWN else ""
    changed = f"{found.changed:,} changed" + (f" ({shown}{more})" if shown else "")
    return f"{found.new:,} new, {changed}, {found.same:,} same" + (f", {refused:,} refused" if refused else "")


def _change(change: Change) -> str:
    return f"{change.recipient}: {', '.join(_WORDS.get(name) or name.replace('_', ' ') for name in change.fields)}"


def _consequences(found: Comparison) -> Iterator[str]:
    """Yield what follows for the people, as far as somebody should know."""
    if found.hellos_held:
        hellos = plural(found.hellos_held, "first hello")
        yield f"{hellos} will wait for `nudger guard release`: so many at once may be a mistake."
    if found.silenced:
        yield f"{_people(found.silenced)} stopped at every address that they have, and get nothing until `resume`."
    if found.woken:
        names = _names(found.woken_ids, found.woken)
        yield f"Stopped before, reached again at a new address: {names}. If they wish none: `nudger recipients stop`."
    if found.unreached:
        names = _names(found.unreached_ids, found.unreached)
        yield f"No schedule is meant for {names}, or only over a channel that they have no address for."


def _people(count: int) -> str:
    return plural(count, "person", "people")


def _names(ids: Sequence[str], count: int) -> str:
    rest = f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + rest


@click.command(name="export")
@click.option("--group", help="Only those of a group.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file. [default: the screen]")
@click.pass_obj
def export_people(config_dir: Path, group: str | None, output: Path | None) -> None:
    """Write imported people to a CSV file, to change and import again.

    It names people and their addresses: keep it as safely as the ledger. Those of recipients.yaml are changed there.
    Pauses and stops entered by command are not in it, and stay as they are.
    """
    installation = Installation(config_dir)
    count = 0
    with opened_for_writing(output) as file, installation.read() as transaction:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for person in imported(transaction, group=group):
            table.writerow(exported(person))
            count += 1
    say_written(_people(count), output)
