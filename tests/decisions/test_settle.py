"""What becomes of a nudge after an attempt, or after asking about it."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.delivering.transitions import (
    ASK_ON,
    RESENDS,
    after_attempt,
    after_inquiry,
    after_interruption,
    attempt_of,
    begin_attempt,
    begin_inquiry,
    in_doubt,
)
from nudger.domain.deliveries import LookupResult, Receipt
from nudger.domain.nudges import Decision, Nudge, NudgeState, may_become
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.schedules import SlotKey
from nudger.errors import DeliveryError, Effect
from nudger.prose.reasons import english
from tests.make import utc

NOW = utc("2026-11-23 08:30")
MINUTE = timedelta(minutes=1)
PENDING = Nudge(
    id="n",
    key=SlotKey(recipient="sam", schedule="kind", local_date=NOW.date()),
    due=NOW,
    expires_at=NOW + timedelta(hours=1),
    state=NudgeState.PENDING,
    decision=Decision(message="kind/one", channel=None, rendered=None),
)
SENDING = begin_attempt(PENDING, provider="smtp", now=NOW)


def said(code):
    return Reason(ReasonCode.PROVIDER_ANSWER, {"code": code})


def fail(effect, nudge=SENDING, now=NOW, **values):
    return after_attempt(nudge, DeliveryError("451", effect, **values), now=now, rng=Random(1))


def test_an_attempt_is_counted_and_dated_before_it_is_made():
    assert (SENDING.state, SENDING.attempts, SENDING.first_attempt_at) == (NudgeState.SENDING, 1, NOW)
    again = begin_attempt(SENDING, provider="smtp", now=NOW + timedelta(minutes=5))
    assert (again.attempts, again.first_attempt_at) == (2, NOW)


def test_an_acceptance_ends_it():
    sent = after_attempt(SENDING, Receipt(provider="smtp", provider_id="x"), now=NOW, rng=Random(1))
    assert (sent.state, sent.provider_id, sent.next_look_at) == (NudgeState.SENT, "x", None)


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        (Effect.GIVE_UP, NudgeState.FAILED),
        (Effect.SUPPRESS, NudgeState.SUPPRESSED),
        (Effect.TRY_AGAIN, NudgeState.PENDING),
        (Effect.CHANNEL_DOWN, NudgeState.PENDING),
        (Effect.SLOW_DOWN, NudgeState.PENDING),
        (Effect.UNCERTAIN, NudgeState.UNKNOWN),
    ],
)
def test_each_failure_leads_where_its_effect_says(effect, state):
    assert fail(effect).state is state


def test_tries_grow_rarer_up_to_a_quarter_of_an_hour():
    waits = [fail(Effect.TRY_AGAIN, replace(SENDING, attempts=n)).next_look_at - NOW for n in range(1, 8)]
    assert waits[0] < timedelta(seconds=73)
    assert waits == sorted(waits)[:1] + waits[1:]
    assert max(waits) <= timedelta(minutes=18)


def test_the_providers_wish_when_to_come_back_is_honoured():
    assert fail(Effect.TRY_AGAIN, retry_after=timedelta(seconds=7)).next_look_at == NOW + timedelta(seconds=7)


def test_no_try_is_planned_beyond_the_window():
    assert fail(Effect.TRY_AGAIN, retry_after=timedelta(hours=2)).state is NudgeState.EXPIRED
    assert fail(Effect.TRY_AGAIN, now=NOW + timedelta(minutes=59, seconds=30)).state is NudgeState.EXPIRED


def ask(finding, times=3, start=NOW, nudge=None):
    nudge, now = nudge or in_doubt(SENDING, said("timeout"), now=start), start
    for _ in range(times):
        now = nudge.next_look_at
        nudge = after_inquiry(begin_inquiry(nudge, now=now), finding, now=now)
    return nudge, now - start


def asked_at(nudge, until):
    """When the provider is asked, if it never can tell, and the nudge in the end."""
    moments = []
    while nudge.next_look_at is not None and nudge.next_look_at <= until:
        now = nudge.next_look_at
        moments.append(now)
        nudge = after_inquiry(begin_inquiry(nudge, now=now), LookupResult.CANNOT_TELL, now=now)
    return moments, nudge


def test_the_provider_is_asked_after_one_two_and_five_minutes_and_then_every_five():
    moments, _ = asked_at(in_doubt(SENDING, said("timeout"), now=NOW), NOW + timedelta(minutes=31))
    assert [(at - NOW) // MINUTE for at in moments] == [1, 2, 5, 10, 15, 20, 25, 30]


def test_a_provider_that_cannot_tell_is_asked_until_it_is_long_too_late_and_the_end_says_so():
    moments, nudge = asked_at(in_doubt(SENDING, said("timeout"), now=NOW), NOW + timedelta(days=9))
    assert PENDING.expires_at - MINUTE in moments
    assert PENDING.expires_at + ASK_ON < moments[-1] <= PENDING.expires_at + ASK_ON + timedelta(hours=1)
    assert len(moments) < 70
    assert (nudge.state, nudge.next_look_at) == (NudgeState.UNKNOWN, None)
    assert english(nudge.status_reason) == "nobody could say until it was too late: timeout"


@pytest.mark.parametrize("inquiries", range(20))
def test_a_question_whose_answer_nobody_lives_to_hear_is_asked_again(inquiries):
    doubtful = replace(in_doubt(SENDING, said("timeout"), now=NOW), inquiries=inquiries)
    for now in (NOW, PENDING.expires_at, PENDING.expires_at + timedelta(hours=20)):
        following = begin_inquiry(doubtful, now=now).next_look_at
        assert now < following <= now + timedelta(hours=1)


def test_a_found_one_was_sent():
    nudge, _ = ask(Receipt(provider="twilio", provider_id="SM1"), times=1)
    assert (nudge.state, nudge.provider_id) == (NudgeState.SENT, "SM1")


def test_one_not_found_in_five_minutes_goes_out_once_more_and_is_counted():
    nudge, after = ask(LookupResult.ABSENT)
    assert (nudge.state, nudge.possible_duplicate, after) == (NudgeState.PENDING, True, 5 * MINUTE)
    second, _ = ask(
        LookupResult.ABSENT, nudge=in_doubt(begin_attempt(nudge, provider="x", now=NOW), said("again"), now=NOW)
    )
    assert (second.state, second.resends) == (NudgeState.PENDING, 2)


def test_a_provider_that_never_has_it_gets_it_a_bounded_number_of_times_and_the_end_says_it_has_none():
    nudge, now, sent = in_doubt(SENDING, said("503"), now=NOW), NOW, []
    nudge = replace(nudge, expires_at=NOW + timedelta(hours=5))
    while nudge.next_look_at is not None:
        now = nudge.next_look_at
        if nudge.state is NudgeState.PENDING:
            sent.append((now - NOW) // MINUTE)
            nudge = in_doubt(begin_attempt(nudge, provider="twilio", now=now), said("503"), now=now)
        else:
            nudge = after_inquiry(begin_inquiry(nudge, now=now), LookupResult.ABSENT, now=now)
    assert sent == [5, 10, 16, 23, 33, 48]
    assert (nudge.state, english(nudge.status_reason)) == (
        NudgeState.EXPIRED,
        "not found at the provider, and too late to send it again",
    )


@pytest.mark.parametrize("late_minutes", [0, 1, 3, 58, 60, 90])
def test_one_not_found_too_late_ends_as_not_sent(late_minutes):
    nudge, _ = ask(LookupResult.ABSENT, start=NOW + late_minutes * MINUTE)
    expected = NudgeState.PENDING if late_minutes < 56 else NudgeState.EXPIRED
    assert nudge.state is expected


def test_a_nudge_of_a_day_that_a_wrong_clock_lived_early_waits_for_its_own_time():
    early = replace(SENDING, due=NOW + timedelta(days=3), expires_at=NOW + timedelta(days=3, hours=1))
    nudge, _ = ask(LookupResult.ABSENT, nudge=in_doubt(early, said("timeout"), now=NOW))
    assert (nudge.state, nudge.next_look_at) == (NudgeState.PENDING, early.due)


def test_a_mail_cut_off_by_a_crash_goes_out_again_as_the_same_mail_a_bounded_number_of_times():
    nudge, now, waits = SENDING, NOW, []
    for _ in range(7):
        nudge = after_interruption(nudge, cannot_be_asked={"smtp"}, now=now)
        if nudge.state is not NudgeState.PENDING:
            break
        waits.append((nudge.next_look_at - now) // MINUTE)
        now = nudge.next_look_at
        nudge = begin_attempt(nudge, provider="smtp", now=now)
        assert (nudge.id, nudge.first_attempt_at, nudge.decision.rendered) == (SENDING.id, NOW, None)
    assert waits == [0, 0, 1, 2, 5, 10]
    assert (nudge.state, nudge.next_look_at) == (NudgeState.UNKNOWN, None)
    assert english(nudge.status_reason) == "interrupted in mid-send 7 times"


def test_a_mail_cut_off_and_found_too_late_says_so():
    late = after_interruption(SENDING, cannot_be_asked={"smtp"}, now=NOW + timedelta(hours=2))
    assert (late.state, late.next_look_at) == (NudgeState.UNKNOWN, None)
    assert "too late to send it again" in english(late.status_reason)


def test_an_attempt_that_a_provider_can_be_asked_about_is_never_sent_again_unasked():
    nudge = after_interruption(SENDING, cannot_be_asked={"other"}, now=NOW)
    assert (nudge.state, nudge.next_look_at) == (NudgeState.UNKNOWN, NOW + MINUTE)


def test_a_final_dot_without_an_answer_is_tried_once_more_and_then_left_in_doubt():
    unanswered = DeliveryError("timeout", Effect.UNCERTAIN)
    first = after_attempt(SENDING, unanswered, now=NOW, rng=Random(1), can_be_asked=False)
    assert (first.state, first.next_look_at, first.resends) == (NudgeState.PENDING, NOW + 5 * MINUTE, 1)
    again = begin_attempt(first, provider="smtp", now=NOW + 5 * MINUTE)
    second = after_attempt(again, unanswered, now=NOW + 6 * MINUTE, rng=Random(1), can_be_asked=False)
    assert (second.state, second.next_look_at, english(second.status_reason)) == (NudgeState.UNKNOWN, None, "timeout")


@pytest.mark.parametrize("wish", [None, 7, 3600, 86_400])
def test_a_sender_that_was_too_fast_costs_the_nudge_no_attempt_and_never_ends_it(wish):
    error = DeliveryError("20429", Effect.SLOW_DOWN, retry_after=wish and timedelta(seconds=wish))
    nudge = after_attempt(SENDING, error, now=NOW, rng=Random(1))
    assert (nudge.state, nudge.attempts) == (NudgeState.PENDING, 0)
    assert NOW < nudge.next_look_at <= PENDING.expires_at


STEPS = [*Effect, "ok", *LookupResult, "crash"]


def looked_at(nudge):
    """When somebody looks at it next: at the end of its lease, while an attempt is under way."""
    under_way = nudge.state is NudgeState.SENDING
    return attempt_of(nudge, "s", owner="d").lease_ends_at if under_way else nudge.next_look_at


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 400)), max_size=40), st.booleans())
def test_states_move_only_along_their_ways_and_nothing_that_is_not_at_its_end_is_forgotten(story, can_be_asked):
    nudge, now = replace(PENDING, not_before=NOW), NOW
    for step, minutes in story:
        before = nudge
        if looked_at(nudge) is None:
            break
        now = max(now + minutes * MINUTE, looked_at(nudge))
        if nudge.state is NudgeState.PENDING:
            nudge = begin_attempt(nudge, provider="smtp", now=now, address="a") if now <= nudge.expires_at else nudge
        elif nudge.state is NudgeState.SENDING and step == "crash":
            nudge = after_interruption(nudge, cannot_be_asked=() if can_be_asked else {"smtp"}, now=now)
        elif nudge.state is NudgeState.SENDING and not isinstance(step, LookupResult):
            result = Receipt(provider="smtp") if step == "ok" else DeliveryError("x", step)
            nudge = after_attempt(nudge, result, now=now, rng=Random(1), can_be_asked=can_be_asked)
        elif nudge.state is NudgeState.UNKNOWN:
            asked = begin_inquiry(nudge, now=now)
            finding = Receipt(provider="smtp") if step == "ok" else step
            known = step == "ok" or isinstance(step, LookupResult)
            nudge = after_inquiry(asked, finding, now=now) if known else asked
        assert nudge.state is before.state or may_become(before.state, nudge.state)
        waits = nudge.state in (NudgeState.PENDING, NudgeState.SENDING)
        assert not waits or looked_at(nudge) is not None
        if nudge.state is NudgeState.UNKNOWN and looked_at(nudge) is None:
            assert english(nudge.status_reason)
            assert not can_be_asked or now > nudge.expires_at + ASK_ON
        if nudge.state is NudgeState.PENDING and nudge is not before:
            assert looked_at(nudge) <= max(now, nudge.expires_at)
        under_way = nudge.state in (NudgeState.SENDING, NudgeState.UNKNOWN) and looked_at(nudge) is not None
        assert (nudge.address is not None) == under_way
        assert nudge.resends <= len(RESENDS)
