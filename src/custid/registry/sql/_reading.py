"""Reading the tables in one transaction of a database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, func, select

from custid.registry.contents import Content
from custid.registry.events import Cause, Change, Event, EventKind, HistoryEntry, Verdict, VerdictKind
from custid.registry.identifiers import CustomerId
from custid.registry.naming import IdentifierState, Naming, RecordState, Tally
from custid.registry.record_keys import RecordKey
from custid.registry.sql.tables import CHANGE, EVENT, IDENTIFIER, READER, RECORD, SETTING, VERDICT, VERDICT_RECORD
from custid.registry.store import Head

__all__ = ["SqlReader", "having_keys", "head_of", "microseconds", "portions"]

_AT_ONCE: Final = 5_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_T = TypeVar("_T")

_EVENT_COLUMNS: Final = (
    *(EVENT.c.place, EVENT.c.change, EVENT.c.kind, EVENT.c.customer, EVENT.c.other, EVENT.c.arrival, EVENT.c.native),
    *(RECORD.c.source, RECORD.c.key),
)
_EVENTS: Final = select(*_EVENT_COLUMNS).select_from(EVENT.outerjoin(RECORD, EVENT.c.arrival == RECORD.c.arrival))
_RECORDS: Final = select(RECORD.c.source, RECORD.c.key, RECORD.c.arrival, RECORD.c.native, RECORD.c.customer).where(
    RECORD.c.customer.is_not(None)
)
_IDENTIFIERS: Final = select(
    IDENTIFIER.c.id, IDENTIFIER.c.age, IDENTIFIER.c.target, IDENTIFIER.c.retired, IDENTIFIER.c.follows
)


class SqlReader:
    """Reads in one transaction; the store decides when it begins and ends.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self) -> Head:
        return head_of(self.last_change())

    def last_change(self) -> Row[Any] | None:
        """Return the row of the last change; None before the first."""
        return self._connection.execute(select(CHANGE).order_by(CHANGE.c.number.desc()).limit(1)).first()

    def records(self, keys: Collection[RecordKey], /) -> dict[RecordKey, RecordState]:
        return {
            state.key: state
            for condition in having_keys(keys, RECORD.c.source, RECORD.c.key)
            for state in map(_record_state, self._connection.execute(_RECORDS.where(condition)))
        }

    def identifiers(self, ids: Collection[CustomerId], /) -> dict[CustomerId, IdentifierState]:
        return {state.id: state for state in self._identifier_states(IDENTIFIER.c.id, ids)}

    def _identifier_states(
        self, column: ColumnElement[str], values: Collection[CustomerId]
    ) -> Iterator[IdentifierState]:
        for some in portions(dict.fromkeys(values)):
            for row in self._connection.execute(_IDENTIFIERS.where(column.in_(some))):
                yield IdentifierState(*row)

    def naming(self, customers: Collection[CustomerId] | None = None, /) -> Naming:
        if customers is None:
            records = map(_record_state, self._connection.execute(_RECORDS))
            identifiers = (IdentifierState(*row) for row in self._connection.execute(_IDENTIFIERS))
            return Naming({each.key: each for each in records}, {each.id: each for each in identifiers})
        members = (
            _record_state(row)
            for some in portions(dict.fromkeys(customers))
            for row in self._connection.execute(_RECORDS.where(RECORD.c.customer.in_(some)))
        )
        leading = self._identifier_states(IDENTIFIER.c.target, customers)
        return Naming({each.key: each for each in members}, {each.id: each for each in leading})

    def contents(self, keys: Collection[RecordKey], /) -> dict[RecordKey, Content]:
        wanted = select(RECORD.c.source, RECORD.c.key, RECORD.c.payload).where(
            RECORD.c.customer.is_not(None), RECORD.c.payload.is_not(None)
        )
        return {
            RecordKey(row.source, row.key): Content(row.payload)
            for condition in having_keys(keys, RECORD.c.source, RECORD.c.key)
            for row in self._connection.execute(wanted.where(condition))
        }

    def changes(self, after: int = 0, /, limit: int | None = None) -> Iterator[Change]:
        headers = self._connection.execute(
            select(CHANGE).where(CHANGE.c.number > after).order_by(CHANGE.c.number).limit(limit)
        )
        # Some at a time, so that a long history is never in memory whole.
        rows = iter(headers.all())
        while some := list(islice(rows, 1_000)):
            first, last = some[0].number, some[-1].number
            events = _by_change(self._events_of(EVENT.c.place.between(some[0].first_event, _end(some[-1]))))
            made = _by_number(self._verdict_rows(VERDICT.c.change.between(first, last)), "change")
            revoked = _by_number(
                self._connection.execute(select(VERDICT).where(VERDICT.c.revoked.between(first, last))), "revoked"
            )
            for row in some:
                yield Change(
                    number=row.number,
                    at=_moment(row.at),
                    cause=_cause(row),
                    events=tuple(events.get(row.number, ())),
                    digest=row.digest,
                    # As it was when it was made.
                    verdicts=self._verdicts_of(made.get(row.number, []), as_made=True),
                    revoked=tuple(sorted(each.number for each in revoked.get(row.number, ()))),
                )

    def _events_of(self, condition: ColumnElement[bool]) -> Iterator[tuple[int, int, Event]]:
        """Yield place, change and event of some events, in order."""
        for row in self._connection.execute(_EVENTS.where(condition).order_by(EVENT.c.place)):
            place, change, kind, customer, other, arrival, native, source, key = row
            record = None if source is None else RecordKey(source, key)
            yield (
                place,
                change,
                Event(
                    kind=EventKind(kind), customer=customer, other=other, record=record, arrival=arrival, native=native
                ),
            )

    def change_of(self, request: str, /) -> int | None:
        return self._connection.execute(select(CHANGE.c.number).where(CHANGE.c.request == request)).scalar()

    def change_before(self, moment: datetime, /) -> int:
        # Later changes have later times, so the number is found by the order of numbers.
        query = select(CHANGE.c.number).where(CHANGE.c.at <= microseconds(moment)).order_by(CHANGE.c.number.desc())
        return self._connection.execute(query.limit(1)).scalar() or 0

    def history(
        self, *, customers: Collection[CustomerId] = (), records: Collection[RecordKey] = ()
    ) -> list[HistoryEntry]:
        arrivals = [
            arrival
            for condition in having_keys(records, RECORD.c.source, RECORD.c.key)
            for arrival in self._connection.execute(select(RECORD.c.arrival).where(condition)).scalars()
        ]
        found: dict[int, tuple[int, Event]] = {}
        for column, values in ((EVENT.c.customer, customers), (EVENT.c.other, customers), (EVENT.c.arrival, arrivals)):
            for some in portions(dict.fromkeys(values)):
                for place, change, event in self._events_of(column.in_(some)):
                    found[place] = change, event
        headers = {
            row.number: row
            for some in portions(dict.fromkeys(change for change, _ in found.values()))
            for row in self._connection.execute(select(CHANGE).where(CHANGE.c.number.in_(some)))
        }
        return [
            HistoryEntry(change=change, at=_moment(headers[change].at), cause=_cause(headers[change]), event=event)
            for _, (change, event) in sorted(found.items(), key=lambda item: item[0])
        ]

    def verdicts(self, records: Collection[RecordKey] | None = None, /) -> list[Verdict]:
        standing = VERDICT.c.revoked.is_(None)
        if records is None:
            return list(self._verdicts_of(self._verdict_rows(standing)))
        numbers = {
            number
            for condition in having_keys(records, VERDICT_RECORD.c.source, VERDICT_RECORD.c.key)
            for number in self._connection.execute(select(VERDICT_RECORD.c.verdict).where(condition)).scalars()
        }
        rows = [
            row
            for some in portions(sorted(numbers))
            for row in self._verdict_rows(standing & VERDICT.c.number.in_(some))
        ]
        return list(self._verdicts_of(rows))

    def _verdict_rows(self, condition: ColumnElement[bool]) -> Sequence[Row[Any]]:
        return self._connection.execute(select(VERDICT).where(condition).order_by(VERDICT.c.number)).all()

    def _verdicts_of(self, rows: Sequence[Row[Any]], *, as_made: bool = False) -> tuple[Verdict, ...]:
        sides: dict[tuple[int, int], list[RecordKey]] = {}
        for some in portions([row.number for row in rows]):
            for number, side, source, key in self._connection.execute(
                select(VERDICT_RECORD).where(VERDICT_RECORD.c.verdict.in_(some))
            ):
                sides.setdefault((number, side), []).append(RecordKey(source, key))
        return tuple(
            Verdict(
                number=row.number,
                kind=VerdictKind(row.kind),
                left=tuple(sorted(sides.get((row.number, 0), ()))),
                right=tuple(sorted(sides.get((row.number, 1), ()))),
                change=row.change,
                revoked=None if as_made else row.revoked,
            )
            for row in rows
        )

    def positions(self) -> dict[str, int]:
        return dict(map(tuple, self._connection.execute(select(READER.c.name, READER.c.change))))

    def settings(self) -> dict[str, str]:
        return dict(map(tuple, self._connection.execute(select(SETTING.c.name, SETTING.c.value))))

    def damage(self) -> list[str]:
        connection, found = self._connection, []
        if connection.dialect.name == "sqlite":
            reports = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
            found += [f"SQLite: {each}" for each in reports if each != "ok"]
        live = RECORD.c.customer.is_not(None)
        twice = select(RECORD.c.source).where(live).group_by(RECORD.c.source, RECORD.c.key).having(func.count() > 1)
        n_twice = connection.execute(select(func.count()).select_from(twice.subquery())).scalar_one()
        if n_twice:
            found.append(f"{n_twice} records are there twice, and may have two identifiers.")
        held = select(RECORD.c.arrival, RECORD.c.digest, RECORD.c.payload).where(RECORD.c.payload.is_not(None))
        for row in connection.execute(held.order_by(RECORD.c.arrival)):
            if Content(row.payload).digest != row.digest:
                found.append(f"The content of record number {row.arrival} is not what was written.")
        return found


