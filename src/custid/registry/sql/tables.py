"""The tables of a registry as its newest version has them; `_migrations` tells how they came to be."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, MetaData, SmallInteger, Table, Text, text

__all__ = ["CHANGE", "EVENT", "IDENTIFIER", "METADATA", "READER", "RECORD", "SETTING", "VERDICT", "VERDICT_RECORD"]

METADATA: Final = MetaData()

# SQLite keeps a table in the order of a key of this very type, without an index beside it.
_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")


def _number(name: str, *, is_key: bool = False, may_be_missing: bool = False) -> Column[int]:
    return Column(name, _NUMBER, primary_key=is_key, nullable=may_be_missing, autoincrement=False if is_key else "auto")


def _text(name: str, *, is_key: bool = False, may_be_missing: bool = False, is_unique: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=is_key, nullable=may_be_missing, unique=is_unique or None)


def _index_where(name: str, *columns: str, where: str, is_unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=is_unique, sqlite_where=condition, postgresql_where=condition)


CHANGE: Final = Table(
    "custid_change",
    METADATA,
    _number("number", is_key=True),
    _number("at"),
    _text("kind"),
    _text("actor"),
    _text("reason"),
    _text("request", may_be_missing=True, is_unique=True),
    _text("digest"),
    _number("first_event"),
    _number("n_events"),
    _number("arrivals"),
    _number("issued"),
    _number("n_verdicts"),
)
"""One row for each change; the counts are those after it."""

EVENT: Final = Table(
    "custid_event",
    METADATA,
    _number("place", is_key=True),
    _number("change"),
    _text("kind"),
    _number("customer"),
    _number("other", may_be_missing=True),
    _number("arrival", may_be_missing=True),
    _number("native", may_be_missing=True),
    Index("custid_event_customer", "customer"),
    _index_where("custid_event_other", "other", where="other IS NOT NULL"),
    _index_where("custid_event_arrival", "arrival", where="arrival IS NOT NULL"),
)
"""The ledger.  Records and identifiers appear by their numbers; their names are in `RECORD` and `IDENTIFIER` alone."""

RECORD: Final = Table(
    "custid_record",
    METADATA,
    _number("arrival", is_key=True),
    _text("source"),
    _text("key"),
    _number("customer", may_be_missing=True),
    _number("native", may_be_missing=True),
    _text("digest", may_be_missing=True),
    _text("payload", may_be_missing=True),
    CheckConstraint("(customer IS NULL) = (native IS NULL)", name="custid_record_is_named_whole"),
    _index_where("custid_record_live", "source", "key", where="customer IS NOT NULL", is_unique=True),
    _index_where("custid_record_withdrawn", "source", "key", where="customer IS NULL"),
    Index("custid_record_customer", "customer"),
)
"""The crosswalk, and the contents.  Withdrawn records have neither customer nor content."""

IDENTIFIER: Final = Table(
    "custid_identifier",
    METADATA,
    _number("age", is_key=True),
    _text("id", is_unique=True),
    _number("target", may_be_missing=True),
    _number("retired", may_be_missing=True),
    _number("follows", may_be_missing=True),
    _index_where("custid_identifier_redirect", "target", where="target <> age"),
)
"""Every identifier ever issued, by its age, and what it leads to.

Ages stand for identifiers wherever one is named: they grow, so that indexes grow at their ends, and take few bytes.
"""

VERDICT: Final = Table(
    "custid_verdict",
    METADATA,
    _number("number", is_key=True),
    _text("kind"),
    _number("change"),
    _number("revoked", may_be_missing=True),
    Index("custid_verdict_change", "change"),
    Index("custid_verdict_revoked", "revoked"),
)
"""What persons have decided."""

VERDICT_RECORD: Final = Table(
    "custid_verdict_record",
    METADATA,
    _number("verdict", is_key=True),
    Column("side", SmallInteger, primary_key=True, autoincrement=False),
    _text("source", is_key=True),
    _text("key", is_key=True),
    Index("custid_verdict_record_key", "source", "key"),
)
"""The records of a verdict's two sides, 0 and 1."""

READER: Final = Table("custid_reader", METADATA, _text("name", is_key=True), _number("change"))
"""How far named readers of the changes are."""

SETTING: Final = Table("custid_setting", METADATA, _text("name", is_key=True), _text("value"))
"""Settings; also what writers of PostgreSQL lock."""
