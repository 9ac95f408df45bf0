"""`nudger init`."""

import sys
from pathlib import Path

import click

from nudger.files.starter import write_starter
from nudger.wiring.clock import machine_time_zone


@click.command(name="init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Write a starter configuration into FOLDER: schedules, messages, an example person, commented settings.

    Overwrites nothing. What it writes passes `nudger check` as it is, and sends nothing real until you give it
    credentials.
    """
    write_starter(folder, time_zone=machine_time_zone())
    program = Path(sys.argv[0]).name
    click.echo(f"Written to {folder}. Look around, then:")
    click.echo(f"  {program} --config {folder} check")
    click.echo(f"  {program} --config {folder} preview")
    click.echo(f"  {program} --config {folder} run")
