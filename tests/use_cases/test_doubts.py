"""Nothing goes out twice, nothing is lost, and each nudge ends in a state that says which.

The service on a stage: a real ledger, ways out that take, refuse, lose their answers or fall silent, kills and stops at
any moment, and a clock that the story moves.
"""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nudger.decisions.delivering.transitions import ASK_ON
from nudger.domain.catalog import Catalog
from nudger.domain.nudges import WELCOME, NudgeState
from nudger.domain.vocabulary import ChannelChoice, Purpose
from nudger.prose.reasons import english
from tests.make import cron, make_message, make_recipient, make_schedule, utc
from tests.stage import Stage

START = utc("2026-11-23 08:00")
MINUTE = timedelta(minutes=1)
MESSAGES = (make_message("hello", purpose=Purpose.WELCOME), *(make_message(f"m{n}") for n in range(60)))
SAM = make_recipient("sam", email=None, sms="+4930000001")
KIM = make_recipient("kim", sms=None)
KIND = make_schedule(at="09:00", grace=timedelta(hours=2), channel=ChannelChoice.PREFERRED)


def make_stage(path, *people, schedules=(KIND,), tells=True):
    stage = Stage(path, catalog=catalog(*people, schedules=schedules), start=START)
    stage.email.can_be_asked = stage.email.tells = False
    stage.sms.tells = tells
    return stage


def catalog(*people, schedules=(KIND,)):
    return Catalog(schedules=tuple(schedules), messages=MESSAGES, recipients=people)


def play(story):
    asyncio.run(asyncio.wait_for(story, timeout=120))


async def after_hello(stage):
    await stage.open()
    await stage.tick()


def clocked(hours, minutes=0):
    return START.replace(hour=hours, minute=minutes)


def mine(stage):
    return [n for n in stage.nudges() if n.key.schedule != WELCOME]


def ends(stage):
    return [(n.state.value, n.next_look_at is None) for n in mine(stage)]


def copies(post, stage):
    """How often the provider took each nudge that is no first hello."""
    ids = {n.id for n in mine(stage)}
    return [count for nudge, count in Counter(p.nudge for _, p, _ in post.held).items() if nudge in ids]


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_a_service_that_ends_while_it_asks_for_the_last_time_asks_again(tmp_path, how):
    stage = make_stage(tmp_path, SAM)

    async def story():
        await after_hello(stage)
        stage.sms.mood = lambda _: "lost"
        await stage.until(clocked(9, 3))
        stage.sms.silent = True
        await stage.until(clocked(9, 5))
        assert stage.sms.stuck == 1
        await (stage.crash() if how == "kill" else stage.close())
        stage.sms.silent, stage.sms.mood = False, lambda _: "ok"
        await stage.open(after_crash=True)
        await stage.until(clocked(9, 15))
        assert ends(stage) == [("sent", True)]
        await stage.close()

    play(story())
    assert copies(stage.sms, stage) == [] or copies(stage.sms, stage) == [1]


@pytest.mark.parametrize("minutes", [4, 7, 10, 45, 100])
@pytest.mark.parametrize("taken", [True, False])
def test_an_outage_of_any_length_within_the_window_loses_nothing(tmp_path, minutes, taken):
    stage = make_stage(tmp_path, SAM, tells=False)

    async def story():
        await after_hello(stage)
        stage.sms.mood = lambda _: "taken, then lost" if taken else "lost"
        await stage.until(clocked(9) + minutes * MINUTE)
        stage.sms.tells, stage.sms.mood = True, lambda _: "ok"
        await stage.until(clocked(11, 10))
        assert ends(stage) == [("sent", True)]
        assert copies(stage.sms, stage) == [1]
        await stage.close()

    play(story())


@pytest.mark.parametrize(("taken", "state"), [(True, "sent"), (False, "expired")])
def test_an_outage_beyond_the_window_ends_in_what_the_provider_then_says(tmp_path, taken, state):
    stage = make_stage(tmp_path, SAM, tells=False)

    async def story():
        await after_hello(stage)
        stage.sms.mood = lambda _: "taken, then lost" if taken else "lost"
        await stage.until(clocked(15))
        assert ends(stage) == [("unknown", False)]
        stage.sms.tells = True
        await stage.until(clocked(17))
        assert ends(stage) == [(state, True)]
        assert copies(stage.sms, stage) == ([1] if taken else [])
        await stage.close()

    play(story())


def test_a_provider_that_never_answers_leaves_a_state_that_says_so(tmp_path):
    stage = make_stage(tmp_path, SAM, tells=False)

    async def story():
        await after_hello(stage)
        stage.sms.mood = lambda _: "lost"
        await stage.until(clocked(9, 30))
        stage.sms.mood = lambda _: "ok"
        await stage.until(clocked(13) + ASK_ON)
        assert english(mine(stage)[0].status_reason) == "nobody could say until it was too late: lost"
        assert ends(stage)[0] == ("unknown", True)
        await stage.close()

    play(story())


