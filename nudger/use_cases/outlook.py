"""What is to come, from a ledger and at a moment: the one answer of every screen that looks ahead."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from nudger.decisions.choosing.history import History
from nudger.decisions.coming import Coming
from nudger.decisions.delivering.hello import UNSAID
from nudger.decisions.greet import Greetings, greetings
from nudger.decisions.oversight.guard import doubt_about_clock
from nudger.decisions.planning.plan import slots
from nudger.decisions.snapshot import Snapshot, with_recipients
from nudger.domain.nudges import Nudge
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Slot
from nudger.domain.vocabulary import RecipientId
from nudger.storage.fact_codecs import GUARD
from nudger.use_cases.histories import all_new, load_histories
from nudger.use_cases.preview import NOBODY_IS_NEW, preview, rehearse

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

_DAY = timedelta(days=1)
_LONGEST_WAIT = timedelta(days=2)
"""What fell due longer ago than this and has no nudge is over, whatever its schedule says."""

_ENOUGH, _AT_MOST = 500, 5000
"""So many slots are looked at for the next few that go out; more, where hardly any of them does. Where people wait for
their first hello, perhaps none does for days: then there is nothing to name."""

Answer = TypeVar("Answer")


Question: TypeAlias = "Callable[[Transaction], Answer]"
"""What is asked of the ledger, inside one transaction."""


class Ask(Protocol):
    """Puts a question to the ledger."""

    def __call__(self, question: "Question[Answer]") -> Answer:
        """Return the answer, from a transaction of its own."""
        ...


Histories = Callable[[Collection[RecipientId]], Mapping[RecipientId, History]]
"""Returns what these people got so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand at the moment `now`: what waits, and who is to be greeted when.

    `planned` is up to when every slot has its nudge; `histories` are those of the people who were asked for.
    """

    now: datetime
    planned: datetime
    histories: Mapping[RecipientId, History] = field(default_factory=dict)
    waiting: Collection[Nudge] = ()
    greeting: Greetings = NOBODY_IS_NEW
    suppressed: frozenset[str] = frozenset()


def before_the_first_start(snapshot: Snapshot, everybody: Iterable[Recipient], *, now: datetime) -> Standing:
    """Return how things stand where nothing was ever sent: everybody is new."""
    all_of_them = _knowing(snapshot, everybody)
    hellos = dict.fromkeys(all_of_them.recipients, UNSAID)
    return Standing(
        now=now,
        planned=now,
        histories=all_new(snapshot.recipients),
        greeting=greetings(all_of_them, hellos, now=now),
    )


def standing(
    transaction: "Transaction | None",
    snapshot: Snapshot,
    everybody: Iterable[Recipient],
    *,
    with_histories: bool,
    now: datetime,
) -> Standing:
    """Return how things stand for the people of a snapshot; `everybody` counts, for many strangers trip the guard."""
    if transaction is None:
        return before_the_first_start(snapshot, everybody, now=now)
    watermark = transaction.planning.watermark()
    if watermark is None or watermark > now or doubt_about_clock(watermark, now):
        watermark = now
    all_of_them = _knowing(snapshot, everybody)
    strangers = [name for name in transaction.hellos.unwelcomed() if name in all_of_them.recipients]
    # Whoever is only in the files will be written down, and is new, at the next start.
    known = {person.id for person in transaction.people.everybody()}
    hellos = transaction.hellos.ungreeted([*strangers, *(name for name in all_of_them.recipients if name not in known)])
    suppressed = transaction.suppressions.addresses()
    guard_is_up = transaction.facts.get(GUARD) is not None
    return Standing(
        now=now,
        planned=max(watermark, now - _LONGEST_WAIT),
        histories=load_histories(transaction, snapshot, snapshot.recipients, now=now) if with_histories else {},
        waiting=transaction.waiting.everything(),
        greeting=greetings(all_of_them, hellos, stopped=suppressed, guard_is_up=guard_is_up, now=now),
        suppressed=suppressed,
    )


def _knowing(snapshot: Snapshot, everybody: Iterable[Recipient]) -> Snapshot:
    """Return a snapshot that knows everybody, and plans only for those it planned for."""
    return replace(snapshot, recipients={person.id: person for person in everybody} | dict(snapshot.recipients))


def outlook(snapshot: Snapshot, at: Standing, *, first: date, last: date) -> list[Coming]:
    """Return what is to come for the people of a snapshot on the local dates from `first` to `last`, in order."""
    return preview(
        snapshot,
        since=at.now,
        first=first,
        last=last,
        histories=at.histories,
        suppressed=at.suppressed,
        planned=at.planned,
        waiting=at.waiting,
        greeting=at.greeting,
    )


def next_few(snapshot: Snapshot, at: Standing, histories: Histories, *, count: int, within: timedelta) -> list[Coming]:
    """Return the next nudges that go out, so many of them, soonest first.

    Many people cost no more than a few: only those who are next are looked at. Fewer, where too little goes out.
    """
    end, enough = at.now + within, _ENOUGH
    while True:
        due = list(islice(_by_day(snapshot, at.planned, end), enough))
        until = max(due[-1].due, at.now) if len(due) == enough else end
        people = {slot.recipient for slot in due} | _who_waits(snapshot, at, until)
        coming = rehearse(
            with_recipients(snapshot, [snapshot.recipients[name] for name in people]),
            since=at.now,
            until=until,
            histories=histories(people),
            suppressed=at.suppressed,
            planned=at.planned,
            waiting=[nudge for nudge in at.waiting if nudge.key.recipient in people],
            greeting=at.greeting,
        )
        out = [(moment, each) for each in coming if (moment := each.goes_out) is not None and moment <= end]
        if len(out) >= count or until == end or enough >= _AT_MOST:
            return [each for _, each in nsmallest(count, out, key=lambda pair: (pair[0], pair[1].slot.key))]
        enough *= 10


def _by_day(snapshot: Snapshot, since: datetime, end: datetime) -> Iterator[Slot]:
    while since < end:
        until = min(since + _DAY, end)
        found = slots(snapshot.roster, since=since, until=until, seed=snapshot.seed)
        yield from (slot for slot in found if snapshot.is_due_to(slot))
        since = until


def _who_waits(snapshot: Snapshot, at: Standing, until: datetime) -> set[RecipientId]:
    """Return who has something waiting, or a hello to come: the soonest, as many as are looked at at once."""
    here = snapshot.recipients
    moments = [(n.next_look_at or at.now, n.key.recipient) for n in at.waiting if n.key.recipient in here]
    moments += [(at.greeting.moments[name], name) for name in at.greeting.by(until) if name in here]
    return {name for _, name in nsmallest(_ENOUGH, moments)}


def next_in_service(ask: Ask, snapshot: Snapshot, *, count: int, within: timedelta, now: datetime) -> list[Coming]:
    """Return the next nudges that go out from a running service, soonest first.

    `ask` puts one question to the ledger: what is rehearsed between two of them holds up nobody else's.
    """
    everybody = snapshot.recipients.values()
    at = ask(lambda transaction: standing(transaction, snapshot, everybody, with_histories=False, now=now))

    def histories(names: Collection[RecipientId]) -> Mapping[RecipientId, History]:
        return ask(lambda each: load_histories(each, snapshot, names, now=now))

    return next_few(snapshot, at, histories, count=count, within=within)
