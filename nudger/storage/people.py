"""The people of the ledger, inside a transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, select, update

from nudger.domain.recipients import Pause, Recipient, joins_on
from nudger.domain.vocabulary import RecipientId
from nudger.storage.events import NOTHING_MORE, Events
from nudger.storage.fact_codecs import PEOPLE_VERSION
from nudger.storage.facts import Facts
from nudger.storage.person_codec import pauses_of, pauses_text, recipient_of, recipient_row
from nudger.storage.sql import BATCH, batches, upsert
from nudger.storage.tables import recipients

_KEPT = ("id", "paused")
"""What a new copy of a person does not overwrite."""

_active = recipients.c.active.is_(True)
_IMPORTED = select(recipients).where(_active, recipients.c.source == "import")


class Changed(NamedTuple):
    """Who changed, up to a `version` of the people: `people` as they are now, and who is not here any more."""

    version: int
    people: Sequence[Recipient] = ()
    gone: Sequence[RecipientId] = ()


class People:
    """Who is here, since when, and who is paused."""

    def __init__(self, connection: Connection, *, facts: Facts, events: Events) -> None:
        self._connection = connection
        self._facts = facts
        self._events = events

    def keep(self, people: Iterable[Recipient], *, source: str, at: datetime) -> None:
        """Write people down, as far as they are new or changed. `source` says where they came from: file or import.

        Whoever is new and has no date of joining joins today, where they are. Pauses entered by command stay.
        """
        statement = upsert(self._connection, recipients)
        own = {column.name: statement.excluded[column.name] for column in recipients.c if column.name not in _KEPT}
        statement = statement.on_conflict_do_update(index_elements=["id"], set_=own)
        version = None
        for batch in batches(people):
            rows = self._to_write(batch, source, at=at)
            if rows:
                version = version or self.changed()
                self._connection.execute(statement, [{**row, "changed": version} for row in rows])

    def _to_write(self, batch: Sequence[Recipient], source: str, *, at: datetime) -> list[dict[str, Any]]:
        """Return the rows of those of a batch who are new, or others than they were."""
        found = self._connection.execute(select(recipients).where(recipients.c.id.in_([each.id for each in batch])))
        here = {row["id"]: row for row in found.mappings()}
        noted = {name: row["joined"] for name, row in here.items()}
        rows = [{**recipient_row(p, source), "joined": joins_on(p, noted, now=at)} for p in batch]
        return [row for row in rows if _differs(row, here.get(row["id"]))]

    def imported(self, ids: Collection[RecipientId]) -> dict[RecipientId, Recipient]:
        """Return those of some ids who were imported and are here, without pauses entered by command."""
        found: dict[RecipientId, Recipient] = {}
        for batch in batches(sorted(ids)):
            rows = self._connection.execute(_IMPORTED.where(recipients.c.id.in_(batch))).mappings()
            found |= {row["id"]: recipient_of({**row, "paused": ""}) for row in rows}
        return found

    def everybody_imported(self) -> Iterator[Recipient]:
        """Yield everybody imported who is here, without pauses entered by command; never all of them in memory."""
        rows = self._connection.execute(_IMPORTED.order_by(recipients.c.id), execution_options={"yield_per": BATCH})
        for row in rows.mappings():
            yield recipient_of({**row, "paused": ""})

    def everybodys_addresses(self) -> Iterator[tuple[RecipientId, list[str]]]:
        """Yield everybody who is here, with their addresses; never all of them in memory."""
        statement = select(recipients.c.id, recipients.c.sms, recipients.c.email).where(_active)
        for row in self._connection.execute(statement, execution_options={"yield_per": BATCH}):
            yield row.id, [address for address in (row.sms, row.email) if address]

    def joined(self, ids: Collection[RecipientId]) -> dict[RecipientId, date | None]:
        """Return the noted day of joining of those of some ids who are or were known."""
        found: dict[RecipientId, date | None] = {}
        for batch in batches(sorted(ids)):
            statement = select(recipients.c.id, recipients.c.joined).where(recipients.c.id.in_(batch))
            found |= {row.id: row.joined for row in self._connection.execute(statement)}
        return found

    def changed(self) -> int:
        """Let whoever plans look who changed; return the version of the people from now on.

        First, then the rows: whoever changes others meanwhile waits, and has the next version.
        """
        return self._facts.count(PEOPLE_VERSION)

    def changed_since(self, version: int) -> Changed:
        """Return who changed after a version that somebody knows."""
        now = self.version()
        if now == version:
            return Changed(now)
        rows = self._connection.execute(select(recipients).where(recipients.c.changed > version)).mappings().all()
        people = [recipient_of(row) for row in rows if row["active"]]
        return Changed(now, people, [row["id"] for row in rows if not row["active"]])

    def pause(
        self, person: Recipient, pauses: Iterable[Pause], *, at: datetime, detail: Mapping[str, str] = NOTHING_MORE
    ) -> None:
        """Write down a person's pauses as entered by command, in place of those before; `detail` is for the event."""
        if not self.joined([person.id]):
            self.keep([person], source="file", at=at)  # nobody was served yet: the file names them
        text = pauses_text(pauses)
        version = self.changed()
        theirs = update(recipients).where(recipients.c.id == person.id)
        self._connection.execute(theirs.values(paused=text, changed=version))
        self._events.add("paused", {"recipient": person.id, "pauses": text, **detail}, at=at)

    def pauses(self) -> dict[RecipientId, tuple[Pause, ...]]:
        """Return the pauses that were entered by command."""
        rows = self._connection.execute(select(recipients.c.id, recipients.c.paused).where(recipients.c.paused != ""))
        return {row.id: pauses_of(row.paused) for row in rows}

    def retire(self, *, source: str, besides: Collection[RecipientId]) -> int:
        """Make inactive whoever came from `source` and is not among `besides`; return how many."""
        here = set(
            self._connection.execute(select(recipients.c.id).where(_active, recipients.c.source == source)).scalars()
        )
        gone = sorted(here - set(besides))
        version = self.changed() if gone else 0
        for batch in batches(gone):
            theirs = update(recipients).where(recipients.c.id.in_(batch))
            self._connection.execute(theirs.values(active=False, changed=version))
        return len(gone)

    def everybody(self, *, source: str | None = None) -> list[Recipient]:
        """Return everybody active, or only those who came from one source."""
        statement = select(recipients).where(_active).order_by(recipients.c.id)
        if source is not None:
            statement = statement.where(recipients.c.source == source)
        return [recipient_of(row) for row in self._connection.execute(statement).mappings()]

    def version(self) -> int:
        """Return a number that grows whenever people were written down or retired."""
        return self._facts.get(PEOPLE_VERSION) or 0


def _differs(row: Mapping[str, Any], known: RowMapping | None) -> bool:
    return known is None or any(known[name] != value for name, value in row.items() if name != "paused")
