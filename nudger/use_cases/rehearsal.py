"""One person's days to come, lived over a virtual clock by the functions that decide in the service."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

from nudger.decisions.choosing.history import History, contact_of, contacts_after
from nudger.decisions.coming import Coming
from nudger.decisions.delivering.hello import UNSAID, Hello, hello_of
from nudger.decisions.greet import greet
from nudger.decisions.points.decide import LATE, decide_slot, hello_due, missed_for_one, recheck
from nudger.decisions.snapshot import AHEAD, Snapshot, upcoming_priority_slots
from nudger.domain.nudges import WELCOME, Nudge, NudgeState
from nudger.domain.schedules import Slot, SlotKey, WhenMissed
from nudger.domain.vocabulary import MessageKey, RecipientId, ScheduleId

_NEVER = datetime.max.replace(tzinfo=UTC) - timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a person's days begin: what was planned before and waits, and when they are greeted, if they are to be.

    What falls due earlier than `since` is decided then; a hello that the guard will hold is `guarded`.
    """

    who: RecipientId
    since: datetime
    waiting: Sequence[Nudge] = ()
    greet_at: datetime | None = None
    guarded: bool = False


class Rehearsal:
    """At one moment, hellos are said first; then slots are decided; then everything goes out that may."""

    def __init__(
        self, snapshot: Snapshot, history: History, suppressed: Container[str] = (), *, start: Start | None = None
    ) -> None:
        self._snapshot = snapshot
        # Kept apart and changed in place: a year of nudges would copy all that was seen for each of them.
        self._given = history
        self._seen = dict(history.seen)
        self._seen_before = dict(history.seen)
        self._told: defaultdict[MessageKey, dict[SlotKey, datetime]] = defaultdict(dict)
        self._contacts = history.contacts
        self._suppressed = suppressed
        self._since = start.since if start else None
        self._greeter = _Greeter(snapshot, history.hello, suppressed, start)
        self._waiting: list[tuple[datetime, datetime, int, datetime, SlotKey, Nudge]] = []
        self._nudges: dict[SlotKey, Nudge] = {}
        self._unplanned: dict[SlotKey, Slot] = {}
        for nudge in start.waiting if start else ():
            self._take_up(nudge)

    def run(self, theirs: Sequence[Slot], *, until: datetime | None = None) -> list[Coming]:
        """Return what becomes of these slots, of what waits, and of the hello; not what is missed already."""
        ordered = sorted(theirs, key=lambda slot: (slot.due, -self._snapshot.priority_of(slot.schedule)))
        newest = self._newest(ordered)
        for number, slot in enumerate(ordered):
            moment = self._not_before(slot.due)
            self._live(moment, last=False)
            if newest.get(slot.schedule, slot.due) > slot.due:
                self._note(missed_for_one(self._snapshot, slot), moment)
            else:
                self._decide(slot, ordered[number + 1 :], moment)
        self._live(until, last=True)
        people, nudges = self._snapshot.recipients, self._nudges
        found = [*self._unplanned.items(), *((slot.key, slot) for slot in ordered)]
        coming = [Coming(slot=slot, nudge=nudges[key], recipient=people[slot.recipient]) for key, slot in found]
        return [each for each in coming if each.nudge.state is not NudgeState.MISSED]

    # What happens

    def _live(self, moment: datetime | None, *, last: bool) -> None:
        """Let everything happen before the slots of a moment are decided; at the `last`, everything that waits."""
        while True:
            first = self._waiting[0][0] if self._waiting else None
            greet_at = self._greeter.at
            if greet_at is not None and (moment is None or greet_at <= moment) and (first is None or greet_at <= first):
                nudge = self._greeter.greet(greet_at)
                self._unplanned[nudge.key] = self._slot_of(nudge)
                self._note(nudge, greet_at)
            elif first is not None and (last or (moment is not None and first < moment)):
                self._deliver(heappop(self._waiting)[-1], first)
            else:
                return

    def _decide(self, slot: Slot, later: Sequence[Slot], moment: datetime) -> None:
        ahead = list(_within(later, moment + AHEAD)) if self._snapshot.urgent else []
        history = self._history_at(moment)
        nudge = decide_slot(self._snapshot, slot, history, suppressed=self._suppressed, ahead=ahead, now=moment)
        self._note(nudge, moment)

    def _deliver(self, nudge: Nudge, moment: datetime) -> None:
        person = self._snapshot.recipients[nudge.key.recipient]
        after = recheck(
            self._snapshot,
            nudge,
            person,
            self._history_at(moment),
            suppressed=self._suppressed,
            provider="",
            ahead=upcoming_priority_slots(self._snapshot, person.id, now=moment),
            now=moment,
        )
        self._note(after, moment)
        if after.state is NudgeState.SENDING:
            self._nudges[nudge.key] = replace(nudge, not_before=moment)

    # What is kept

    def _take_up(self, nudge: Nudge) -> None:
        """Go on with what the ledger has waiting."""
        self._unplanned[nudge.key] = self._slot_of(nudge)
        message = nudge.decision.message
        if message is not None and self._seen_before.get(message) == nudge.due:
            del self._seen_before[message]  # it was seen only if this one goes out
        if nudge.state is NudgeState.HELD:
            self._nudges[nudge.key] = nudge
        else:
            self._keep(nudge)

    def _note(self, nudge: Nudge, moment: datetime) -> None:
        self._greeter.note(nudge, moment)
        self._keep(nudge)

    def _keep(self, nudge: Nudge) -> None:
        self._nudges[nudge.key] = nudge
        contact = contact_of(nudge, nudge.priority)
        self._contacts = contacts_after(self._contacts, nudge.key, contact)
        self._see(nudge, came_to_something=contact is not None)
        asked = nudge.not_before
        if nudge.state is NudgeState.PENDING and asked is not None:
            heappush(self._waiting, (self._not_before(asked), asked, -nudge.priority, nudge.due, nudge.key, nudge))

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
        newest = max(told.values(), default=self._seen_before.get(message))
        if newest is None:
            self._seen.pop(message, None)
        else:
            self._seen[message] = newest

    # What is known

    def _history_at(self, moment: datetime) -> History:
        return replace(self._given, seen=self._seen, contacts=self._contacts, hello=self._greeter.hello_at(moment))

    def _not_before(self, moment: datetime) -> datetime:
        return moment if self._since is None else max(moment, self._since)

    def _newest(self, ordered: Sequence[Slot]) -> dict[ScheduleId, datetime]:
        """Return when the newest slot fell due of schedules that send one for all that were missed."""
        since, schedules = self._since, self._snapshot.schedules
        if since is None:
            return {}
        ones = [s for s in ordered if s.due <= since and schedules[s.schedule].when_missed is WhenMissed.ONE]
        return {slot.schedule: slot.due for slot in ones} if any(slot.due < since - LATE for slot in ones) else {}

    def _slot_of(self, nudge: Nudge) -> Slot:
        """Return the slot of what no plan names any more: a hello, or what was planned before."""
        name, schedule, day, ordinal = nudge.key
        local = nudge.due.astimezone(self._snapshot.recipients[name].zone)
        return Slot(name, schedule, local.date() if schedule == WELCOME else day, ordinal, nudge.due, local.time())


