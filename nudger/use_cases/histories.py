"""From the ledger to what a decision may know of each person: what they saw, got and let us know, and what it brought.

Runs inside one transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from nudger.decisions.choosing.history import MEMORY, Contact, History
from nudger.decisions.choosing.learn import Evidence, GroupOutcomes, Outcomes, Tally
from nudger.decisions.delivering.hello import UNSAID
from nudger.decisions.snapshot import Snapshot
from nudger.domain.feedback import ANSWER_WITHIN, Outcome
from nudger.domain.vocabulary import Practice, RecipientId
from nudger.storage.fact_codecs import GROUP_OUTCOMES

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

HEARD = timedelta(days=120)
"""How far back what people let us know is remembered, and what nudges brought is learned from."""


def all_new(people: Iterable[RecipientId]) -> dict[RecipientId, History]:
    """Return the histories of people to whom nothing was ever sent."""
    return {name: History(hello=UNSAID) for name in people}


def load_histories(
    transaction: "Transaction | None", snapshot: Snapshot, people: Iterable[RecipientId], *, now: datetime
) -> dict[RecipientId, History]:
    """Return what is known of each of these people; what their nudges brought only where it is learned from."""
    if transaction is None:
        return all_new(people)
    names = set(people)
    seen = transaction.histories.seen(names)
    contacts = transaction.histories.contacts(names, since=now - MEMORY)
    said = transaction.feedback.of(names, since=now - HEARD)
    hellos = transaction.hellos.ungreeted(names)
    evidence = _evidence(transaction, snapshot, names, now) if snapshot.learning and names else {}
    return {
        name: History(
            seen=seen.get(name, {}),
            contacts=_in_order(contacts.get(name, ())),
            feedback=tuple(said.get(name, ())),
            evidence=evidence.get(name),
            hello=hellos.get(name),
        )
        for name in names
    }


def load_contacts(
    transaction: "Transaction", snapshot: Snapshot, people: Iterable[RecipientId], *, now: datetime
) -> dict[RecipientId, History]:
    """Return only what the last look before the wire asks for: who was greeted, and what limits count."""
    names = set(people)
    contacts = transaction.histories.contacts(names, since=now - MEMORY) if snapshot.restrained else {}
    hellos = transaction.hellos.ungreeted(names)
    known = contacts.keys() | hellos.keys()
    return {name: History(contacts=_in_order(contacts.get(name, ())), hello=hellos.get(name)) for name in known}


def keep_group_outcomes(transaction: "Transaction", snapshot: Snapshot, *, now: datetime) -> None:
    """Count what everybody's nudges brought, once an hour, and keep it: the one question that reads all of the past."""
    if snapshot.learning and _kept_group(transaction, _until(now)) is None:
        group = _group(transaction, snapshot, _until(now))
        transaction.facts.put(GROUP_OUTCOMES, GroupOutcomes(until=_until(now), practices=group))


def _in_order(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts, key=lambda contact: contact.at))


def _evidence(
    transaction: "Transaction", snapshot: Snapshot, people: Collection[RecipientId], now: datetime
) -> dict[RecipientId, Evidence]:
    until = _until(now)
    kept = _kept_group(transaction, until)
    group = _group(transaction, snapshot, until) if kept is None else kept
    own = _by_person(snapshot, transaction.outcomes.of(people, since=until - HEARD, until=until))
    return {name: Evidence(own=own.get(name, {}), group=group) for name in people}


def _until(now: datetime) -> datetime:
    """Return up to when the nudges went out whose outcome is certain, by the full hour: so all within one agree."""
    return now.replace(minute=0, second=0, microsecond=0) - ANSWER_WITHIN


def _kept_group(transaction: "Transaction", until: datetime) -> Tally | None:
    kept = transaction.facts.get(GROUP_OUTCOMES)
    return kept.practices if kept is not None and kept.until == until else None


def _group(transaction: "Transaction", snapshot: Snapshot, until: datetime) -> Tally:
    return _by_person(snapshot, transaction.outcomes.of(None, since=until - HEARD, until=until)).get(None, {})


def _by_person(snapshot: Snapshot, outcomes: Iterable[Outcome]) -> dict[RecipientId | None, Tally]:
    """Add up by practice; messages that are gone from the libraries teach nothing any more."""
    tallies: dict[RecipientId | None, dict[Practice, Outcomes]] = defaultdict(dict)
    for person, message, sent, answered in outcomes:
        topic = snapshot.message_index.topics.get(message)
        if topic is not None:
            before = tallies[person].get(topic.practice, Outcomes())
            tallies[person][topic.practice] = Outcomes(before.sent + sent, before.answered + answered)
    return dict(tallies)
