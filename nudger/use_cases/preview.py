"""Looking ahead: the plan and the choices of the daemon, over a virtual clock, without sending or writing anything."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from nudger.decisions.agenda import Agenda
from nudger.decisions.choose import Seen
from nudger.decisions.decide import decide_slot
from nudger.decisions.plan import slots
from nudger.domain.nudges import Nudge
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Slot
from nudger.domain.vocabulary import MessageKey, RecipientId

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A nudge to come: its slot, and what would be decided for it at its due time."""

    slot: Slot
    nudge: Nudge
    recipient: Recipient

    @property
    def local(self) -> datetime:
        """The due time where the person is."""
        return self.slot.due.astimezone(self.recipient.zone)


def preview(
    agenda: Agenda,
    *,
    since: datetime,
    first: date,
    last: date,
    seen: Mapping[RecipientId, Seen],
    suppressed: Container[str] = (),
) -> list[Coming]:
    """Return what falls due later than `since` on the local dates from `first` to `last` (inclusive), in order.

    Choices depend on the ones before, so everything since `since` is decided, also what is not asked for. `seen`
    is what each person had seen by then; it is not changed.
    """
    # No zone is further than a day from UTC, whose calendar the end of the span is cut from.
    until = max(since, datetime.combine(last + 2 * _DAY, time.min, UTC))
    virtual: dict[RecipientId, dict[MessageKey, datetime]] = {}
    coming = []
    for slot in slots(agenda.roster, since=since, until=until, seed=agenda.seed):
        person = slot.recipient
        mine = virtual.setdefault(person, dict(seen.get(person, {})))
        nudge = decide_slot(agenda, slot, mine, suppressed=suppressed, now=slot.due)
        if nudge.decision.message is not None:
            mine[nudge.decision.message] = nudge.due
        if first <= slot.local_date <= last:
            coming.append(Coming(slot=slot, nudge=nudge, recipient=agenda.recipients[person]))
    return coming
