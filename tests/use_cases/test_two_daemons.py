"""Two daemons on one ledger: one plans, each attempt has one owner, and whoever sleeps past a lease spoils nothing."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from nudger.decisions.delivering.transitions import LEASE
from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.deliveries import AttemptOutcome
from nudger.domain.leases import SLACK, TERM
from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import Channel, Purpose
from nudger.errors import DeliveryError, Effect
from nudger.prose.reasons import english
from nudger.storage.database import open_database
from nudger.storage.events import REOPENED
from nudger.storage.fact_codecs import health_of
from nudger.storage.leases import PLANNER
from nudger.storage.ledger import Ledger
from nudger.storage.thread import LedgerThread
from nudger.use_cases.deliver_nudges import Delivery
from nudger.use_cases.serve import Service
from tests.fakes import FakeChannel, FakeClock
from tests.make import WORDS, make_message, make_recipient, make_schedule, utc

START = utc("2026-11-23 08:00")
CATALOG = Catalog(
    schedules=(make_schedule(at=["08:30", "12:00"]),),
    messages=(make_message("hello", purpose=Purpose.WELCOME), *(make_message(f"m{n}") for n in range(20))),
    recipients=(make_recipient(),),
)
SLOTS = 2


class Daemon:
    """A service on a connection of its own, with a clock of its own."""

    def __init__(self, name, ledger, clock, post):
        self.name, self.clock, self.post = name, clock, post
        thread = LedgerThread(ledger)
        self.ledger = ledger
        self.service = Service(
            thread,
            [Delivery(Channel.EMAIL, post, thread, clock=clock, rng=Random(1), owner=name)],
            make_snapshot=lambda catalog, people: build_snapshot(
                catalog, people, words=WORDS, seed="s", installation="i"
            ),
            clock=clock,
            owner=name,
        )

    async def start(self, catalog=CATALOG):
        await self.service.reload(catalog)

    async def tick(self):
        await self.service.tick()
        await self.service.settle()


@pytest.fixture
def daemon(ledger_url, tmp_path):
    """Make a daemon; any number share the ledger."""
    opened = []

    def daemon(name, *, ahead=timedelta(0), post=None):
        ledger = Ledger(*open_database(ledger_url, state_dir=tmp_path / name))
        opened.append(ledger)
        return Daemon(name, ledger, FakeClock(START + ahead), post or FakeChannel())

    yield daemon
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger_url(tmp_path):
    return f"sqlite:///{tmp_path}/nudger.db"


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=60))


def events(daemon, kind):
    statement = "select count(*) from events where kind = :kind"
    return daemon.ledger.run(lambda t: t.connection.exec_driver_sql(statement.replace(":kind", f"'{kind}'")).scalar())


def kind_nudges(daemon):
    found = daemon.ledger.run(lambda t: t.nudges.recent(since=START - timedelta(days=2), limit=100))
    return [nudge for nudge in reversed(found) if nudge.key.schedule == "kind"]


def attempts(daemon, nudge):
    return daemon.ledger.run(lambda t: t.attempts.of(nudge.id))


def test_clocks_that_differ_by_seconds_make_nobody_plan_again(daemon):
    fast, slow = daemon("fast", ahead=timedelta(seconds=6)), daemon("slow")

    async def story():
        await fast.start()
        await slow.start()
        for _ in range(40):
            await fast.tick()
            await slow.tick()
            for each in (fast, slow):
                each.clock.forward(minutes=10)

    play(story())
    assert events(fast, "clock_was_ahead") == events(fast, REOPENED) == 0
    assert [nudge.state for nudge in kind_nudges(fast)] == [NudgeState.SENT] * SLOTS
    assert len(fast.post.sent) + len(slow.post.sent) == SLOTS + 1  # and the first hello
    assert fast.ledger.run(lambda t: t.leases.get(PLANNER)).owner == "fast"


def test_another_daemon_plans_once_the_planner_is_gone(daemon):
    gone, here = daemon("gone"), daemon("here")

    async def story():
        await gone.start()
        await gone.tick()
        await here.start()
        here.clock.forward(seconds=(TERM + SLACK).total_seconds())
        await here.tick()
        assert here.ledger.run(lambda t: t.planning.watermark()) == START
        here.clock.forward(minutes=30)
        await here.tick()

    play(story())
    lease = here.ledger.run(lambda t: t.leases.get(PLANNER))
    assert (lease.owner, lease.fence) == ("here", 2)
    assert [nudge.state for nudge in kind_nudges(here)] == [NudgeState.SENT]


def test_a_lease_by_a_clock_that_was_hours_ahead_holds_up_nobody(daemon):
    wrong, right = daemon("wrong", ahead=timedelta(hours=9)), daemon("right")

    async def story():
        await wrong.start()
        await wrong.tick()
        await right.start()
        for _ in range(50):
            await right.tick()
            right.clock.forward(minutes=10)

    play(story())
    assert right.ledger.run(lambda t: t.leases.get(PLANNER)).owner == "right"
    assert [nudge.state for nudge in kind_nudges(right)] == [NudgeState.SENT] * SLOTS


async def _sleep_in_mid_send(sleeper, other):
    """Let one daemon sleep on the wire past its lease, and the other take its nudge over; then wake the first."""
    await sleeper.start()
    await sleeper.tick()
    await other.start()
    sleeper.post.gate = asyncio.Event()
    for each in (sleeper, other):
        each.clock.forward(minutes=30)
    await sleeper.service.tick()
    while not sleeper.post._now:  # noqa: ASYNC110 - it is on the wire soon
        await asyncio.sleep(0.01)
    other.clock.forward(seconds=LEASE.total_seconds())
    await other.tick()


def test_whoever_slept_past_the_lease_writes_over_nobodys_word_and_the_double_is_known(daemon):
    sleeper, other = (daemon(name, post=FakeChannel(can_be_asked=False)) for name in ("sleeper", "other"))

    async def story():
        await _sleep_in_mid_send(sleeper, other)
        other.clock.forward(minutes=1)
        await other.tick()
        (before,) = kind_nudges(other)
        assert (before.state, before.fence) == (NudgeState.SENT, 2)
        sleeper.post.gate.set()
        await sleeper.service.settle()
        (after,) = kind_nudges(other)
        assert (after.state, after.provider_id, after.fence) == (before.state, before.provider_id, before.fence)
        assert after.possible_duplicate

    play(story())
    first, second = attempts(other, kind_nudges(other)[0])
    assert (first.owner, first.outcome, first.provider_id) == ("sleeper", AttemptOutcome.ACCEPTED, "id-2")
    assert (second.owner, second.outcome, second.provider_id) == ("other", AttemptOutcome.ACCEPTED, "id-1")


def test_a_late_acceptance_settles_a_doubt_where_nobody_has_begun_another(daemon):
    sleeper, other = daemon("sleeper"), daemon("other")

    async def story():
        await _sleep_in_mid_send(sleeper, other)
        assert kind_nudges(other)[0].state is NudgeState.UNKNOWN
        sleeper.post.gate.set()
        await sleeper.service.settle()

    play(story())
    (nudge,) = kind_nudges(other)
    assert (nudge.state, nudge.provider_id, nudge.possible_duplicate) == (NudgeState.SENT, "id-2", False)
    assert other.post.sent == []


def test_the_lease_is_looked_at_right_before_the_wire(daemon):
    sleeper = daemon("sleeper")

    async def story():
        await sleeper.start()
        await sleeper.tick()
        sent = len(sleeper.post.sent)
        (delivery,) = sleeper.service.deliveries
        begin = delivery._begin

        def begin_late(turn):
            begin(turn)
            if turn.attempts and not delivery.slept:
                delivery.slept = True
                sleeper.clock.forward(seconds=LEASE.total_seconds())

        delivery.slept, delivery._begin = False, begin_late
        sleeper.clock.forward(minutes=30)
        await sleeper.tick()
        (nudge,) = kind_nudges(sleeper)
        assert (nudge.state, english(nudge.status_reason)) == (NudgeState.PENDING, "lease_over")
        assert len(sleeper.post.sent) == sent
        sleeper.clock.forward(minutes=1)
        await sleeper.tick()
        assert len(sleeper.post.sent) == sent + 1

    play(story())
    assert [attempt.code for attempt in attempts(sleeper, kind_nudges(sleeper)[0])] == ["lease_over", ""]


def test_a_senders_pause_is_everybodys_and_outlives_a_restart(daemon):
    one, other, again = (daemon(name, post=FakeChannel(concurrency=1)) for name in ("one", "other", "one"))
    one.post.script = [DeliveryError("too_fast", Effect.SLOW_DOWN, retry_after=timedelta(minutes=5))]
    both = replace(CATALOG, recipients=(make_recipient(), make_recipient("kim")))

    async def story():
        await one.start(both)
        await one.tick()
        for each in (other, again):
            await each.start(both)
            each.clock.forward(minutes=2)
            await each.tick()
            assert each.post.sent == []
            assert each.service.deliveries[0].paused_until == START + timedelta(minutes=5)
        again.clock.forward(minutes=3)
        await again.tick()
        assert len(again.post.sent) == 2

    play(story())
    assert other.ledger.run(lambda t: t.facts.get(health_of(other.service.deliveries[0].sender.id))) is None


def test_a_sender_in_trouble_is_tried_once_at_a_start_and_a_healthy_one_costs_no_word(daemon):
    one = daemon("one")

    async def story():
        await one.start()
        health = health_of(one.service.deliveries[0].sender.id)
        assert one.ledger.run(lambda t: t.facts.get(health)) is None
        one.post.script = [DeliveryError("535", Effect.CHANNEL_DOWN)]
        await one.tick()
        assert one.ledger.run(lambda t: t.facts.get(health)).down
        mended = daemon("one")
        await mended.start()
        mended.clock.forward(minutes=4)
        await mended.tick()
        assert len(mended.post.sent) == 1
        assert one.ledger.run(lambda t: t.facts.get(health)).width == 2

    play(story())
