"""At a start, or when a clock is believed again: take up what the last process, or the wrong clock, left.

Runs inside one transaction, on the ledger's thread.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from nudger.decisions.oversight.guard import EARLIEST, doubt_about_clock
from nudger.domain.catalog import Catalog
from nudger.domain.nudges import Nudge
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import NudgeId
from nudger.storage.high_water import Mark
from nudger.storage.transaction import Transaction
from nudger.use_cases.ports import Providers
from nudger.use_cases.queue_nudges import begin_planning
from nudger.use_cases.restore import look_for_restored
from nudger.use_cases.settle_nudges import ask_again, recover_interrupted


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is known of what was left: how far the ledger came, and whether everything under way was cut off.

    `first` says that this process has not taken it up yet; `under_way` are its own attempts.
    """

    first: bool
    everything: bool
    under_way: Collection[NudgeId]
    high_water: Mark | None


def take_up(
    transaction: Transaction, catalog: Catalog, left: Left, *, providers: Providers, now: datetime
) -> tuple[bool, list[Nudge]]:
    """Return whether the clock is believed, and the nudges that were cut off, as they stand now.

    By a clock that is not believed, everything would be too late, or too early for ever: nothing is done.
    """
    drawn = begin_planning(transaction, now=now)
    if doubt_about_clock(transaction.planning.watermark(), now):
        return False, []
    if left.first:
        look_for_restored(transaction, left.high_water, providers=providers, now=now)
        join_by_this_clock(transaction, catalog, everybody=drawn, now=now)
        ask_again(transaction, cannot_be_asked=providers.cannot_be_asked, now=now)
    lost = recover_interrupted(
        transaction,
        everything=left.everything,
        cannot_be_asked=providers.cannot_be_asked,
        besides=left.under_way,
        now=now,
    )
    return True, lost


def join_by_this_clock(transaction: Transaction, catalog: Catalog, *, everybody: bool, now: datetime) -> None:
    """Let people whose joining has no written date join today, if the day that was noted is a wrong clock's.

    With `everybody`, every noted day is: no schedule has had a turn yet.
    """
    undated = {person.id: person for person in catalog.recipients or () if person.joined is None}
    noted = [person for person in transaction.people.everybody() if person.id in undated] if undated else []
    joining = [replace(undated[each.id], joined=today) for each, today in _wrong(noted, now, everybody=everybody)]
    if joining:
        transaction.people.keep(joining, source="file", at=now)


def _wrong(noted: Iterable[Recipient], now: datetime, *, everybody: bool) -> Iterable[tuple[Recipient, date]]:
    for person in noted:
        today = now.astimezone(person.zone).date()
        day = person.joined or today
        if day != today and (everybody or not EARLIEST.date() <= day <= today):
            yield person, today
