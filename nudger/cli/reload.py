"""`nudger reload`."""

import asyncio
import os
import signal
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from nudger.cli.setup import change_ledger, read_setup_as_it_is
from nudger.domain.facts import DaemonId, Reloaded
from nudger.errors import NudgerError
from nudger.storage.daemon_id import daemon_of
from nudger.storage.fact_codecs import FORCE_RELOAD, RELOADED
from nudger.storage.lock import running_process
from nudger.storage.transaction import Transaction
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
        daemon = daemon_of(setup.settings.state)
        change_ledger(config_dir, lambda transaction: transaction.facts.put(FORCE_RELOAD.of(daemon), began))
    try:
        os.kill(process, signal.SIGHUP)
    except PermissionError:
        raise NudgerError(f"process {process} belongs to another user: run this as that user, or as root") from None
    told = asyncio.run(_wait(config_dir, began))
    for line in told.lines:
        click.echo(line)
    if not told.taken:
        raise NudgerError("not taken; the service goes on as before")


async def _wait(config_dir: Path, began: datetime) -> Reloaded:
    setup = read_setup_as_it_is(config_dir)
    nothing: Reloaded | None = None
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        told = setup.ask_ledger(partial(_told, daemon=daemon_of(setup.settings.state)), otherwise=nothing)
        if told and told.at >= began:
            return told
        await asyncio.sleep(_LOOK_S)
    raise NudgerError("the service has not answered yet: see its journal")


def _told(transaction: Transaction, *, daemon: DaemonId) -> Reloaded | None:
    return transaction.facts.of_daemon(RELOADED, daemon)
