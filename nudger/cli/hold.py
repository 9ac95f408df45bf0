"""`nudger hold`: stop everything, now."""

from pathlib import Path

import click

from nudger.prose.english import local_day
from nudger.use_cases.hold import hold_everything
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation


@click.command(name="hold")
@click.argument("reason", required=False, default="")
@click.pass_obj
def command(config_dir: Path, reason: str) -> None:
    """Let nothing more go out, from this moment on, until `nudger release`. REASON is shown in `nudger status`.

    What is being sent right now ends; everything else waits, and is left out once it is too late for it. Works on
    every service that shares this ledger.
    """
    before = Installation(config_dir).change(lambda transaction: hold_everything(transaction, reason, now=clock()))
    if before:
        since = local_day(before.since.astimezone())
        why = f": {before.reason}" if before.reason else ""
        click.echo(f"Everything was on hold already, since {since} (this machine's time){why}.")
        if reason:
            click.echo(f"The reason is now: {reason}")
    click.echo("Nothing goes out any more. To let it go on: nudger release")
