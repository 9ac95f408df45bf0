"""From the calendar to the ledger: every slot that fell due gets its nudge, once, and the watermark moves on.

Runs inside one transaction, on the ledger's thread.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nudger.decisions.agenda import AHEAD, Agenda
from nudger.decisions.changes import moved_while_away, timings
from nudger.decisions.decide import LATE, decide_slot, hello_key, missed_by_edit, missed_for_one, sooner
from nudger.decisions.greet import Hellos, greet, greetings
from nudger.decisions.guard import Storm, doubt_about_clock, held_by_guard, storm
from nudger.decisions.plan import next_due, slots
from nudger.decisions.settle import in_doubt
from nudger.domain.nudges import Nudge, NudgeState, nudge_id
from nudger.domain.schedules import Slot, WhenMissed
from nudger.domain.vocabulary import Channel, RecipientId, ScheduleId
from nudger.use_cases.histories import keep_group_outcomes, load_histories
from nudger.use_cases.ports import TransactionPort

STEP = timedelta(hours=1)
"""The longest span with slots that is planned in one transaction: catching up on days needs no more memory."""

LOOKBACK = timedelta(days=7)
"""How far back missed slots are recorded one by one. Longer outages, or clocks years off, leave one event instead."""

_BEGAN = "planning_began"
_RESTORED = "restored"
_TIMINGS = "timings"
GUARD = "guard"
_DAY = timedelta(days=1)
_CLOCK_SLACK = timedelta(seconds=5)
"""How far the watermark may be ahead of the clock before the clock must have been wrong: NTP moves it by less."""

Providers = Mapping[Channel, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What a step did: how many nudges it wrote down in each state, and whether the present is reached.

    `doubt` says why the clock was not believed, and nothing was done.
    """

    counts: Counter[NudgeState]
    finished: bool
    doubt: str = ""


def begin_planning(
    transaction: TransactionPort, *, high_water: datetime | None, providers: Providers, now: datetime
) -> None:
    """At the very first start, draw the line: what fell due before it is nobody's to catch up on.

    `high_water` is how far planning came by word of the state folder: a ledger that knows less is a restored backup.
    """
    watermark = transaction.watermark()
    if watermark is None:
        transaction.set_watermark(now)
        transaction.remember(_BEGAN, {"at": now.isoformat()})
    elif high_water is not None and high_water > watermark + _CLOCK_SLACK and high_water <= now + _CLOCK_SLACK:
        transaction.note("backup_restored", {"from": watermark.isoformat(), "to": high_water.isoformat()}, at=now)
        transaction.remember(_RESTORED, {"until": high_water.isoformat()})
        unsure = [n for n in transaction.pending(by=high_water) if n.decision.channel in providers]
        transaction.save([(n, _may_have_gone_out(n, providers, now=now)) for n in unsure], at=now)


def queue_step(
    transaction: TransactionPort, agenda: Agenda, *, providers: Providers, held: Storm | None = None, now: datetime
) -> Queued:
    """Write down nudges for the next span of slots, and move the watermark to its end.

    With a storm, what is late is `held` for a person to release.
    """
    watermark = transaction.watermark() or now
    if doubt := doubt_about_clock(watermark, now):
        return Queued(counts=Counter(), finished=True, doubt=doubt)
    since = _since(transaction, watermark, now)
    until = _until(agenda, since, now)
    due = slots(agenda.roster, since=since, until=until, seed=agenda.seed)
    added = _write(transaction, agenda, due, providers=providers, held=held, now=now) if due else []
    transaction.set_watermark(until)
    return Queued(counts=Counter(nudge.state for nudge in added), finished=until == now)


def look_for_storm(transaction: TransactionPort, agenda: Agenda, *, now: datetime) -> Storm | None:
    """Say whether what is to be caught up on is more than the schedules imply; write that down."""
    watermark = transaction.watermark()
    if watermark is None or watermark > now - LATE or doubt_about_clock(watermark, now):
        return None
    found = storm(agenda, since=max(watermark, now - LOOKBACK), now=now)
    if found is not None:
        _raise_guard(transaction, f"{found.coming} late nudges at once", now=now)
    return found


def queue_moved(
    transaction: TransactionPort, agenda: Agenda, moved: Sequence[Slot], *, providers: Providers, now: datetime
) -> list[Nudge]:
    """Write down nudges for slots that an edit or a journey moved to before the watermark: late, or missed."""
    return _write(transaction, agenda, moved, providers=providers, held=None, now=now) if moved else []


