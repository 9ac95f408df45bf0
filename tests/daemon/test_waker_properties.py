"""The alarm is never lost: any ticks, any named moments, any clock, any mishap of APScheduler, in virtual time."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from types import SimpleNamespace

import pytest
from apscheduler import events
from apscheduler.schedulers import base
from structlog.testing import capture_logs

from nudger.daemon.waker import EVERY, Waker
from tests.virtual_time import live

TURNS, STORIES = 250, 40
"""10,000 turns in all."""

LENGTHS = [0, 0, 0.001, 0.005, 0.2, 1, 9.99, 10, 20, 29.999, 30, 30.001, 45, 200]
NAMED = [None, None, -3600, -30, -0.001, 0, 0.001, 0.002, 0.05, 0.2, 1, 5, 12.3, 29.9, 30, 31, 86400]
JUMPS = [0.5, 2.9, 3.1, 29, 31, 3600, 86400 * 400]


@dataclass
class Ticked:
    began: float
    ended: float = 0.0
    wall: datetime | None = None
    named: datetime | None = None
    disturbed: bool = False
    clock_set: bool = False


class Story:
    """A waker, and everything that can happen to it."""

    def __init__(self, loop, rng, monkeypatch):
        self.loop, self.rng = loop, rng
        self.ticks: list[Ticked] = []
        self.enough = loop.create_future()
        self.disturbed = False
        # APScheduler reads the wall clock by itself; its timers go by the loop.
        monkeypatch.setattr(base, "datetime", SimpleNamespace(now=lambda zone: loop.wall().astimezone(zone)))
        self.waker = Waker(self.tick, clock=loop.wall)

    async def tick(self):
        this = Ticked(began=self.loop.time(), wall=self.loop.wall(), disturbed=self.disturbed)
        self.ticks.append(this)
        if len(self.ticks) > TURNS and not self.enough.done():
            self.enough.set_result(None)
        try:
            return await self._tick(this)
        finally:
            this.ended = self.loop.time()

    async def _tick(self, this):
        length = self.rng.choice(LENGTHS)
        blocks = self.rng.random() < 0.2
        named = self.rng.choice(NAMED)
        end = self.rng.choice(["returns"] * 8 + ["a bug", "no date", "naive", "cancelled"])
        if self.rng.random() < 0.3:
            self.mishap()
        if named is not None and end == "returns":
            this.named = self.loop.wall() + timedelta(seconds=named)
        if blocks:
            self.loop.spend(length)
        else:
            await asyncio.sleep(length)
        if self.rng.random() < 0.3:
            self.loop.call_later(self.rng.choice([0, 0.001, 4, 25]), self.mishap)
        if end == "a bug":
            raise RuntimeError("a bug")
        if end == "cancelled":
            raise asyncio.CancelledError
        return {"no date": 7, "naive": self.loop.wall().replace(tzinfo=None)}.get(end, this.named)

    def mishap(self):
        self.ticks[-1].disturbed = self.disturbed = True
        scheduler = self.waker._scheduler
        what: Callable[[], object] = self.rng.choice(
            [
                self.set_clock,
                self.set_clock,
                scheduler.remove_all_jobs,
                scheduler.pause,
                scheduler.resume,
                lambda: self.hear(events.EVENT_JOB_MAX_INSTANCES),
                lambda: self.hear(events.EVENT_JOB_MISSED),
                lambda: self.hear(events.EVENT_JOB_ERROR, exception=OSError("x")),
                lambda: setattr(scheduler._executors["default"], "_instances", {"alarm": 99}),
                lambda: setattr(scheduler, "_jobstores", {}),
                lambda: scheduler.shutdown(wait=False),
            ]
        )
        with contextlib.suppress(Exception):  # a broken scheduler cannot be broken further
            what()

    def set_clock(self):
        self.ticks[-1].clock_set = True
        self.loop.set_wall(timedelta(seconds=self.rng.choice(JUMPS) * self.rng.choice([1, -1])))

    def hear(self, code, **more):
        event = events.JobEvent(code, "alarm", "default")
        for name, value in more.items():
            setattr(event, name, value)
        self.waker._scheduler._dispatch_event(event)

    async def play(self):
        self.waker.start()
        await self.enough
        self.waker.stop()
        self.waker._scheduler._stop_timer()
        await asyncio.wait([self.waker.task])


@pytest.mark.parametrize("seed", range(STORIES))
def test_ticks_are_never_more_than_thirty_seconds_apart_and_never_spin(seed, monkeypatch):
    async def story(loop):
        told = Story(loop, Random(seed), monkeypatch)
        await told.play()
        return told.ticks

    with capture_logs():
        ticks = live(story)
    assert len(ticks) > TURNS
    for this, following in pairwise(ticks):
        apart, length = following.began - this.began, this.ended - this.began
        assert apart <= max(EVERY.total_seconds(), length) + 0.01, this
        if this.named is not None and not this.clock_set:
            moment = this.began + max((this.named - this.wall).total_seconds(), length)
            # Twenty may follow each other at once; who comes after them waits a second. A lost alarm costs ten.
            assert following.began <= moment + (10.01 if this.disturbed else 1.01), this
    for first, last in zip(ticks, ticks[100:], strict=False):
        assert last.began - first.began >= 100 - 20 - 1


@pytest.mark.parametrize("ahead_ms", [2, 20])
def test_a_tick_that_outlasts_the_moment_it_names_is_followed_at_once(monkeypatch, ahead_ms):
    async def story(loop):
        monkeypatch.setattr(base, "datetime", SimpleNamespace(now=lambda zone: loop.wall().astimezone(zone)))
        began = []

        async def tick():
            began.append(loop.time())
            moment = loop.wall() + timedelta(milliseconds=ahead_ms)
            await asyncio.sleep(0.005)
            return moment if len(began) < 3 else None

        waker = Waker(tick, clock=loop.wall)
        waker.start()
        await asyncio.sleep(65)
        waker.stop()
        await asyncio.sleep(0)
        return began

    began = live(story)
    assert len(began) == 5
    assert began[2] < 0.1
    assert began[4] - began[3] == pytest.approx(30)


def test_a_tick_that_always_names_the_present_does_not_spin(monkeypatch):
    async def story(loop):
        count = 0

        async def tick():
            nonlocal count
            count += 1
            return loop.wall()

        waker = Waker(tick, clock=loop.wall)
        waker.start()
        await asyncio.sleep(600)
        waker.stop()
        await asyncio.sleep(0)
        return count

    assert 600 <= live(story) <= 622


def test_what_the_alarm_clock_skips_is_said_with_its_reason(monkeypatch, capsys):
    async def story(loop):
        async def tick():
            return None

        waker = Waker(tick, clock=loop.wall)
        waker.start()
        await asyncio.sleep(1)
        waker._scheduler._dispatch_event(events.JobEvent(events.EVENT_JOB_MAX_INSTANCES, "alarm", "default"))
        waker._scheduler.pause()
        await asyncio.sleep(1)
        waker.stop()
        await asyncio.sleep(0)

    live(story)
    said = capsys.readouterr().out
    assert "the alarm before it was still ringing" in said
    assert "the alarm clock is paused" in said
    assert "NoneType" not in said


def test_stopping_lets_a_tick_end_and_begins_no_other(monkeypatch):
    async def story(loop):
        ended = 0

        async def tick():
            nonlocal ended
            await asyncio.sleep(5)
            ended += 1
            return loop.wall()

        waker = Waker(tick, clock=loop.wall)
        waker.start()
        await asyncio.sleep(1)
        waker.stop()
        await asyncio.wait([waker.task])
        assert not waker.task.cancelled()
        return ended

    assert live(story) == 1
