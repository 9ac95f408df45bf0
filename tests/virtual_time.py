"""An event loop whose time passes only where everybody waits: hours of timers in a moment, in their true order."""

import asyncio
import selectors
from datetime import UTC, datetime, timedelta


class _Selector(selectors.DefaultSelector):
    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        if not ready and timeout > 0:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is the steady clock; `wall()` the one on the wall, which a test may set."""

    def __init__(self, start=datetime(2026, 11, 23, 8, tzinfo=UTC)):
        self._virtual = _Selector()
        self.zero = start
        super().__init__(self._virtual)

    def time(self):
        return self._virtual.now

    def wall(self):
        return self.zero + timedelta(seconds=self._virtual.now)

    def set_wall(self, by):
        self.zero += by

    def spend(self, seconds):
        """Let time pass without giving way, as a long computation does."""
        self._virtual.now += seconds


def live(story, *, limit=3600 * 24 * 365):
    """Run `story(loop)` to its end in virtual time."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(asyncio.wait_for(story(loop), timeout=limit))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
