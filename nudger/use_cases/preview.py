"""Looking ahead: the plan and the choices of the daemon, over a virtual clock, without sending or writing anything.

Each person is rehearsed alone, from slot to slot: the first hello is said, what falls due is decided, what waits is
looked at again when its moment comes, and every nudge that may go out does. The same functions decide here and in the
service.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from nudger.decisions.choosing.history import NO_HISTORY, History
from nudger.decisions.coming import Coming
from nudger.decisions.greet import Greetings
from nudger.decisions.planning.plan import slots
from nudger.decisions.snapshot import AHEAD, Snapshot
from nudger.domain.nudges import Nudge
from nudger.domain.schedules import Slot
from nudger.domain.vocabulary import RecipientId
from nudger.use_cases.rehearsal import Rehearsal, Start

_DAY = timedelta(days=1)
NOBODY_IS_NEW = Greetings({})


def preview(
    snapshot: Snapshot,
    *,
    since: datetime,
    first: date,
    last: date,
    histories: Mapping[RecipientId, History],
    suppressed: Container[str] = (),
    planned: datetime | None = None,
    waiting: Collection[Nudge] = (),
    greeting: Greetings = NOBODY_IS_NEW,
) -> list[Coming]:
    """Return what comes later than `since` on the local dates from `first` to `last` (inclusive), in order.

    Choices depend on the ones before, so everything since `since` is decided, also what is not asked for. The rest is
    as for `rehearse`.
    """
    # No zone is further than a day from UTC, whose calendar the end of the span is cut from.
    until = max(since, datetime.combine(last + 2 * _DAY, time.min, UTC))
    coming = rehearse(
        snapshot,
        since=since,
        until=until,
        histories=histories,
        suppressed=suppressed,
        planned=planned,
        waiting=waiting,
        greeting=greeting,
    )
    return in_order(each for each in coming if _falls_within(each, first, last))


def in_order(coming: Iterable[Coming]) -> list[Coming]:
    """Return it in order of time; of two at one instant, the one that matters more first."""
    return sorted(coming, key=lambda each: (each.slot.due, -each.nudge.priority))


def _falls_within(each: Coming, first: date, last: date) -> bool:
    """Say whether it is due, or goes out, on one of these local dates: what waits may have been due long ago."""
    days = [each.slot.local_date]
    if each.goes_out is not None:
        days.append(each.goes_out.astimezone(each.recipient.zone).date())
    return any(first <= day <= last for day in days)


def rehearse(
    snapshot: Snapshot,
    *,
    since: datetime,
    until: datetime,
    histories: Mapping[RecipientId, History],
    suppressed: Container[str] = (),
    planned: datetime | None = None,
    waiting: Collection[Nudge] = (),
    greeting: Greetings = NOBODY_IS_NEW,
) -> Iterator[Coming]:
    """Yield what becomes of everything due in (since, until], and of what waits, person by person.

    `histories` is what each person had got by then, and is not changed. `planned` is up to when slots have their
    nudges, if not up to `since`; `waiting` are those nudges that have not gone out, and `greeting` says who is greeted
    when: with the default, everybody was.
    """
    # With limits, what falls due later can take the place of what still waits: the service will know it by then.
    horizon = until + AHEAD if snapshot.restrained else until
    by_person: dict[RecipientId, list[Slot]] = defaultdict(list)
    for slot in slots(snapshot.roster, since=planned or since, until=horizon, seed=snapshot.seed):
        if snapshot.is_due_to(slot):
            by_person[slot.recipient].append(slot)
    kept: dict[RecipientId, list[Nudge]] = defaultdict(list)
    for nudge in waiting:
        if nudge.key.recipient in snapshot.recipients:
            kept[nudge.key.recipient].append(nudge)
    greeted = [name for name in greeting.by(until) if name in snapshot.recipients]
    for name in dict.fromkeys((*by_person, *kept, *greeted)):
        start = Start(
            who=name,
            since=since,
            waiting=kept.pop(name, ()),
            greet_at=greeting.moments.get(name),
            guarded=name in greeting.guarded,
        )
        rehearsal = Rehearsal(snapshot, histories.get(name, NO_HISTORY), suppressed, start=start)
        coming = rehearsal.run(by_person.pop(name, []), until=horizon)
        yield from (each for each in coming if each.slot.due <= until)
