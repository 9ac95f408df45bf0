"""From the calendar to the ledger: every slot that fell due gets its nudge, once, and the watermark moves on.

Runs inside one transaction, on the ledger's thread.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nudger.decisions.agenda import Agenda
from nudger.decisions.decide import decide_slot, decide_welcome
from nudger.decisions.plan import slots
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.schedules import Slot
from nudger.use_cases.ports import TransactionPort

STEP = timedelta(hours=1)
"""The longest span planned in one transaction, so that catching up on days needs no more memory than an hour."""

LOOKBACK = timedelta(days=7)
"""How far back missed slots are recorded one by one. Longer outages, or clocks years off, leave one event instead."""

_BEGAN = "planning_began"
_DAY = timedelta(days=1)
_AHEAD = timedelta(seconds=5)
"""How far the watermark may be ahead of the clock before the clock must have been wrong: NTP moves it by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What a step did: how many nudges it wrote down in each state, and whether the present is reached."""

    counts: Counter[NudgeState]
    finished: bool


def begin_planning(transaction: TransactionPort, *, now: datetime) -> None:
    """At the very first start, draw the line: what fell due before it is nobody's to catch up on."""
    if transaction.watermark() is None:
        transaction.set_watermark(now)
        transaction.remember(_BEGAN, {"at": now.isoformat()})


def queue_step(transaction: TransactionPort, agenda: Agenda, *, now: datetime) -> Queued:
    """Write down nudges for the next span of slots, and move the watermark to its end."""
    since = _since(transaction, now)
    until = min(now, since + STEP)
    due = slots(agenda.roster, since=since, until=until, seed=agenda.seed)
    added = transaction.add(_decide(transaction, agenda, due, now=now), at=now) if due else []
    transaction.set_watermark(until)
    return Queued(counts=Counter(nudge.state for nudge in added), finished=until == now)


def queue_welcomes(transaction: TransactionPort, agenda: Agenda, *, now: datetime) -> int:
    """Write down the first hello for everybody who has not had it; return for how many."""
    newcomers = [person for person in transaction.unwelcomed() if person.id in agenda.recipients]
    return len(transaction.add([decide_welcome(agenda, person, now=now) for person in newcomers], at=now))


def _since(transaction: TransactionPort, now: datetime) -> datetime:
    """Return where planning goes on: at the watermark, unless the clock was wrong."""
    watermark = transaction.watermark() or now
    if watermark > now + _AHEAD:
        # The clock was ahead and is right again, or was set back: go on from here, or nobody would hear from us
        # until then. Slots that come by a second time have their nudge already; those passed over while the clock
        # was wrong get theirs now.
        transaction.note("clock_was_ahead", {"watermark": watermark.isoformat()}, at=now)
        return max(now - _DAY, min(_began(transaction, now), now))
    if watermark < now - LOOKBACK:
        transaction.note("long_outage", {"from": watermark.isoformat()}, at=now)
        return now - LOOKBACK
    return min(watermark, now)


def _began(transaction: TransactionPort, now: datetime) -> datetime:
    """Return when this ledger's first start was, by the clock of that day."""
    return datetime.fromisoformat(transaction.recall(_BEGAN).get("at", now.isoformat()))


def _decide(transaction: TransactionPort, agenda: Agenda, due: Sequence[Slot], *, now: datetime) -> list[Nudge]:
    seen = transaction.seen({slot.recipient for slot in due})
    suppressed = transaction.suppressed()
    decided = []
    for slot in due:
        mine = seen.setdefault(slot.recipient, {})
        nudge = decide_slot(agenda, slot, mine, suppressed=suppressed, now=now)
        if nudge.decision.message is not None:
            mine[nudge.decision.message] = nudge.due
        decided.append(nudge)
    return decided
