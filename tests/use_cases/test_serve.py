"""The service over a real ledger, a fake way out, and a clock that the test moves."""

import asyncio
from datetime import time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from nudger.domain.catalog import Catalog
from nudger.domain.deliveries import Found, Receipt
from nudger.domain.nudges import NudgeState
from nudger.domain.recipients import QuietHours
from nudger.domain.vocabulary import ChannelChoice
from nudger.errors import DeliveryError, Effect, LedgerError
from nudger.storage.database import open_database
from nudger.storage.ledger import Ledger
from tests.make import cron, make_recipient, make_schedule, utc
from tests.world import MESSAGES, START, World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path / "state")
    made.start()
    yield made
    made.ledger.close()


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=30))


def test_the_first_start_says_hello_and_sends_nothing_of_the_past(world):
    async def story():
        await world.reload()
        await world.tick()
        assert [p.rendered.subject for p in world.email.sent] == ["About hello"]
        assert world.states() == []
        await world.tick(minutes=30)
        assert world.states() == ["sent"]
        assert len(world.email.sent) == 2

    play(story())


def test_hello_is_said_once_whatever_restarts(world):
    async def story():
        for _ in range(3):
            world.start()
            await world.reload()
            await world.tick()

    play(story())
    assert len(world.email.sent) == 1


def test_a_tick_names_the_next_due_moment(world):
    async def story():
        await world.reload()
        assert await world.tick() is None
        assert await world.tick(minutes=29, seconds=30) == utc("2026-11-23 08:30")

    play(story())


def test_a_restart_sends_what_is_still_in_time_and_records_what_is_not(world):
    async def story():
        await world.reload()
        await world.tick()
        world.start()
        world.clock.now = utc("2026-11-23 12:50")
        await world.reload()
        await world.tick()
        assert world.states() == ["missed", "sent"]

    play(story())


def test_days_down_are_recorded_and_bring_no_flood(world):
    async def story():
        await world.reload()
        await world.tick()
        world.email.sent.clear()
        await world.tick(days=3, hours=4, minutes=10)
        assert world.states() == ["missed"] * 7 + ["sent"]
        assert len(world.email.sent) == 1

    play(story())


def test_a_clock_ten_years_ahead_and_right_again_silences_nobody(world):
    async def story():
        await world.reload()
        await world.tick()
        await world.tick(days=3652)
        assert world.states() == []
        assert "2036" in world.service.doubt
        world.clock.now = START
        await world.tick(minutes=30)
        assert world.states() == ["sent"]
        assert not world.service.doubt
        await world.tick(hours=3, minutes=31)
        assert world.states() == ["sent"] * 2

    play(story())


def test_a_clock_three_days_ahead_and_right_again_silences_nobody(world):
    async def story():
        await world.reload()
        await world.tick()
        await world.tick(days=3)
        assert world.states() == ["missed"] * 6
        world.clock.now = START
        await world.tick(minutes=30)
        await world.tick(hours=3, minutes=31)
        assert world.states() == ["sent"] * 2

    play(story())


def test_a_clock_set_back_doubles_nothing(world):
    async def story():
        await world.reload()
        await world.tick(minutes=31)
        for _ in range(5):
            world.clock.forward(hours=-1)
            await world.tick()
            await world.tick(hours=1)
        assert world.states() == ["sent"]
        assert len(world.email.sent) == 2

    play(story())


def test_temporary_failures_are_tried_again_inside_the_window(world):
    world.email.script = ["ok", *[DeliveryError("451", Effect.TRY_AGAIN)] * 3]

    async def story():
        await world.reload()
        await world.tick()
        await world.tick(minutes=30)
        assert world.states() == ["pending"]
        for _ in range(20):
            await world.tick(minutes=1)
        assert world.states() == ["sent"]

    play(story())
    assert world.nudge().attempts == 4


def test_failures_to_the_end_of_the_window_end_it(world):
    world.email.script = ["ok", *[DeliveryError("451", Effect.TRY_AGAIN)] * 99]

    async def story():
        await world.reload()
        await world.tick(minutes=30)
        for _ in range(70):
            await world.tick(minutes=1)
        assert world.states() == ["expired"]

    play(story())


@pytest.mark.parametrize(("effect", "state"), [(Effect.GIVE_UP, "failed"), (Effect.SUPPRESS, "suppressed")])
def test_permanent_failures_are_not_tried_again(world, effect, state):
    world.email.script = ["ok", DeliveryError("550", effect)]

    async def story():
        await world.reload()
        await world.tick(minutes=30)
        await world.tick(minutes=10)
        assert world.states() == [state]
        await world.tick(hours=4)
        assert world.states() == [state, "suppressed" if effect is Effect.SUPPRESS else "sent"]

    play(story())


def test_trouble_of_the_account_pauses_the_channel_and_loses_nothing(world):
    world.email.script = ["ok", *[DeliveryError("535", Effect.CHANNEL_DOWN)] * 2]

    async def story():
        await world.reload()
        await world.tick()
        await world.tick(minutes=30)
        assert world.service.deliveries[0].down
        for _ in range(10):
            await world.tick(minutes=1)
        assert not world.service.deliveries[0].down
        assert world.states() == ["sent"]

    play(story())