def record_moved_while_away(
    transaction: TransactionPort, agenda: Agenda, *, people: Collection[RecipientId], now: datetime
) -> list[Nudge]:
    """At a start: write down as missed what an edit moved to before the watermark while the service was down.

    It is not sent late: nobody ever planned it. Keeps the timings for the next start. `people` were known before this
    one; without any, nothing is written down.
    """
    watermark = transaction.watermark()
    if watermark is None or watermark > now or doubt_about_clock(watermark, now):
        return []
    moved = moved_while_away(transaction.recall(_TIMINGS), agenda, people, watermark=watermark)
    transaction.remember(_TIMINGS, timings(agenda.schedules.values()))
    fresh = _without_nudge(transaction, agenda, moved) if moved else []
    return transaction.add([missed_by_edit(agenda, slot) for slot in fresh], at=now)


def queue_welcomes(
    transaction: TransactionPort, agenda: Agenda, *, moved: Container[RecipientId] = (), now: datetime
) -> datetime:
    """Write down the first hello for everybody who has joined and has not had it; return when to look again.

    One that came to nothing is said again in its time (`nudger.decisions.hello`), and one that waited for what is over
    by now goes out sooner. `moved` are people whose addresses have just changed.
    """
    names = [name for name in transaction.unwelcomed() if name in agenda.recipients]
    hellos = transaction.ungreeted(names) if names else {}
    if not hellos:
        return now + _DAY
    guard_is_up = bool(transaction.recall(GUARD))
    stopped = transaction.suppressed()
    plan = greetings(agenda, hellos, stopped=stopped, moved=moved, guard_is_up=guard_is_up, now=now)
    if plan.why:
        _raise_guard(transaction, plan.why, now=now)
    due = plan.by(now)
    transaction.add([greet(agenda, n, hellos[n], guarded=n in plan.guarded, now=now) for n in due], at=now)
    _hasten(transaction, agenda, hellos, now=now)
    return min([now + _DAY, *(moment for moment in plan.moments.values() if moment > now)])


def _hasten(transaction: TransactionPort, agenda: Agenda, hellos: Hellos, *, now: datetime) -> None:
    """Let go hellos that wait for the end of a pause that was taken back."""
    for name, hello in hellos.items():
        if hello.state is NudgeState.PENDING and hello.next_at is not None and hello.next_at > now + _DAY:
            nudge = transaction.nudge(nudge_id(agenda.installation, hello_key(name, hello.ordinal)))
            if nudge is not None and (after := sooner(agenda, agenda.recipients[name], nudge, now=now)) != nudge:
                transaction.save([(nudge, after)], at=now)


def expire_overdue(transaction: TransactionPort, *, now: datetime) -> int:
    """End what waits and can no longer go out, also where nothing is sent at all; return how many."""
    overdue = transaction.overdue(now=now)
    changes = [(n, replace(n, state=NudgeState.EXPIRED, next_attempt_at=None)) for n in overdue]
    changes = [(n, replace(after, decision=replace(after.decision, reason=_late_reason(n)))) for n, after in changes]
    transaction.save(changes, at=now)
    return len(changes)


def _late_reason(nudge: Nudge) -> str:
    if nudge.state is NudgeState.HELD:
        return "held by the guard until it was too late"
    return f"too late: {nudge.decision.reason}" if nudge.decision.reason else "too late"


def _since(transaction: TransactionPort, watermark: datetime, now: datetime) -> datetime:
    """Return where planning goes on: at the watermark, unless the clock was wrong."""
    if watermark > now + _CLOCK_SLACK:
        # The clock was ahead and is right again, or was set back: go on from here, or nobody would hear from us
        # until then. What was sent keeps its nudge; what was only written off, or is still to go out, is decided anew.
        reopened = transaction.reopen(now=now, at=now)
        transaction.note("clock_was_ahead", {"watermark": watermark.isoformat(), "reopened": reopened}, at=now)
        return max(now - _DAY, min(_began(transaction, now), now))
    if watermark < now - LOOKBACK:
        transaction.note("long_outage", {"from": watermark.isoformat()}, at=now)
        return now - LOOKBACK
    return min(watermark, now)


def _until(agenda: Agenda, since: datetime, now: datetime) -> datetime:
    """Return where a step ends: after an hour, or at the first slot of the day, for idle hours need no step each."""
    if now <= since + STEP:
        return now
    day = min(now, since + _DAY)
    first = next_due(agenda.roster, since=since, until=day, seed=agenda.seed)
    return max(since + STEP, first or day)


