"""A schedule, whom it is for, and its next times for one of them: what becomes of each as things stand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from nudger.decisions.coming import Coming
from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import slots
from nudger.decisions.snapshot import Snapshot
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Audience, Schedule, Slot, SlotKey
from nudger.domain.vocabulary import RecipientId
from nudger.use_cases.outlook import outlook, standing
from nudger.use_cases.people import named, who_is_here

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

_NEXT = 5
_HORIZONS = (timedelta(days=40), timedelta(days=400), timedelta(days=3700))
"""How far to look for the next times: most schedules have theirs within weeks, and a leap day's takes years."""
ANYBODY = RecipientId("anybody")
"""Who is made up where nobody here is meant: new, with the usual times of day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleForPerson:
    """A schedule, the person it is shown for, whether it is meant for them, and their next times.

    `foreseen` has what becomes of those within the coming weeks.
    """

    schedule: Schedule
    person: Recipient
    meant: bool
    coming: Sequence[Slot]
    foreseen: Mapping[SlotKey, Coming]

    @property
    def made_up(self) -> bool:
        """Whether it is shown for nobody in particular."""
        return self.person.id == ANYBODY


def explain_schedule(
    transaction: "Transaction | None",
    written: Sequence[Recipient] | None,
    snapshot_of: Callable[[Sequence[Recipient]], Snapshot],
    schedule: Schedule,
    whose: str | None,
    *,
    seed: str,
    time_zone: str,
    now: datetime,
) -> ScheduleForPerson:
    """Return a schedule's next times for one person, else for the first whom it is meant for, else for `ANYBODY`.

    `time_zone` is where that one is. Raises NudgerError if nobody has the id.
    """
    everybody = who_is_here(transaction, written, now=now)
    if whose is not None:
        person = named(everybody, whose)
    else:
        person = next((each for each in everybody if schedule.audience.includes(each)), _made_up(time_zone, now))
    meant = person.id == ANYBODY or schedule.audience.includes(person)
    coming = _next(schedule, person, seed, now) if meant else []
    foreseen: dict[SlotKey, Coming] = {}
    if coming and person.id != ANYBODY:
        snapshot = snapshot_of([person])
        at = standing(transaction, snapshot, everybody, with_histories=True, now=now)
        last = min(coming[-1].local_date, (now + _HORIZONS[0]).date())
        foreseen = {each.nudge.key: each for each in outlook(snapshot, at, first=coming[0].local_date, last=last)}
    return ScheduleForPerson(schedule=schedule, person=person, meant=meant, coming=coming, foreseen=foreseen)


def _made_up(time_zone: str, now: datetime) -> Recipient:
    somebody = Recipient(id=ANYBODY, time_zone=time_zone)
    return replace(somebody, joined=now.astimezone(somebody.zone).date())


def _next(schedule: Schedule, person: Recipient, seed: str, now: datetime) -> list[Slot]:
    roster = build_groups([replace(schedule, audience=Audience(everyone=True))], [person])
    found: list[Slot] = []
    for horizon in _HORIZONS:
        due = slots(roster, since=now, until=now + horizon, seed=seed)
        found = [slot for slot in due if person.has_joined_by(slot.local_date)]
        if len(found) >= _NEXT:
            break
    return found[:_NEXT]
