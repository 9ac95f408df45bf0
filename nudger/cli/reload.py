"""`nudger reload`."""

import asyncio
import os
import signal
from datetime import datetime
from pathlib import Path

import click

from nudger.domain.facts import Reloaded
from nudger.errors import NudgerError
from nudger.use_cases.reload import give_force, last_reload
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

_PATIENCE_S = 20
_LOOK_S = 0.1


@click.command(name="reload")
@click.option("--force", is_flag=True, help="Also when most schedules, messages or people are gone.")
@click.pass_obj
def command(config_dir: Path, force: bool) -> None:
    """Let the running service read its files again, all or nothing, and say what that changed."""
    installation = Installation(config_dir)
    running = installation.running
    if running is None or not running.process:
        raise NudgerError(f"no service is running in {installation.settings.state}")
    began = clock()
    if force:
        installation.change(lambda transaction: give_force(transaction, installation.daemon, now=began))
    try:
        os.kill(running.process, signal.SIGHUP)
    except PermissionError:
        raise NudgerError(
            f"process {running.process} belongs to another user: run this as that user, or as root"
        ) from None
    told = asyncio.run(_wait(installation, began))
    for line in told.lines:
        click.echo(line)
    if not told.taken:
        raise NudgerError("not taken; the service goes on as before")


async def _wait(installation: Installation, began: datetime) -> Reloaded:
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        with installation.read() as transaction:
            told = last_reload(transaction, installation.daemon)
        if told and told.at >= began:
            return told
        await asyncio.sleep(_LOOK_S)
    raise NudgerError("the service has not answered yet: see its journal")
