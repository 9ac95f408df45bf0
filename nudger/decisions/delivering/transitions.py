"""What becomes of a nudge after an attempt, or after asking about one that was interrupted.

Nothing is forgotten: whatever is not at its end has a moment at which it is looked at again (`not_before`, `ask_at`, or
the end of its attempt's lease), and every end says which it is. A doubt is settled by asking the provider, time and
again, beyond the nudge's last moment if need be; only sending again stops there. Where a provider cannot be asked
(SMTP), it is sent again under the same Message-ID, Date and words.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from nudger.domain.deliveries import Attempt, LookupResult, Receipt, SenderId, outcome_of
from nudger.domain.facts import DaemonId
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.reasons import Reason, ReasonCode, because
from nudger.errors import DeliveryError, Effect

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)

_FIRST_RETRY = _MINUTE
_LONGEST_RETRY = timedelta(minutes=15)
_DOUBLINGS = 4
_JITTER = 0.2

LEASE = timedelta(minutes=15)
"""An attempt that has not ended by then never will: no channel's own limits add up to more."""

INQUIRIES = (timedelta(minutes=1), timedelta(minutes=1), timedelta(minutes=3))
"""How long to wait before the first times of asking: 1, 2 and 5 minutes after the doubt (a provider's list may lag).
Before the last of them, that the provider does not have it proves nothing."""

_ASK_AGAIN = timedelta(minutes=5)
_ASK_SELDOM = timedelta(minutes=15)
_OFTEN = 12

ASK_ON = timedelta(days=1)
"""So long after its last moment a nudge is still asked about: whoever reads the record wants to know."""

RESENDS = (timedelta(0), timedelta(0), _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE)
"""How long to wait before sending once more after a doubt, the first time, the second, ...; then never again."""

_UNANSWERED = timedelta(minutes=5)

_FINAL = {Effect.GIVE_UP: NudgeState.FAILED, Effect.SUPPRESS: NudgeState.SUPPRESSED}

ONLY_TOO_LATE = (ReasonCode.INTERRUPTED_TOO_LATE, ReasonCode.MAY_HAVE_GONE_OUT_BEFORE)
"""The reasons of mails in doubt that would be sent again if they were not too late."""


def begin_attempt(nudge: Nudge, *, provider: str, now: datetime, address: str | None = None) -> Nudge:
    """Return the nudge as it is written down before the provider is called."""
    return replace(
        nudge,
        state=NudgeState.SENDING,
        attempts=nudge.attempts + 1,
        fence=nudge.fence + 1,
        first_attempt_at=nudge.first_attempt_at or now,
        last_attempt_at=now,
        not_before=None,
        provider=provider,
        address=address,
    )


def attempt_of(nudge: Nudge, sender: SenderId, *, owner: DaemonId) -> Attempt:
    """Return the attempt that a nudge was just written down with as begun."""
    assert nudge.last_attempt_at is not None
    assert nudge.provider is not None
    return Attempt(
        nudge=nudge.id,
        number=nudge.fence,
        sender=sender,
        provider=nudge.provider,
        owner=owner,
        began_at=nudge.last_attempt_at,
        lease_ends_at=nudge.last_attempt_at + LEASE,
    )


def ended(attempt: Attempt, result: Receipt | DeliveryError, *, now: datetime) -> Attempt:
    """Return the attempt as it ended."""
    outcome = outcome_of(result)
    if isinstance(result, Receipt):
        return replace(attempt, ended_at=now, outcome=outcome, provider_id=result.provider_id)
    return replace(attempt, ended_at=now, outcome=outcome, code=result.code)


def after_late_word(nudge: Nudge, receipt: Receipt, *, number: int) -> Nudge:
    """Return the nudge after word came that an earlier attempt was accepted, from whoever slept past its lease.

    Where nobody has begun another, this was the one; else the person may have it twice.
    """
    if nudge.fence == number and nudge.state in (NudgeState.UNKNOWN, NudgeState.PENDING):
        accepted = _accepted(nudge, receipt)
        return replace(accepted, possible_duplicate=nudge.possible_duplicate and nudge.resends > 1)
    began_another = nudge.fence > number and nudge.state in (NudgeState.SENDING, NudgeState.SENT, NudgeState.UNKNOWN)
    return replace(nudge, possible_duplicate=True) if began_another else nudge


