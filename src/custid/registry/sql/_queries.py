"""What is asked of the tables, as statements of SQLAlchemy Core."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Table,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    union_all,
)

from custid.registry.sql._statements import listed
from custid.registry.sql.tables import (
    AUDIT,
    CHANGE,
    EVENT,
    IDENTIFIER,
    METADATA,
    READER,
    RECORD,
    SETTING,
    VERDICT,
    VERDICT_RECORD,
)

__all__ = [
    "AGES",
    "ARRIVALS",
    "AUDIT_AFTER",
    "AUDIT_END",
    "CHANGES",
    "CHANGES_AFTER",
    "CHANGE_AT",
    "CHANGE_OF",
    "CONTENTS",
    "CONTENT_ROWS",
    "DIGEST_AT",
    "EVENTS_BETWEEN",
    "EVENTS_OF_ARRIVALS",
    "EVENTS_OF_CUSTOMERS",
    "EVENTS_OF_OTHERS",
    "HEAD",
    "IDENTIFIERS",
    "IDENTIFIERS_LEADING_TO",
    "IDENTIFIER_ROWS",
    "MEMBERS",
    "N_OF_OTHER_TYPES",
    "N_TWICE",
    "POSITIONS",
    "RECORDS",
    "RECORD_ROWS",
    "SETTINGS",
    "SETTINGS_VERSION",
    "VERDICTS_MADE",
    "VERDICTS_OF",
    "VERDICTS_REVOKED",
    "VERDICTS_STANDING",
    "VERDICT_NUMBERS",
    "VERDICT_SIDES",
    "ChangeRow",
]

SETTINGS_VERSION: Final = ""
"""Name of the setting that is another whenever one of the settings is."""


class ChangeRow(NamedTuple):
    """A row of `CHANGE`."""

    number: int
    at: int
    kind: str
    actor: str
    reason: str
    request: str | None
    digest: str
    first_event: int
    n_events: int
    arrivals: int
    issued: int
    n_verdicts: int


def _last_change() -> Subquery:
    return select(CHANGE).order_by(CHANGE.c.number.desc()).limit(1).subquery()


def _head() -> Select[Any]:
    """Return the version of the settings and the last change, if there is one: all that each transaction needs."""
    version = select(SETTING.c.value).where(SETTING.c.name == SETTINGS_VERSION).scalar_subquery()
    one, last = select(literal(1).label("one")).subquery(), _last_change()
    return select(version, *last.c).select_from(one.outerjoin(last, true()))


HEAD: Final = _head()
SETTINGS: Final = select(SETTING.c.name, SETTING.c.value).where(SETTING.c.name != SETTINGS_VERSION)
POSITIONS: Final = select(READER.c.name, READER.c.change)

_CUSTOMER, _NATIVE, _OTHER = (IDENTIFIER.alias(name) for name in ("c", "n", "o"))
_TARGET, _FOLLOWED = IDENTIFIER.alias("t"), IDENTIFIER.alias("f")
_IS_LIVE: Final = RECORD.c.customer.is_not(None)
_HAS_KEY: Final = (RECORD.c.source == bindparam("source")) & listed(RECORD.c.key, "keys")

RECORD_ROWS: Final = (
    select(RECORD.c.source, RECORD.c.key, RECORD.c.arrival, RECORD.c.native, RECORD.c.customer)
    .where(_IS_LIVE)
    .order_by(RECORD.c.arrival)
)
_NAMED_RECORDS: Final = (
    select(
        RECORD.c.source,
        RECORD.c.key,
        RECORD.c.arrival,
        RECORD.c.native,
        RECORD.c.customer,
        _NATIVE.c.id,
        _CUSTOMER.c.id.label("customer_id"),
    )
    .select_from(
        RECORD.outerjoin(_NATIVE, RECORD.c.native == _NATIVE.c.age).outerjoin(
            _CUSTOMER, RECORD.c.customer == _CUSTOMER.c.age
        )
    )
    .where(_IS_LIVE)
)
RECORDS: Final = _NAMED_RECORDS.where(_HAS_KEY)
MEMBERS: Final = _NAMED_RECORDS.where(listed(RECORD.c.customer, "ages"))
# In two parts, as there are two indexes.
ARRIVALS: Final = union_all(
    select(RECORD.c.arrival).where(_HAS_KEY, _IS_LIVE),
    select(RECORD.c.arrival).where(_HAS_KEY, RECORD.c.customer.is_(None)),
)
CONTENTS: Final = select(RECORD.c.source, RECORD.c.key, RECORD.c.digest, RECORD.c.payload).where(
    _IS_LIVE, RECORD.c.payload.is_not(None), _HAS_KEY
)
CONTENT_ROWS: Final = (
    select(RECORD.c.arrival, RECORD.c.digest, RECORD.c.payload)
    .where(RECORD.c.payload.is_not(None))
    .order_by(RECORD.c.arrival)
)
N_TWICE: Final = select(func.count()).select_from(
    select(RECORD.c.source).where(_IS_LIVE).group_by(RECORD.c.source, RECORD.c.key).having(func.count() > 1).subquery()
)


def _n_of_other_types(table: Table) -> Select[*tuple[Any, ...]]:
    return select(*(func.count(case((func.typeof(each) != _typeof(each), each))) for each in table.columns))


def _typeof(column: ColumnElement[Any]) -> str:
    return "integer" if isinstance(column.type, Integer) else "text"


N_OF_OTHER_TYPES: Final = tuple((table, _n_of_other_types(table)) for table in METADATA.sorted_tables)
"""For each table, how many values of each column are of another type than it, of which SQLite keeps any."""

IDENTIFIER_ROWS: Final = select(
    IDENTIFIER.c.id, IDENTIFIER.c.age, IDENTIFIER.c.target, IDENTIFIER.c.retired, IDENTIFIER.c.follows
)
AGES: Final = select(IDENTIFIER.c.id, IDENTIFIER.c.age).where(listed(IDENTIFIER.c.id, "ids"))
_LED: Final = select(
    *IDENTIFIER_ROWS.selected_columns, _TARGET.c.id.label("target_id"), _FOLLOWED.c.id.label("follows_id")
).select_from(
    IDENTIFIER.outerjoin(_TARGET, IDENTIFIER.c.target == _TARGET.c.age).outerjoin(
        _FOLLOWED, IDENTIFIER.c.follows == _FOLLOWED.c.age
    )
)
IDENTIFIERS: Final = _LED.where(listed(IDENTIFIER.c.id, "ids"))
# In two parts, so that the index of redirects need not have the active ones.
IDENTIFIERS_LEADING_TO: Final = union_all(
    _LED.where(listed(IDENTIFIER.c.age, "ages"), IDENTIFIER.c.target == IDENTIFIER.c.age),
    _LED.where(listed(IDENTIFIER.c.target, "ages"), IDENTIFIER.c.target != IDENTIFIER.c.age),
)

CHANGES_AFTER: Final = (
    select(CHANGE).where(CHANGE.c.number > bindparam("after")).order_by(CHANGE.c.number).limit(bindparam("at_most"))
)
CHANGES: Final = select(CHANGE).where(listed(CHANGE.c.number, "numbers"))
DIGEST_AT: Final = select(CHANGE.c.digest).where(CHANGE.c.number == bindparam("number"))
CHANGE_OF: Final = select(CHANGE.c.number).where(CHANGE.c.request == bindparam("request"))
# Later changes have later times, so the number is found by the order of numbers.
CHANGE_AT: Final = (
    select(CHANGE.c.number).where(CHANGE.c.at <= bindparam("moment")).order_by(CHANGE.c.number.desc()).limit(1)
)

_EVENTS: Final = (
    select(
        EVENT.c.place,
        EVENT.c.change,
        EVENT.c.kind,
        EVENT.c.customer,
        _CUSTOMER.c.id,
        EVENT.c.other,
        _OTHER.c.id.label("other_id"),
        EVENT.c.native,
        _NATIVE.c.id.label("native_id"),
        EVENT.c.arrival,
        RECORD.c.source,
        RECORD.c.key,
    )
    .select_from(
        EVENT.outerjoin(_CUSTOMER, EVENT.c.customer == _CUSTOMER.c.age)
        .outerjoin(_OTHER, EVENT.c.other == _OTHER.c.age)
        .outerjoin(_NATIVE, EVENT.c.native == _NATIVE.c.age)
        .outerjoin(RECORD, EVENT.c.arrival == RECORD.c.arrival)
    )
    .order_by(EVENT.c.place)
)


def _events_of(column: ColumnElement[int]) -> Select[Any]:
    return _EVENTS.where(listed(column, "numbers"))


EVENTS_BETWEEN: Final = _EVENTS.where(EVENT.c.place.between(bindparam("first"), bindparam("last")))
EVENTS_OF_CUSTOMERS: Final = _events_of(EVENT.c.customer)
EVENTS_OF_OTHERS: Final = _events_of(EVENT.c.other)
EVENTS_OF_ARRIVALS: Final = _events_of(EVENT.c.arrival)

_VERDICTS: Final = select(VERDICT).order_by(VERDICT.c.number)
VERDICTS_STANDING: Final = _VERDICTS.where(VERDICT.c.revoked.is_(None))
VERDICTS_OF: Final = VERDICTS_STANDING.where(listed(VERDICT.c.number, "numbers"))
VERDICTS_MADE: Final = _VERDICTS.where(VERDICT.c.change.between(bindparam("first"), bindparam("last")))
VERDICTS_REVOKED: Final = select(VERDICT.c.revoked, VERDICT.c.number).where(
    VERDICT.c.revoked.between(bindparam("first"), bindparam("last"))
)
VERDICT_SIDES: Final = select(VERDICT_RECORD).where(listed(VERDICT_RECORD.c.verdict, "numbers"))
VERDICT_NUMBERS: Final = select(VERDICT_RECORD.c.verdict).where(
    (VERDICT_RECORD.c.source == bindparam("source")) & listed(VERDICT_RECORD.c.key, "keys")
)

AUDIT_AFTER: Final = (
    select(AUDIT.c.number, AUDIT.c.entry).where(AUDIT.c.number > bindparam("after")).order_by(AUDIT.c.number)
)
AUDIT_END: Final = select(AUDIT.c.number, AUDIT.c.entry).order_by(AUDIT.c.number.desc()).limit(1)
