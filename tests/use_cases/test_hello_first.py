"""No hello, no nudge: whatever becomes of the first hello, nothing else goes before it, and nobody is silent for ever."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.nudges import WELCOME, NudgeState
from nudger.domain.recipients import Pause, QuietHours
from nudger.domain.schedules import Audience, Priority
from nudger.errors import DeliveryError, Effect
from nudger.prose.reasons import english
from nudger.use_cases.hold import discard_held, hold_everything, release_everything, release_held, sending_blocked
from tests.make import make_recipient, make_schedule, utc
from tests.world import MESSAGES, START, World

NOT_YET = "the first hello has not gone out yet"

DAY = timedelta(days=1)


def make_world(path, **values):
    world = World(path, **({"schedules": [make_schedule(at=["08:30", "12:00"])]} | values))
    world.start()
    return world


@pytest.fixture
def world(tmp_path):
    made = make_world(tmp_path / "state")
    yield made
    made.ledger.close()


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=60))


async def days(world, count, *, step=30):
    """Look every so many minutes."""
    for _ in range(count * 1440 // step):
        await world.tick(minutes=step)


def hellos(world, name="sam"):
    return [n for n in world.nudges() if n.key.schedule == WELCOME and n.key.recipient == name]


def reasons(world):
    return {
        english(n.status_reason) for n in world.nudges() if n.key.schedule != WELCOME and n.state is NudgeState.WITHHELD
    }


def test_what_falls_due_together_with_the_hello_follows_it(world):
    async def story():
        await world.reload()
        await world.tick(minutes=30)
        assert [p.rendered.subject for p in world.email.sent] == ["About hello"]
        assert (world.nudge().state, english(world.nudge().status_reason)) == (NudgeState.PENDING, NOT_YET)
        await world.tick(minutes=1)
        assert world.states() == ["sent"]

    play(story())


def test_what_matters_more_waits_for_the_hello_too(tmp_path):
    world = make_world(tmp_path, schedules=[make_schedule(priority=Priority.HIGH)])

    async def story():
        await world.reload()
        await world.tick(minutes=30)
        await world.tick(minutes=1)

    play(story())
    assert next(p.rendered.subject for p in world.email.sent) == "About hello"
    assert len(world.email.sent) == 2
    world.ledger.close()


def test_without_a_connection_nothing_goes_out_and_each_slot_says_why(world):
    world.email.script = [DeliveryError("no_connection", Effect.TRY_AGAIN)] * 10_000

    async def story():
        await world.reload()
        await days(world, 2)
        assert {n.state for n in world.nudges() if n.key.schedule != WELCOME} == {NudgeState.WITHHELD}
        assert reasons(world) == {f"{NOT_YET} (no_connection)"}
        assert all(outgoing.rendered.subject == "About hello" for outgoing in world.email.sent)
        world.email.script = []
        await days(world, 1)

    play(story())
    assert world.states()[-1] == "sent"


def test_a_hello_that_expired_is_said_again_at_once(world):
    world.email.script = [DeliveryError("no_connection", Effect.TRY_AGAIN)] * 10_000

    async def story():
        await world.reload()
        await days(world, 4, step=60)
        assert [n.state.value for n in hellos(world)] == ["expired", "pending"]
        world.email.script = []
        await days(world, 1)

    play(story())
    assert [n.state.value for n in hellos(world)] == ["expired", "sent"]
    assert world.states()[-1] == "sent"


def test_a_hello_that_was_refused_is_said_again_less_and_less_often(world):
    world.email.script = [DeliveryError("550", Effect.GIVE_UP)] * 10_000

    async def story():
        await world.reload()
        await days(world, 16, step=120)

    play(story())
    said = [n.first_attempt_at for n in hellos(world)]
    assert [(at - said[0]).days for at in said] == [0, 1, 3, 7, 15]
    assert reasons(world) == {f"{NOT_YET} (550)"}
    assert all(outgoing.rendered.subject == "About hello" for outgoing in world.email.sent)


def test_a_mended_address_is_greeted_at_once(world):
    world.email.script = [DeliveryError("550", Effect.GIVE_UP)]

    async def story():
        await world.reload()
        await world.tick(minutes=1)
        mended = make_recipient(email="mended@example.org")
        world.catalog = Catalog(schedules=world.catalog.schedules, messages=MESSAGES, recipients=(mended,))
        await world.reload()
        await world.tick(minutes=1)
        await world.tick(minutes=30)

    play(story())
    assert [p.address for p in world.email.sent] == ["sam@example.org", "mended@example.org", "mended@example.org"][
        -len(world.email.sent) :
    ]
    assert [n.state.value for n in hellos(world)] == ["failed", "sent"]
    assert world.states() == ["sent"]


def test_whoever_asked_us_to_stop_is_greeted_when_they_come_back_and_not_before(world):
    world.email.script = [DeliveryError("550 5.7.1", Effect.SUPPRESS)]

    async def story():
        await world.reload()
        await days(world, 3)
        assert [n.state.value for n in hellos(world)] == ["suppressed"]
        world.ledger.run(lambda t: t.suppressions.remove("sam@example.org", at=world.clock.now))
        await world.tick(minutes=1)
        assert [n.state.value for n in hellos(world)] == ["suppressed", "sent"]

    play(story())


def test_in_doubt_nothing_follows_and_when_the_doubt_is_over_the_rest_does(world):
    world.email.script = [DeliveryError("timeout", Effect.UNCERTAIN)]
    world.email.findings = []

    async def story():
        await world.reload()
        await days(world, 2)
        assert [n.state.value for n in hellos(world)] == ["unknown"]
        assert len(reasons(world)) == 1
        assert next(iter(reasons(world))).startswith(NOT_YET)
        await days(world, 1)
        assert [n.state.value for n in hellos(world)] == [
            "unknown"
        ]  # its three days are over, and it is still asked about
        await days(world, 2)
        assert hellos(world)[-1].state.value == "sent"
        assert sum(n.state.value == "sent" for n in hellos(world)) == 1
        assert world.states()[-1] == "sent"

    play(story())


def crowd(count):
    return [make_recipient(f"p{n:02}") for n in range(count)]


@pytest.fixture
def crowded(tmp_path):
    made = make_world(tmp_path / "state", people=[make_recipient("sam", joined=date(2000, 1, 1))])
    yield made
    made.ledger.close()


async def import_crowd(world):
    await world.reload()
    await world.tick(minutes=1)
    world.ledger.run(lambda t: t.people.keep(crowd(25), source="import", at=world.clock.now))
    await world.tick(minutes=1)
    assert {n.state.value for n in hellos(world, "p00")} == {"held"}


def test_people_whose_hello_the_guard_holds_get_nothing_and_the_reason_says_so(crowded):
    world = crowded

    async def story():
        await import_crowd(world)
        await days(world, 1)
        assert {p.address for p in world.email.sent} == {"sam@example.org"}
        assert reasons(world) == {f"{NOT_YET} (held by the guard: nudger guard)"}
        world.ledger.run(lambda t: release_held(t, now=world.clock.now))
        await days(world, 1)

    play(story())
    assert {p.address for p in world.email.sent} == {"sam@example.org", *(f"p{n:02}@example.org" for n in range(25))}


def test_hellos_that_nobody_released_are_held_again_and_not_let_go_by_time(crowded):
    world = crowded

    async def story():
        await import_crowd(world)
        await days(world, 7, step=60)

    play(story())
    assert [n.state.value for n in hellos(world, "p00")] == ["expired", "expired", "held"]
    assert {p.address for p in world.email.sent} == {"sam@example.org"}


def test_hellos_left_out_by_hand_are_asked_about_again_while_their_people_are_here(crowded):
    world = crowded

    async def story():
        await import_crowd(world)
        world.ledger.run(lambda t: discard_held(t, now=world.clock.now))
        await days(world, 2, step=60)

    play(story())
    assert [n.state.value for n in hellos(world, "p00")] == ["withheld", "held"]
    still = world.ledger.run(lambda t: sending_blocked(t, now=world.clock.now))
    assert (len(still.held), still.guard.why) == (25, "25 first hellos to people who are still here")
    assert {p.address for p in world.email.sent} == {"sam@example.org"}


def test_whoever_joins_later_is_greeted_on_that_day_while_the_service_runs(tmp_path):
    person = make_recipient(joined=date(2026, 11, 26), quiet_hours=QuietHours(start=time(21), end=time(8)))
    world = make_world(tmp_path, people=[person])

    async def story():
        await world.reload()
        await days(world, 2)
        assert world.nudges() == []
        await days(world, 2)

    play(story())
    (hello,) = hellos(world)
    assert (hello.due, hello.first_attempt_at) == (utc("2026-11-26 00:00"), utc("2026-11-26 08:00"))
    assert world.states()[0] == "sent"
    world.ledger.close()


def test_a_hello_waits_for_the_end_of_a_pause_and_comes_sooner_when_the_pause_is_taken_back(tmp_path):
    paused = make_recipient(pauses=(Pause(first=START.date(), last=date(2026, 12, 20)),))
    world = make_world(tmp_path, people=[paused])

    async def story():
        await world.reload()
        await days(world, 5, step=60)
        (hello,) = hellos(world)
        assert (hello.state, hello.next_look_at) == (NudgeState.PENDING, utc("2026-12-21 00:00"))
        world.catalog = Catalog(schedules=world.catalog.schedules, messages=MESSAGES, recipients=(make_recipient(),))
        await world.reload()
        await world.tick(minutes=1)

    play(story())
    assert [n.state.value for n in hellos(world)] == ["sent"]
    world.ledger.close()


def test_who_got_nudges_before_is_no_stranger(world):
    """A ledger from before: the hello failed in its time, and nudges went out all the same."""

    async def story():
        await world.reload()
        await world.tick(minutes=1)
        await world.tick(minutes=30)

    play(story())
    world.ledger.run(
        lambda t: t.connection.exec_driver_sql("update nudges set state = 'failed' where schedule = 'welcome'")
    )
    before = len(world.email.sent)

    async def later():
        world.start()
        await world.reload()
        await days(world, 2)

    play(later())
    assert len(hellos(world)) == 1
    assert len(world.email.sent) == before + 4


def test_where_no_hello_is_written_nobody_waits_for_one(tmp_path):
    world = make_world(tmp_path, messages=MESSAGES[1:])

    async def story():
        await world.reload()
        await world.tick(minutes=1)
        await days(world, 3)

    play(story())
    assert [english(n.status_reason) for n in hellos(world)] == ["no welcome message"]
    assert set(world.states()) == {"sent"}
    world.ledger.close()


def test_the_hello_takes_its_room(tmp_path):
    world = make_world(tmp_path, limits=Limits(per_day=1, gap=timedelta(hours=3)))

    async def story():
        await world.reload()
        await world.tick()
        await days(world, 1)

    play(story())
    today = [
        english(n.status_reason) for n in world.nudges() if n.key.schedule == "kind" and n.due.date() == START.date()
    ]
    assert today == ["at least 3 h after another", "at most 1 a day"]
    world.ledger.close()


DAILY = Audience(groups=frozenset({"daily"}))


def daily_if(wanted):
    return frozenset({"daily"} if wanted else ())


TROUBLE = [
    "ok", "ok", "ok",
    DeliveryError("451", Effect.TRY_AGAIN), DeliveryError("550", Effect.GIVE_UP), DeliveryError("down", Effect.CHANNEL_DOWN),
    DeliveryError("timeout", Effect.UNCERTAIN),
]  # fmt: skip
ACTS = ["look", "look", "look", "restart", "import", "hold", "release", "guard release", "guard discard", "crowd"]


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(st.data())
def test_in_any_order_of_events_the_hello_is_the_first_thing_that_reaches_anybody(tmp_path_factory, data):
    quiet = st.sampled_from([None, QuietHours(start=time(21), end=time(8)), QuietHours(start=time(8), end=time(13))])
    people = [
        make_recipient(
            f"a{n}",
            quiet_hours=data.draw(quiet),
            joined=START.date() + data.draw(st.integers(-3, 3)) * DAY,
            groups=frozenset({"daily"}),
        )
        for n in range(data.draw(st.integers(1, 2)))
    ]
    schedules = [
        make_schedule("often", at=["09:30", "15:30"], grace=timedelta(hours=2), audience=DAILY),
        make_schedule("first", at="08:00", priority=Priority.HIGH, grace=timedelta(hours=10), audience=DAILY),
    ]
    world = make_world(tmp_path_factory.mktemp("hello"), people=people, schedules=schedules)

    async def story():
        await world.reload()
        for _ in range(data.draw(st.integers(4, 14))):
            act = data.draw(st.sampled_from(ACTS))
            world.email.script = data.draw(st.lists(st.sampled_from(TROUBLE), max_size=4))
            now = world.clock.now
            if act == "restart":
                world.start()
                await world.reload()
            elif act in ("import", "crowd"):
                size = 21 if act == "crowd" else 1
                fresh = [make_recipient(f"{act}-{n}", groups=daily_if(n == 0)) for n in range(size)]
                world.ledger.run(lambda t, fresh=fresh, now=now: t.people.keep(fresh, source="import", at=now))
            elif act == "hold":
                world.ledger.run(lambda t, now=now: hold_everything(t, "", now=now))
            elif act == "release":
                world.ledger.run(lambda t, now=now: release_everything(t, now=now))
            elif act == "guard release":
                world.ledger.run(lambda t, now=now: release_held(t, now=now))
            elif act == "guard discard":
                world.ledger.run(lambda t, now=now: discard_held(t, now=now))
            await world.tick(minutes=data.draw(st.sampled_from([0, 1, 7, 30, 60, 200])))
        assert_hello_first(world)
        world.email.script = []
        world.ledger.run(lambda t: release_everything(t, now=world.clock.now))
        for _ in range(9):
            world.ledger.run(lambda t: release_held(t, now=world.clock.now))
            await days(world, 1, step=240)
        assert_hello_first(world)
        reached = {n.key.recipient for n in world.nudges() if n.state is NudgeState.SENT and n.key.schedule != WELCOME}
        assert reached == {p.id for p in world.service.snapshot.recipients.values() if p.groups}

    play(story())
    world.ledger.close()


def assert_hello_first(world):
    """Whatever was so much as tried for somebody was tried after their hello was accepted."""
    rows = world.nudges()
    greeted = {}
    for n in rows:
        if n.key.schedule == WELCOME and n.state is NudgeState.SENT:
            at = world.ledger.run(lambda t, n=n: next(e.at for e in t.events.of(n.id) if e.kind == "sent"))
            greeted[n.key.recipient] = min(at, greeted.get(n.key.recipient, at))
    for n in rows:
        if n.key.schedule != WELCOME and n.first_attempt_at is not None:
            assert n.key.recipient in greeted
            assert n.first_attempt_at >= greeted[n.key.recipient]


@pytest.mark.parametrize("priority", [Priority.NORMAL, Priority.HIGH])
def test_a_crowd_of_newcomers_holds_up_nobody_who_is_known_nor_is_held_up(tmp_path, priority):
    known, new = [f"known{n:02}" for n in range(60)], [f"new{n:02}" for n in range(50)]
    urgent = make_schedule(audience=Audience(recipients=frozenset(known[:1])), priority=priority)
    crowd = make_schedule("crowd", audience=Audience(recipients=frozenset(known[1:])))

    async def story(world):
        await world.reload()
        await world.tick()
        world.email.gate = asyncio.Event()
        world.catalog = replace(world.catalog, recipients=tuple(make_recipient(name) for name in [*known, *new]))
        await world.reload()
        await world.service.tick()  # the first three hellos are under way, and hang
        world.clock.forward(minutes=30)
        await world.service.tick()
        world.email.gate.set()
        await world.service.settle()
        return [
            n.key.recipient if n.key.schedule == "kind" else n.key.schedule
            for n in (world.ledger.run(lambda t, p=p: t.nudges.get(p.nudge)) for p in world.email.sent[len(known) :])
        ]

    world = World(tmp_path / "state", people=[make_recipient(name) for name in known], schedules=[crowd, urgent])
    world.start()
    order = asyncio.run(asyncio.wait_for(story(world), timeout=60))
    world.ledger.close()
    assert Counter(order) == {WELCOME: 50, "crowd": 59, "known00": 1}
    if priority is Priority.HIGH:
        assert order.index("known00") < 10
    half = Counter(order[:60])
    assert half["crowd"] > 30
    assert half[WELCOME] > 10