class _Greeter:
    """How a person's first hello stands in the days to come; `at` is when it is to be said next, or None."""

    def __init__(
        self, snapshot: Snapshot, hello: Hello | None, suppressed: Container[str], start: Start | None
    ) -> None:
        self._snapshot = snapshot
        self._suppressed = suppressed
        self._start = start
        self._hello = hello
        self._sent_at: datetime | None = None
        self.at = start.greet_at if start else None
        if hello is not None and hello.state in (NudgeState.HELD, NudgeState.UNKNOWN):
            # Nobody can tell when somebody releases it, or what the provider will say.
            self._hello = hello._replace(next_at=_NEVER if hello.state is NudgeState.HELD else None)
        if hello is not None and hello.state is NudgeState.SENDING and start is not None:
            self._sent_at = start.since

    def greet(self, moment: datetime) -> Nudge:
        """Say the hello that is due."""
        assert self._start is not None
        hello = self._hello or UNSAID
        return greet(self._snapshot, self._start.who, hello, guarded=self._start.guarded, now=moment)

    def note(self, nudge: Nudge, moment: datetime) -> None:
        """Take in what became of it."""
        if nudge.key.schedule != WELCOME:
            return
        self._hello, self.at = hello_of(nudge, at=moment), None
        if nudge.state is NudgeState.SENDING:
            self._sent_at = moment
        elif nudge.state is NudgeState.HELD:
            self._hello = self._hello._replace(next_at=_NEVER)
        else:
            person = self._snapshot.recipients[nudge.key.recipient]
            self.at = hello_due(self._snapshot, person, self._hello, stopped=self._suppressed, now=moment)

    def hello_at(self, moment: datetime) -> Hello | None:
        """Return how it stands at a moment: what went out is taken to have arrived a moment later."""
        return None if self._sent_at is not None and moment > self._sent_at else self._hello


def _within(later: Iterable[Slot], until: datetime) -> Iterator[tuple[datetime, ScheduleId]]:
    for slot in later:
        if slot.due > until:
            return
        yield slot.due, slot.schedule
