"""Attempts: a row each, ended by whoever made it, and found again by the provider's id."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nudger.decisions.delivering.transitions import begin_attempt, ended
from nudger.domain.deliveries import AttemptOutcome, DeliveryStatus, Receipt, StatusUpdate
from nudger.errors import DeliveryError, Effect
from tests.storage.test_ledger import NOW, begin, make_nudge

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def tried(ledger):
    """A nudge that was tried twice, and accepted both times: the two attempts."""
    pending = make_nudge()
    ledger.run(lambda t: t.nudges.add([pending], at=NOW))
    sending, first = ledger.run(lambda t: begin(t, pending))
    again = replace(sending, state=pending.state, not_before=NOW)
    ledger.run(lambda t: t.nudges.save([(sending, again)], at=NOW))
    _, second = ledger.run(lambda t: begin(t, again, now=LATER, owner="there"))
    both = [
        ended(attempt, Receipt(provider="x", provider_id=f"SM{attempt.number}"), now=LATER)
        for attempt in (first, second)
    ]
    ledger.run(lambda t: t.attempts.end(both))
    return both


def test_every_attempt_keeps_its_own_id_of_the_provider(ledger, tried):
    assert ledger.run(lambda t: t.attempts.of(tried[0].nudge)) == tried
    assert [(each.number, each.owner, each.provider_id) for each in tried] == [(1, "here", "SM1"), (2, "there", "SM2")]
    receipts = {Receipt(provider="x", provider_id=name) for name in ("SM1", "SM2", "SM3", None)}
    claimed = ledger.run(lambda t: t.attempts.already_claimed(receipts))
    assert claimed == {Receipt(provider="x", provider_id="SM1"), Receipt(provider="x", provider_id="SM2")}


def test_only_its_owner_ends_an_attempt(ledger, tried):
    stranger = replace(tried[0], owner="elsewhere", code="wrong")
    ledger.run(lambda t: t.attempts.end([stranger]))
    assert ledger.run(lambda t: t.attempts.of(tried[0].nudge)) == tried


def test_what_a_provider_says_later_finds_the_attempt_and_harms_nothing_late_or_twice(ledger, tried):
    delivered = StatusUpdate(status=DeliveryStatus.DELIVERED, at=LATER)
    for said in (delivered, delivered, StatusUpdate(status=DeliveryStatus.UNDELIVERED, at=NOW, code="30003")):
        updated = ledger.run(lambda t, said=said: t.attempts.update_delivery("x", "SM1", said))
        assert updated == replace(tried[0], delivery=delivered)
    assert ledger.run(lambda t: t.attempts.of(tried[0].nudge)) == [updated, tried[1]]
    assert ledger.run(lambda t: t.attempts.update_delivery("x", "SM9", delivered)) is None
    assert ledger.run(lambda t: t.attempts.update_delivery("y", "SM1", delivered)) is None


@pytest.mark.parametrize(
    ("effect", "outcome"),
    [
        (Effect.TRY_AGAIN, AttemptOutcome.DEFERRED),
        (Effect.SLOW_DOWN, AttemptOutcome.DEFERRED),
        (Effect.CHANNEL_DOWN, AttemptOutcome.DEFERRED),
        (Effect.GIVE_UP, AttemptOutcome.REFUSED),
        (Effect.SUPPRESS, AttemptOutcome.REFUSED),
        (Effect.UNCERTAIN, AttemptOutcome.UNCERTAIN),
    ],
)
def test_an_attempt_ends_as_its_error_means(effect, outcome, tried):
    after = ended(tried[0], DeliveryError("451", effect), now=LATER)
    assert (after.outcome, after.code, after.ended_at) == (outcome, "451", LATER)


def test_a_nudge_with_a_newer_attempt_is_let_be(ledger):
    pending = make_nudge()
    ledger.run(lambda t: t.nudges.add([pending], at=NOW))
    stale = begin_attempt(pending, provider="x", now=NOW)
    ledger.run(lambda t: begin(t, replace(pending)))
    newer = replace(stale, fence=2)
    ledger.run(lambda t: t.nudges.save([(stale, newer)], at=NOW))
    gone = replace(stale, state=pending.state)
    assert ledger.run(lambda t: t.nudges.save([(stale, gone)], at=LATER)) == []
    assert ledger.run(lambda t: t.nudges.get(pending.id)).fence == 2
