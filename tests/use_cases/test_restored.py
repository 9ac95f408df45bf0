"""A backup that was put back doubles nothing that can be known; and nothing else is taken for one."""

import asyncio
import shutil
from collections import Counter
from datetime import date, timedelta

import pytest

from nudger.domain.catalog import Catalog
from nudger.domain.nudges import WELCOME
from nudger.prose.reasons import english
from nudger.use_cases.hold import discard_held, release_held, sending_blocked
from tests.make import cron, make_recipient, make_schedule, utc
from tests.stage import Post
from tests.world import MESSAGES, World

START = utc("2026-11-23 08:00")
MINUTE = timedelta(minutes=1)


def make_world(path, *, people=4, grace=timedelta(hours=2), **values):
    schedule = make_schedule(recurrence=cron("*/10 * * * *"), grace=grace)
    world = World(path / "state", people=crowd(people), schedules=[schedule], start=START, **values)
    world.email, world.sms = Post("email", world.clock), Post("sms", world.clock)
    world.email.can_be_asked = world.email.tells = False
    world.start()
    return world


def crowd(n):
    texts = [make_recipient(f"s{i}", email=None, sms=f"+49300000{i:02}", joined=date(2000, 1, 1)) for i in range(n)]
    mails = [make_recipient(f"m{i}", sms=None, joined=date(2000, 1, 1)) for i in range(n)]
    return [*texts, *mails]


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=60))


def save(world):
    """Stop the service, and copy its folder."""
    world.ledger.close()
    shutil.copytree(world.path, world.path.parent / "saved")


def put_back(world, what):
    world.ledger.close()
    saved = world.path.parent / "saved"
    if what == "database":
        for leftover in world.path.glob("nudger.db*"):
            leftover.unlink()
        shutil.copy(saved / "nudger.db", world.path / "nudger.db")
    else:
        shutil.rmtree(world.path)
        shutil.copytree(saved, world.path)


def twice(world):
    counts = [Counter(p.nudge for _, p, _ in post.held) for post in (world.sms, world.email)]
    return [sum(count - 1 for count in each.values()) for each in counts]


async def live(world, minutes):
    for _ in range(minutes):
        await world.tick(minutes=1)


async def back_then(world, minutes, what="folder", *, saved_at=15):
    """Live, save, live on, and put back what was saved."""
    await world.reload()
    await live(world, saved_at)
    save(world)
    world.start()
    await world.reload()
    await live(world, minutes)
    assert twice(world) == [0, 0]
    put_back(world, what)
    world.start()
    await world.reload()
    await world.tick()


@pytest.mark.parametrize("what", ["database", "folder"])
@pytest.mark.parametrize("minutes", [1, 5, 6, 31, 90])
def test_nothing_goes_out_twice_whatever_was_put_back_and_however_soon(tmp_path, what, minutes):
    world = make_world(tmp_path)

    async def story():
        await back_then(world, minutes, what)
        await live(world, 30)
        assert twice(world) == [0, 0]
        held = len(world.ledger.run(lambda t: sending_blocked(t, now=world.clock.now)).held)
        assert held == 4 * len([m for m in range(16, 16 + minutes) if m % 10 == 0])

    play(story())
    texts = [n.state.value for n in world.nudges() if n.key.recipient.startswith("s")]
    assert set(texts) == {"sent"}


def test_a_second_is_enough_for_a_backup_to_be_known_as_one(tmp_path):
    world = make_world(tmp_path)

    async def story():
        await world.reload()
        await live(world, 9)
        await world.tick(seconds=59)
        save(world)
        world.start()
        await world.reload()
        await world.tick(seconds=1)
        put_back(world, "database")
        world.start()
        await world.reload()
        await live(world, 9)

    play(story())
    assert twice(world) == [0, 0]


def test_a_backup_of_a_moment_when_everything_waited_is_known_too(tmp_path):
    world = make_world(tmp_path)

    async def story():
        await world.reload()
        await live(world, 9)
        world.sms.mood = world.email.mood = lambda _: "451"
        await world.tick(minutes=1)
        save(world)
        world.sms.mood = world.email.mood = lambda _: "ok"
        world.start()
        await world.reload()
        await live(world, 3)
        put_back(world, "database")
        world.start()
        await world.reload()
        await live(world, 6)

    play(story())
    assert twice(world) == [0, 0]


