"""`nudger check`. Imports only what reading files needs: it is run after every edit."""

from pathlib import Path

import click

from nudger.cli.screen import plural
from nudger.files import locations
from nudger.files.catalog import read_configuration
from nudger.files.report import as_records, as_text
from nudger.files.zones import prefer_newest_time_zones
from nudger.wiring.clock import clock

_VARIABLES = ("NUDGER_RECIPIENTS", "NUDGER_STATE_DIR")


@click.command(name="check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, folder: Path | None, style: str) -> None:
    """Look for mistakes in schedules, messages and recipients, all at once. FOLDER: instead of --config.

    Opens no connection and needs no credentials. Exit status 1 when there is an error; warnings alone are 0.
    """
    prefer_newest_time_zones()
    config_dir = folder or ctx.obj
    explicit, state = locations.read_paths(config_dir, *_VARIABLES)
    recipients = locations.recipients_file(config_dir, locations.state_dir(config_dir, state), explicit)
    today = clock().date()
    people = recipients if explicit or recipients.exists() else None
    reading = read_configuration(config_dir, people, today=today, look_ahead=True)
    if style == "json":
        # Cold start: hardly anybody asks for it.
        import json  # noqa: PLC0415

        click.echo(json.dumps(as_records(reading.problems), indent=1, ensure_ascii=False))
    elif reading.problems:
        click.echo(as_text(reading.problems, files=reading.files))
    elif reading.catalog is not None:
        schedules, messages = len(reading.catalog.schedules), len(reading.catalog.messages)
        click.echo(
            f"No mistakes: {plural(schedules, 'schedule')}, {plural(messages, 'message')} in {reading.files} files."
        )
    ctx.exit(1 if reading.catalog is None else 0)
