"""Who is served, as the ledger has them: read and put together where nobody waits to write, then taken up in one step.

What is put together is a snapshot. The transaction that plans from it asks whether the people are still those whom it
knows; who changed meanwhile is looked up, and it is tried again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from nudger.decisions.oversight.changes import moved_past
from nudger.decisions.oversight.guard import doubt_about_clock
from nudger.decisions.snapshot import Snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import RecipientId
from nudger.storage.transaction import Transaction
from nudger.use_cases.people import keep_written, who_is_here
from nudger.use_cases.ports import Providers
from nudger.use_cases.queue_nudges import queue_moved, queue_welcomes, record_moved_while_away

MakeSnapshot = Callable[[Catalog, Sequence[Recipient]], Snapshot]

_DAY = timedelta(days=1)


class Served(NamedTuple):
    """What is planned from, which people it knows, and when to look again who is to be greeted; None: at once."""

    snapshot: Snapshot
    version: int
    greet_at: datetime | None = None
    unwelcomed: Sequence[RecipientId] | None = None
    """Who may not have had the first hello, where it was asked when people changed; who came is not taken in yet."""

    @property
    def looked_again(self) -> bool:
        """Whether people changed, and what follows for them is still to be done."""
        return self.unwelcomed is not None


class Coming(NamedTuple):
    """What a configuration will make of the people known in `version`, and what stood before it."""

    before: Snapshot
    after: Snapshot
    version: int
    at_a_start: bool


def foresee(
    transaction: Transaction,
    catalog: Catalog,
    make_snapshot: MakeSnapshot,
    *,
    serving: Snapshot | None,
    now: datetime,
) -> Coming:
    """Put together, only reading, what is served once `adopt` has written the people of a configuration down."""
    version, here = transaction.people.version(), transaction.people.everybody()
    after = make_snapshot(catalog, who_is_here(transaction, catalog.recipients, now=now))
    if serving is not None:
        return Coming(serving, after, version, at_a_start=False)
    newcomers = after.recipients.keys() - {person.id for person in here}
    return Coming(after.with_changes(here, gone=newcomers), after, version, at_a_start=True)


def adopt(transaction: Transaction, catalog: Catalog, coming: Coming, *, providers: Providers, now: datetime) -> Served:
    """Write down the people of a configuration, and what follows for those who are here."""
    keep_written(transaction, catalog.recipients, now=now)
    seen = transaction.people.changed_since(coming.version)
    after = coming.after.with_changes(seen.people, gone=seen.gone)  # as foreseen: only others' changes differ
    served = take_in(transaction, Served(after, seen.version), before=coming.before, providers=providers, now=now)
    people = coming.before.recipients if coming.at_a_start else ()
    record_moved_while_away(transaction, after, people=people, now=now)
    return served


def look_again(
    transaction: Transaction, served: Served, *, rebuild: Callable[[Sequence[Recipient]], Snapshot]
) -> Served:
    """Put together, only reading, what is served after some people changed."""
    if transaction.people.version() < served.version:  # a backup was put back under us
        fresh = Served(rebuild(transaction.people.everybody()), transaction.people.version())
    else:
        seen = transaction.people.changed_since(served.version)
        fresh = Served(served.snapshot.with_changes(seen.people, gone=seen.gone), seen.version)
    return fresh._replace(unwelcomed=transaction.hellos.unwelcomed())


def take_in(
    transaction: Transaction, served: Served, *, before: Snapshot, providers: Providers, now: datetime
) -> Served:
    """Say hello to newcomers and those who moved, write down slots that a change moved; return when to look again.

    Does nothing while the clock is in doubt.
    """
    snapshot, watermark = served.snapshot, transaction.planning.watermark()
    if doubt_about_clock(watermark, now):
        return served._replace(greet_at=None, unwelcomed=None)
    addressed = _with_new_addresses(before, snapshot)
    greet_at = queue_welcomes(
        transaction, snapshot, providers=providers, moved=addressed, unwelcomed=served.unwelcomed, now=now
    )
    if snapshot is not before and watermark is not None and watermark <= now:
        moved = moved_past(before, snapshot, watermark=watermark)
        queue_moved(transaction, snapshot, moved, providers=providers, now=now)
    return served._replace(greet_at=greet_at, unwelcomed=None)


def is_to_greet(served: Served, *, first: bool, now: datetime) -> bool:
    """Say whether to look who is to be greeted, at the `first` step of a tick or at another.

    Somebody joins today, or a hello came to nothing; or the clock was wrong when the next look was named.
    """
    return served.greet_at is None or (first and not now < served.greet_at <= now + _DAY)


def _with_new_addresses(before: Snapshot, after: Snapshot) -> frozenset[RecipientId]:
    """Return who has other addresses than before."""
    both = after.people_who_differ(before) & before.recipients.keys() & after.recipients.keys()
    pairs = ((name, before.recipients[name], after.recipients[name]) for name in both)
    return frozenset(name for name, old, new in pairs if (old.sms, old.email) != (new.sms, new.email))
