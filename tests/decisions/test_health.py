"""When a whole sender waits: after 429, and after trouble of the account or the server."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.delivering.health import HEALTHY, SenderHealth
from nudger.errors import Effect
from tests.make import utc

NOW = utc("2026-11-23 08:30")
SECOND = timedelta(seconds=1)
SLOW, DOWN = Effect.SLOW_DOWN, Effect.CHANNEL_DOWN


def refused(health=HEALTHY, effect=SLOW, wish=None, now=NOW):
    return health.refused(effect, wish, now=now, rng=Random(1))


def test_a_free_sender_has_all_its_room():
    assert not HEALTHY.holds(NOW)
    assert HEALTHY.room(20, 3) == 17


@pytest.mark.parametrize(("wish", "waits"), [(7, 7), (20, 20), (3600, 3600), (86_400, 3600), (10**9, 3600)])
def test_the_providers_wish_is_kept_up_to_an_hour(wish, waits):
    health = refused(wish=wish * SECOND)
    assert health.until == NOW + waits * SECOND
    assert health.holds(NOW + (waits - 1) * SECOND)
    assert not health.holds(NOW + waits * SECOND)


@pytest.mark.parametrize(
    ("effect", "seconds"),
    [(SLOW, [1, 2, 4, 8, 16, 32, 60, 60]), (DOWN, [60, 120, 240, 480, 900, 900, 900, 900])],
)
def test_without_a_wish_each_pause_is_twice_as_long_give_or_take_a_fifth(effect, seconds):
    health, now = HEALTHY, NOW
    for expected in seconds:
        health = refused(health, effect, now=now)
        assert 0.8 * expected <= (health.until - now).total_seconds() <= 1.2 * expected
        now = health.until


def test_those_that_were_under_way_together_pause_it_once():
    health = refused()
    until = health.until
    for _ in range(19):
        health = refused(health)
    assert (health.until, health.refusals) == (until, 1)
    assert refused(health, wish=30 * SECOND).until == NOW + 30 * SECOND


def test_a_success_from_before_the_pause_does_not_end_it():
    health = refused(wish=20 * SECOND)
    assert health.accepted(concurrency=20, now=NOW + SECOND) == health


def test_after_a_pause_one_goes_first_and_each_success_lets_twice_as_many_go_on():
    health, now, widths = refused(), NOW + 10 * SECOND, []
    while health != HEALTHY:
        widths.append(health.room(20, 0))
        health = health.accepted(concurrency=20, now=now)
    assert widths == [1, 2, 4, 8, 16]
    assert refused().room(20, 1) == 0


def test_a_clock_that_was_set_back_does_not_make_the_pause_longer():
    assert not refused(wish=20 * SECOND).holds(NOW - timedelta(days=300))


@given(st.lists(st.tuples(st.sampled_from([SLOW, DOWN, "ok"]), st.integers(0, 4000)), max_size=60))
def test_whatever_comes_it_never_waits_longer_than_an_hour_and_never_lets_too_many_go(story):
    health, now = HEALTHY, NOW
    for what, seconds in story:
        now += seconds * SECOND
        health = health.accepted(concurrency=20, now=now) if what == "ok" else refused(health, what, now=now)
        assert not health.holds(now + timedelta(hours=1, seconds=1))
        assert 0 <= health.room(20, 0) <= 20
        assert isinstance(health, SenderHealth)


def test_after_a_start_a_sender_in_trouble_is_tried_once_and_one_that_is_too_fast_waits_on():
    tried = refused(effect=Effect.CHANNEL_DOWN).at_start()
    assert (tried.holds(NOW), tried.room(20, 0), tried.down, tried.refusals) == (False, 1, True, 1)
    again = refused(tried, Effect.CHANNEL_DOWN)
    assert again.until - NOW > timedelta(minutes=1.5)  # as long as if there had been no start
    assert refused().at_start() == refused()
    assert HEALTHY.at_start() == HEALTHY
