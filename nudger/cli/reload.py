"""`nudger reload`."""

import asyncio
import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from nudger.cli.setup import change_ledger, read_setup_as_it_is
from nudger.errors import NudgerError
from nudger.storage.lock import running_process
from nudger.use_cases.stop_and_go import FORCE, RELOADED
from nudger.wiring.clock import clock

_PATIENCE_S = 20
_LOOK_S = 0.1


@click.command(name="reload")
@click.option("--force", is_flag=True, help="Also when most schedules, messages or people are gone.")
@click.pass_obj
def command(config_dir: Path, force: bool) -> None:
    """Let the running service read its files again, all or nothing, and say what that changed."""
    setup = read_setup_as_it_is(config_dir)
    process = running_process(setup.settings.state)
    if process is None:
        raise NudgerError(f"no service is running in {setup.settings.state}")
    began = clock()
    if force:
        change_ledger(config_dir, lambda transaction: transaction.remember(FORCE, {"at": began.isoformat()}))
    try:
        os.kill(process, signal.SIGHUP)
    except PermissionError:
        raise NudgerError(f"process {process} belongs to another user: run this as that user, or as root") from None
    told = asyncio.run(_wait(config_dir, began))
    for line in told["lines"]:
        click.echo(line)
    if not told["taken"]:
        raise NudgerError("not taken; the service goes on as before")


async def _wait(config_dir: Path, began: datetime) -> dict[str, Any]:
    setup = read_setup_as_it_is(config_dir)
    nothing: dict[str, Any] = {}
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        told = setup.ask_ledger(lambda transaction: transaction.recall(RELOADED), otherwise=nothing)
        if told and datetime.fromisoformat(told["at"]) >= began:
            return told
        await asyncio.sleep(_LOOK_S)
    raise NudgerError("the service has not answered yet: see its journal")
