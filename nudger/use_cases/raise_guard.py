"""The guard says that it holds something, and why."""

from datetime import datetime

from nudger.use_cases.ports import TransactionPort

GUARD = "guard"
"""Under this, `remember` keeps since when and why the guard holds something."""


def raise_guard(transaction: TransactionPort, why: str, *, now: datetime) -> None:
    """Write down that the guard holds something, and why."""
    transaction.remember(GUARD, {"since": now.isoformat(), "why": why})
    transaction.note("guard", {"why": why}, at=now)
