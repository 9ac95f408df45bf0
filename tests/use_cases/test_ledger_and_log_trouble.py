"""What a delivery does when what it stands on fails: the ledger, the log, the provider's patience."""

import asyncio
from datetime import date, timedelta

import pytest
import structlog

from nudger.domain.catalog import Catalog
from nudger.errors import DeliveryError, Effect, LedgerError
from tests.make import make_recipient, make_schedule
from tests.world import MESSAGES, World

CROWD = tuple(make_recipient(f"p{n}", joined=date(2000, 1, 1)) for n in range(12))


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path / "state")
    made.start()
    yield made
    made.ledger.close()


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=60))


def crowd(world, people=CROWD):
    world.catalog = Catalog(schedules=world.catalog.schedules, messages=MESSAGES, recipients=people)


class Broken:
    """A ledger whose commits fail as long as it is told so; what was done in the transaction is undone."""

    def __init__(self, world):
        self.down, self._run = False, world.ledger.run
        world.ledger.run = self.run

    def run(self, work):
        def undone(transaction):
            result = work(transaction)
            if self.down:
                raise LedgerError("disk full")
            return result

        return self._run(undone)


async def under_way(world):
    """Wait until attempts were claimed, and wait for their answers."""
    for _ in range(1000):
        if world.email._now:
            return
        await asyncio.sleep(0.005)


def test_what_was_accepted_while_the_ledger_was_away_is_written_down_when_it_is_back(world):
    crowd(world)

    async def story():
        await world.reload()
        await world.tick()
        broken = Broken(world)
        world.email.gate = asyncio.Event()
        world.clock.forward(minutes=30)
        await world.service.tick()
        await under_way(world)
        broken.down = True
        world.email.gate.set()
        with pytest.raises(LedgerError):
            await world.service.settle()
        await asyncio.gather(*world.service.deliveries[0]._jobs)  # all were accepted meanwhile
        # So long that every lease is over: nobody may take these attempts for lost.
        world.clock.forward(minutes=20)
        broken.down = False
        with pytest.raises(LedgerError):
            await world.service.tick()
        await world.tick()
        assert world.states() == ["sent"] * 12

    play(story())
    ids = [outgoing.nudge for outgoing in world.email.sent]
    assert len(ids) == len(set(ids)) == 24


def test_a_stop_after_trouble_with_the_ledger_still_writes_down_what_was_accepted(world):
    async def story():
        await world.reload()
        await world.tick()
        broken = Broken(world)
        world.email.gate = asyncio.Event()
        world.clock.forward(minutes=30)
        await world.service.tick()
        await under_way(world)
        broken.down = True
        world.email.gate.set()
        with pytest.raises(LedgerError):
            await world.service.settle()
        broken.down = False
        await world.service.stop(patience=timedelta(seconds=2))
        assert world.states() == ["sent"]

    play(story())


def test_a_stop_with_a_ledger_that_stays_away_leaves_it_to_the_next_start(world):
    async def story():
        await world.reload()
        await world.tick()
        broken = Broken(world)
        world.email.gate = asyncio.Event()
        world.clock.forward(minutes=30)
        await world.service.tick()
        await under_way(world)
        broken.down = True
        world.email.gate.set()
        await world.service.stop(patience=timedelta(seconds=1))
        broken.down = False
        assert world.states() == ["sending"]
        world.start()
        await world.reload()
        assert world.states() == ["unknown"]

    play(story())


def test_trouble_of_one_channel_does_not_keep_the_other_waiting(world):
    people = (make_recipient("a", sms=None), make_recipient("b", email=None))
    crowd(world, people)

    async def story():
        await world.reload()
        await world.tick()
        email, sms = world.service.deliveries
        world.service._drains[email] = asyncio.create_task(fail())
        await asyncio.sleep(0)
        world.clock.forward(minutes=30)
        with pytest.raises(LedgerError):
            await world.service.tick()
        await asyncio.gather(world.service._drains[sms], world.service._drains[email])
        assert world.states() == ["sent", "sent"]

    play(story())


async def fail():
    raise LedgerError("gone")


@pytest.mark.parametrize("script", [["ok"], [RuntimeError("boom")], [DeliveryError("535", Effect.CHANNEL_DOWN)]])
def test_a_log_that_cannot_be_written_costs_its_lines_and_nothing_else(world, script):
    crowd(world)

    def full(*_):
        raise OSError(28, "No space left on device")

    async def story():
        await world.reload()
        await world.tick()
        world.email.script = list(script)
        world.clock.forward(minutes=30)
        structlog.configure(processors=[full])
        try:
            with pytest.raises(OSError, match="No space"):  # the tick's own line: wiring keeps this from happening
                await world.service.tick()
        finally:
            structlog.reset_defaults()
        for drain in world.service._drains.values():
            structlog.configure(processors=[full])
            await drain
        structlog.reset_defaults()
        assert "sending" not in world.states()
        refused = isinstance(script[0], DeliveryError)
        assert world.states().count("sent") >= (0 if refused else 11)

    play(story())


@pytest.mark.parametrize("wish", [None, 20, 86_400 * 365])
def test_too_many_requests_pause_the_sender_and_cost_nobody_an_attempt(world, wish):
    people = tuple(make_recipient(f"p{n}", joined=date(2000, 1, 1)) for n in range(60))
    crowd(world, people)
    too_many = DeliveryError("20429", Effect.SLOW_DOWN, retry_after=wish and timedelta(seconds=wish))

    async def story():
        await world.reload()
        await world.tick()
        sent = len(world.email.sent)
        world.email.script = [too_many] * 10_000
        world.clock.forward(minutes=30)
        for _ in range(45):
            await world.tick(seconds=2)
        asked = 10_000 - len(world.email.script)
        assert asked <= {None: 12, 20: 3 + 5}.get(wish, 3)
        assert set(world.states()) == {"pending"}
        assert {n.attempts for n in world.nudges() if n.key.schedule == "kind"} == {0}
        world.email.script = []
        for _ in range(60):
            await world.tick(minutes=1, seconds=1)
        # An hour is the longest that anybody's wish is kept: here, that is too late.
        in_time = wish is None or wish < 3600
        assert set(world.states()) == {"sent" if in_time else "expired"}
        assert len(world.email.sent) == sent + (60 if in_time else 0)

    play(story())


def test_a_pause_that_ends_soon_names_the_moment_to_wake(world):
    async def story():
        await world.reload()
        await world.tick()
        world.email.script = [DeliveryError("20429", Effect.SLOW_DOWN, retry_after=timedelta(seconds=7))]
        await world.tick(minutes=30)
        wake = await world.tick(seconds=1)
        assert wake == world.clock.now + timedelta(seconds=6)
        await world.tick(seconds=6)
        assert world.states() == ["sent"]

    play(story())


def test_a_question_that_is_one_too_many_pauses_the_sender_too(world):
    world.catalog = Catalog(
        schedules=(make_schedule(), make_schedule("later", at="08:31")),
        messages=MESSAGES,
        recipients=(make_recipient(),),
    )

    async def story():
        await world.reload()
        await world.tick()
        world.email.script = [DeliveryError("timeout", Effect.UNCERTAIN)]
        await world.tick(minutes=30)
        world.email.refuses = DeliveryError("20429", Effect.SLOW_DOWN, retry_after=timedelta(seconds=30))
        await world.tick(minutes=1)
        world.email.refuses = None
        assert (world.states(), world.states("later")) == (["unknown"], ["sent"])
        assert world.service.deliveries[0].paused_until == world.clock.now + timedelta(seconds=30)

    play(story())
