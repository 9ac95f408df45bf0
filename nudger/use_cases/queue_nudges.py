"""From the calendar to the ledger: every slot that fell due gets its nudge, once, and the watermark moves on.

Runs inside one transaction, on the ledger's thread.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nudger.decisions.delivering.transitions import not_forgetting
from nudger.decisions.greet import Hellos, greet, greetings
from nudger.decisions.oversight.changes import moved_while_away, timings
from nudger.decisions.oversight.guard import LONG_SILENCE, LOOKBACK, Storm, doubt_about_clock, held_by_guard, storm
from nudger.decisions.planning.plan import next_due, slots
from nudger.decisions.points.decide import LATE, decide_slot, hello_key, missed_by_edit, missed_for_one, sooner
from nudger.decisions.snapshot import AHEAD, Snapshot
from nudger.domain.nudges import Nudge, NudgeState, nudge_id
from nudger.domain.reasons import Reason, ReasonCode, because
from nudger.domain.schedules import Slot, WhenMissed
from nudger.domain.vocabulary import RecipientId, ScheduleId
from nudger.storage.fact_codecs import CLOCK_SET_BACK, GUARD, PLANNING_BEGAN, TIMINGS
from nudger.storage.transaction import Transaction
from nudger.use_cases.histories import keep_group_outcomes, load_histories
from nudger.use_cases.ports import Providers
from nudger.use_cases.raise_guard import raise_guard
from nudger.use_cases.restore import restored_ledger, tell_held

STEP = timedelta(hours=1)
"""The longest span with slots that is planned in one transaction: catching up on days needs no more memory."""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_CLOCK_SLACK = timedelta(seconds=5)
"""How far the watermark may be ahead of the clock before the clock must have been wrong: NTP moves it by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What a step did: how many nudges it wrote down in each state, and whether the present is reached.

    `doubt` says why the clock was not believed, and nothing was done; `clock_was_ahead`, that what it made was undone;
    `since_the_first_start`, that it had been ahead from the first start on.
    """

    counts: Counter[NudgeState]
    finished: bool
    doubt: str = ""
    clock_was_ahead: bool = False
    since_the_first_start: bool = False


def begin_planning(transaction: Transaction, *, now: datetime) -> bool:
    """At the very first start, draw the line: what fell due before it is nobody's to catch up on.

    By a clock that cannot be right no line is drawn: it would lie in the past of the right one for ever. For the same
    reason it is drawn anew when the clock turns out to have been wrong before any schedule had its first turn, and
    goes back to where it was when a clock that was set far back is right again. Returns whether a line was drawn.
    """
    if doubt_about_clock(None, now):
        return False
    watermark = transaction.planning.watermark()
    if watermark is None or (doubt_about_clock(watermark, now) and not transaction.decisions.exist()):
        transaction.planning.set_watermark(now)
        transaction.facts.put(PLANNING_BEGAN, now)
        return True
    if doubt_about_clock(watermark, now):
        before = transaction.facts.get(CLOCK_SET_BACK)
        if before is not None and timedelta(0) <= now - before <= LONG_SILENCE:
            transaction.planning.set_watermark(before)
    return False


def queue_step(
    transaction: Transaction, snapshot: Snapshot, *, providers: Providers, held: Storm | None = None, now: datetime
) -> Queued:
    """Write down nudges for the next span of slots, and move the watermark to its end.

    With a storm, what is late is `held` for a person to release.
    """
    watermark = transaction.planning.watermark() or now
    if doubt := doubt_about_clock(watermark, now):
        return Queued(counts=Counter(), finished=True, doubt=doubt)
    was_ahead = watermark > now + _CLOCK_SLACK
    since = _since_wrong(transaction, watermark, providers, now) if was_ahead else _since(transaction, watermark, now)
    until = _until(snapshot, since, now)
    due = slots(snapshot.roster, since=since, until=until, seed=snapshot.seed)
    added = _write(transaction, snapshot, due, providers=providers, held_back=held, now=now) if due else []
    transaction.planning.set_watermark(until)
    counts = Counter(nudge.state for nudge in added)
    return Queued(
        counts=counts,
        finished=until == now,
        clock_was_ahead=was_ahead,
        since_the_first_start=was_ahead and _began(transaction, now) > now,
    )


def left_to_another(transaction: Transaction, *, now: datetime) -> Queued:
    """Return a step of nothing: another daemon plans, and its watermark may be ahead of this clock."""
    doubt = doubt_about_clock(transaction.planning.watermark(), now)
    return Queued(counts=Counter(), finished=True, doubt=doubt)


def look_for_storm(transaction: Transaction, snapshot: Snapshot, *, now: datetime) -> Storm | None:
    """Say whether what is to be caught up on is more than the schedules imply; write that down."""
    watermark = transaction.planning.watermark()
    if watermark is None or watermark > now - LATE or doubt_about_clock(watermark, now):
        return None
    found = storm(snapshot, since=max(watermark, now - LOOKBACK), now=now)
    if found is not None:
        raise_guard(transaction, f"{found.coming} late nudges at once", now=now)
    return found


def queue_moved(
    transaction: Transaction, snapshot: Snapshot, moved: Sequence[Slot], *, providers: Providers, now: datetime
) -> list[Nudge]:
    """Write down nudges for slots that an edit or a journey moved to before the watermark: late, or missed."""
    return _write(transaction, snapshot, moved, providers=providers, held_back=None, now=now) if moved else []


def record_moved_while_away(
    transaction: Transaction, snapshot: Snapshot, *, people: Collection[RecipientId], now: datetime
) -> list[Nudge]:
    """At a start: write down as missed what an edit moved to before the watermark while the service was down.

    It is not sent late: nobody ever planned it. Keeps the timings for the next start. `people` were known before this
    one; without any, nothing is written down.
    """
    watermark = transaction.planning.watermark()
    if watermark is None or watermark > now or doubt_about_clock(watermark, now):
        return []
    moved = moved_while_away(transaction.facts.get(TIMINGS) or {}, snapshot, people, watermark=watermark)
    transaction.facts.put(TIMINGS, timings(snapshot.schedules.values()))
    fresh = _without_nudge(transaction, snapshot, moved) if moved else []
    return transaction.nudges.add([missed_by_edit(snapshot, slot) for slot in fresh], at=now)


def queue_welcomes(
    transaction: Transaction,
    snapshot: Snapshot,
    *,
    providers: Providers,
    moved: Container[RecipientId] = (),
    unwelcomed: Collection[RecipientId] | None = None,
    now: datetime,
) -> datetime:
    """Write down the first hello for everybody who has joined and has not had it; return when to look again.

    One that came to nothing is said again in its time (`nudger.decisions.delivering.hello`), and one that waited for
    what is over by now goes out sooner. `moved` are people whose addresses have just changed; `unwelcomed` are those
    who may not have had it, where that was asked before this transaction: of all people, it takes a while.
    """
    asked = transaction.hellos.unwelcomed() if unwelcomed is None else unwelcomed
    names = [name for name in asked if name in snapshot.recipients]
    hellos = transaction.hellos.ungreeted(names) if names else {}
    if not hellos:
        return now + _DAY
    guard_is_up = transaction.facts.get(GUARD) is not None
    stopped = transaction.suppressions.addresses()
    plan = greetings(snapshot, hellos, stopped=stopped, moved=moved, guard_is_up=guard_is_up, now=now)
    if plan.why:
        raise_guard(transaction, plan.why, now=now)
    due = plan.by(now)
    said = [greet(snapshot, n, hellos[n], guarded=n in plan.guarded, now=now) for n in due]
    restored = restored_ledger(transaction)
    added = transaction.nudges.add([restored.doubted(hello, providers, now=now) for hello in said], at=now)
    tell_held(transaction, added, now=now)
    _hasten(transaction, snapshot, hellos, now=now)
    # One under way that expires is said again soon after; what becomes of the others is seen within the day.
    waiting = [hello for hello in hellos.values() if hello.is_open and hello.expires_at is not None]
    ends = (max(hello.expires_at or now, now) + _MINUTE for hello in waiting)
    return min(moment for moment in (now + _DAY, *plan.moments.values(), *ends) if moment > now)


def _hasten(transaction: Transaction, snapshot: Snapshot, hellos: Hellos, *, now: datetime) -> None:
    """Let go hellos that wait for the end of a pause that was taken back."""
    for name, hello in hellos.items():
        if hello.state is NudgeState.PENDING and hello.next_at is not None and hello.next_at > now + _DAY:
            nudge = transaction.nudges.get(nudge_id(snapshot.installation, hello_key(name, hello.ordinal)))
            if nudge is not None and (after := sooner(snapshot, snapshot.recipients[name], nudge, now=now)) != nudge:
                transaction.nudges.save([(nudge, after)], at=now)


def expire_overdue(transaction: Transaction, *, providers: Providers, now: datetime) -> int:
    """End what waits and can no longer go out, also where nothing is sent at all; return how many."""
    overdue = transaction.waiting.overdue(now=now)
    changes = [
        (n, replace(n, state=NudgeState.EXPIRED, status_reason=_late_reason(n), not_before=None)) for n in overdue
    ]
    changes = [(n, _not_forgetting(n, after, providers)) for n, after in changes]
    transaction.nudges.save(changes, at=now)
    return len(changes)


def _not_forgetting(before: Nudge, after: Nudge, providers: Providers) -> Nudge:
    return not_forgetting(before, after) if before.provider in providers.cannot_be_asked else after


def _late_reason(nudge: Nudge) -> Reason:
    if nudge.state is NudgeState.HELD:
        return Reason(ReasonCode.GUARDED_TOO_LATE)
    return Reason(ReasonCode.TOO_LATE, because=because(nudge.status_reason))


def _since_wrong(transaction: Transaction, watermark: datetime, providers: Providers, now: datetime) -> datetime:
    """Return where planning goes on after a clock that was ahead and is right again, or was set back.

    From here, or nobody would hear from us until then. What was sent keeps its nudge; what was only written off, or
    is still to go out, is decided anew; what was tried is looked at now.
    """
    transaction.facts.put(CLOCK_SET_BACK, watermark)
    reopened = transaction.clock_repairs.reopen(now=now, at=now)
    transaction.clock_repairs.bring_back(ahead=watermark - now, cannot_be_asked=providers.cannot_be_asked, now=now)
    transaction.events.add("clock_was_ahead", {"watermark": watermark.isoformat(), "reopened": reopened}, at=now)
    return max(now - _DAY, min(_began(transaction, now), now))


def _since(transaction: Transaction, watermark: datetime, now: datetime) -> datetime:
    """Return where planning goes on: at the watermark, or after a long outage a week ago."""
    if watermark < now - LOOKBACK:
        transaction.events.add("long_outage", {"from": watermark.isoformat()}, at=now)
        return now - LOOKBACK
    return min(watermark, now)


def _until(snapshot: Snapshot, since: datetime, now: datetime) -> datetime:
    """Return where a step ends: after an hour, or at the first slot of the day, for idle hours need no step each."""
    if now <= since + STEP:
        return now
    day = min(now, since + _DAY)
    first = next_due(snapshot.roster, since=since, until=day, seed=snapshot.seed)
    return max(since + STEP, first or day)


def _began(transaction: Transaction, now: datetime) -> datetime:
    """Return when this ledger's first start was, by the clock of that day."""
    return transaction.facts.get(PLANNING_BEGAN) or now


