"""`nudger release`."""

from pathlib import Path

import click

from nudger.use_cases.hold import release_everything
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation


@click.command(name="release")
@click.pass_obj
def command(config_dir: Path) -> None:
    """Take a `nudger hold` back: what is still in time goes out, the rest is recorded as too late."""
    was = Installation(config_dir).change(lambda transaction: release_everything(transaction, now=clock()))
    click.echo("Nudges go out again." if was else "Nothing was on hold.")
