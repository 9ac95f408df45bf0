"""The one thread behind which the ledger lives: the event loop never waits for a disk, and writes never race."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from nudger.storage.ledger import Ledger
from nudger.storage.transaction import Transaction

Result = TypeVar("Result")


class LedgerThread:
    """Runs functions on a ledger, each in a transaction of its own, one after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Return what `work` returned, after its transaction was committed. Raises LedgerError if it was not."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._ledger.run, work)

    def close(self) -> None:
        """Finish what was begun, and close the database."""
        self._pool.shutdown(wait=True)
        self._ledger.close()