def _write(
    transaction: Transaction,
    snapshot: Snapshot,
    due: Sequence[Slot],
    *,
    providers: Providers,
    held_back: Storm | None,
    now: datetime,
) -> list[Nudge]:
    if due[0].due < now - LATE:
        due = _without_nudge(transaction, snapshot, due)
    decided = _decide(transaction, snapshot, due, now=now)
    restored = restored_ledger(transaction)
    decided = [restored.doubted(nudge, providers, now=now) for nudge in decided]
    if held_back is not None:
        decided = [held_by_guard(nudge) if nudge.due < now - LATE else nudge for nudge in decided]
    added = transaction.nudges.add(decided, at=now)
    tell_held(transaction, added, now=now)
    return added


def _without_nudge(transaction: Transaction, snapshot: Snapshot, due: Sequence[Slot]) -> list[Slot]:
    """Return the slots that have no nudge yet: when the clock was set back, most that come by again have one."""
    ids = {nudge_id(snapshot.installation, slot.key): slot for slot in due}
    known = transaction.nudges.known(ids)
    return [slot for name, slot in ids.items() if name not in known]


def _decide(transaction: Transaction, snapshot: Snapshot, due: Sequence[Slot], *, now: datetime) -> list[Nudge]:
    owed = sorted(
        (slot for slot in due if snapshot.is_due_to(slot)),
        key=lambda slot: (slot.due, -snapshot.priority_of(slot.schedule)),
    )
    people = {slot.recipient for slot in owed}
    keep_group_outcomes(transaction, snapshot, now=now)
    histories = load_histories(transaction, snapshot, people, now=now)
    suppressed = transaction.suppressions.addresses()
    ahead = _ahead(snapshot, people, now)
    newest = _newest(snapshot, owed, now)
    decided = []
    for slot in owed:
        history = histories[slot.recipient]
        if newest.get((slot.recipient, slot.schedule), slot.due) > slot.due:
            nudge = missed_for_one(snapshot, slot)
        else:
            nudge = decide_slot(
                snapshot, slot, history, suppressed=suppressed, ahead=ahead.get(slot.recipient, ()), now=now
            )
        histories[slot.recipient] = history.with_nudge(nudge, nudge.priority)
        decided.append(nudge)
    return decided


