"""No wait for the ledger is without end: not for a lock, a query, a server that says nothing, nor at the stop."""

import asyncio
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from nudger.errors import LedgerError
from nudger.storage.database import open_database, read_database
from nudger.storage.fact_codecs import CLOCK_SET_BACK, PLANNING_BEGAN
from nudger.storage.ledger import Ledger
from nudger.storage.thread import LedgerThread
from nudger.wiring.aside import OnlyTheNewest, in_thread_of_its_own
from tests.make import utc

NOW = utc("2026-11-23 08:30")

ENDLESS = text("with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n")


@pytest.fixture
def hurried(tmp_path):
    """A ledger that waits for half a second."""
    url = f"sqlite:///{tmp_path}/nudger.db"
    opened = Ledger(*open_database(url, state_dir=tmp_path, limit=timedelta(seconds=0.5)))
    yield opened
    opened.close()


@pytest.fixture
def silent_port():
    """A server that takes connections and says nothing, as one that stands still does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_query_without_end_is_ended_and_the_next_one_answered(hurried):
    began = time.monotonic()
    with pytest.raises(LedgerError, match="interrupted"):
        hurried.run(lambda t: t.connection.execute(ENDLESS).scalar())
    assert time.monotonic() - began < 5
    assert hurried.run(lambda t: t.planning.watermark()) is None
    assert hurried.waited == timedelta()


def test_our_own_long_thinking_is_not_ended(hurried):
    hurried.run(lambda t: (t.planning.watermark(), threading.Event().wait(1.5), t.facts.put(PLANNING_BEGAN, NOW)))
    assert hurried.run(lambda t: t.facts.get(CLOCK_SET_BACK)) is None


def test_how_long_a_transaction_lasts_is_known_our_own_thinking_included(hurried):
    seen = hurried.run(lambda t: (t.planning.watermark(), threading.Event().wait(0.2), hurried.waited, hurried.at_work))
    assert seen[2] == timedelta()
    assert seen[3] >= timedelta(seconds=0.2)
    assert hurried.at_work == timedelta()


def test_a_ledger_that_another_program_holds_is_one_line_soon(hurried, tmp_path):
    with closing(sqlite3.connect(tmp_path / "nudger.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        with pytest.raises(LedgerError, match="locked"):
            hurried.run(lambda t: t.facts.put(PLANNING_BEGAN, NOW))
        assert time.monotonic() - began < 5
        other.execute("ROLLBACK")
    hurried.run(lambda t: t.facts.put(PLANNING_BEGAN, NOW))


@pytest.mark.parametrize("call", [open_database, lambda url, state_dir: read_database(url)])
def test_a_server_that_says_nothing_is_one_line_in_time_for_a_command(tmp_path, silent_port, call):
    began = time.monotonic()
    with pytest.raises(
        LedgerError, match=rf"postgresql://127.0.0.1:{silent_port}/d cannot be (opened|read): .*timeout"
    ) as said:
        call(f"postgresql://kim:s3cret@127.0.0.1:{silent_port}/d", state_dir=tmp_path)
    assert time.monotonic() - began < 10
    assert "s3cret" not in str(said.value)
    assert "kim" not in str(said.value)


def test_a_thread_that_hangs_holds_up_neither_closing_nor_the_end_of_the_program(tmp_path):
    program = (
        "import asyncio, sys, threading, time; from pathlib import Path; "
        "from nudger.storage.database import open_database; from nudger.storage.ledger import Ledger; "
        "from nudger.storage.thread import LedgerThread; "
        "p = Path(sys.argv[1]); thread = LedgerThread(Ledger(*open_database(f'sqlite:///{p}/n.db', state_dir=p)))\n"
        "async def main():\n"
        "    hung = asyncio.create_task(thread.run(lambda t: threading.Event().wait()))\n"
        "    await asyncio.sleep(0.1)\n"
        "    began = time.monotonic()\n"
        "    thread.close()\n"
        "    print('closed' if time.monotonic() - began < 5 else 'late')\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "closed\n"), done.stderr


def test_work_goes_one_after_the_other_and_what_nobody_waits_for_is_left_out(ledger):
    async def story():
        thread, done = LedgerThread(ledger), []
        first = asyncio.create_task(thread.run(lambda t: (threading.Event().wait(0.2), done.append(1))))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(thread.run(lambda t: done.append(2)))
        third = asyncio.create_task(thread.run(lambda t: done.append(3)))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(first, third)
        with pytest.raises(ZeroDivisionError):
            await thread.run(lambda t: 1 // 0)
        await thread.run(lambda t: done.append(4))
        thread.close()
        return done

    assert asyncio.run(story()) == [1, 3, 4]


@pytest.mark.parametrize("ends", [lambda: 1, lambda: 1 // 0])
def test_a_thread_whose_result_nobody_waits_for_any_more_ends_without_a_word(monkeypatch, ends):
    said, go_on, ended = [], threading.Event(), threading.Event()
    monkeypatch.setattr(threading, "excepthook", said.append)

    def work():
        go_on.wait(5)
        try:
            return ends()
        finally:
            ended.set()

    async def story():
        waiting = asyncio.create_task(in_thread_of_its_own(work))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        go_on.set()

    asyncio.run(story())
    assert ended.wait(5)
    for thread in threading.enumerate():
        if thread.name == "aside":
            thread.join(5)
    assert said == []


def test_of_many_calls_aside_only_the_first_and_the_newest_are_made_and_never_two_at_once():
    go_on, made, at_once, under_way = threading.Event(), [], [], []

    def call(number):
        under_way.append(number)
        at_once.append(len(under_way))
        go_on.wait(5)
        made.append(number)
        under_way.remove(number)
        return number

    async def story():
        aside = OnlyTheNewest()
        waiting = []
        for number in range(30):
            waiting.append(asyncio.create_task(aside.run(lambda number=number: call(number))))
            await asyncio.sleep(0.05 if number == 0 else 0)
            if number % 3 == 1:
                waiting[-1].cancel()
        go_on.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    results = asyncio.run(story())
    assert made == [0, 29]
    assert [each for each in results if isinstance(each, int)] == [0, 29]
    assert set(at_once) == {1}
