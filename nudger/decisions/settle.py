"""What becomes of a nudge after an attempt, or after asking about one that was interrupted."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from nudger.domain.nudges import Finding, Nudge, NudgeState, Receipt
from nudger.errors import DeliveryError, Effect

_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(minutes=15)
_JITTER = 0.2

LEASE = timedelta(minutes=15)
"""An attempt that has not ended by then never will: no channel's own limits add up to more."""

INQUIRIES = (timedelta(minutes=1), timedelta(minutes=1), timedelta(minutes=3))
"""How long to wait before each time of asking: 1, 2 and 5 minutes after the doubt (a provider's list may lag)."""

_FINAL = {Effect.GIVE_UP: NudgeState.FAILED, Effect.SUPPRESS: NudgeState.SUPPRESSED}


def begin_attempt(nudge: Nudge, *, provider: str, now: datetime) -> Nudge:
    """Return the nudge as it is written down before the provider is called."""
    return replace(
        nudge,
        state=NudgeState.SENDING,
        attempts=nudge.attempts + 1,
        first_attempt_at=nudge.first_attempt_at or now,
        next_attempt_at=now + LEASE,
        provider=provider,
    )


def after_attempt(nudge: Nudge, result: Receipt | DeliveryError, *, now: datetime, rng: Random) -> Nudge:
    """Return the nudge after its attempt ended: accepted, refused for good, to be tried again, or in doubt."""
    if isinstance(result, Receipt):
        return _accepted(nudge, result)
    if result.effect is Effect.UNCERTAIN:
        return in_doubt(nudge, result.code, now=now)
    if result.effect in _FINAL:
        return _ended(nudge, _FINAL[result.effect], result.code)
    return _again(nudge, result, now=now, rng=rng)


def in_doubt(nudge: Nudge, reason: str, *, now: datetime) -> Nudge:
    """Return the nudge when nobody knows whether it went out: it waits for the provider's word."""
    return _ended(nudge, NudgeState.UNKNOWN, reason, next_attempt_at=now + INQUIRIES[0])


def begin_inquiry(nudge: Nudge, *, now: datetime) -> Nudge:
    """Return the nudge as it is written down before the provider is asked: the next time of asking is fixed."""
    inquiries = nudge.inquiries + 1
    following = now + INQUIRIES[inquiries] if inquiries < len(INQUIRIES) else None
    return replace(nudge, inquiries=inquiries, next_attempt_at=following)


def after_inquiry(nudge: Nudge, finding: Receipt | DeliveryError | Finding, *, now: datetime) -> Nudge:
    """Return the nudge after the provider was asked.

    Not found the last time of asking, and still in time: it is sent once more, as a possible duplicate. A provider
    that cannot tell leaves it in doubt, for a person to see. One that says then that it did not send it (before, the
    list may lag behind a later attempt) ends it where the refusal leads; what may pass counts as not found.
    """
    if isinstance(finding, Receipt):
        return _accepted(nudge, finding)
    asked_enough = nudge.next_attempt_at is None
    if isinstance(finding, DeliveryError):
        if asked_enough and finding.effect in _FINAL:
            return _ended(nudge, _FINAL[finding.effect], finding.code)
        finding = Finding.ABSENT
    if finding is Finding.ABSENT and asked_enough and now <= nudge.expires_at and not nudge.possible_duplicate:
        again = _ended(nudge, NudgeState.PENDING, "not found at the provider", next_attempt_at=now)
        return replace(again, possible_duplicate=True, inquiries=0)
    return nudge


def _accepted(nudge: Nudge, receipt: Receipt) -> Nudge:
    sent = _ended(nudge, NudgeState.SENT, "")
    return replace(sent, provider=receipt.provider, provider_id=receipt.provider_id)


def _again(nudge: Nudge, error: DeliveryError, *, now: datetime, rng: Random) -> Nudge:
    pause = min(_FIRST_RETRY * 2 ** max(0, nudge.attempts - 1), _LONGEST_RETRY)
    wait = error.retry_after or pause * (1 + rng.uniform(-_JITTER, _JITTER))
    if now + wait > nudge.expires_at:
        return _ended(nudge, NudgeState.EXPIRED, f"too late for another attempt: {error.code}")
    return _ended(nudge, NudgeState.PENDING, error.code, next_attempt_at=now + wait)


def _ended(nudge: Nudge, state: NudgeState, reason: str, *, next_attempt_at: datetime | None = None) -> Nudge:
    decision = replace(nudge.decision, reason=reason)
    return replace(nudge, state=state, decision=decision, next_attempt_at=next_attempt_at)