def after_attempt(
    nudge: Nudge, result: Receipt | DeliveryError, *, now: datetime, rng: Random, can_be_asked: bool = True
) -> Nudge:
    """Return the nudge after its attempt ended: accepted, refused for good, to be tried again, or in doubt.

    `can_be_asked` says whether the provider can tell what it has.
    """
    if isinstance(result, Receipt):
        return _accepted(nudge, result)
    if result.effect is Effect.UNCERTAIN:
        reason = answer(result)
        return in_doubt(nudge, reason, now=now) if can_be_asked else _unanswered(nudge, reason, now=now)
    if result.effect in _FINAL:
        return _ended(nudge, _FINAL[result.effect], answer(result))
    if result.effect is Effect.SLOW_DOWN:
        return _not_now(nudge, result, now=now)
    after = _again(nudge, result, now=now, rng=rng)
    return after if can_be_asked else not_forgetting(nudge, after)


def answer(error: DeliveryError) -> Reason:
    """Return the reason that a provider's answer is, or that there was none."""
    return Reason(ReasonCode.PROVIDER_ANSWER, {"code": error.code})


def not_forgetting(before: Nudge, after: Nudge) -> Nudge:
    """Return a mail that is at its end without having been accepted, after a try that may have been: as unknown.

    For providers that cannot be asked; where one can, nothing is sent again before it said that it has none.
    """
    if not before.resends or after.state not in (NudgeState.EXPIRED, NudgeState.WITHHELD):
        return after
    reason = Reason(ReasonCode.MAY_HAVE_GONE_OUT_BEFORE, because=because(after.status_reason))
    return _ended(after, NudgeState.UNKNOWN, reason)


def in_doubt(nudge: Nudge, reason: Reason, *, now: datetime) -> Nudge:
    """Return the nudge when nobody knows whether it went out: it waits for the provider's word."""
    doubtful = _ended(nudge, NudgeState.UNKNOWN, reason, ask_at=now + INQUIRIES[0])
    return replace(doubtful, inquiries=0, address=nudge.address)


def after_interruption(nudge: Nudge, *, cannot_be_asked: Collection[str], now: datetime) -> Nudge:
    """Return a nudge whose attempt nobody saw the end of, because the program was killed or its lease ran out.

    `cannot_be_asked` are the providers that cannot tell what they have: theirs is sent again, under the same
    Message-ID. The person has it twice only if the program died between the final dot and the record.
    """
    if nudge.provider not in cannot_be_asked:
        return in_doubt(nudge, Reason(ReasonCode.INTERRUPTED), now=now)
    if now > nudge.expires_at:
        return _ended(nudge, NudgeState.UNKNOWN, Reason(ReasonCode.INTERRUPTED_TOO_LATE))
    if nudge.resends >= len(RESENDS):
        reason = Reason(ReasonCode.INTERRUPTED_OFTEN, {"times": nudge.resends + 1})
        return _ended(nudge, NudgeState.UNKNOWN, reason)
    return _once_more(nudge, Reason(ReasonCode.INTERRUPTED_AND_SENT_AGAIN), now=now)


def begin_inquiry(nudge: Nudge, *, now: datetime) -> Nudge:
    """Return the nudge as it is written down before the provider is asked: the next time of asking is fixed.

    There always is one, so that a question whose answer nobody lives to hear is asked again.
    """
    inquiries = nudge.inquiries + 1
    return replace(nudge, inquiries=inquiries, ask_at=_following(nudge, inquiries, now))


def after_inquiry(nudge: Nudge, finding: Receipt | DeliveryError | LookupResult, *, now: datetime) -> Nudge:
    """Return the nudge after the provider was asked.

    Not found, after asking long enough: sent once more while it is in time, as a possible duplicate, and else at its
    end. A provider that cannot tell is asked again, until `ASK_ON` after the nudge's last moment. One that says then
    that it did not send it (before, the list may lag behind a later attempt) ends it where the refusal leads; what may
    pass counts as not found.
    """
    if isinstance(finding, Receipt):
        return _accepted(nudge, finding)
    if finding is LookupResult.CANNOT_TELL:
        return _nobody_could_say(nudge) if now > nudge.expires_at + ASK_ON else nudge
    if isinstance(finding, DeliveryError) and finding.effect in _FINAL and nudge.inquiries >= len(INQUIRIES):
        return _ended(nudge, _FINAL[finding.effect], answer(finding))
    return _absent(nudge, now=now)


