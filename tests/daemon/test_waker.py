"""The alarm clock: it wakes in time, at the named moment, and after the clock was set; and it survives a bad tick."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from nudger.daemon.waker import Waker


class Ticks:
    def __init__(self, wake_in=None, fail=False):
        self.at = []
        self.offset = timedelta()
        self.wake_in = wake_in
        self.fail = fail

    def clock(self):
        return datetime.now(UTC) + self.offset

    async def __call__(self):
        self.at.append(asyncio.get_running_loop().time())
        if self.fail:
            raise RuntimeError("bad tick")
        return self.clock() + self.wake_in if self.wake_in and len(self.at) == 1 else None


def wake(ticks, seconds, during=None):
    async def run():
        waker = Waker(ticks, clock=ticks.clock, look=timedelta(seconds=0.05))
        waker.start()
        await asyncio.sleep(0.2)
        if during:
            during()
        await asyncio.sleep(seconds)
        waker.stop()

    asyncio.run(run())
    return len(ticks.at)


def test_it_ticks_at_once_and_then_waits():
    assert wake(Ticks(), 0.5) == 1


def test_it_ticks_at_the_moment_that_the_last_tick_named():
    ticks = Ticks(wake_in=timedelta(seconds=0.4))
    assert wake(ticks, 0.8) == 2
    assert 0.35 < ticks.at[1] - ticks.at[0] < 0.7


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=2)])
def test_it_ticks_at_once_when_the_clock_was_set(jump):
    ticks = Ticks()
    assert wake(ticks, 0.5, during=lambda: setattr(ticks, "offset", jump)) >= 2


def test_a_bad_tick_is_heard_and_does_not_stop_the_next(capsys):
    ticks = Ticks(fail=True)
    assert wake(ticks, 0.5, during=lambda: setattr(ticks, "offset", timedelta(hours=-1))) >= 2
    assert "tick failed" in capsys.readouterr().out