@pytest.mark.parametrize("word", ["release", "discard"])
def test_a_person_decides_about_the_mails_that_may_have_gone_out(tmp_path, word):
    world = make_world(tmp_path)

    async def story():
        await back_then(world, 6)
        still = world.ledger.run(lambda t: sending_blocked(t, now=world.clock.now))
        assert len(still.held) == 4
        assert still.guard.why == "a backup was put back: 4 mails may have gone out before"
        assert {english(n.status_reason) for n in still.held} == {
            "may have gone out before the backup was put back: nudger guard"
        }
        decide = release_held if word == "release" else discard_held
        world.ledger.run(lambda t: decide(t, now=world.clock.now))
        await live(world, 2)
        assert twice(world) == ([0, 4] if word == "release" else [0, 0])
        world.start()  # what was decided is not asked about again
        await world.reload()
        await live(world, 2)
        assert not world.ledger.run(lambda t: sending_blocked(t, now=world.clock.now)).held

    play(story())


def test_whoever_was_greeted_since_the_backup_is_not_greeted_again(tmp_path):
    world = make_world(tmp_path)
    newcomers = [make_recipient("new-s", email=None, sms="+4930999999"), make_recipient("new-m", sms=None)]

    async def story():
        await world.reload()
        await live(world, 12)
        save(world)
        world.start()
        world.catalog = Catalog(
            schedules=world.catalog.schedules, messages=MESSAGES, recipients=(*world.catalog.recipients, *newcomers)
        )
        await world.reload()
        await live(world, 3)
        put_back(world, "folder")
        world.start()
        await world.reload()
        await live(world, 8)

    play(story())
    assert twice(world) == [0, 0]
    hellos = {n.key.recipient: n.state.value for n in world.nudges() if n.key.schedule == WELCOME}
    assert (hellos["new-s"], hellos["new-m"]) == ("sent", "held")


def events(world):
    return world.ledger.run(
        lambda t: [kind for (kind,) in t.connection.exec_driver_sql("select kind from events where nudge is null")]
    )


async def restart(world):
    world.start()
    await world.reload()
    await world.tick()


async def outage(world):
    world.ledger.close()
    world.clock.forward(minutes=45)
    await restart(world)


async def move(world):
    world.ledger.close()
    moved = world.path.parent / "elsewhere"
    shutil.copytree(world.path, moved)
    shutil.rmtree(world.path)
    world.path, world.ledger = moved, None
    await restart(world)


async def without_marks(world):
    for mark in world.path.parent.rglob("planned_until*"):
        mark.unlink()
    await restart(world)


async def rubbish(world):
    for mark in world.path.parent.rglob("planned_until*"):
        mark.write_text("2026-11-23T25:00 many")
    await restart(world)


async def clock_ahead(world):
    await world.tick(days=3)
    world.clock.forward(days=-3)
    await restart(world)


async def clock_back(world):
    world.clock.forward(hours=-5)
    await restart(world)
    world.clock.forward(hours=5)
    await restart(world)


async def upgrade(world):
    """An older program wrote moments only, and its last one."""
    watermark = world.ledger.run(lambda t: t.planning.watermark())
    for mark in world.path.parent.rglob("planned_until*"):
        mark.write_text(watermark.isoformat())
    await restart(world)


async def rewritten(world):
    """Somebody sets planning back by hand: the ledger forgot nothing by that."""
    back = (world.clock.now - timedelta(minutes=30)).isoformat()
    world.ledger.run(
        lambda t: t.connection.exec_driver_sql(f"update meta set value='{back}' where key='planned_until'")
    )
    await restart(world)


@pytest.mark.parametrize(
    "what", [restart, outage, move, without_marks, rubbish, clock_ahead, clock_back, upgrade, rewritten]
)
def test_nothing_else_is_taken_for_a_backup(tmp_path, what):
    world = make_world(tmp_path)

    async def story():
        await world.reload()
        await live(world, 25)
        await what(world)
        await live(world, 12)
        assert "backup_restored" not in events(world)
        assert not world.ledger.run(lambda t: sending_blocked(t, now=world.clock.now)).held

    play(story())
    assert twice(world) == [0, 0]


def test_an_older_programs_mark_still_tells_a_backup(tmp_path):
    world = make_world(tmp_path)

    async def story():
        await world.reload()
        await live(world, 15)
        save(world)
        world.start()
        await world.reload()
        await live(world, 10)
        watermark = world.ledger.run(lambda t: t.planning.watermark())
        put_back(world, "database")
        for mark in world.path.parent.rglob("planned_until*"):
            mark.unlink()
        (world.path / "planned_until").write_text(watermark.isoformat())
        world.start()
        await world.reload()
        await live(world, 6)
        assert "backup_restored" in events(world)

    play(story())
    assert twice(world) == [0, 0]
