"""The people of the ledger, inside a transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, select, update

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


class People:
    """Who is here, since when, and who is paused."""

    def __init__(self, connection: Connection, *, facts: Facts, events: Events) -> None:
        self._connection = connection
        self._facts = facts
        self._events = events

    def keep(self, people: Iterable[Recipient], *, source: str, at: datetime) -> None:
        """Write people down, new or changed. `source` says where they came from: file or import.

        Whoever is new and has no date of joining joins today, where they are. Pauses entered by command stay.
        """
        statement = upsert(self._connection, recipients)
        own = {column.name: statement.excluded[column.name] for column in recipients.c if column.name not in _KEPT}
        statement = statement.on_conflict_do_update(index_elements=["id"], set_=own)
        for batch in batches(people):
            noted = self.joined([person.id for person in batch])
            rows = [{**recipient_row(p, source), "joined": joins_on(p, noted, now=at)} for p in batch]
            self._connection.execute(statement, rows)
        self.changed()

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

    def changed(self) -> None:
        """Let whoever plans look at everybody anew."""
        self._facts.put(PEOPLE_VERSION, self.version() + 1)

    def pause(
        self, person: Recipient, pauses: Iterable[Pause], *, at: datetime, detail: Mapping[str, str] = NOTHING_MORE
    ) -> None:
        """Write down a person's pauses as entered by command, in place of those before; `detail` is for the event."""
        if not self.joined([person.id]):
            self.keep([person], source="file", at=at)  # nobody was served yet: the file names them
        text = pauses_text(pauses)
        self._connection.execute(update(recipients).where(recipients.c.id == person.id).values(paused=text))
        self._events.add("paused", {"recipient": person.id, "pauses": text, **detail}, at=at)
        self.changed()

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
        for batch in batches(gone):
            self._connection.execute(update(recipients).where(recipients.c.id.in_(batch)).values(active=False))
        if gone:
            self.changed()
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
