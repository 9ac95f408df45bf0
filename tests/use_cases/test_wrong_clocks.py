"""A clock that is wrong at the first start, at a later one, or in between: it silences nobody, and doubles nothing."""

import asyncio
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nudger.domain.nudges import WELCOME
from tests.make import cron, make_recipient, make_schedule, utc
from tests.stage import Post
from tests.world import World

RIGHT = utc("2026-11-23 08:00")
WRONG = [
    utc("1970-01-01 00:00"),
    utc("2000-01-01 00:00"),
    utc("2025-06-01 03:00"),
    RIGHT - timedelta(days=40),
    RIGHT - timedelta(days=2),
    RIGHT - timedelta(hours=3),
    RIGHT + timedelta(hours=3),
    RIGHT + timedelta(days=2),
    RIGHT + timedelta(days=40),
    utc("2036-02-07 06:28"),
    utc("2099-12-31 23:59"),
]


def make_world(path, start):
    schedule = make_schedule(recurrence=cron("0 * * * *"), grace=timedelta(minutes=40))
    people = [make_recipient("s", email=None, sms="+4930000001"), make_recipient("m", sms=None)]
    world = World(path / "state", people=people, schedules=[schedule], start=start)
    world.email, world.sms = Post("email", world.clock), Post("sms", world.clock)
    world.email.can_be_asked = world.email.tells = False
    world.start()
    return world


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=60))


async def live(world, minutes, step=15):
    for _ in range(minutes // step):
        await world.tick(minutes=step)


def judge(world, *, since):
    """Everybody was greeted, and has every nudge since the clock was right; nobody has anything twice."""
    for post in world.email, world.sms:
        taken = Counter(outgoing.nudge for _, outgoing, _ in post.held)
        assert set(taken.values()) <= {1}
    today = [n for n in world.nudges() if n.key.schedule != WELCOME and since < n.due <= world.clock.now]
    assert [n.state.value for n in today if n.key.recipient == "s"].count("sent") >= 4
    assert {n.state.value for n in today if n.due > since + timedelta(hours=1)} == {"sent"}
    hellos = {n.key.recipient for n in world.nudges() if n.key.schedule == WELCOME and n.state.value == "sent"}
    assert hellos == {"s", "m"}
    assert not world.service.doubt


@pytest.mark.parametrize("wrong", WRONG, ids=str)
@pytest.mark.parametrize("restarted", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_first_start_with_a_wrong_clock_heals_by_itself(tmp_path, wrong, restarted):
    world = make_world(tmp_path, wrong)

    async def story():
        await world.reload()
        await world.tick()
        await live(world, 30)
        world.clock.now = RIGHT
        if restarted:
            world.start()
            await world.reload()
        await world.tick()
        await live(world, 300)

    play(story())
    judge(world, since=RIGHT)
    people = world.ledger.run(lambda t: t.people.everybody())
    assert all(RIGHT.date() - timedelta(days=60) <= person.joined <= RIGHT.date() for person in people)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
@pytest.mark.parametrize("restarted", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_clock_that_is_wrong_for_a_while_later_on_heals_too(tmp_path, wrong, restarted):
    world = make_world(tmp_path, RIGHT - timedelta(hours=6))

    async def story():
        await world.reload()
        await live(world, 345)
        for moment in (wrong, RIGHT):
            world.clock.now = moment
            if restarted:
                world.start()
                await world.reload()
            await world.tick()
            await live(world, 75 if moment is wrong else 300)

    play(story())
    judge(world, since=RIGHT)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(WRONG), st.integers(0, 40), st.booleans()), min_size=1, max_size=4),
    st.booleans(),
)
def test_a_clock_that_wanders_before_anything_was_decided_heals(tmp_path_factory, wanders, restarted):
    world = make_world(tmp_path_factory.mktemp("clock"), wanders[0][0])

    async def story():
        await world.reload()
        for moment, minutes, again in [*wanders, (RIGHT, 300, restarted)]:
            world.clock.now = moment + timedelta(minutes=2)  # no full hour from then on within 40 minutes
            if again:
                world.start()
                await world.reload()
            await world.tick()
            await live(world, minutes)

    play(story())
    judge(world, since=RIGHT + timedelta(hours=1))
    assert date(1970, 1, 1) not in {n.key.local_date for n in world.nudges()}
