"""The alarm clock: it wakes in time, at the named moment, and after the clock was set; and it survives a bad tick."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from apscheduler.schedulers import base

from nudger.daemon.waker import Waker
from tests.virtual_time import VirtualLoop, live


class Ticks:
    def __init__(self, wake_in=None, fail=False):
        self.at = []
        self.wake_in = wake_in
        self.fail = fail

    async def __call__(self):
        loop = asyncio.get_running_loop()
        self.at.append(loop.time())
        if self.fail:
            raise RuntimeError("bad tick")
        return loop.wall() + self.wake_in if self.wake_in and len(self.at) == 1 else None


@pytest.fixture
def wake(monkeypatch):
    """Let an alarm clock ring for some virtual seconds, and return how often it did."""

    def wake(ticks, seconds, during=lambda _: None):
        async def story(loop: VirtualLoop):
            # APScheduler reads the wall clock by itself; its timers go by the loop.
            monkeypatch.setattr(base, "datetime", SimpleNamespace(now=lambda zone: loop.wall().astimezone(zone)))
            waker = Waker(ticks, clock=loop.wall, look=timedelta(seconds=0.05))
            waker.start()
            await asyncio.sleep(0.2)
            during(loop)
            await asyncio.sleep(seconds)
            waker.stop()

        live(story)
        return len(ticks.at)

    return wake


def test_it_ticks_at_once_and_then_waits(wake):
    assert wake(Ticks(), 0.5) == 1


def test_it_ticks_at_the_moment_that_the_last_tick_named(wake):
    ticks = Ticks(wake_in=timedelta(seconds=0.4))
    assert wake(ticks, 0.8) == 2
    assert 0.35 < ticks.at[1] - ticks.at[0] < 0.7


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=2)])
def test_it_ticks_at_once_when_the_clock_was_set(wake, jump):
    ticks = Ticks()
    assert wake(ticks, 0.5, during=lambda loop: loop.set_wall(jump)) >= 2


def test_a_bad_tick_is_heard_and_does_not_stop_the_next(wake, capsys):
    ticks = Ticks(fail=True)
    assert wake(ticks, 0.5, during=lambda loop: loop.set_wall(timedelta(hours=-1))) >= 2
    assert "tick failed" in capsys.readouterr().out
