"""Looking ahead: the plan and the choices of the daemon, over a virtual clock, without sending or writing anything.

Each person is rehearsed alone, from slot to slot: what falls due is decided, what waits is looked at again when its
moment comes, and every nudge that may go out does. The same functions decide here and in the service.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush

from nudger.decisions.agenda import AHEAD, Agenda, ahead_of
from nudger.decisions.decide import decide_slot, recheck
from nudger.decisions.history import NO_HISTORY, History, contact_of, contacts_after
from nudger.decisions.plan import slots
from nudger.decisions.select import CONDITIONS
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Slot, SlotKey
from nudger.domain.vocabulary import MessageKey, RecipientId, ScheduleId

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A nudge to come: its slot, and what becomes of it. One that goes out is PENDING until `goes_out`."""

    slot: Slot
    nudge: Nudge
    recipient: Recipient

    @property
    def local(self) -> datetime:
        """The due time where the person is."""
        return self.slot.due.astimezone(self.recipient.zone)

    @property
    def uncalled_for(self) -> bool:
        """Whether it has a condition that does not hold: on most days, that is no news to anybody."""
        return self.nudge.state is NudgeState.WITHHELD and self.nudge.decision.reason.startswith(CONDITIONS)

    @property
    def goes_out(self) -> datetime | None:
        """When it goes out, or None if it does not."""
        return self.nudge.next_attempt_at


def preview(
    agenda: Agenda,
    *,
    since: datetime,
    first: date,
    last: date,
    histories: Mapping[RecipientId, History],
    suppressed: Container[str] = (),
) -> list[Coming]:
    """Return what falls due later than `since` on the local dates from `first` to `last` (inclusive), in order.

    Choices depend on the ones before, so everything since `since` is decided, also what is not asked for. `histories`
    is what each person had got by then; it is not changed.
    """
    # No zone is further than a day from UTC, whose calendar the end of the span is cut from.
    until = max(since, datetime.combine(last + 2 * _DAY, time.min, UTC))
    coming = rehearse(agenda, since=since, until=until, histories=histories, suppressed=suppressed)
    return sorted(
        (each for each in coming if first <= each.slot.local_date <= last),
        key=lambda each: (each.slot.due, -each.nudge.priority),
    )


def rehearse(
    agenda: Agenda,
    *,
    since: datetime,
    until: datetime,
    histories: Mapping[RecipientId, History],
    suppressed: Container[str] = (),
) -> Iterator[Coming]:
    """Yield what becomes of every slot due in (since, until], person by person."""
    # With limits, what falls due later can take the place of what still waits: the service will know it by then.
    horizon = until + AHEAD if agenda.restrained else until
    by_person: dict[RecipientId, list[Slot]] = defaultdict(list)
    for slot in slots(agenda.roster, since=since, until=horizon, seed=agenda.seed):
        if agenda.owes(slot):
            by_person[slot.recipient].append(slot)
    for name in list(by_person):
        coming = _Rehearsal(agenda, histories.get(name, NO_HISTORY), suppressed).run(by_person.pop(name))
        yield from (each for each in coming if each.slot.due <= until)


class _Rehearsal:
    """One person's days to come."""

    def __init__(self, agenda: Agenda, history: History, suppressed: Container[str]) -> None:
        self._agenda = agenda
        # Kept apart and changed in place: a year of nudges would copy all that was seen for each of them.
        self._given = history
        self._seen = dict(history.seen)
        self._told: defaultdict[MessageKey, dict[SlotKey, datetime]] = defaultdict(dict)
        self._contacts = history.contacts
        self._suppressed = suppressed
        self._waiting: list[tuple[datetime, int, datetime, SlotKey, Nudge]] = []
        self._nudges: dict[SlotKey, Nudge] = {}

    def run(self, theirs: Sequence[Slot]) -> list[Coming]:
        ordered = sorted(theirs, key=lambda slot: (slot.due, -self._agenda.priority_of(slot.schedule)))
        for number, slot in enumerate(ordered):
            self._deliver(before=slot.due)
            self._decide(slot, ordered[number + 1 :])
        self._deliver(before=None)
        people = self._agenda.recipients
        return [Coming(slot=s, nudge=self._nudges[s.key], recipient=people[s.recipient]) for s in ordered]

    def _decide(self, slot: Slot, later: Sequence[Slot]) -> None:
        nudge = decide_slot(
            self._agenda, slot, self._history, suppressed=self._suppressed, ahead=self._ahead(slot, later), now=slot.due
        )
        self._note(nudge)

    @property
    def _history(self) -> History:
        return replace(self._given, seen=self._seen, contacts=self._contacts)

    def _ahead(self, slot: Slot, later: Sequence[Slot]) -> list[tuple[datetime, ScheduleId]]:
        if not self._agenda.urgent:
            return []
        return list(_within(later, slot.due + AHEAD))

    def _note(self, nudge: Nudge) -> None:
        self._nudges[nudge.key] = nudge
        contact = contact_of(nudge, nudge.priority)
        self._contacts = contacts_after(self._contacts, nudge.key, contact)
        self._see(nudge, came_to_something=contact is not None)
        if nudge.state is NudgeState.PENDING and nudge.next_attempt_at is not None:
            heappush(self._waiting, (nudge.next_attempt_at, -nudge.priority, nudge.due, nudge.key, nudge))

    def _see(self, nudge: Nudge, *, came_to_something: bool) -> None:
        """Count the words of a nudge as seen, and no longer if it came to nothing after all."""
        message = nudge.decision.message
        if message is None:
            return
        told = self._told[message]
        if came_to_something:
            told[nudge.key] = nudge.due
        else:
            told.pop(nudge.key, None)
        newest = max(told.values(), default=self._given.seen.get(message))
        if newest is None:
            self._seen.pop(message, None)
        else:
            self._seen[message] = newest

    def _deliver(self, *, before: datetime | None) -> None:
        """Let everything go out that waits for a moment before the given one; None: everything."""
        while self._waiting and (before is None or self._waiting[0][0] < before):
            moment, _, _, _, nudge = heappop(self._waiting)
            person = self._agenda.recipients[nudge.key.recipient]
            after = recheck(
                self._agenda,
                nudge,
                person,
                self._history,
                suppressed=self._suppressed,
                provider="",
                ahead=ahead_of(self._agenda, person.id, now=moment),
                now=moment,
            )
            self._note(after)
            if after.state is NudgeState.SENDING:
                self._nudges[nudge.key] = nudge


def _within(later: Iterable[Slot], until: datetime) -> Iterator[tuple[datetime, ScheduleId]]:
    for slot in later:
        if slot.due > until:
            return
        yield slot.due, slot.schedule