def _began(transaction: TransactionPort, now: datetime) -> datetime:
    """Return when this ledger's first start was, by the clock of that day."""
    return datetime.fromisoformat(transaction.recall(_BEGAN).get("at", now.isoformat()))


def _raise_guard(transaction: TransactionPort, why: str, *, now: datetime) -> None:
    transaction.remember(GUARD, {"since": now.isoformat(), "why": why})
    transaction.note("guard", {"why": why}, at=now)


def _write(
    transaction: TransactionPort,
    agenda: Agenda,
    due: Sequence[Slot],
    *,
    providers: Providers,
    held: Storm | None,
    now: datetime,
) -> list[Nudge]:
    if due[0].due < now - LATE:
        due = _without_nudge(transaction, agenda, due)
    decided = _decide(transaction, agenda, due, now=now)
    restored = transaction.recall(_RESTORED).get("until") if due and due[0].due < now - LATE else None
    if restored is not None:
        limit = datetime.fromisoformat(restored)
        decided = [_may_have_gone_out(n, providers, now=now) if n.due <= limit else n for n in decided]
    if held is not None:
        decided = [held_by_guard(nudge) if nudge.due < now - LATE else nudge for nudge in decided]
    return transaction.add(decided, at=now)


def _without_nudge(transaction: TransactionPort, agenda: Agenda, due: Sequence[Slot]) -> list[Slot]:
    """Return the slots that have no nudge yet: when the clock was set back, most that come by again have one."""
    ids = {nudge_id(agenda.installation, slot.key): slot for slot in due}
    known = transaction.known(ids)
    return [slot for name, slot in ids.items() if name not in known]


def _may_have_gone_out(nudge: Nudge, providers: Providers, *, now: datetime) -> Nudge:
    """Return a nudge that a restored backup may only have forgotten to be sent: the provider is asked first."""
    if nudge.state is not NudgeState.PENDING or nudge.decision.channel is None:
        return nudge
    doubtful = in_doubt(nudge, "may have gone out before the backup was put back", now=now)
    return replace(doubtful, provider=providers[nudge.decision.channel], first_attempt_at=nudge.due)


def _decide(transaction: TransactionPort, agenda: Agenda, due: Sequence[Slot], *, now: datetime) -> list[Nudge]:
    owed = sorted(
        (slot for slot in due if agenda.owes(slot)), key=lambda slot: (slot.due, -agenda.priority_of(slot.schedule))
    )
    people = {slot.recipient for slot in owed}
    keep_group_outcomes(transaction, agenda, now=now)
    histories = load_histories(transaction, agenda, people, now=now)
    suppressed = transaction.suppressed()
    ahead = _ahead(agenda, people, now)
    newest = _newest(agenda, owed, now)
    decided = []
    for slot in owed:
        history = histories[slot.recipient]
        if newest.get((slot.recipient, slot.schedule), slot.due) > slot.due:
            nudge = missed_for_one(agenda, slot)
        else:
            nudge = decide_slot(
                agenda, slot, history, suppressed=suppressed, ahead=ahead.get(slot.recipient, ()), now=now
            )
        histories[slot.recipient] = history.with_nudge(nudge, nudge.priority)
        decided.append(nudge)
    return decided


def _ahead(
    agenda: Agenda, people: set[RecipientId], now: datetime
) -> dict[RecipientId, list[tuple[datetime, ScheduleId]]]:
    """Return when schedules that matter more fall due for these people."""
    found: dict[RecipientId, list[tuple[datetime, ScheduleId]]] = defaultdict(list)
    theirs = tuple(group for group in agenda.urgent if not people.isdisjoint(group.members))
    for slot in slots(theirs, since=now, until=now + AHEAD, seed=agenda.seed):
        if slot.recipient in people:
            found[slot.recipient].append((slot.due, slot.schedule))
    return found


def _newest(agenda: Agenda, due: Sequence[Slot], now: datetime) -> dict[tuple[RecipientId, ScheduleId], datetime]:
    """Return, for schedules that send one for all that were missed, when each person's newest slot fell due."""
    names = {name for name, schedule in agenda.schedules.items() if schedule.when_missed is WhenMissed.ONE}
    late = [slot for slot in due if slot.schedule in names and slot.due < now - LATE]
    if not late:
        return {}
    roster = tuple(group for group in agenda.roster if group.schedule.id in names)
    to_now = slots(roster, since=late[0].due, until=now, seed=agenda.seed)
    return {(slot.recipient, slot.schedule): slot.due for slot in to_now}