def head_of(row: Row[Any] | None) -> Head:
    """Return where the history stands, given the row of its last change."""
    if row is None:
        return Head()
    return Head(
        tally=Tally(change=row.number, arrivals=row.arrivals, issued=row.issued),
        at=_moment(row.at),
        digest=row.digest,
        n_verdicts=row.n_verdicts,
    )


def portions(values: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield values, so many at a time as every database takes in one statement."""
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def having_keys(
    keys: Collection[RecordKey], source: ColumnElement[str], key: ColumnElement[str]
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together hold for the rows of some records."""
    for name, group in groupby(sorted(set(keys)), lambda each: each[0]):
        for some in portions(each[1] for each in group):
            yield (source == name) & key.in_(some)


def _record_state(row: Any) -> RecordState:
    source, key, arrival, native, customer = row
    return RecordState(RecordKey(source, key), arrival, native, customer)


def _by_change(events: Iterable[tuple[int, int, Event]]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    for _, change, event in events:
        found.setdefault(change, []).append(event)
    return found


def _by_number(rows: Iterable[Row[Any]], column: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _end(row: Row[Any]) -> int:
    return int(row.first_event + row.n_events - 1)


def _cause(row: Row[Any]) -> Cause:
    return Cause(kind=row.kind, actor=row.actor, reason=row.reason, request=row.request or "")


def microseconds(moment: datetime) -> int:
    """Return a time as microseconds since the beginning of 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND
