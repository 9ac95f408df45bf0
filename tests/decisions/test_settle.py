"""What becomes of a nudge after an attempt, or after asking about it."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.settle import after_attempt, after_inquiry, begin_attempt, begin_inquiry, in_doubt
from nudger.domain.nudges import Decision, Finding, Nudge, NudgeState, Receipt, may_become
from nudger.domain.schedules import SlotKey
from nudger.errors import DeliveryError, Effect
from tests.make import utc

NOW = utc("2026-11-23 08:30")
PENDING = Nudge(
    id="n",
    key=SlotKey(recipient="sam", schedule="kind", local_date=NOW.date()),
    due=NOW,
    expires_at=NOW + timedelta(hours=1),
    state=NudgeState.PENDING,
    decision=Decision(message="kind/one", channel=None, rendered=None, reason=""),
)
SENDING = begin_attempt(PENDING, provider="smtp", now=NOW)


def fail(effect, nudge=SENDING, now=NOW, **values):
    return after_attempt(nudge, DeliveryError("451", effect, **values), now=now, rng=Random(1))


def test_an_attempt_is_counted_and_dated_before_it_is_made():
    assert (SENDING.state, SENDING.attempts, SENDING.first_attempt_at) == (NudgeState.SENDING, 1, NOW)
    again = begin_attempt(SENDING, provider="smtp", now=NOW + timedelta(minutes=5))
    assert (again.attempts, again.first_attempt_at) == (2, NOW)


def test_an_acceptance_ends_it():
    sent = after_attempt(SENDING, Receipt(provider="smtp", provider_id="x"), now=NOW, rng=Random(1))
    assert (sent.state, sent.provider_id, sent.next_attempt_at) == (NudgeState.SENT, "x", None)


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        (Effect.GIVE_UP, NudgeState.FAILED),
        (Effect.SUPPRESS, NudgeState.SUPPRESSED),
        (Effect.TRY_AGAIN, NudgeState.PENDING),
        (Effect.CHANNEL_DOWN, NudgeState.PENDING),
        (Effect.UNCERTAIN, NudgeState.UNKNOWN),
    ],
)
def test_each_failure_leads_where_its_effect_says(effect, state):
    assert fail(effect).state is state


def test_tries_grow_rarer_up_to_a_quarter_of_an_hour():
    waits = [fail(Effect.TRY_AGAIN, replace(SENDING, attempts=n)).next_attempt_at - NOW for n in range(1, 8)]
    assert waits[0] < timedelta(seconds=73)
    assert waits == sorted(waits)[:1] + waits[1:]
    assert max(waits) <= timedelta(minutes=18)


def test_the_providers_wish_when_to_come_back_is_honoured():
    assert fail(Effect.TRY_AGAIN, retry_after=timedelta(seconds=7)).next_attempt_at == NOW + timedelta(seconds=7)


def test_no_try_is_planned_beyond_the_window():
    assert fail(Effect.TRY_AGAIN, retry_after=timedelta(hours=2)).state is NudgeState.EXPIRED
    assert fail(Effect.TRY_AGAIN, now=NOW + timedelta(minutes=59, seconds=30)).state is NudgeState.EXPIRED


def ask(finding, times=3, start=NOW, nudge=None):
    nudge, now = nudge or in_doubt(SENDING, "timeout", now=start), start
    for _ in range(times):
        now = nudge.next_attempt_at
        nudge = after_inquiry(begin_inquiry(nudge, now=now), finding, now=now)
    return nudge, now - start


def test_the_provider_is_asked_after_one_two_and_five_minutes():
    for times, minutes in ((1, 1), (2, 2), (3, 5)):
        assert ask(Finding.CANNOT_TELL, times)[1] == timedelta(minutes=minutes)


def test_a_provider_that_cannot_tell_leaves_it_in_doubt_and_it_is_not_asked_for_ever():
    nudge, _ = ask(Finding.CANNOT_TELL)
    assert (nudge.state, nudge.next_attempt_at) == (NudgeState.UNKNOWN, None)


def test_a_found_one_was_sent():
    nudge, _ = ask(Receipt(provider="twilio", provider_id="SM1"), times=1)
    assert (nudge.state, nudge.provider_id) == (NudgeState.SENT, "SM1")


def test_one_not_found_in_five_minutes_goes_out_once_more_and_is_counted():
    nudge, after = ask(Finding.ABSENT)
    assert (nudge.state, nudge.possible_duplicate, after) == (NudgeState.PENDING, True, timedelta(minutes=5))
    second, _ = ask(Finding.ABSENT, nudge=in_doubt(begin_attempt(nudge, provider="x", now=NOW), "again", now=NOW))
    assert second.state is NudgeState.UNKNOWN


def test_one_not_found_too_late_stays_in_doubt():
    nudge, _ = ask(Finding.ABSENT, start=NOW + timedelta(minutes=58))
    assert nudge.state is NudgeState.UNKNOWN


@given(st.lists(st.sampled_from([*Effect, "ok", *Finding]), max_size=12))
def test_states_move_only_along_their_ways_and_final_ones_stay(story):
    nudge, now = PENDING, NOW
    for step in story:
        before = nudge
        now += timedelta(minutes=1)
        if nudge.state is NudgeState.PENDING:
            nudge = begin_attempt(nudge, provider="smtp", now=now)
        elif nudge.state is NudgeState.SENDING and not isinstance(step, Finding):
            result = Receipt(provider="smtp") if step == "ok" else DeliveryError("x", step)
            nudge = after_attempt(nudge, result, now=now, rng=Random(1))
        elif nudge.state is NudgeState.UNKNOWN and nudge.next_attempt_at and isinstance(step, Finding):
            nudge = after_inquiry(begin_inquiry(nudge, now=now), step, now=now)
        assert nudge.state is before.state or may_become(before.state, nudge.state)
        if nudge.state is NudgeState.PENDING and nudge.next_attempt_at:
            assert nudge.next_attempt_at <= nudge.expires_at
