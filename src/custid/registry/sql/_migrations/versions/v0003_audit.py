"""The audit trail: entries as text, by their place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "custid_audit",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.Text, nullable=False),
    )
