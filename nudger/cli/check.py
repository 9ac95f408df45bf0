"""`nudger check`. Imports only what reading files needs, and that only for files that were not found good before."""

from collections.abc import Sequence
from pathlib import Path

import click

from nudger.cli.screen import plural
from nudger.errors import Problem
from nudger.files import checked
from nudger.files.report import as_records, as_text
from nudger.files.setting_look import look_at_settings
from nudger.files.zones import prefer_newest_time_zones
from nudger.wiring.clock import clock


@click.command(name="check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, folder: Path | None, style: str) -> None:
    """Look for mistakes in schedules, messages, recipients and settings, all at once. FOLDER: instead of --config.

    Opens no connection. Exit status 1 when there is an error; warnings alone are 0.
    """
    prefer_newest_time_zones()
    config_dir = folder or ctx.obj
    look = look_at_settings(config_dir)
    people = look.recipients
    today = clock().date()
    digest = checked.digest_of(config_dir, people, today)
    known = checked.recall(digest) if digest else None
    if known is not None and not look.problems:
        _show_spotless(known, style)
        return
    # Cold start: reading takes half a second, most of it for importing and building pydantic's models.
    from nudger.files.catalog import read_configuration  # noqa: PLC0415

    reading = read_configuration(config_dir, people, today=today, look_ahead=True)
    everybody = reading.catalog.recipients or () if reading.catalog else ()
    problems = (*look.problems, *look.beside(everybody), *reading.problems)
    if problems or reading.catalog is None:
        _show_problems(problems, reading.files, style)
        ctx.exit(1 if any(not problem.warning for problem in problems) else 0)
    spotless = checked.Spotless(len(reading.catalog.schedules), len(reading.catalog.messages), reading.files)
    # The same as before reading: nobody saved a file meanwhile.
    if digest and digest == checked.digest_of(config_dir, people, today):
        checked.keep(digest, spotless)
    _show_spotless(spotless, style)


def _show_spotless(found: checked.Spotless, style: str) -> None:
    counts = f"{plural(found.schedules, 'schedule')}, {plural(found.messages, 'message')} in {found.files} files"
    click.echo("[]" if style == "json" else f"No mistakes: {counts}.")


def _show_problems(problems: Sequence[Problem], files: int, style: str) -> None:
    if style == "json":
        # Cold start: hardly anybody asks for it.
        import json  # noqa: PLC0415

        click.echo(json.dumps(as_records(problems), indent=1, ensure_ascii=False))
    else:
        click.echo(as_text(problems, files=files))
