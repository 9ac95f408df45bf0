"""What is to come, from a ledger and at a moment: the one answer of every screen that looks ahead."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import nsmallest
from itertools import islice

from nudger.decisions.agenda import Agenda, serving
from nudger.decisions.greet import Greetings, greetings
from nudger.decisions.guard import doubt_about_clock
from nudger.decisions.hello import UNSAID
from nudger.decisions.history import History
from nudger.decisions.plan import slots
from nudger.domain.nudges import Nudge
from nudger.domain.schedules import Slot
from nudger.domain.vocabulary import RecipientId
from nudger.use_cases.histories import load_histories
from nudger.use_cases.ports import TransactionPort
from nudger.use_cases.preview import NOBODY_IS_NEW, Coming, preview, rehearse
from nudger.use_cases.queue_nudges import GUARD

_LONGEST_WAIT = timedelta(days=2)
"""What fell due longer ago than this and has no nudge is over, whatever its schedule says."""

_ENOUGH = 500
"""So many slots are looked at for the next few that go out; more, where hardly any of them does."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand at the moment `now`: what everybody got, what waits, and who is to be greeted when.

    `planned` is up to when every slot has its nudge.
    """

    now: datetime
    planned: datetime
    histories: Mapping[RecipientId, History] = field(default_factory=dict)
    waiting: Collection[Nudge] = ()
    greeting: Greetings = NOBODY_IS_NEW
    suppressed: frozenset[str] = frozenset()


def before_the_first_start(agenda: Agenda, *, now: datetime) -> Standing:
    """Return how things stand where nothing was ever sent: everybody is new."""
    hellos = dict.fromkeys(agenda.recipients, UNSAID)
    histories = {name: History(hello=UNSAID) for name in agenda.recipients}
    return Standing(now=now, planned=now, histories=histories, greeting=greetings(agenda, hellos, now=now))


def standing(transaction: TransactionPort, agenda: Agenda, *, now: datetime) -> Standing:
    """Return how things stand for everybody of the agenda, who should be all people: many strangers trip the guard."""
    watermark = transaction.watermark()
    if watermark is None or watermark > now or doubt_about_clock(watermark, now):
        watermark = now
    histories = load_histories(transaction, agenda, agenda.recipients, now=now)
    hellos = {name: history.hello for name, history in histories.items() if history.hello is not None}
    suppressed = transaction.suppressed()
    greeting = greetings(agenda, hellos, stopped=suppressed, guard_is_up=bool(transaction.recall(GUARD)), now=now)
    return Standing(
        now=now,
        planned=max(watermark, now - _LONGEST_WAIT),
        histories=histories,
        waiting=transaction.waiting_now(),
        greeting=greeting,
        suppressed=suppressed,
    )


def outlook(agenda: Agenda, at: Standing, *, first: date, last: date) -> list[Coming]:
    """Return what is to come for the people of an agenda on the local dates from `first` to `last`, in order."""
    return preview(
        agenda,
        since=at.now,
        first=first,
        last=last,
        histories=at.histories,
        suppressed=at.suppressed,
        planned=at.planned,
        waiting=at.waiting,
        greeting=at.greeting,
    )


def next_few(agenda: Agenda, at: Standing, *, count: int, within: timedelta) -> list[Coming]:
    """Return the next nudges that go out, so many of them, soonest first.

    Many people cost no more than a few: only those who are next are looked at.
    """
    end, enough = at.now + within, _ENOUGH
    while True:
        due = list(islice(_by_day(agenda, at.planned, end), enough))
        until = due[-1].due if len(due) == enough else end
        people = {slot.recipient for slot in due} | _who_waits(agenda, at, until)
        coming = rehearse(
            serving(agenda, [agenda.recipients[name] for name in people]),
            since=at.now,
            until=max(until, at.now),
            histories=at.histories,
            suppressed=at.suppressed,
            planned=at.planned,
            waiting=[nudge for nudge in at.waiting if nudge.key.recipient in people],
            greeting=at.greeting,
        )
        out = ((moment, each) for each in coming if (moment := each.goes_out) is not None and moment <= end)
        found = nsmallest(count, out, key=lambda pair: (pair[0], pair[1].slot.key))
        if len(found) == count or until == end:
            return [each for _, each in found]
        enough *= 10


def _by_day(agenda: Agenda, since: datetime, end: datetime) -> Iterator[Slot]:
    while since < end:
        found = slots(agenda.roster, since=since, until=min(since + _DAY, end), seed=agenda.seed)
        yield from (slot for slot in found if agenda.owes(slot))
        since += _DAY


def _who_waits(agenda: Agenda, at: Standing, until: datetime) -> set[RecipientId]:
    """Return who has something waiting, or a hello to come, soonest first and not more than are looked at at once."""
    moments = [
        (n.next_attempt_at or at.now, n.key.recipient) for n in at.waiting if n.key.recipient in agenda.recipients
    ]
    moments += [(at.greeting.moments[name], name) for name in at.greeting.by(until) if name in agenda.recipients]
    return {name for _, name in nsmallest(_ENOUGH, moments)}
