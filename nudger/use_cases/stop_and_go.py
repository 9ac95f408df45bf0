"""Stopping everything, letting it go on, and deciding about what the guard holds: acts of a person, written down."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from nudger.decisions.oversight.guard import doubt_about_clock
from nudger.domain.nudges import DISCARDED, Nudge, NudgeState
from nudger.errors import NudgerError
from nudger.use_cases.ports import HOLD, TransactionPort
from nudger.use_cases.queue_nudges import LOOKBACK
from nudger.use_cases.raise_guard import GUARD

FORCE = "force_reload"
RELOADED = "reloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """What keeps nudges from going out: everything on hold, the guard and what it holds, a clock not believed."""

    hold: dict[str, str]
    guard: dict[str, str]
    held: tuple[Nudge, ...]
    doubt: str

    @classmethod
    def nothing(cls) -> "Standstill":
        """Return that of an installation that has never run."""
        return cls(hold={}, guard={}, held=(), doubt="")


def standstill(transaction: TransactionPort, *, now: datetime) -> Standstill:
    """Return what stands still, and why."""
    return Standstill(
        hold=transaction.recall(HOLD),
        guard=transaction.recall(GUARD),
        held=tuple(transaction.held()),
        doubt=doubt_about_clock(transaction.watermark(), now),
    )


def hold_everything(transaction: TransactionPort, reason: str, *, now: datetime) -> dict[str, str]:
    """Let nothing more go out from now on; what is under way ends. Planning goes on.

    Return the hold that there was already, if any: it began then, and without another reason keeps its own.
    """
    before: dict[str, str] = transaction.recall(HOLD)
    hold = {"since": now.isoformat(), "reason": reason}
    if before:
        hold = before | ({"reason": reason} if reason else {})
    if hold != before:
        transaction.remember(HOLD, hold)
        transaction.note("hold", {"reason": reason}, at=now)
    return before


def release_everything(transaction: TransactionPort, *, now: datetime) -> bool:
    """Take a hold back; say whether there was one. What is too late by now ends as expired."""
    was = bool(transaction.recall(HOLD))
    transaction.remember(HOLD, {})
    if was:
        transaction.note("release", {}, at=now)
    return was


def release_held(transaction: TransactionPort, *, now: datetime) -> int:
    """Let go what the guard holds, as far as it is in time, and believe the clock; return how many nudges go on."""
    _believe_clock(transaction, now=now)
    return _end_guard(transaction, lambda nudge: _goes_on(nudge, now), "guard_released", now=now)


def discard_held(transaction: TransactionPort, *, now: datetime) -> int:
    """Withhold for good what the guard holds; return how many nudges that were."""
    return _end_guard(transaction, _discarded, "guard_discarded", now=now)


def _believe_clock(transaction: TransactionPort, *, now: datetime) -> None:
    """Go on after a long silence, as after any outage. Raises NudgerError for a clock that cannot be right."""
    if doubt := doubt_about_clock(None, now):
        raise NudgerError(f"{doubt}: set the clock first")
    if doubt_about_clock(transaction.watermark(), now):
        transaction.note("clock_believed", {}, at=now)
        transaction.set_watermark(now - LOOKBACK)


def _end_guard(transaction: TransactionPort, change: Callable[[Nudge], Nudge], kind: str, *, now: datetime) -> int:
    held = transaction.held()
    transaction.save([(nudge, change(nudge)) for nudge in held], at=now)
    transaction.remember(GUARD, {})
    if held:
        transaction.note(kind, {"nudges": len(held)}, at=now)
    return len(held)


def _goes_on(nudge: Nudge, now: datetime) -> Nudge:
    late = now > nudge.expires_at
    decision = replace(nudge.decision, reason="held by the guard until it was too late" if late else "released by hand")
    state = NudgeState.EXPIRED if late else NudgeState.PENDING
    return replace(nudge, state=state, decision=decision, next_attempt_at=None if late else now)


def _discarded(nudge: Nudge) -> Nudge:
    decision = replace(nudge.decision, reason=DISCARDED)
    return replace(nudge, state=NudgeState.WITHHELD, decision=decision, next_attempt_at=None)
