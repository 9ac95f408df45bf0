"""From the ledger to what a decision may know of each person: what they saw, got and let us know, and what it brought.

Runs inside one transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from nudger.decisions.choosing.history import MEMORY, Contact, History
from nudger.decisions.choosing.learn import Evidence, Outcomes, Tally
from nudger.decisions.snapshot import Agenda
from nudger.domain.feedback import ANSWER_WITHIN
from nudger.domain.vocabulary import Practice, RecipientId
from nudger.use_cases.ports import Outcome, TransactionPort

HEARD = timedelta(days=120)
"""How far back what people let us know is remembered, and what nudges brought is learned from."""

_GROUP = "group_outcomes"


def load_histories(
    transaction: TransactionPort, agenda: Agenda, people: Iterable[RecipientId], *, now: datetime
) -> dict[RecipientId, History]:
    """Return what is known of each of these people; what their nudges brought only where it is learned from."""
    names = set(people)
    seen = transaction.seen(names)
    contacts = transaction.contacts(names, since=now - MEMORY)
    said = transaction.feedback_of(names, since=now - HEARD)
    hellos = transaction.ungreeted(names)
    evidence = _evidence(transaction, agenda, names, now) if agenda.learning and names else {}
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
    transaction: TransactionPort, agenda: Agenda, people: Iterable[RecipientId], *, now: datetime
) -> dict[RecipientId, History]:
    """Return only what the last look before the wire asks for: who was greeted, and what limits count."""
    names = set(people)
    contacts = transaction.contacts(names, since=now - MEMORY) if agenda.restrained else {}
    hellos = transaction.ungreeted(names)
    known = contacts.keys() | hellos.keys()
    return {name: History(contacts=_in_order(contacts.get(name, ())), hello=hellos.get(name)) for name in known}


def keep_group_outcomes(transaction: TransactionPort, agenda: Agenda, *, now: datetime) -> None:
    """Count what everybody's nudges brought, once an hour, and keep it: the one question that reads all of the past."""
    if agenda.learning and transaction.recall(_GROUP).get("until") != _until(now).isoformat():
        group = _group(transaction, agenda, _until(now))
        transaction.remember(_GROUP, {"until": _until(now).isoformat(), "practices": group})


def _in_order(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts, key=lambda contact: contact.at))


def _evidence(
    transaction: TransactionPort, agenda: Agenda, people: Collection[RecipientId], now: datetime
) -> dict[RecipientId, Evidence]:
    until = _until(now)
    kept = transaction.recall(_GROUP)
    known = kept.get("until") == until.isoformat()
    group = {
        Practice(name): Outcomes(*counts)
        for name, counts in (kept["practices"] if known else _group(transaction, agenda, until)).items()
    }
    own = _by_person(agenda, transaction.outcomes(people, since=until - HEARD, until=until))
    return {name: Evidence(own=own.get(name, {}), group=group) for name in people}


def _until(now: datetime) -> datetime:
    """Return up to when the nudges went out whose outcome is certain, by the full hour: so all within one agree."""
    return now.replace(minute=0, second=0, microsecond=0) - ANSWER_WITHIN


def _group(transaction: TransactionPort, agenda: Agenda, until: datetime) -> Mapping[str, Outcomes]:
    found = _by_person(agenda, transaction.outcomes(None, since=until - HEARD, until=until))
    return {practice.value: counts for practice, counts in found.get(None, {}).items()}


def _by_person(agenda: Agenda, outcomes: Iterable[Outcome]) -> dict[RecipientId | None, Tally]:
    """Add up by practice; messages that are gone from the libraries teach nothing any more."""
    tallies: dict[RecipientId | None, dict[Practice, Outcomes]] = defaultdict(dict)
    for person, message, sent, answered in outcomes:
        topic = agenda.shelf.topics.get(message)
        if topic is not None:
            before = tallies[person].get(topic.practice, Outcomes())
            tallies[person][topic.practice] = Outcomes(before.sent + sent, before.answered + answered)
    return dict(tallies)
