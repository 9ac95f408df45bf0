"""One person's change: what a tick costs after it, beside an idle one; and what reloads and newcomers leave in memory.

    python bench/one_pause.py [--people 20000]

A service with everybody greeted, eight schedules in 40 zones, one of them drawn in a window. A tick's time inside the
write transaction is what every other writer waits for.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time, thread_time

import structlog

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def world_of(folder, people):
    """A service whose people are in the ledger already, and greeted long ago."""
    from dataclasses import replace

    from bench.planning import zones
    from nudger.decisions.points.decide import decide_welcome
    from nudger.domain.nudges import NudgeState
    from tests.make import between, make_recipient, make_schedule
    from tests.world import MESSAGES, World

    schedules = [make_schedule(f"s{n}", at=f"{12 + n}:00") for n in range(7)]
    schedules.append(make_schedule("drawn", recurrence=between("12:00", "14:00")))
    names = zones()
    folk = [make_recipient(f"p{n:05}", time_zone=names[n % 40]) for n in range(people)]
    world = World(folder, people=[], schedules=schedules, messages=MESSAGES, start=START)
    world.catalog = replace(world.catalog, recipients=None)
    world.start()
    then = START - timedelta(days=30)
    snapshot = world.snapshot(world.catalog, folk)
    sent = {"state": NudgeState.SENT, "not_before": None, "attempts": 1, "first_attempt_at": then}
    hellos = [replace(decide_welcome(snapshot, person, now=then), **sent) for person in folk]
    world.ledger.run(lambda transaction: transaction.people.keep(folk, source="import", at=then))
    world.ledger.run(lambda transaction: transaction.nudges.add(hellos, at=then))
    return world


def time_writes(ledger):
    """Let a ledger note how long each of its writing transactions takes, by the processor: others are busy, too."""
    spent, run = [], ledger.run

    def timed(work):
        def within(transaction):
            began = thread_time()
            try:
                return work(transaction)
            finally:
                spent.append(thread_time() - began)

        return run(within)

    ledger.run = timed
    return spent


async def tick(world):
    began = process_time()
    await world.tick(seconds=1)
    return process_time() - began


async def ticks(world, rounds=7):
    """Return the seconds of an idle tick and of one after a pause, and of the latter in the longest write."""
    from nudger.domain.recipients import Pause

    await world.reload()
    await tick(world)
    await tick(world)
    idle, paused, written = [], [], []
    spent = time_writes(world.ledger)
    for n in range(rounds):
        idle.append(await tick(world))
        person = world.service.snapshot.recipients[f"p{n:05}"]
        pause = Pause(last=date(2026, 12, n + 1))
        world.ledger.run(lambda t, person=person, pause=pause: t.people.pause(person, [pause], at=world.clock.now))
        spent.clear()
        paused.append(await tick(world))
        written.append(max(spent))
    return median(idle), median(paused), median(written)


async def memory(world, *, reloads=50, newcomers=200):
    """Return by how many bytes it grew after so many reloads and newcomers; what is new for good is not counted."""
    from tests.make import make_recipient

    await world.reload()
    await tick(world)
    await tick(world)
    tracemalloc.start(1)
    try:
        for _ in range(2):
            await world.reload()
            await tick(world)
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(reloads):
            await world.reload()
            await tick(world)
        for n in range(newcomers):
            fresh = make_recipient(f"new{n:03}", time_zone="UTC")
            world.ledger.run(lambda t, fresh=fresh: t.people.keep([fresh], source="import", at=world.clock.now))
            await tick(world)
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--reloads", type=int, default=50)
    parser.add_argument("--newcomers", type=int, default=200)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        world = world_of(Path(folder) / "state", arguments.people)
        asyncio.run(measure(world, arguments))
        world.ledger.close()


async def measure(world, arguments):
    idle, paused, written = await ticks(world)
    print(f"{arguments.people} people, 8 schedules in 40 zones")
    print(f"  tick       idle {1e3 * idle:.0f} ms, after a pause {1e3 * paused:.0f} ms", end="")
    print(f" ({1e3 * written:.0f} ms of it in a write transaction)")
    grown = await memory(world, reloads=arguments.reloads, newcomers=arguments.newcomers)
    print(f"  memory     {grown / 2**20:+.1f} MB after {arguments.reloads} reloads, {arguments.newcomers} newcomers")


if __name__ == "__main__":
    main()
