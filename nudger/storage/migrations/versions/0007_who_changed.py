"""Who changed: with every person the version of the people in which they last did."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; a service that starts reads everybody anyway."""
    op.add_column("recipients", sa.Column("changed", sa.Integer, nullable=False, server_default="0"))
    op.create_index("recipients_changed", "recipients", ["changed"])


def downgrade() -> None:
    """Refuse, as every version does."""
    raise RuntimeError("a ledger is never downgraded: put back the backup from before the upgrade")
