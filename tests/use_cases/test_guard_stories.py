"""The guard in the life of the service: wrong clocks, days down, storms, holds, and a backup that was put back."""

import asyncio
import shutil
from datetime import date, timedelta

import pytest

from nudger.domain.deliveries import Receipt
from nudger.domain.nudges import WELCOME
from nudger.errors import NudgerError
from nudger.prose.reasons import english
from nudger.use_cases.hold import (
    discard_held,
    hold_everything,
    release_everything,
    release_held,
    sending_blocked,
)
from tests.make import make_recipient, make_schedule, utc
from tests.world import START, World


def make_world(path, **values):
    world = World(path, **values)
    world.start()
    return world


@pytest.fixture
def world(tmp_path):
    made = make_world(tmp_path / "state")
    yield made
    made.ledger.close()


def crowd(n, **values):
    return [make_recipient(f"p{i}", joined=date(2000, 1, 1), **values) for i in range(n)]


def play(story):
    asyncio.run(asyncio.wait_for(story(), timeout=60))


def texts(world):
    """Return the ids of what went out, and see that none of it went out twice."""
    sent = [outgoing.nudge for outgoing in world.email.sent]
    assert len(sent) == len(set(sent))
    return sent


@pytest.mark.parametrize(
    ("wrong", "doubted"),
    [
        (utc("1970-01-01 00:01"), True),
        (START + timedelta(days=3652), True),
        (START + timedelta(days=3), False),
        (START - timedelta(days=3), False),
        (START - timedelta(hours=1), False),
    ],
)
@pytest.mark.parametrize("restarted", [False, True])
def test_a_wrong_clock_that_is_right_again_silences_nobody_and_doubles_nothing(world, wrong, doubted, restarted):
    async def story():
        await world.reload()
        await world.tick()
        await world.tick(minutes=30)
        assert world.states() == ["sent"]
        world.clock.now = wrong + timedelta(minutes=30)
        if restarted:
            world.start()
            await world.reload()
        for _ in range(3):
            await world.tick(minutes=1)
        assert bool(world.service.doubt) == doubted
        count = len(world.email.sent)
        world.clock.now = START + timedelta(minutes=35)
        if restarted:
            world.start()
            await world.reload()
        await world.tick()
        assert len(world.email.sent) == count
        await world.tick(hours=3, minutes=25)
        assert not world.service.doubt

    play(story)
    today = [n for n in world.nudges() if n.key.schedule == "kind" and n.key.local_date == START.date()]
    assert [n.state.value for n in today] == ["sent", "sent"]
    texts(world)


def test_a_suspend_of_five_hours_sends_what_is_in_time_and_writes_down_the_rest(world):
    async def story():
        await world.reload()
        await world.tick(minutes=29)
        await world.tick(hours=5)
        assert world.states() == ["missed", "missed"]
        await world.tick(hours=19, minutes=1)
        assert world.states() == ["missed", "missed", "sent"]

    play(story)


def test_three_days_down_with_fifty_people_are_no_storm(tmp_path):
    world = make_world(tmp_path, people=crowd(50))

    async def story():
        await world.reload()
        await world.tick(minutes=30)
        world.email.sent.clear()
        world.start()
        world.clock.now = START + timedelta(days=3, minutes=40)
        await world.reload()
        await world.tick()

    play(story)
    assert world.states().count("missed") == 50 * 5
    assert world.states().count("held") == 0
    assert len(texts(world)) == 50
    world.ledger.close()


@pytest.fixture
def storm(tmp_path):
    """A day down, with many schedules whose notes may be a day late."""
    schedules = [make_schedule(f"s{n}", at=f"{9 + n:02}:00", grace=timedelta(days=1)) for n in range(10)]
    world = make_world(tmp_path, people=crowd(10), schedules=schedules)

    async def story():
        await world.reload()
        await world.tick()
        world.email.sent.clear()
        await world.tick(days=1, minutes=10)

    play(story)
    world.start()  # each story has an event loop of its own
    yield world
    world.ledger.close()


def all_states(world):
    return sorted({n.state.value for n in world.nudges() if n.key.schedule != WELCOME})


def test_a_storm_is_held_and_says_so(storm):
    assert storm.email.sent == []
    assert all_states(storm) == ["held"]
    still = storm.ledger.run(lambda t: sending_blocked(t, now=storm.clock.now))
    assert "100 late nudges" in still.guard.why
    assert len(still.held) == 100


