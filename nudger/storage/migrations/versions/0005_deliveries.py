"""Deliveries: a row for each attempt, and a name for each of the moments that were one column."""

import sqlalchemy as sa
from alembic import op

from nudger.storage.tables import UtcDateTime

revision = "0005"
down_revision = "0004"

_IN_TURN = "not_before, priority DESC, due_at, recipient, schedule, local_date, ordinal"


def upgrade() -> None:
    """Give what older ledgers have under way its attempt, and each that was tried its last one: more they do not know.

    All of it in the database, row by row there, so that a million need no memory here.
    """
    _name_the_moments()
    _make_attempts()
    _make_leases()
    _make_indexes()


def _name_the_moments() -> None:
    for index in ("nudges_waiting", "nudges_urgent", "nudges_at_provider"):
        op.drop_index(index, "nudges")
    op.execute("ALTER TABLE nudges RENAME COLUMN next_attempt_at TO not_before")
    op.add_column("nudges", sa.Column("ask_at", UtcDateTime))
    op.add_column("nudges", sa.Column("last_attempt_at", UtcDateTime))
    op.add_column("nudges", sa.Column("fence", sa.Integer, nullable=False, server_default="0"))
    began = "strftime('%Y-%m-%d %H:%M:%f000', not_before, '-15 minutes')"
    if op.get_bind().dialect.name == "postgresql":
        began = "not_before - interval '15 minutes'"
    # The lease of an attempt under way was fifteen minutes. Of several attempts, it was the last write that counted.
    op.execute(
        "UPDATE nudges SET fence = CASE WHEN attempts > 0 THEN attempts ELSE 1 END, last_attempt_at = CASE "
        f"WHEN state = 'sending' AND not_before IS NOT NULL THEN {began} "
        "WHEN attempts > 1 THEN updated_at ELSE coalesce(first_attempt_at, due_at) END "
        "WHERE attempts > 0 OR state = 'sending'"
    )


def _make_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("nudge", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("lease_ends_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("outcome", sa.Text),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("provider_id", sa.Text),
        sa.Column("price", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("status_at", UtcDateTime),
        sa.Column("status_code", sa.Text),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO attempts "
        "(nudge, number, sender, provider, owner, began_at, lease_ends_at, ended_at, outcome, code, provider_id) "
        "SELECT id, fence, coalesce(channel, '') || '/' || coalesce(provider, ''), coalesce(provider, ''), '', "
        "last_attempt_at, "
        "CASE WHEN state = 'sending' THEN coalesce(not_before, updated_at) ELSE updated_at END, "
        "CASE WHEN state = 'sending' THEN NULL ELSE updated_at END, "
        "CASE WHEN state = 'sending' THEN NULL WHEN state = 'sent' THEN 'accepted' "
        "WHEN state IN ('failed', 'suppressed') THEN 'refused' "
        "WHEN reason LIKE 'interrupted%' THEN 'interrupted' "
        "WHEN state = 'unknown' OR possible_duplicate THEN 'uncertain' ELSE 'deferred' END, "
        "CASE WHEN state IN ('failed', 'suppressed') THEN reason ELSE '' END, provider_id "
        "FROM nudges WHERE fence > 0"
    )
    op.execute("UPDATE nudges SET ask_at = not_before WHERE state = 'unknown' AND not_before IS NOT NULL")
    op.execute("UPDATE nudges SET not_before = NULL WHERE state <> 'pending' AND not_before IS NOT NULL")


def _make_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
    )


def _make_indexes() -> None:
    waits = "not_before IS NOT NULL"
    indexes = (
        ("nudges_urgent", "nudges", f"channel, {_IN_TURN}", f"{waits} AND priority > 0 AND schedule <> 'welcome'"),
        ("nudges_waiting", "nudges", f"channel, {_IN_TURN}", f"{waits} AND priority <= 0 AND schedule <> 'welcome'"),
        ("nudges_hellos", "nudges", f"channel, {_IN_TURN}", f"{waits} AND schedule = 'welcome'"),
        ("nudges_open", "nudges", "expires_at", "state IN ('pending', 'held')"),
        ("nudges_in_doubt", "nudges", "channel, ask_at", "ask_at IS NOT NULL"),
        ("attempts_under_way", "attempts", "lease_ends_at", "ended_at IS NULL"),
        ("attempts_at_provider", "attempts", "provider_id", "provider_id IS NOT NULL"),
    )
    for name, table, columns, which in indexes:
        op.execute(f"CREATE INDEX {name} ON {table} ({columns}) WHERE {which}")


def downgrade() -> None:
    """Refuse: going back would forget attempts."""
    raise RuntimeError("a ledger is never downgraded: put back the backup from before the upgrade")