def _absent(nudge: Nudge, *, now: datetime) -> Nudge:
    if nudge.inquiries < len(INQUIRIES):
        return nudge
    if now > nudge.expires_at:
        return _ended(nudge, NudgeState.EXPIRED, Reason(ReasonCode.NOT_FOUND_TOO_LATE))
    if nudge.resends >= len(RESENDS):
        return nudge
    return _once_more(nudge, Reason(ReasonCode.NOT_FOUND), now=now)


def _following(nudge: Nudge, inquiries: int, now: datetime) -> datetime:
    """Return when to ask next: often at first, once more just before it is too late, then ever more seldom."""
    if inquiries < len(INQUIRIES):
        return now + INQUIRIES[inquiries]
    if now > nudge.expires_at:
        return now + min(max(now - nudge.expires_at, _ASK_AGAIN), _HOUR)
    following = now + (_ASK_AGAIN if inquiries < _OFTEN else _ASK_SELDOM)
    last_chance = nudge.expires_at - _MINUTE
    return last_chance if now + _MINUTE <= last_chance < following else following


def _accepted(nudge: Nudge, receipt: Receipt) -> Nudge:
    sent = _ended(nudge, NudgeState.SENT, None)
    return replace(sent, provider=receipt.provider, provider_id=receipt.provider_id)


def _again(nudge: Nudge, error: DeliveryError, *, now: datetime, rng: Random) -> Nudge:
    # A hello may be tried for days: without the bound, hundreds of doublings are longer than any span of time.
    pause = min(_FIRST_RETRY * 2 ** min(max(0, nudge.attempts - 1), _DOUBLINGS), _LONGEST_RETRY)
    wait = error.retry_after or pause * (1 + rng.uniform(-_JITTER, _JITTER))
    if now + wait > nudge.expires_at:
        reason = Reason(ReasonCode.TOO_LATE_FOR_ANOTHER_TRY, because=(answer(error),))
        return _ended(nudge, NudgeState.EXPIRED, reason)
    return _ended(nudge, NudgeState.PENDING, answer(error), not_before=now + wait)


def _not_now(nudge: Nudge, error: DeliveryError, *, now: datetime) -> Nudge:
    """Return a nudge that was turned away because the sender was too fast: that was no attempt at it."""
    waiting = _ended(nudge, NudgeState.PENDING, answer(error))
    moment = now + (error.retry_after or _SECOND)
    # Never beyond its last moment, when it is looked at to be ended.
    return replace(waiting, attempts=nudge.attempts - 1, not_before=min(moment, max(now, nudge.expires_at)))


def _unanswered(nudge: Nudge, reason: Reason, *, now: datetime) -> Nudge:
    """Return a mail after its final dot stayed without an answer: once more, later, under the same Message-ID."""
    if nudge.resends or now + _UNANSWERED > nudge.expires_at:
        return _ended(nudge, NudgeState.UNKNOWN, reason)
    return replace(_once_more(nudge, reason, now=now), not_before=now + _UNANSWERED)


def _once_more(nudge: Nudge, reason: Reason, *, now: datetime) -> Nudge:
    last_chance = max(now, nudge.expires_at - _MINUTE)
    moment = max(nudge.due, min(now + RESENDS[nudge.resends], last_chance))
    again = _ended(nudge, NudgeState.PENDING, reason, not_before=moment)
    return replace(again, possible_duplicate=True, resends=nudge.resends + 1, inquiries=0)


def _nobody_could_say(nudge: Nudge) -> Nudge:
    reason = Reason(ReasonCode.NOBODY_COULD_SAY, because=because(nudge.status_reason))
    return _ended(nudge, NudgeState.UNKNOWN, reason)


def _ended(
    nudge: Nudge,
    state: NudgeState,
    reason: Reason | None,
    *,
    not_before: datetime | None = None,
    ask_at: datetime | None = None,
) -> Nudge:
    return replace(nudge, state=state, status_reason=reason, not_before=not_before, ask_at=ask_at, address=None)