def test_a_storm_that_is_released_goes_out_once_as_far_as_it_is_in_time(storm):
    async def story():
        await storm.reload()
        storm.clock.forward(hours=1)
        assert storm.ledger.run(lambda t: release_held(t, now=storm.clock.now)) == 100
        await storm.tick()
        storm.start()
        await storm.reload()
        await storm.tick()

    play(story)
    # 9:00 of the day before is a day and ten minutes ago; 9:00 of today has just fallen due, and is ordinary.
    late = [n for n in storm.nudges() if n.key.local_date == START.date() and n.key.schedule != WELCOME]
    assert {n.state.value for n in late if n.key.schedule == "s0"} == {"expired"}
    assert {n.state.value for n in late if n.key.schedule != "s0"} == {"sent"}
    assert len(texts(storm)) == 100
    assert storm.ledger.run(lambda t: sending_blocked(t, now=storm.clock.now)).guard is None


def test_a_storm_that_is_discarded_never_goes_out(storm):
    async def story():
        await storm.reload()
        storm.ledger.run(lambda t: discard_held(t, now=storm.clock.now))
        for _ in range(5):
            await storm.tick(minutes=9)

    play(story)
    assert all_states(storm) == ["withheld"]
    assert storm.email.sent == []


def test_a_storm_that_nobody_decides_about_ends_as_expired(storm):
    async def story():
        await storm.reload()
        for _ in range(24):
            await storm.tick(hours=1)

    play(story)
    late = [n for n in storm.nudges() if n.key.local_date == START.date() and n.key.schedule != WELCOME]
    assert {n.state.value for n in late} == {"expired"}
    assert all("held by the guard" in english(n.status_reason) for n in late)
    texts(storm)


def test_a_hold_stops_everything_at_once_and_its_end_lets_go_what_is_in_time(world):
    async def story():
        await world.reload()
        await world.tick(minutes=29)
        world.ledger.run(lambda t: hold_everything(t, "wait", now=world.clock.now))
        for _ in range(30):
            await world.tick(minutes=2)
        assert world.states() == ["pending"]
        world.ledger.run(lambda t: release_everything(t, now=world.clock.now))
        await world.tick()
        assert world.states() == ["sent"]
        world.ledger.run(lambda t: hold_everything(t, "wait", now=world.clock.now))
        await world.tick(hours=2, minutes=31)
        await world.tick(hours=2)
        world.ledger.run(lambda t: release_everything(t, now=world.clock.now))
        await world.tick()
        assert world.states() == ["sent", "expired"]

    play(story)
    assert len(texts(world)) == 2


def test_a_clock_that_was_right_after_all_goes_on_when_somebody_says_so(world):
    async def story():
        await world.reload()
        await world.tick(minutes=30)
        await world.tick(days=90)
        assert world.service.doubt
        world.ledger.run(lambda t: release_held(t, now=world.clock.now))
        await world.tick()
        assert not world.service.doubt
        world.clock.now = utc("1970-01-01 00:00")
        with pytest.raises(NudgerError, match="set the clock first"):
            world.ledger.run(lambda t: release_held(t, now=world.clock.now))

    play(story)
    texts(world)


def put_back(world):
    """Close the ledger, and put the copy back in its place."""
    world.ledger.close()
    for leftover in world.path.glob("nudger.db-*"):
        leftover.unlink()
    shutil.copy(world.path / "backup", world.path / "nudger.db")


@pytest.mark.parametrize("known", [True, False])
def test_a_backup_that_is_put_back_doubles_nothing(tmp_path, known):
    world = make_world(tmp_path, people=crowd(5))

    async def story():
        await world.reload()
        await world.tick(minutes=29)
        world.ledger.close()
        shutil.copy(world.path / "nudger.db", world.path / "backup")
        world.start()
        await world.reload()
        await world.tick(minutes=1)
        await world.tick(minutes=20)
        assert world.states() == ["sent"] * 5
        before = len(texts(world))
        put_back(world)
        world.start()
        world.email.findings = (
            [(Receipt(provider="fake", provider_id=f"id-{6 + n}"),) for n in range(5)] if known else []
        )
        await world.reload()
        await world.tick()
        assert set(world.states()) == {"unknown"}
        for _ in range(8):
            await world.tick(minutes=1)
        assert len(texts(world)) == before

    play(story)
    assert set(world.states()) == ({"sent"} if known else {"unknown"})
    assert {outgoing.address for outgoing in world.email.asked} == {f"p{n}@example.org" for n in range(5)}
    world.ledger.close()
