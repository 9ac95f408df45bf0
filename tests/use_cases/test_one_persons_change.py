"""One person's change costs that person: nobody else is read or sorted again, and whoever wants to write can."""

import asyncio
import gc
import re
import sqlite3
import subprocess
import sys
import weakref
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bench import one_pause
from nudger.domain.recipients import Pause
from nudger.storage.database import open_database
from nudger.storage.ledger import Ledger
from tests.make import make_recipient, make_schedule
from tests.world import START, World

ROOT = Path(__file__).parents[2]
PAUSE = Pause(last=date(2026, 12, 1))


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=60))


@pytest.fixture
def world(tmp_path):
    world = World(
        tmp_path / "world",
        people=[make_recipient(name) for name in ("ann", "ben", "cas")],
        schedules=[make_schedule(), make_schedule("noon", at="12:00")],
    )
    world.start()
    yield world
    world.ledger.close()


def pause(ledger, person):
    ledger.run(lambda t: t.people.pause(person, [PAUSE], at=START))


def test_a_pause_leaves_everybody_else_and_every_group_as_it_is(world):
    async def story():
        await world.reload()
        await world.tick()
        before = world.service.snapshot
        pause(world.ledger, before.recipients["ben"])
        await world.tick(minutes=1)
        after = world.service.snapshot
        assert after.recipients["ben"].pauses == (PAUSE,)
        assert all(after.recipients[name] is before.recipients[name] for name in ("ann", "cas"))
        assert list(after.roster) == list(before.roster)
        assert after.message_index is before.message_index
        await world.tick(minutes=1)
        assert world.service.snapshot is after

    play(story())


def test_a_newcomer_and_who_moves_away_change_their_groups_alone(world):
    async def story():
        await world.reload()
        await world.tick()
        before = list(world.service.snapshot.roster)
        there = make_recipient("dee", time_zone="Asia/Tokyo")
        world.ledger.run(lambda t: t.people.keep([there], source="import", at=START))
        await world.tick(minutes=1)
        assert list(world.service.snapshot.roster)[::2] == before
        world.ledger.run(lambda t: t.people.retire(source="import", besides=()))
        await world.tick(minutes=1)
        assert list(world.service.snapshot.roster) == before
        assert set(world.service.snapshot.recipients) == {"ann", "ben", "cas"}

    play(story())


def test_others_can_write_while_a_configuration_is_put_together(world):
    """And what they write is seen before anything is planned from it."""
    make_snapshot, wrote = world.snapshot, []

    def meanwhile(catalog, people):
        with closing(sqlite3.connect(world.path / "nudger.db", timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        if not wrote and world.service._served is not None:
            wrote.append(True)
            process = Ledger(*open_database(f"sqlite:///{world.path}/nudger.db", state_dir=world.path))
            pause(process, make_recipient("ben"))
            process.close()
        return make_snapshot(catalog, people)

    world.snapshot = meanwhile
    world.start()

    async def story():
        await world.reload()
        await world.tick()
        await world.reload()
        assert wrote
        assert world.service.snapshot.recipients["ben"].pauses == (PAUSE,)

    play(story())


def test_snapshots_that_were_replaced_are_gone(world):
    async def story():
        gone = []
        await world.reload()
        for n in range(4):
            await world.tick(minutes=30)
            gone.append(weakref.ref(world.service.snapshot))
            await world.reload()
            await world.tick()
            gone.append(weakref.ref(world.service.snapshot))
            world.ledger.run(lambda t, n=n: t.people.keep([make_recipient(f"n{n}")], source="import", at=START))
            await world.tick(minutes=1)
        gc.collect()
        assert [each() for each in gone] == [None] * len(gone)

    play(story())


@pytest.mark.slow
def test_one_pause_among_20000_people(tmp_path):
    """Figures by the processor, so that a busy machine is no reason to fail."""
    world = one_pause.world_of(tmp_path / "state", 20_000)

    async def story():
        idle, paused, written = await one_pause.ticks(world)
        assert paused - idle <= 0.1
        assert written <= 0.05

    asyncio.run(story())
    world.ledger.close()


@pytest.mark.slow
def test_50_reloads_and_200_newcomers_leave_memory_where_it_was():
    """In a process of its own: what other tests keep, and what the log holds, is not what a service keeps."""
    command = [sys.executable, str(ROOT / "bench" / "one_pause.py"), "--people", "5000"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout
    (grown,) = re.findall(r"memory +([+-][0-9.]+) MB after 50 reloads, 200 newcomers", said)
    assert float(grown) <= 10
