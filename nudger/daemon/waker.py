"""What wakes the service: a loop of our own that cannot be stopped by a lost alarm, and APScheduler as its alarm clock.

APScheduler says when to look, never what is due: its own cron trigger loses a whole day at midnight gaps and fires
twice in repeated hours. Nor does it run anything: it rings a bell at the moment that the last tick named. It may skip
an alarm, lose it, be paused or fail; the loop looks at both clocks every ten seconds by itself, and ticks every thirty.
A late tick is as good as one in time: it plans everything since the last.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    EVENT_SCHEDULER_PAUSED,
    EVENT_SCHEDULER_SHUTDOWN,
    SchedulerEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from nudger.use_cases.ports import Clock

_log = structlog.get_logger("nudger")

EVERY = timedelta(seconds=30)
"""The longest from the beginning of one tick to the next; after a tick that takes longer, the next follows at once."""

_LOOK = timedelta(seconds=10)
_JUMP = timedelta(seconds=3)
_ALARM = "alarm"
_PACE_S = 1.0
_BURST = 20
"""So many ticks may follow each other at once, and then one each `_PACE_S`: whatever they name, nothing spins."""

_SKIPPED = {
    EVENT_JOB_MAX_INSTANCES: "the alarm before it was still ringing",
    EVENT_JOB_MISSED: "its moment had passed",
    EVENT_JOB_ERROR: "it failed",
    EVENT_SCHEDULER_PAUSED: "the alarm clock is paused",
    EVENT_SCHEDULER_SHUTDOWN: "the alarm clock is switched off",
}

Tick = Callable[[], Awaitable[datetime | None]]
"""Returns the next moment at which something falls due before the next regular tick, if any."""


class _Reading(NamedTuple):
    """The clock on the wall and the steady one, read together."""

    wall: datetime
    steady: float


class Waker:
    """Calls `tick` at least every 30 s by either clock, and at the moment that the last tick named.

    `look` is how often the loop looks by itself: for a moment that came without an alarm, and for a wall clock that
    was set. A tick that fails is told with its traceback, and the next one comes as usual.
    """

    def __init__(self, tick: Tick, *, clock: Clock, look: timedelta = _LOOK) -> None:
        self._tick = tick
        self._clock = clock
        self._look = look
        self._bell = asyncio.Event()
        self._pace = _Pace()
        self._ticking = False
        self._stopped = False
        self._task: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        self._scheduler.add_listener(self._log_job_event, sum(_SKIPPED))

    @property
    def task(self) -> asyncio.Task[None]:
        """The loop. It ends after `stop` only; before `start` there is none, and asking is a bug."""
        assert self._task is not None
        return self._task

    def start(self) -> None:
        """Begin, with a tick at once."""
        self._scheduler.start()
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Wake no more. A tick under way goes on to its end."""
        self._stopped = True
        if self._task is not None and not self._ticking:
            self._task.cancel()
        with contextlib.suppress(Exception):  # an alarm clock that has failed needs no stopping
            self._scheduler.remove_all_jobs()
            self._scheduler.pause()

    async def _run(self) -> None:
        while not self._stopped:
            await asyncio.sleep(self._pace.delay(self._now().steady))
            self._bell.clear()
            began = self._now()
            moment = await self._next_moment(began)
            self._set_alarm(moment)
            await self._wait(began, moment)

    async def _next_moment(self, began: _Reading) -> datetime:
        """Tick, and return when to tick next at the latest, however this tick ended."""
        latest = began.wall + EVERY
        self._ticking = True
        try:
            return min(await self._tick() or latest, latest)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Something that the tick waited for was cancelled, and nobody cancelled us.
            _log.exception("tick failed")
        except Exception:  # noqa: BLE001 - whatever it is, people still wait for the next tick
            _log.exception("tick failed")
        finally:
            self._ticking = False
        return latest

    def _set_alarm(self, moment: datetime) -> None:
        """Have APScheduler ring at a moment to come; one that has passed rings at once."""
        if moment <= self._clock():
            self._bell.set()
            return
        try:
            self._scheduler.add_job(self._ring, "date", run_date=moment, id=_ALARM, replace_existing=True)
        except Exception:  # noqa: BLE001 - without an alarm, the loop looks by itself
            _log.exception("alarm not set")

    async def _ring(self) -> None:
        self._bell.set()

    async def _wait(self, began: _Reading, moment: datetime) -> None:
        """Wait for the bell, for the moment, for 30 s by the steady clock, or for a jump of the wall clock."""
        end, before = began.steady + EVERY.total_seconds(), began
        while not (self._stopped or self._bell.is_set()):
            now = self._now()
            if _jumped(before, now) or now.wall >= moment or now.steady >= end:
                return
            before = now
            try:
                async with asyncio.timeout(min(self._look.total_seconds(), end - now.steady)):
                    await self._bell.wait()
            except TimeoutError:
                continue

    def _now(self) -> _Reading:
        return _Reading(self._clock(), asyncio.get_running_loop().time())

    def _log_job_event(self, event: SchedulerEvent) -> None:
        """Say what APScheduler would swallow, with its reason, and ring instead of it."""
        if not self._stopped:
            exception = getattr(event, "exception", None)
            error = type(exception).__name__ if exception else None
            _log.error("alarm skipped", reason=_SKIPPED[event.code], error=error)
            self._bell.set()


class _Pace:
    """A bucket of `_BURST` ticks that fills by one each `_PACE_S` (the generic cell rate algorithm, ITU-T I.371)."""

    def __init__(self) -> None:
        self._full_at = 0.0

    def delay(self, now: float) -> float:
        """Take one tick out; return for how many seconds it has to wait."""
        self._full_at = max(self._full_at, now) + _PACE_S
        return max(0.0, self._full_at - now - _BURST * _PACE_S)


def _jumped(before: _Reading, now: _Reading) -> bool:
    """Say whether the wall clock was set. A machine that slept looks the same: its steady clock stood still."""
    jump = now.wall - before.wall - timedelta(seconds=now.steady - before.steady)
    if abs(jump) <= _JUMP:
        return False
    _log.warning("clock jumped", by_s=round(jump.total_seconds()))
    return True
