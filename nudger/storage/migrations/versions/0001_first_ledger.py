"""The first ledger."""

import sqlalchemy as sa
from alembic import op

from nudger.storage.tables import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table("meta", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
    op.create_table(
        "recipients",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("sms", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("prefer", sa.Text),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("moments", sa.Text, nullable=False),
        sa.Column("quiet_hours", sa.Text, nullable=False),
        sa.Column("joined", sa.Date),
    )
    op.create_table(
        "nudges",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("schedule", sa.Text, nullable=False),
        sa.Column("local_date", sa.Date, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("inquiries", sa.Integer, nullable=False),
        sa.Column("possible_duplicate", sa.Boolean, nullable=False),
        sa.Column("first_attempt_at", UtcDateTime),
        sa.Column("next_attempt_at", UtcDateTime),
        sa.Column("provider", sa.Text),
        sa.Column("provider_id", sa.Text),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("recipient", "schedule", "local_date", "ordinal", name="one_slot_one_nudge"),
    )
    waiting = sa.text("next_attempt_at IS NOT NULL")
    op.create_index(
        "nudges_waiting", "nudges", ["next_attempt_at"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("nudges_seen", "nudges", ["recipient", "message"])
    op.create_index("nudges_due", "nudges", ["due_at"])
    op.create_index("nudges_at_provider", "nudges", ["provider_id"])
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("nudge", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("events_of_nudge", "events", ["nudge"])
    op.create_table(
        "suppressions",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    """Refuse: going back would throw away what was sent."""
    raise RuntimeError("a ledger is never downgraded: put back the backup from before the upgrade")