def test_what_an_older_program_gave_up_asking_about_is_asked_about_at_the_next_start(tmp_path):
    stage = make_stage(tmp_path, SAM)

    async def story():
        await after_hello(stage)
        stage.sms.mood = lambda _: "taken, then lost"
        await stage.until(clocked(9))
        await stage.close()
        await stage.open(after_crash=True)
        forget = "update nudges set ask_at = null, address = null, inquiries = 3 where state = 'unknown'"
        stage.ledger.run(lambda t: t.connection.exec_driver_sql(forget))
        await stage.restart()
        await stage.tick()
        assert ends(stage) == [("sent", True)]
        await stage.close()

    play(story())


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("leaves", [True, False])
def test_a_doubt_is_about_the_number_that_it_went_to_whatever_becomes_of_the_person(tmp_path, taken, leaves):
    stage = make_stage(tmp_path, SAM, KIM)
    moved = make_recipient("sam", email=None, sms="+4930000002")

    async def story():
        await after_hello(stage)
        stage.sms.mood = lambda _: "taken, then lost" if taken else "lost"
        await stage.until(clocked(9))
        stage.sms.mood = lambda _: "ok"
        await stage.reload(catalog(*([KIM] if leaves else [moved, KIM])))
        await stage.until(clocked(9, 10))
        await stage.close()

    play(story())
    assert {p.address for p in stage.sms.asked} == {SAM.sms}
    texts = [p.address for _, p, _ in stage.sms.held][1:]
    assert texts == ([SAM.sms] if taken else [] if leaves else [moved.sms])


def test_a_mail_cut_off_by_a_kill_goes_out_again_as_the_very_same_mail(tmp_path):
    stage = make_stage(tmp_path, KIM)

    async def story():
        await after_hello(stage)
        stage.email.mood = lambda _: "taken, then silence"
        await stage.until(clocked(9))
        await stage.crash()
        stage.email.mood = lambda _: "ok"
        stage.clock.now = clocked(9, 1)
        await stage.open(after_crash=True)
        await stage.reload(catalog(KIM, schedules=(KIND, make_schedule("other", at="23:00"))))
        await stage.until(clocked(9, 2))
        assert ends(stage) == [("sent", True)]
        await stage.close()

    play(story())
    first, second = (outgoing for _, outgoing, _ in stage.email.held[1:])
    assert first == second
    assert mine(stage_again(stage))[0].possible_duplicate


def stage_again(stage):
    """Open the ledger of a story that is over."""
    asyncio.run(stage.open())
    return stage


def test_a_mail_cut_off_by_a_stop_before_its_dot_goes_out_again_at_the_next_start(tmp_path):
    stage = make_stage(tmp_path, KIM)

    async def story():
        await after_hello(stage)
        stage.email.mood = lambda _: "cut off in time"
        await stage.until(clocked(9))
        await stage.close()
        stage.email.mood = lambda _: "ok"
        stage.clock.now = clocked(9, 1)
        await stage.open(after_crash=True)
        await stage.until(clocked(9, 3))
        assert ends(stage) == [("sent", True)]
        assert not mine(stage)[0].possible_duplicate
        assert copies(stage.email, stage) == [1]
        await stage.close()

    play(story())


def test_a_server_that_never_answers_the_dot_gets_two_copies_and_no_more(tmp_path):
    stage = make_stage(tmp_path, KIM)

    async def story():
        await after_hello(stage)
        stage.email.mood = lambda _: "taken, then lost"
        await stage.until(clocked(12))
        assert ends(stage) == [("unknown", True)]
        assert copies(stage.email, stage) == [2]
        await stage.close()

    play(story())


def test_a_mail_that_may_have_gone_out_is_never_said_not_to_have(tmp_path):
    stage = make_stage(tmp_path, KIM)

    async def story():
        await after_hello(stage)
        stage.email.mood = lambda _: "taken, then lost"
        await stage.until(clocked(9, 1))
        stage.email.mood = lambda _: "451"
        await stage.until(clocked(12))
        assert ends(stage) == [("unknown", True)]
        assert "may have gone out before" in english(mine(stage)[0].status_reason)
        await stage.close()

    play(story())


