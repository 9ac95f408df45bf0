"""Doubts that are settled: how often a nudge was sent once more, and where the attempt in doubt went."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what older ledgers did not keep. Whatever they left in doubt is asked about at the next start."""
    op.add_column("nudges", sa.Column("resends", sa.Integer, nullable=False, server_default="0"))
    op.add_column("nudges", sa.Column("address", sa.Text))
    urgent = sa.text("next_attempt_at IS NOT NULL AND priority > 0")
    op.create_index("nudges_urgent", "nudges", ["next_attempt_at"], sqlite_where=urgent, postgresql_where=urgent)
    op.execute("UPDATE nudges SET resends = 1 WHERE possible_duplicate")


def downgrade() -> None:
    """Refuse: going back would forget what was sent more than once."""
    raise RuntimeError("a ledger is never downgraded: put back the backup from before the upgrade")
