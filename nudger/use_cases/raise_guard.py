"""The guard says that it holds something, and why."""

from datetime import datetime

from nudger.domain.facts import Guard
from nudger.storage.fact_codecs import GUARD
from nudger.storage.transaction import Transaction


def raise_guard(transaction: Transaction, why: str, *, now: datetime) -> None:
    """Write down that the guard holds something, and why."""
    transaction.facts.put(GUARD, Guard(since=now, why=why))
    transaction.events.add("guard", {"why": why}, at=now)