@pytest.mark.parametrize("jump", [timedelta(minutes=20), timedelta(days=3), timedelta(days=4000)])
@pytest.mark.parametrize("right_again", [True, False])
def test_a_clock_that_jumps_while_an_answer_is_awaited_doubles_and_loses_nothing(tmp_path, jump, right_again):
    stage = make_stage(tmp_path, SAM, KIM)

    async def story():
        await after_hello(stage)
        for post in stage.posts:
            post.mood = lambda _: "taken, then lost"
        await stage.until(clocked(9))
        for post in stage.posts:
            post.mood = lambda _: "ok"
        stage.clock.now += jump
        await stage.tick()
        if right_again:
            stage.clock.now -= jump
        for _ in range(40):
            await stage.tick()
            stage.clock.forward(minutes=1)
        today = [n for n in mine(stage) if n.key.local_date == START.date()]
        expected = {"sms": "sent", "email": "sent" if right_again or jump < timedelta(hours=1) else "unknown"}
        if jump > timedelta(days=60) and not right_again:
            return  # nothing is sent by a clock that is not believed; the guard says so
        assert {n.decision.channel.value: n.state.value for n in today} == expected
        assert copies(stage.sms, stage)[0] == 1
        await stage.close()

    play(story())


MOODS = ["ok", "451", "lost", "taken, then lost", "slow", "down", "hang", "taken, then silence"]
STEPS = st.one_of(
    st.tuples(st.just("sms"), st.sampled_from(MOODS)),
    st.tuples(st.just("email"), st.sampled_from(MOODS)),
    st.tuples(st.just("tells"), st.sampled_from(["yes", "no", "silent"])),
    st.tuples(st.just("end"), st.sampled_from(["kill", "stop", "reload"])),
    st.tuples(st.just("clock"), st.sampled_from([-5000, -90, -20, 20, 90, 5000])),
    st.tuples(st.just("live"), st.integers(1, 90)),
)


FAR_AHEAD = [("clock", -5000), ("tells", "no"), ("sms", "taken, then silence"), ("live", 65), ("clock", 5000)]


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=3, max_size=16))
@example(FAR_AHEAD)
def test_whatever_happens_no_text_is_taken_twice_and_every_nudge_ends_in_a_state_that_says_which(
    tmp_path_factory, steps
):
    hourly = make_schedule(recurrence=cron("0 * * * *"), grace=timedelta(minutes=50), channel=ChannelChoice.PREFERRED)
    stage = make_stage(tmp_path_factory.mktemp("story"), SAM, KIM, schedules=(hourly,))

    async def story():
        await after_hello(stage)
        for what, how in [*steps, ("sms", "ok"), ("email", "ok"), ("tells", "yes"), ("end", "kill")]:
            await live_through(stage, what, how)
        told.append(stage.clock.now)
        # The hourly schedule comes to its end, and everything that it left.
        await stage.reload(catalog(SAM, KIM, schedules=(make_schedule("rare", at="08:00"),)))
        await stage.until(stage.clock.now + timedelta(hours=6))
        waits = [n for n in mine(stage) if n.next_look_at is not None]
        assert [n for n in waits if n.due <= stage.clock.now] == []
        await stage.close()

    told = []
    play(story())
    judge(stage_again(stage), told=told[0])


async def live_through(stage, what, how):
    match what, how:
        case (("sms" | "email"), mood):
            (stage.sms if what == "sms" else stage.email).mood = lambda _: mood
        case "tells", _:
            stage.sms.tells, stage.sms.silent = how != "no", how == "silent"
        case "clock", minutes:
            stage.clock.now += minutes * MINUTE
        case "live", minutes:
            await stage.until(stage.clock.now + minutes * MINUTE)
        case "end", "reload":
            await stage.reload(stage.catalog)
        case _:
            await (stage.crash() if how == "kill" else stage.close())
            await stage.open(after_crash=True)
    await stage.tick()


def judge(stage, *, told):
    """Look at every nudge once more; from the moment `told` on, the provider of texts says what it has."""
    taken = {post.name: Counter(p.nudge for _, p, _ in post.held) for post in stage.posts}
    assert all(count == 1 for count in taken["sms"].values()), "a text was taken twice"
    mails = {}
    for _, outgoing, _ in stage.email.held:
        assert mails.setdefault(outgoing.nudge, outgoing) == outgoing, "a second copy is another mail"
    for nudge in stage.nudges():
        held = taken[nudge.decision.channel.value][nudge.id] if nudge.decision.channel else 0
        match nudge.state:
            case NudgeState.SENT:
                assert held, "said to be sent, and nobody has it"
            case NudgeState.UNKNOWN:
                given_up = nudge.expires_at + ASK_ON < told  # a clock that jumps days ahead leaves no time to ask
                assert nudge.decision.channel == "email" or given_up, f"the provider could have said: {nudge}"
                assert english(nudge.status_reason)
            case _:
                assert not held, f"taken, and said not to be: {nudge}"
