"""The tables. Present state in `nudges` and `leases`; the past, to which is only added, in the others.

A change here needs a migration beside it (`migrations/versions/`), and its revision at the end of `REVISIONS`.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from nudger.storage.sealed import SealedJson, SealedText

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""Every schema version this code knows, oldest first; the last one is what it needs."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime: `timestamptz` on PostgreSQL, sortable text on SQLite, which has no such type."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; SQLite gets UTC without the offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return UTC, whatever zone the connection speaks."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

recipients = Table(
    "recipients",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),  # file or import: a person gone from the file is not gone from the other
    Column("active", Boolean, nullable=False),
    Column("name", SealedText),
    Column("sms", SealedText),
    Column("email", SealedText),
    Column("prefer", Text),
    Column("time_zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("groups", Text, nullable=False),  # separated by blanks
    Column("moments", Text, nullable=False),  # name=HH:MM, separated by blanks
    Column("quiet_hours", Text, nullable=False),  # HH:MM-HH:MM or none
    Column("joined", Date),
    Column("details", SealedJson, nullable=False),  # what few people have (weekend hours, hard days, limits, …)
    Column("paused", Text, nullable=False),  # FIRST/LAST, separated by blanks: pauses entered by command
    Column("changed", Integer, nullable=False, server_default="0"),  # the version of the people in which they did
)
Index("recipients_changed", recipients.c.changed)

nudges = Table(
    "nudges",
    metadata,
    Column("id", Text, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("schedule", Text, nullable=False),
    Column("local_date", Date, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("status_code", Text),  # the code of the next, to be counted and asked for
    Column("status_reason", Text),  # JSON: why it stands in its state; none where there is nothing to say
    Column("channel", Text),
    Column("message", Text),
    Column("subject", SealedText),
    Column("text", SealedText),
    Column("decision_reason", Text),  # JSON: why nothing was to be sent, or what it had to wait for
    Column("record", Text, nullable=False),  # JSON: what the decision rested on
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("inquiries", Integer, nullable=False),  # how often the provider was asked about an interrupted attempt
    Column("possible_duplicate", Boolean, nullable=False),
    Column("resends", Integer, nullable=False, server_default="0"),  # how often it was sent once more after a doubt
    Column("address", SealedText),  # where the attempt under way or in doubt went; empty once its end is known
    Column("fence", Integer, nullable=False, server_default="0"),  # the number of its newest attempt
    Column("first_attempt_at", UtcDateTime),
    Column("last_attempt_at", UtcDateTime),
    Column("not_before", UtcDateTime),  # while it waits: when it may go out
    Column("ask_at", UtcDateTime),  # while it is in doubt: when the provider is asked next, if ever
    Column("provider", Text),
    Column("provider_id", Text),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("recipient", "schedule", "local_date", "ordinal", name="one_slot_one_nudge"),
)

LANES = {
    "nudges_urgent": "not_before IS NOT NULL AND priority > 0 AND schedule <> 'welcome'",
    "nudges_waiting": "not_before IS NOT NULL AND priority <= 0 AND schedule <> 'welcome'",
    "nudges_hellos": "not_before IS NOT NULL AND schedule = 'welcome'",
}
"""What waits, in three lanes with an index each, in the order in which it goes out: to claim a few costs the same
however many wait. In letters, here and where it is asked for: SQLite uses an index of some rows only where it can read
that it may."""
IN_TURN = ("not_before", "priority DESC", "due_at", "recipient", "schedule", "local_date", "ordinal")
OPEN = "state IN ('pending', 'held')"
IN_DOUBT = "ask_at IS NOT NULL"


def _index(name: str, table: Table, *columns: str, where: str) -> None:
    """Index some rows of a table: which, the migration says. As an option here it would load both dialects (60 ms)."""
    Index(name, *map(text, columns), info={"where": where}, _table=table)


for _name, _lane in LANES.items():
    _index(_name, nudges, "channel", *IN_TURN, where=_lane)
_index("nudges_open", nudges, "expires_at", where=OPEN)
_index("nudges_in_doubt", nudges, "channel", "ask_at", where=IN_DOUBT)
Index("nudges_seen", nudges.c.recipient, nudges.c.message)
Index("nudges_due", nudges.c.due_at)
Index("nudges_of_person", nudges.c.recipient, nudges.c.due_at)

attempts = Table(
    "attempts",
    metadata,
    Column("nudge", Text, primary_key=True),
    Column("number", Integer, primary_key=True),  # grows with each attempt at the nudge: the fence
    Column("sender", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("owner", Text, nullable=False),  # the daemon that made it
    Column("began_at", UtcDateTime, nullable=False),
    Column("lease_ends_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", Text),
    Column("code", Text, nullable=False),
    Column("provider_id", Text),
    Column("price", Text),
    Column("status", Text),  # what the provider said of it later
    Column("status_at", UtcDateTime),
    Column("status_code", Text),
    sqlite_with_rowid=False,
)
UNDER_WAY = "ended_at IS NULL"
_index("attempts_under_way", attempts, "lease_ends_at", where=UNDER_WAY)
_index("attempts_at_provider", attempts, "provider_id", where="provider_id IS NOT NULL")

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("fence", Integer, nullable=False),  # grows whenever the owner changes
    Column("ends_at", UtcDateTime, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("nudge", Text),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
Index("events_of_nudge", events.c.nudge)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Text, primary_key=True),  # derived from what was said, so that the same is kept once
    Column("recipient", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("level", Integer),
    Column("nudge", Text),
    Column("message", Text),
    Column("practice", Text),
    Column("theme", Text, nullable=False),
    Column("source", Text, nullable=False),  # how it came: command, csv
)
Index("feedback_of_person", feedback.c.recipient, feedback.c.at)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address", SealedText, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
