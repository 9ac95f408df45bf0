"""Stopping everything, letting it go on, and deciding about what the guard holds: acts of a person, written down."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from nudger.decisions.oversight.guard import LOOKBACK, doubt_about_clock
from nudger.domain.facts import Guard, Hold
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.reasons import Reason, ReasonCode
from nudger.errors import NudgerError
from nudger.storage.fact_codecs import GUARD, HOLD

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingBlocked:
    """What keeps nudges from going out: everything on hold, the guard and what it holds, a clock not believed."""

    hold: Hold | None
    guard: Guard | None
    held: tuple[Nudge, ...]
    doubt: str


def sending_blocked(transaction: "Transaction | None", *, now: datetime) -> SendingBlocked:
    """Return what stands still, and why; nothing where there is no ledger yet."""
    if transaction is None:
        return SendingBlocked(hold=None, guard=None, held=(), doubt="")
    return SendingBlocked(
        hold=transaction.facts.get(HOLD),
        guard=transaction.facts.get(GUARD),
        held=tuple(transaction.waiting.held()),
        doubt=doubt_about_clock(transaction.planning.watermark(), now),
    )


def hold_everything(transaction: "Transaction", reason: str, *, now: datetime) -> Hold | None:
    """Let nothing more go out from now on; what is under way ends. Planning goes on.

    Return the hold that there was already, if any: it began then, and without another reason keeps its own.
    """
    before = transaction.facts.get(HOLD)
    hold = Hold(since=before.since, reason=reason or before.reason) if before else Hold(since=now, reason=reason)
    if hold != before:
        transaction.facts.put(HOLD, hold)
        transaction.events.add("hold", {"reason": reason}, at=now)
    return before


def release_everything(transaction: "Transaction", *, now: datetime) -> bool:
    """Take a hold back; say whether there was one. What is too late by now ends as expired."""
    was = transaction.facts.get(HOLD) is not None
    transaction.facts.remove(HOLD)
    if was:
        transaction.events.add("release", {}, at=now)
    return was


def release_held(transaction: "Transaction", *, now: datetime) -> int:
    """Let go what the guard holds, as far as it is in time, and believe the clock; return how many nudges go on."""
    _believe_clock(transaction, now=now)
    return _end_guard(transaction, lambda nudge: _goes_on(nudge, now), "guard_released", now=now)


def discard_held(transaction: "Transaction", *, now: datetime) -> int:
    """Withhold for good what the guard holds; return how many nudges that were."""
    return _end_guard(transaction, _discarded, "guard_discarded", now=now)


def _believe_clock(transaction: "Transaction", *, now: datetime) -> None:
    """Go on after a long silence, as after any outage. Raises NudgerError for a clock that cannot be right."""
    if doubt := doubt_about_clock(None, now):
        raise NudgerError(f"{doubt}: set the clock first")
    if doubt_about_clock(transaction.planning.watermark(), now):
        transaction.events.add("clock_believed", {}, at=now)
        transaction.planning.set_watermark(now - LOOKBACK)


def _end_guard(transaction: "Transaction", change: Callable[[Nudge], Nudge], kind: str, *, now: datetime) -> int:
    held = transaction.waiting.held()
    transaction.nudges.save([(nudge, change(nudge)) for nudge in held], at=now)
    transaction.facts.remove(GUARD)
    if held:
        transaction.events.add(kind, {"nudges": len(held)}, at=now)
    return len(held)


def _goes_on(nudge: Nudge, now: datetime) -> Nudge:
    late = now > nudge.expires_at
    reason = Reason(ReasonCode.GUARDED_TOO_LATE if late else ReasonCode.RELEASED)
    state = NudgeState.EXPIRED if late else NudgeState.PENDING
    return replace(nudge, state=state, status_reason=reason, not_before=None if late else now)


def _discarded(nudge: Nudge) -> Nudge:
    reason = Reason(ReasonCode.DISCARDED)
    return replace(nudge, state=NudgeState.WITHHELD, status_reason=reason, not_before=None)