def crashed(world, findings):
    """A nudge is cut off in mid-send; the next start finds it."""
    world.email.findings = findings

    async def story():
        await world.reload()
        await world.tick(minutes=29)
        world.email.script = ["hang"]
        world.clock.forward(minutes=1)
        await world.service.tick()
        await asyncio.sleep(0.2)
        assert world.states() == ["sending"]
        world.email.script = []
        world.start()
        world.clock.forward(seconds=1)
        await world.reload()
        assert world.states() == ["unknown"]
        for _ in range(8):
            await world.tick(minutes=1)

    play(story())
    return world.states(), len(world.email.sent) - 1, len(world.email.asked)


def test_interrupted_and_found_at_the_provider_it_was_sent(world):
    assert crashed(world, [(), (Receipt(provider="fake", provider_id="x"),)]) == (["sent"], 0, 2)


def test_interrupted_and_not_to_be_asked_it_stays_in_doubt_and_is_never_resent(world):
    assert crashed(world, []) == (["unknown"], 0, 3)


def test_interrupted_and_not_found_it_goes_out_once_more(world):
    assert crashed(world, [()] * 3) == (["sent"], 1, 3)
    assert world.nudge().possible_duplicate


def test_a_receipt_that_belongs_to_another_nudge_settles_nothing(world):
    hello = Receipt(provider="fake", provider_id="id-1")
    assert crashed(world, [(hello,)] * 3) == (["sent"], 1, 3)
    assert world.nudge().possible_duplicate


def test_a_hello_in_another_language_than_the_persons_says_so_to_the_channel(tmp_path):
    people = [make_recipient("ana", language="pl"), make_recipient("bea", language="en-GB")]
    world = World(tmp_path / "state", people=people)
    world.start()

    async def story():
        await world.reload()
        await world.tick()
        assert sorted(outgoing.language for outgoing in world.email.sent) == ["en", "en-GB"]

    play(story())
    world.ledger.close()


def test_a_list_that_cannot_be_compared_is_no_proof_and_nothing_is_resent(world):
    unclear = Found(unclear=(Receipt(provider="fake", provider_id="x"),))
    assert crashed(world, [unclear] * 3) == (["unknown"], 0, 3)


def test_a_provider_that_keeps_no_words_proves_by_number_that_it_was_sent(world):
    blank = Found(blank=tuple(Receipt(provider="fake", provider_id=each) for each in ("id-1", "x")))
    assert crashed(world, [blank] * 3) == (["sent"], 0, 1)
    assert world.nudge().provider_id == "x"


def test_a_refusal_that_is_only_seen_later_still_ends_it(world):
    refused = Found(refused=DeliveryError("21610", Effect.SUPPRESS))
    assert crashed(world, [refused] * 3) == (["suppressed"], 0, 3)
    assert world.ledger.run(lambda t: t.suppressions.addresses()) == {"sam@example.org"}


def test_a_bug_in_a_channel_stops_nobody_else(world):
    world.catalog = Catalog(
        schedules=world.catalog.schedules,
        messages=MESSAGES,
        recipients=tuple(make_recipient(f"p{n}") for n in range(5)),
    )

    async def story():
        await world.reload()
        await world.tick()
        world.email.script = [RuntimeError("boom")]
        await world.tick(minutes=30)

    play(story())
    assert sorted(world.states()) == ["sent"] * 4 + ["unknown"]


def test_sends_run_side_by_side_but_never_more_than_the_channel_bears(world):
    world.catalog = Catalog(
        schedules=world.catalog.schedules,
        messages=MESSAGES,
        recipients=tuple(make_recipient(f"p{n}") for n in range(50)),
    )

    async def story():
        await world.reload()
        await world.tick()
        await world.tick(minutes=30)

    play(story())
    assert world.states() == ["sent"] * 50
    assert world.email.most_at_once == 3


def test_one_that_hangs_holds_up_nobody_else(world):
    world.catalog = Catalog(
        schedules=world.catalog.schedules,
        messages=MESSAGES,
        recipients=tuple(make_recipient(f"p{n}") for n in range(9)),
    )

    async def story():
        await world.reload()
        await world.tick()
        world.email.script = ["hang"]
        world.clock.forward(minutes=30)
        await world.service.tick()
        for _ in range(100):
            await asyncio.sleep(0.02)
            if world.states().count("sent") == 8:
                break
        assert sorted(world.states()) == ["sending"] + ["sent"] * 8
        await world.service.stop(patience=timedelta(seconds=0.1))
        assert sorted(world.states()) == ["sent"] * 8 + ["unknown"]

    play(story())


