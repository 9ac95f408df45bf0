"""`nudger init`."""

import shlex
from pathlib import Path

import click

from nudger.cli.screen import program
from nudger.config.starter import write_starter
from nudger.wiring.clock import machine_time_zone


@click.command(name="init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Write a starter configuration into FOLDER: schedules, messages, an example person, commented settings.

    Overwrites nothing. What it writes passes `nudger check` as it is, and sends nothing real until you give it
    credentials.
    """
    zone = machine_time_zone()
    write_starter(folder, time_zone=zone)
    click.echo(f"Written to {folder}. Look around, then:")
    for what in ("check", "preview", "run"):
        click.echo(f"  {program()} --config {shlex.quote(str(folder))} {what}")
    if zone == "UTC":
        click.echo("The example person is in UTC, as this machine is: write your own time_zone in recipients.yaml.")
