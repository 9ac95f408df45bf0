"""The one thread behind which the ledger lives: the event loop never waits for a disk, and writes never race.

Not an executor's thread: the interpreter would wait for that at its end, and a database that hangs would hold up the
stop of the service with it.
"""

import asyncio
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from nudger.storage.ledger import Ledger
from nudger.storage.transaction import Transaction

Result = TypeVar("Result")
_Job = Callable[[], None]

_CLOSE = timedelta(seconds=1)
"""How long closing waits for what was begun, and once more after hanging up on it."""


class LedgerThread:
    """Runs functions on a ledger, each in a transaction of its own, one after the other.

    What hangs holds up only who waits for it. The ledger itself ends waits for a silent database (`patience`); a disk
    that hangs is waited for as long as it takes, since nobody could say whether the transaction went through.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = Thread(target=_serve, args=(ledger, self._jobs), name="ledger", daemon=True)
        self._thread.start()
        # Whoever forgets to close it leaves no thread behind.
        weakref.finalize(self, self._jobs.put, None)

    @property
    def waited(self) -> timedelta:
        """How long the database has left the call under way unanswered."""
        return self._ledger.waited

    @property
    def at_work(self) -> timedelta:
        """How long the transaction under way has lasted."""
        return self._ledger.at_work

    @property
    def answered(self) -> int:
        """How many calls the database has answered: proof that something moves."""
        return self._ledger.answered

    async def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Return what `work` returned, after its transaction was committed. Raises LedgerError if it was not."""
        return await self._call(partial(self._ledger.run, work))

    async def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Return what `work` returned, which only reads: no other process waits for it to write. Raises LedgerError."""
        return await self._call(partial(self._ledger.read, work))

    async def _call(self, call: Callable[[], Result]) -> Result:
        future: Future[Result] = Future()
        self._jobs.put(partial(conclude, future, call))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finish what was begun, and close the database; in two seconds, or leave it as it is."""
        self._jobs.put(None)
        self._thread.join(_CLOSE.total_seconds())
        if self._thread.is_alive():
            self._ledger.hang_up()
            self._thread.join(_CLOSE.total_seconds())


def _serve(ledger: Ledger, jobs: "SimpleQueue[_Job | None]") -> None:
    while (job := jobs.get()) is not None:
        job()
        del job
    ledger.close()


def conclude(future: Future[Result], call: Callable[[], Result]) -> None:
    """Bring a future to its end, if anybody still waits for it."""
    # From here on it cannot be cancelled: whoever leaves gets no result, and nobody else a traceback.
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001 - it belongs to who waits, and the thread to the next
        future.set_exception(error)
