"""What restraint needs: priorities, pauses, and what few people have."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; what is there gets the ordinary priority, and nobody is paused."""
    op.add_column("recipients", sa.Column("details", sa.Text, nullable=False, server_default="{}"))
    op.add_column("recipients", sa.Column("paused", sa.Text, nullable=False, server_default=""))
    op.add_column("nudges", sa.Column("priority", sa.Integer, nullable=False, server_default="0"))
    op.create_index("nudges_of_person", "nudges", ["recipient", "due_at"])


def downgrade() -> None:
    """Refuse: going back would throw away what was sent."""
    raise RuntimeError("a ledger is never downgraded: put back the backup from before the upgrade")
