"""Taking people from a list: first what it would change, then the change, all or nothing.

A list of a million people is compared and kept in pieces: they are never in memory as they are.
"""

import pickle
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from itertools import chain
from operator import attrgetter
from zoneinfo import ZoneInfo

from nudger.decisions.oversight.guard import crowd_of_newcomers
from nudger.domain.calendar import start_of_day
from nudger.domain.catalog import Catalog
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule
from nudger.domain.vocabulary import RecipientId
from nudger.storage.transaction import Transaction

Known = Callable[[Sequence[RecipientId]], Mapping[RecipientId, Recipient]]
People = Callable[[Known], Iterator[Recipient]]
"""Yields the people of a list, given who of them is known; those known with all else that is known of them."""

_PIECE = 500
_SHOWN = 20
_FIELDS = tuple(each.name for each in fields(Recipient) if each.name != "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A known person for whom a list says something else, and what of theirs (fields of `Recipient`) it is."""

    recipient: RecipientId
    fields: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What a list would change: counts, and the first twenty of each kind by name."""

    new: int = 0
    changed: int = 0
    same: int = 0
    changes: list[Change] = field(default_factory=list)
    unreached: int = 0
    """People for whom no schedule is meant, or only over a channel that they have no address for."""
    unreached_ids: list[RecipientId] = field(default_factory=list)
    silenced: int = 0
    """People of whom every address is set aside: they asked to stop, or it does not work."""
    woken: int = 0
    """People of whom every address was set aside, and a new one is not."""
    woken_ids: list[RecipientId] = field(default_factory=list)
    hellos_held: int = 0
    """So many first hellos at once that the guard will hold them."""
    _pieces: list[bytes] = field(default_factory=list)

    @property
    def people(self) -> Iterator[Recipient]:
        """Who is to be written down: new or changed."""
        return chain.from_iterable(map(_unfolded, self._pieces))


def compare(
    transaction: Transaction | None, people: People, schedules: Collection[Schedule] | None, *, now: datetime
) -> Comparison:
    """Return what a list would change; with no ledger yet everybody is new. Nothing is written.

    `schedules` are those that people may be meant by; None where they are not known.
    """
    found, piece = Comparison(), list[Recipient]()
    suppressed = transaction.suppressions.addresses() if transaction else frozenset()
    here: dict[RecipientId, Recipient] = {}
    strangers: Counter[tuple[str, date | None]] = Counter()

    def known(ids: Sequence[RecipientId]) -> Mapping[RecipientId, Recipient]:
        here.clear()
        here.update(transaction.people.imported(ids) if transaction else {})
        return here

    for person in people(known):
        before = here.get(person.id)
        if before is None:
            strangers[person.time_zone, person.joined] += 1
        if not _count(found, before, person):
            continue
        _look_ahead(found, before, person, schedules, suppressed)
        piece.append(person)
        if len(piece) == _PIECE:
            found._pieces.append(_folded(piece))  # noqa: SLF001 - made here, and nowhere else
            piece.clear()
    if piece:
        found._pieces.append(_folded(piece))  # noqa: SLF001
    if transaction and strangers:
        found.hellos_held = _held(transaction, strangers, now=now)
    return found


def keep(transaction: Transaction, comparison: Comparison, *, now: datetime) -> None:
    """Write down who is new or changed; a person who joined before keeps that day, where the list says none."""
    if comparison.new or comparison.changed:
        transaction.people.keep(comparison.people, source="import", at=now)


def written_ids(transaction: Transaction | None, catalog: Catalog | None) -> set[RecipientId]:
    """Return the ids of recipients.yaml; of those that it had, where the files cannot be read now."""
    if catalog is not None:
        return {person.id for person in catalog.recipients or ()}
    return {person.id for person in transaction.people.everybody(source="file")} if transaction else set()


def everybodys_addresses(
    transaction: Transaction | None, catalog: Catalog | None
) -> Iterator[tuple[RecipientId, list[str]]]:
    """Yield everybody who is known already, with their addresses; never all of them in memory."""
    for person in (catalog.recipients if catalog else None) or ():
        yield person.id, sorted(person.addresses)
    if transaction is not None:
        yield from transaction.people.everybodys_addresses()


def imported(transaction: Transaction | None, *, group: str | None = None) -> Iterator[Recipient]:
    """Yield those who were imported, or of them a group, without pauses entered by command."""
    for person in transaction.people.everybody_imported() if transaction else ():
        if group is None or group in person.groups:
            yield person


def _count(found: Comparison, before: Recipient | None, person: Recipient) -> bool:
    """Count a person as new, changed or the same; say whether there is anything to write down."""
    if before is None:
        found.new += 1
        return True
    after = person if person.joined else replace(person, joined=before.joined)
    if after == before:
        found.same += 1
        return False
    found.changed += 1
    if len(found.changes) < _SHOWN:
        different = tuple(name for name in _FIELDS if getattr(after, name) != getattr(before, name))
        found.changes.append(Change(recipient=person.id, fields=different))
    return True


def _look_ahead(
    found: Comparison,
    before: Recipient | None,
    person: Recipient,
    schedules: Collection[Schedule] | None,
    suppressed: frozenset[str],
) -> None:
    """Count those who would get nothing, and those who would hear from us again."""
    if _silenced(person, suppressed):
        found.silenced += 1
        return
    if before is not None and _silenced(before, suppressed):
        found.woken += 1
        _show(found.woken_ids, person)
    if schedules is not None and not any(
        each.audience.includes(person) and person.channel_for(each.channel) for each in schedules
    ):
        found.unreached += 1
        _show(found.unreached_ids, person)


def _silenced(person: Recipient, suppressed: frozenset[str]) -> bool:
    return all(address in suppressed for address in (person.sms, person.email) if address)


def _show(ids: list[RecipientId], person: Recipient) -> None:
    if len(ids) < _SHOWN:
        ids.append(person.id)


def _held(transaction: Transaction, new: Mapping[tuple[str, date | None], int], *, now: datetime) -> int:
    """Return how many first hellos the guard will hold, once these new people are here; 0 if none."""
    here, everybody = transaction.hellos.strangers()
    at: Counter[datetime] = Counter()
    for zone, joined, count in [*here, *((*key, count) for key, count in new.items())]:
        at[max(now, start_of_day(joined, ZoneInfo(zone))) if joined else now] += count
    everybody += sum(new.values())
    return sum(count for count in at.values() if crowd_of_newcomers(count, everybody - count))


_ALL = tuple(each.name for each in fields(Recipient))
_values_of = attrgetter(*_ALL)


def _folded(people: list[Recipient]) -> bytes:
    """Return people in a tenth of the memory. As tuples, because dataclasses take three times as long."""
    return zlib.compress(pickle.dumps([_values_of(person) for person in people], pickle.HIGHEST_PROTOCOL), level=1)


def _unfolded(piece: bytes) -> Iterator[Recipient]:
    for values in pickle.loads(zlib.decompress(piece)):  # noqa: S301 - our own, of a moment ago
        yield Recipient(**dict(zip(_ALL, values, strict=True)))
