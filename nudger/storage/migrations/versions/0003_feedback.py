"""What comes back from people."""

import sqlalchemy as sa
from alembic import op

from nudger.storage.tables import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; nobody has let us know anything yet."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("level", sa.Integer),
        sa.Column("nudge", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("practice", sa.Text),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_index("feedback_of_person", "feedback", ["recipient", "at"])


def downgrade() -> None:
    """Refuse: going back would throw away what people let us know."""
    raise RuntimeError("a ledger is never downgraded: put back the backup from before the upgrade")