def _ahead(
    snapshot: Snapshot, people: set[RecipientId], now: datetime
) -> dict[RecipientId, list[tuple[datetime, ScheduleId]]]:
    """Return when schedules that matter more fall due for these people."""
    found: dict[RecipientId, list[tuple[datetime, ScheduleId]]] = defaultdict(list)
    theirs = tuple(group for group in snapshot.urgent if not people.isdisjoint(group.members))
    for slot in slots(theirs, since=now, until=now + AHEAD, seed=snapshot.seed):
        if slot.recipient in people:
            found[slot.recipient].append((slot.due, slot.schedule))
    return found


def _newest(snapshot: Snapshot, due: Sequence[Slot], now: datetime) -> dict[tuple[RecipientId, ScheduleId], datetime]:
    """Return, for schedules that send one for all that were missed, when each person's newest slot fell due."""
    names = {name for name, schedule in snapshot.schedules.items() if schedule.when_missed is WhenMissed.ONE}
    late = [slot for slot in due if slot.schedule in names and slot.due < now - LATE]
    if not late:
        return {}
    roster = tuple(group for group in snapshot.roster if group.schedule.id in names)
    to_now = slots(roster, since=late[0].due, until=now, seed=snapshot.seed)
    return {(slot.recipient, slot.schedule): slot.due for slot in to_now}
