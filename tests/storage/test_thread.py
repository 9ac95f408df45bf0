"""Work beside the event loop: whoever stops waiting for it leaves no trace behind."""

import asyncio
import threading

import pytest

from nudger.wiring.aside import in_thread_of_its_own


def test_work_that_nobody_waits_for_any_more_ends_without_a_traceback(monkeypatch):
    raised = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait(10)

    async def story():
        task = asyncio.create_task(in_thread_of_its_own(work))
        await asyncio.to_thread(begun.wait, 10)
        (thread,) = (each for each in threading.enumerate() if each.name == "aside")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        await asyncio.to_thread(thread.join, 10)

    asyncio.run(story())
    assert raised == []


def test_what_the_work_raises_reaches_who_waits():
    def work():
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(in_thread_of_its_own(work))
