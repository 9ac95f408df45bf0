"""Calls in threads of their own, which hold up neither the event loop nor the interpreter's end."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TypeVar

from nudger.storage.thread import conclude

Result = TypeVar("Result")

ASIDE = "aside"
"""The name of a thread of its own for one call."""


def at_work_aside() -> bool:
    """Say whether a call that nobody waits for any more is still at work."""
    return any(thread.name == ASIDE for thread in threading.enumerate())


async def in_thread_of_its_own(call: Callable[[], Result]) -> Result:
    """Return what `call` returns, from a thread that holds up neither the event loop nor the interpreter's end.

    Whoever is cancelled waits no longer for it; what it ends in is dropped then.
    """
    future: Future[Result] = Future()
    Thread(target=conclude, args=(future, call), name=ASIDE, daemon=True).start()
    return await asyncio.wrap_future(future)


class OnlyTheNewest:
    """Runs calls aside, one at a time. A newer one leaves out those that wait: many together cost no more than two."""

    def __init__(self) -> None:
        self._one_at_a_time = Lock()
        self._newest = 0

    async def run(self, call: Callable[[], Result]) -> Result | None:
        """Return what `call` returns, or None if it was left out."""
        self._newest += 1
        number = self._newest

        def in_turn() -> Result | None:
            with self._one_at_a_time:
                return call() if number == self._newest else None

        return await in_thread_of_its_own(in_turn)
