"""`nudger release`."""

from pathlib import Path

import click

from nudger.cli.setup import change_ledger
from nudger.use_cases.hold import release_everything
from nudger.wiring.clock import clock


@click.command(name="release")
@click.pass_obj
def command(config_dir: Path) -> None:
    """Take a `nudger hold` back: what is still in time goes out, the rest is recorded as too late."""
    was = change_ledger(config_dir, lambda transaction: release_everything(transaction, now=clock()))
    click.echo("Nudges go out again." if was else "Nothing was on hold.")
