"""A backup that was put back forgot what was sent since: whatever it would send again is asked about, or held.

The proof lies outside of what is put back: how many events the ledger had. A clock that was wrong, an outage, an
upgrade or a folder that moved leave the ledger with all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nudger.decisions.delivering.transitions import in_doubt
from nudger.decisions.oversight.guard import held_by_guard
from nudger.domain.facts import Forgotten
from nudger.domain.nudges import WELCOME, Nudge, NudgeState
from nudger.domain.reasons import Reason, ReasonCode
from nudger.storage.fact_codecs import FORGOTTEN
from nudger.storage.high_water import Mark
from nudger.storage.transaction import Transaction
from nudger.use_cases.ports import Providers
from nudger.use_cases.raise_guard import raise_guard

_SLACK = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a ledger that was put back has no memory of. None: it never was.

    To newcomers it knew, first hellos may have gone out at any time until that was noticed.
    """

    forgotten: Forgotten | None = None

    def doubted(self, nudge: Nudge, providers: Providers, *, now: datetime) -> Nudge:
        """Return a nudge that is decided now, and may have gone out already: to be asked about first, or held."""
        span = self.forgotten
        if span is None or nudge.state is not NudgeState.PENDING:
            return nudge
        hello = nudge.key.schedule == WELCOME and now == span.found
        if nudge.due > span.until and not hello:
            return nudge
        return _doubted(nudge, providers, since=min(span.since, nudge.due), now=now)


def restored_ledger(transaction: Transaction) -> Restored:
    """Return what this ledger has no memory of."""
    return Restored(transaction.facts.get(FORGOTTEN))


def look_for_restored(transaction: Transaction, mark: Mark | None, *, providers: Providers, now: datetime) -> bool:
    """At a start: say whether this ledger is a backup that was put back; if so, doubt all that it would send.

    Call it before anything else is written. `mark` is how far the ledger came by word of what lies outside of it.
    """
    watermark = transaction.planning.watermark()
    if mark is None or watermark is None or not _forgot(transaction, mark, watermark, now=now):
        return False
    until = min(max(watermark, mark.planned_until), now)
    transaction.facts.put(FORGOTTEN, Forgotten(since=watermark, until=until, found=now))
    transaction.events.add(
        "backup_restored", {"from": watermark.isoformat(), "to": mark.planned_until.isoformat()}, at=now
    )
    unsure = [*transaction.waiting.pending(by=until), *transaction.waiting.interrupted(by=None)]
    unsure = [nudge for nudge in unsure if nudge.decision.channel in providers.names]
    changes = [(n, _doubted(n, providers, since=min(watermark, n.due), now=now)) for n in unsure]
    transaction.nudges.save(changes, at=now)
    tell_held(transaction, [after for _, after in changes], now=now)
    transaction.begin_marks_anew(until)
    return True


def tell_held(transaction: Transaction, written: Iterable[Nudge], *, now: datetime) -> None:
    """Let the guard say what it holds because of a backup, if there is more of it among what was just written."""
    if any(_is_held(nudge) for nudge in written):
        count = sum(_is_held(nudge) for nudge in transaction.waiting.held())
        raise_guard(transaction, f"a backup was put back: {count} mails may have gone out before", now=now)


def _is_held(nudge: Nudge) -> bool:
    reason = nudge.status_reason
    return nudge.state is NudgeState.HELD and reason is not None and reason.code is ReasonCode.GUARDED_BEFORE_RESTORE


def _forgot(transaction: Transaction, mark: Mark, watermark: datetime, *, now: datetime) -> bool:
    if mark.last_event is not None:
        return mark.last_event > transaction.events.last()
    # By an older program, which knew moments only; NTP moves a clock back by less than five seconds.
    return watermark + _SLACK < mark.planned_until <= now + _SLACK


def _doubted(nudge: Nudge, providers: Providers, *, since: datetime, now: datetime) -> Nudge:
    assert nudge.decision.channel is not None
    provider = providers.names[nudge.decision.channel]
    if provider in providers.cannot_be_asked:
        return held_by_guard(replace(nudge, state=NudgeState.PENDING), ReasonCode.GUARDED_BEFORE_RESTORE)
    doubtful = in_doubt(nudge, Reason(ReasonCode.BEFORE_RESTORE), now=now)
    return replace(doubtful, provider=provider, first_attempt_at=nudge.first_attempt_at or since)
