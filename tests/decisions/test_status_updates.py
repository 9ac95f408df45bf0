"""What is known of a message from what its provider said of it, late, twice and in any order."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.delivering.status_updates import status_after, updated
from nudger.domain.deliveries import DeliveryStatus, StatusUpdate
from tests.make import utc

NOW = utc("2026-11-23 08:30")
ACCEPTED, UNDELIVERED, DELIVERED, BOUNCED = (
    DeliveryStatus.ACCEPTED,
    DeliveryStatus.UNDELIVERED,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.BOUNCED,
)


def said(status, minutes=0, code=""):
    return StatusUpdate(status=status, at=NOW + timedelta(minutes=minutes), code=code)


UPDATES = st.lists(
    st.builds(said, st.sampled_from(DeliveryStatus), st.integers(0, 3), st.sampled_from(["", "30003", "5.1.1"]))
)


@pytest.mark.parametrize(
    ("heard", "known"),
    [
        ([ACCEPTED, DELIVERED], DELIVERED),
        ([ACCEPTED, UNDELIVERED], UNDELIVERED),
        ([UNDELIVERED, DELIVERED], DELIVERED),
        ([DELIVERED, BOUNCED], BOUNCED),
    ],
)
def test_a_later_stage_counts_whenever_it_is_heard_of(heard, known):
    for order in permutations(said(status, minutes) for minutes, status in enumerate(heard)):
        assert status_after(order).status is known


def test_nothing_said_is_nothing_known():
    assert status_after([]) is None


def test_the_first_of_two_that_say_the_same_counts():
    early, late = said(UNDELIVERED, 1, "30003"), said(UNDELIVERED, 2, "30005")
    assert status_after([early, late]) == status_after([late, early]) == early


@given(UPDATES.flatmap(lambda heard: st.tuples(st.just(heard), st.permutations(heard))), st.data())
def test_what_is_late_repeated_or_out_of_order_is_harmless(orders, data):
    heard, shuffled = orders
    again = [*shuffled, *(data.draw(st.lists(st.sampled_from(heard))) if heard else [])]
    assert status_after(again) == status_after(heard)


@given(UPDATES, UPDATES)
def test_what_was_folded_already_need_not_be_heard_again(before, after):
    known = status_after(before)
    for update in after:
        known = updated(known, update)
    assert known == status_after([*before, *after])