def test_whoever_opts_out_while_waiting_gets_nothing(world):
    world.email.script = ["ok", DeliveryError("451", Effect.TRY_AGAIN)]

    async def story():
        await world.reload()
        await world.tick(minutes=30)
        world.ledger.run(lambda t: t.suppressions.add("sam@example.org", "asked to", at=START))
        await world.tick(minutes=5)
        assert world.states() == ["suppressed"]

    play(story())
    assert len(world.email.sent) == 1


def test_quiet_hours_are_looked_at_again_just_before_the_wire(world):
    world.email.script = ["ok", DeliveryError("451", Effect.TRY_AGAIN, retry_after=timedelta(minutes=20))]
    person = make_recipient(quiet_hours=QuietHours(start=time(8, 45), end=time(9, 15)))
    world.catalog = Catalog(schedules=world.catalog.schedules, messages=MESSAGES, recipients=(person,))

    async def story():
        await world.reload()
        await world.tick()
        await world.tick(minutes=30)
        await world.tick(minutes=20)
        assert world.states() == ["pending"]
        assert world.nudge().next_look_at == utc("2026-11-23 09:15")
        await world.tick(minutes=25)
        assert world.states() == ["sent"]

    play(story())


def test_people_imported_while_running_are_served_from_the_next_tick(world):
    async def story():
        await world.reload()
        await world.tick()
        world.ledger.run(lambda t: t.people.keep([make_recipient("kim")], source="import", at=START))
        await world.tick(minutes=1)
        assert [p.address for p in world.email.sent] == ["sam@example.org", "kim@example.org"]
        await world.tick(minutes=30)
        assert world.states() == ["sent", "sent"]

    play(story())


def test_whoever_left_the_file_gets_nothing_more(world):
    async def story():
        await world.reload()
        await world.tick()
        world.catalog = Catalog(
            schedules=world.catalog.schedules, messages=MESSAGES, recipients=(make_recipient("kim"),)
        )
        await world.reload()
        await world.tick()
        await world.tick(minutes=30)

    play(story())
    assert [p.address for p in world.email.sent] == ["sam@example.org", "kim@example.org", "kim@example.org"]


def test_a_ledger_that_cannot_be_written_stops_sending_and_recovers(world):
    async def story():
        await world.reload()
        await world.tick()
        good = world.ledger._engine
        broken = Ledger(*open_database(f"sqlite:///{world.path}/nudger.db", state_dir=world.path))
        world.ledger._engine = broken._engine
        world.ledger.run(
            lambda t: t.connection.exec_driver_sql(
                "create trigger full before update on nudges begin select raise(fail, 'disk full'); end"
            )
        )
        world.ledger._engine = good
        world.clock.forward(minutes=30)
        await world.service.tick()
        with pytest.raises(LedgerError):
            await world.service.settle()
        assert len(world.email.sent) == 1
        world.ledger.run(lambda t: t.connection.exec_driver_sql("drop trigger full"))
        with pytest.raises(LedgerError):
            await world.service.tick()
        await world.tick(minutes=1)
        assert world.states() == ["sent"]
        broken.close()

    play(story())


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_story_of_ticks_restarts_and_clock_jumps_sends_each_slot_at_most_once(tmp_path_factory, data):
    world = World(tmp_path_factory.mktemp("story"), schedules=[make_schedule(recurrence=cron("*/10 * * * *"))])
    world.start()

    async def story():
        await world.reload()
        for _ in range(data.draw(st.integers(3, 25))):
            step = data.draw(st.sampled_from(["tick", "tick", "tick", "restart", "crash", "back"]))
            if step == "back":
                world.clock.forward(minutes=-data.draw(st.integers(1, 120)))
            elif step == "crash":
                world.email.script = ["hang"]
                world.clock.forward(minutes=10)
                await world.service.tick()
                await asyncio.sleep(0.01)
                world.email.script = []
            if step in ("restart", "crash"):
                world.start()
                world.clock.forward(seconds=1)
                await world.reload()
            await world.tick(minutes=data.draw(st.integers(0, 40)))

    play(story())
    texts = [outgoing.nudge for outgoing in world.email.sent]
    assert len(texts) == len(set(texts))
    world.ledger.close()


def test_a_preferred_channel_is_used(world):
    world.catalog = Catalog(
        schedules=(make_schedule(channel=ChannelChoice.SMS),), messages=MESSAGES, recipients=(make_recipient(),)
    )

    async def story():
        await world.reload()
        await world.tick()
        await world.tick(minutes=30)

    play(story())
    assert len(world.sms.sent) == 1
    assert world.nudge().state is NudgeState.SENT


def test_the_first_tick_of_a_day_warns_of_words_that_run_out(tmp_path):
    few = World(tmp_path / "few", messages=MESSAGES[:6])
    few.start()

    async def story():
        await few.reload()
        for _ in range(3):
            await few.tick(hours=9)

    with capture_logs() as logs:
        play(story())
    few.ledger.close()
    warned = [each for each in logs if each["event"] == "unseen messages run out"]
    assert [(each["people"], each["days"], each["first"]) for each in warned] == [(1, 2, ["sam/kind"])] * 2
