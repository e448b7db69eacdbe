"""Changes, events, records, identifiers, verdicts, readers and settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "custid_change",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=True, unique=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("first_event", sa.BigInteger, nullable=False),
        sa.Column("n_events", sa.BigInteger, nullable=False),
        sa.Column("arrivals", sa.BigInteger, nullable=False),
        sa.Column("issued", sa.BigInteger, nullable=False),
        sa.Column("n_verdicts", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "custid_event",
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=True),
        sa.Column("arrival", sa.BigInteger, nullable=True),
        sa.Column("native", sa.Text, nullable=True),
    )
    op.create_index("custid_event_customer", "custid_event", ["customer"])
    has_other, has_record = sa.text("other IS NOT NULL"), sa.text("arrival IS NOT NULL")
    op.create_index("custid_event_other", "custid_event", ["other"], sqlite_where=has_other, postgresql_where=has_other)
    op.create_index(
        "custid_event_arrival", "custid_event", ["arrival"], sqlite_where=has_record, postgresql_where=has_record
    )
    op.create_table(
        "custid_record",
        sa.Column("arrival", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=True),
        sa.Column("native", sa.Text, nullable=True),
        sa.Column("digest", sa.Text, nullable=True),
        sa.Column("payload", sa.Text, nullable=True),
        sa.CheckConstraint("(customer IS NULL) = (native IS NULL)", name="custid_record_is_named_whole"),
    )
    is_live, is_withdrawn = sa.text("customer IS NOT NULL"), sa.text("customer IS NULL")
    op.create_index(
        "custid_record_live",
        "custid_record",
        ["source", "key"],
        unique=True,
        sqlite_where=is_live,
        postgresql_where=is_live,
    )
    op.create_index(
        "custid_record_withdrawn",
        "custid_record",
        ["source", "key"],
        sqlite_where=is_withdrawn,
        postgresql_where=is_withdrawn,
    )
    op.create_index("custid_record_customer", "custid_record", ["customer"])
    op.create_table(
        "custid_identifier",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("age", sa.BigInteger, nullable=False, unique=True),
        sa.Column("target", sa.Text, nullable=True),
        sa.Column("retired", sa.BigInteger, nullable=True),
        sa.Column("follows", sa.Text, nullable=True),
    )
    op.create_index("custid_identifier_target", "custid_identifier", ["target"])
    op.create_table(
        "custid_verdict",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger, nullable=True),
    )
    op.create_index("custid_verdict_change", "custid_verdict", ["change"])
    op.create_index("custid_verdict_revoked", "custid_verdict", ["revoked"])
    op.create_table(
        "custid_verdict_record",
        sa.Column("verdict", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("side", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
    )
    op.create_index("custid_verdict_record_key", "custid_verdict_record", ["source", "key"])
    op.create_table(
        "custid_reader",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("change", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "custid_setting",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    for name in (
        *("custid_setting", "custid_reader", "custid_verdict_record", "custid_verdict"),
        *("custid_identifier", "custid_record", "custid_event", "custid_change"),
    ):
        op.drop_table(name)
