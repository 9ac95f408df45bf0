"""Once a day: does anybody run out of messages that they have not seen? Ids and numbers only."""

from datetime import datetime
from functools import partial
from itertools import islice

import structlog

from nudger.decisions.oversight.runway import Runway, short_runways
from nudger.decisions.snapshot import Snapshot
from nudger.domain.vocabulary import RecipientId
from nudger.errors import LedgerError
from nudger.storage.thread import LedgerThread
from nudger.storage.transaction import Transaction
from nudger.use_cases.histories import load_histories

_log = structlog.get_logger("nudger")

_AT_ONCE = 500
"""So many people are looked at in one transaction, so that a tick never waits long for the ledger."""

_NAMED = 20


async def warn_of_short_runways(ledger: LedgerThread, snapshot: Snapshot, *, now: datetime) -> None:
    """Write one warning if somebody's words end soon; trouble with the ledger is left to the next tick to tell."""
    people, found = iter(snapshot.recipients), list[Runway]()
    try:
        while some := list(islice(people, _AT_ONCE)):
            found += await ledger.run(partial(_short, snapshot=snapshot, people=some, now=now))
    except LedgerError:
        return
    if found:
        soonest = sorted(found, key=lambda each: each.days)
        who = [f"{each.recipient}/{each.schedule}" for each in soonest[:_NAMED]]
        _log.warning("unseen messages run out", people=len(found), days=soonest[0].days, first=who)


def _short(transaction: Transaction, *, snapshot: Snapshot, people: list[RecipientId], now: datetime) -> list[Runway]:
    return short_runways(snapshot, people, load_histories(transaction, snapshot, people, now=now), now=now)
