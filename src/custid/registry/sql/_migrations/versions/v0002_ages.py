"""Identifiers are told by their ages; numbers that are keys need no index beside their table in SQLite."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables anew, and copy what is in the old ones."""
    copies = {name: _copied(name, parts) for name, parts in _tables().items()}
    for name, parts in _tables().items():
        op.create_table(f"{name}_new", *parts)
        op.execute(f"INSERT INTO {name}_new {copies[name]}")
    for name in copies:
        op.drop_table(name)
        op.rename_table(f"{name}_new", name)
    _index("custid_event", "customer")
    _index("custid_event", "other", where="other IS NOT NULL")
    _index("custid_event", "arrival", where="arrival IS NOT NULL")
    _index("custid_record", "source", "key", name="live", where="customer IS NOT NULL", unique=True)
    _index("custid_record", "source", "key", name="withdrawn", where="customer IS NULL")
    _index("custid_record", "customer")
    _index("custid_identifier", "target", name="redirect", where="target <> age")
    _index("custid_verdict", "change")
    _index("custid_verdict", "revoked")
    _index("custid_verdict_record", "source", "key", name="key")


def _tables() -> dict[str, list[Any]]:
    return {
        "custid_change": [
            _number("number", primary_key=True),
            _number("at"),
            *(_text("kind"), _text("actor"), _text("reason")),
            sa.Column("request", sa.Text, nullable=True, unique=True),
            _text("digest"),
            *map(_number, ("first_event", "n_events", "arrivals", "issued", "n_verdicts")),
        ],
        "custid_event": [
            _number("place", primary_key=True),
            _number("change"),
            _text("kind"),
            _number("customer"),
            *(_number(name, nullable=True) for name in ("other", "arrival", "native")),
        ],
        "custid_record": [
            _number("arrival", primary_key=True),
            *(_text("source"), _text("key")),
            *(_number("customer", nullable=True), _number("native", nullable=True)),
            *(_text("digest", nullable=True), _text("payload", nullable=True)),
            sa.CheckConstraint("(customer IS NULL) = (native IS NULL)", name="custid_record_is_named_whole"),
        ],
        "custid_identifier": [
            _number("age", primary_key=True),
            sa.Column("id", sa.Text, nullable=False, unique=True),
            *(_number(name, nullable=True) for name in ("target", "retired", "follows")),
        ],
        "custid_verdict": [
            _number("number", primary_key=True),
            _text("kind"),
            *(_number("change"), _number("revoked", nullable=True)),
        ],
        "custid_verdict_record": [
            _number("verdict", primary_key=True),
            sa.Column("side", sa.SmallInteger, primary_key=True, autoincrement=False),
            sa.Column("source", sa.Text, primary_key=True),
            sa.Column("key", sa.Text, primary_key=True),
        ],
        "custid_reader": [sa.Column("name", sa.Text, primary_key=True), _number("change")],
    }


def _number(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, _NUMBER, primary_key=primary_key, nullable=nullable, autoincrement=False if primary_key else "auto"
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _copied(name: str, parts: list[Any]) -> str:
    """Return the statement that reads an old table as the new one has it."""
    named = {"custid_event": ("customer", "other", "native"), "custid_record": ("customer", "native")}
    by_age = {"custid_identifier": ("target", "follows"), **named}.get(name, ())
    age = "(SELECT i.age FROM custid_identifier i WHERE i.id = o.{})"
    columns = [
        (age if each.name in by_age else "o.{}").format(each.name) for each in parts if isinstance(each, sa.Column)
    ]
    return f"SELECT {', '.join(columns)} FROM {name} o ORDER BY 1"  # noqa: S608  # names of our own


def _index(table: str, *columns: str, name: str = "", where: str | None = None, unique: bool = False) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(
        f"{table}_{name or columns[0]}",
        table,
        list(columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def downgrade() -> None:
    """Refuse: an older release cannot read what newer ones write."""
    raise NotImplementedError("custid tables: version 0001 is not made again; import an export into an older release.")
