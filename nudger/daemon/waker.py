"""APScheduler as an alarm clock: it says when to look, never what is due.

Its own cron trigger loses a whole day at midnight gaps and fires twice in repeated hours; its default grace of one
second drops late runs in silence. Here a late tick is as good as one in time: it plans everything since the last.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from nudger.use_cases.ports import Clock

_log = structlog.get_logger("nudger")

EVERY = timedelta(seconds=30)
_LOOK = timedelta(seconds=10)
_JUMP = timedelta(seconds=3)
_TICK = "tick"

Tick = Callable[[], Awaitable[datetime | None]]
"""Returns the next moment at which something falls due before the next regular tick, if any."""


class Waker:
    """Calls `tick` at least every 30 s by the wall clock, and at the moment that the last tick named.

    `look` is how often the wall clock is held against the steady one, to notice that it was set.
    """

    def __init__(self, tick: Tick, *, clock: Clock, look: timedelta = _LOOK) -> None:
        self._tick = tick
        self._clock = clock
        self._look = look
        self._guard: asyncio.Task[None] | None = None
        self._stopped = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_listener(_hear, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin, with a tick at once."""
        self._scheduler.start()
        self._wake()
        self._guard = asyncio.create_task(self._watch_the_clock())

    def stop(self) -> None:
        """Wake no more. A tick under way goes on to its end."""
        self._stopped = True
        if self._guard is not None:
            self._guard.cancel()
        self._scheduler.remove_all_jobs()
        self._scheduler.pause()

    async def _run(self) -> None:
        """Tick, and set the alarm for the next one, however this one ended.

        A job with one date each time, not one with an interval: after a clock that was years off, APScheduler would
        list every interval it missed.
        """
        moment = None
        try:
            moment = await self._tick()
        finally:
            if not self._stopped:
                latest = self._clock() + EVERY
                self._wake(run_date=min(moment or latest, latest), trigger="date")

    def _wake(self, **when: Any) -> None:
        """Set the one alarm anew: for the date given, or for now."""
        self._scheduler.add_job(self._run, id=_TICK, replace_existing=True, **when)

    async def _watch_the_clock(self) -> None:
        """Tick at once when the wall clock jumped: APScheduler would sleep until the old time came round again."""
        loop = asyncio.get_running_loop()
        wall, steady = self._clock(), loop.time()
        while True:
            await asyncio.sleep(self._look.total_seconds())
            passed = timedelta(seconds=loop.time() - steady)
            jump = self._clock() - wall - passed
            wall, steady = self._clock(), loop.time()
            if abs(jump) > _JUMP:
                _log.warning("clock jumped", by_s=round(jump.total_seconds()))
                self._wake()


def _hear(event: JobEvent) -> None:
    """Say what APScheduler would swallow. A tick that failed has not fed the watchdog."""
    exception = getattr(event, "exception", None)
    _log.error("tick failed" if exception else "tick skipped", job=event.job_id, error=type(exception).__name__)
