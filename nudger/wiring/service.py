"""The service with all its parts, opened and closed; and one nudge sent without it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from nudger.config.settings.read import Settings
from nudger.domain.facts import DaemonId
from nudger.domain.nudges import Nudge
from nudger.domain.vocabulary import Channel
from nudger.storage.daemon_id import name_daemon
from nudger.storage.engine import SERVICE_LIMIT
from nudger.storage.lock import StateLock, lock_state_dir
from nudger.storage.thread import LedgerThread
from nudger.use_cases.ports import ChannelPort
from nudger.use_cases.send_test import TestNudge, send_test
from nudger.use_cases.serve import Service
from nudger.wiring.aside import in_thread_of_its_own
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation
from nudger.wiring.ledger import open_ledger
from nudger.wiring.reading import make_snapshot
from nudger.wiring.sending import Show, make_channels, make_deliveries

__all__ = ["LedgerThread", "Parts", "StateLock", "daemon_at_work", "lock_state", "open_service", "send_now"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A service, and what it works with."""

    service: Service
    ledger: LedgerThread
    channels: dict[Channel, ChannelPort]


def lock_state(settings: Settings) -> StateLock:
    """Take the state folder for this process. Raises LedgerError if another has it, or if it cannot be locked."""
    return lock_state_dir(settings.state)


def daemon_at_work(settings: Settings) -> DaemonId:
    """Return the id of the daemon that has the state folder: this process."""
    return name_daemon(settings.state)


@asynccontextmanager
async def open_service(settings: Settings, *, show: Show | None) -> AsyncIterator[Parts]:
    """Open the ledger and the ways out; close them at the end. Raises LedgerError.

    `show` is where the words of nudges are shown that stay on this machine, if anywhere.
    """
    ledger = await in_thread_of_its_own(lambda: open_ledger(settings, limit=SERVICE_LIMIT))
    thread = LedgerThread(ledger)
    channels = make_channels(settings, show=show)
    owner = daemon_at_work(settings)
    try:
        service = Service(
            thread,
            make_deliveries(channels, thread, owner=owner),
            make_snapshot=make_snapshot(settings, ledger.installation),
            clock=clock,
            high_water=ledger.high_water,
            owner=owner,
        )
        yield Parts(service=service, ledger=thread, channels=channels)
    finally:
        closing = asyncio.gather(*(port.close() for port in set(channels.values())), return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing, timeout=1)
        thread.close()


async def send_now(installation: Installation, wanted: TestNudge, *, show: Show) -> Nudge:
    """Send one nudge for a test, and return it as it stands afterwards. Raises NudgerError when it may not be sent."""
    settings = installation.settings
    ledger = open_ledger(settings)
    thread = LedgerThread(ledger)
    port = make_channels(settings, show=show)[wanted.channel]
    snapshot = make_snapshot(settings, ledger.installation)(installation.catalog, [wanted.recipient])
    try:
        return await send_test(wanted, snapshot, port, thread, clock=clock)
    finally:
        await port.close()
        thread.close()
