"""Reading the tables in one transaction of a database."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby, islice
from typing import Any, Final, TypeVar

from attrs import define
from sqlalchemy import ClauseElement, Connection

from custid.registry.contents import Content
from custid.registry.damage import damaged
from custid.registry.events import Cause, Change, Event, EventKind, HistoryEntry, RecordedVerdict, VerdictKind
from custid.registry.identifiers import CustomerId
from custid.registry.naming import IdentifierState, Naming, RecordState, Tally
from custid.registry.record_keys import RecordKey
from custid.registry.sql import _queries as ask
from custid.registry.sql._queries import ChangeRow
from custid.registry.sql._sound_rows import each_sound, sound
from custid.registry.sql._statements import Runner, portions
from custid.registry.store import Head

__all__ = ["KnownSettings", "SqlReader", "microseconds", "settings_digest"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION_NUMBER: Final = re.compile("[0-9a-f]{16}")
_MICROSECOND: Final = timedelta(microseconds=1)
_CHANGES_AT_ONCE: Final = 1_000
_ALL: Final = 2**62
_FEW: Final = 100
"""Records or customers that are kept in mind for the rest of a transaction."""
_Kind = TypeVar("_Kind", EventKind, VerdictKind)


@define
class KnownSettings:
    """The settings as a store has read them last: they are long, and seldom others.

    Attributes
    ----------
    latest : tuple of str or None and dict of str to str
        Their version in the database, and they; replaced whole and never changed, since threads share them.
    """

    latest: tuple[str | None, dict[str, str]] = (None, {})


class SqlReader:
    """Reads in one transaction; the store decides when it begins and ends.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    known : KnownSettings
        Shared by the transactions of a store.
    """

    def __init__(self, connection: Connection, known: KnownSettings) -> None:
        self._runner = Runner(connection)
        self._connection = connection
        self._known = known
        self._last: tuple[str | None, ChangeRow | None] | None = None
        # What was read in this transaction of the identifiers' ages.
        self._ages: dict[CustomerId, int] = {}
        # Who plans a change and who writes it ask for the same few records and customers.
        self._few_records: dict[RecordKey, RecordState | None] = {}
        self._few_customers: dict[frozenset[CustomerId], Naming] = {}

    @sound
    def head(self) -> Head:
        last = self._position()[1]
        if last is None:
            return Head()
        return Head(
            tally=Tally(change=last.number, arrivals=last.arrivals, issued=last.issued),
            at=_moment(last.at),
            digest=last.digest,
            n_verdicts=last.n_verdicts,
        )

    def _position(self) -> tuple[str | None, ChangeRow | None]:
        """Return the version of the settings, and the last change; None before the first."""
        if self._last is None:
            [(version, *last)] = self._runner.rows(ask.HEAD)
            self._last = version, None if last[0] is None else ChangeRow(*last)
        return self._last

    def _by_keys(self, statement: ClauseElement, keys: Iterable[RecordKey]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of some records, source by source."""
        for source, group in groupby(sorted(set(keys)), lambda each: each[0]):
            for some in portions(each[1] for each in group):
                yield from self._runner.rows(statement, source=source, keys=some)

    def _by_numbers(self, statement: ClauseElement, numbers: Iterable[int], name: str) -> Iterator[tuple[Any, ...]]:
        for some in portions(sorted(set(numbers))):
            yield from self._runner.rows(statement, **{name: some})

    def _ages_of(self, ids: Collection[CustomerId]) -> list[int]:
        """Return the ages of those of the identifiers that were ever issued."""
        for some in portions(dict.fromkeys(each for each in ids if each not in self._ages)):
            self._ages.update(self._runner.rows(ask.AGES, ids=some))
        return [self._ages[each] for each in ids if each in self._ages]

    @sound
    def records(self, keys: Collection[RecordKey], /) -> dict[RecordKey, RecordState]:
        if len(keys) > _FEW:
            return {each.key: each for each in self._states(self._by_keys(ask.RECORDS, keys))}
        known = self._few_records
        new = [key for key in keys if key not in known]
        known.update(dict.fromkeys(new))
        known.update((each.key, each) for each in self._states(self._by_keys(ask.RECORDS, new)))
        held = ((key, known[key]) for key in keys)
        return {key: state for key, state in held if state is not None}

    def _states(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[RecordState]:
        for source, key, arrival, native_age, age, native, customer in rows:
            self._ages[native], self._ages[customer] = native_age, age
            yield RecordState(
                RecordKey(source, key), arrival, native or _unknown(native_age), customer or _unknown(age)
            )

    @sound
    def identifiers(self, ids: Collection[CustomerId], /) -> dict[CustomerId, IdentifierState]:
        return {
            state.id: state
            for some in portions(dict.fromkeys(ids))
            for state in self._led(self._runner.rows(ask.IDENTIFIERS, ids=some))
        }

    def _led(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[IdentifierState]:
        for id_, age, target_age, retired, follows_age, target, follows in rows:
            self._ages[id_] = age
            yield IdentifierState(id_, age, _named(target, target_age), retired, _named(follows, follows_age))

    @sound
    def naming(self, customers: Collection[CustomerId] | None = None, /) -> Naming:
        if customers is None:
            return self._whole_naming()
        if len(customers) > _FEW:
            return self._naming_of(customers)
        asked = frozenset(customers)
        if asked not in self._few_customers:
            self._few_customers[asked] = self._naming_of(customers)
        return self._few_customers[asked]

    def _naming_of(self, customers: Collection[CustomerId]) -> Naming:
        ages = self._ages_of(customers)
        members = self._states(self._by_numbers(ask.MEMBERS, ages, "ages"))
        leading = self._led(self._by_numbers(ask.IDENTIFIERS_LEADING_TO, ages, "ages"))
        return Naming({each.key: each for each in members}, {each.id: each for each in leading})

    def _whole_naming(self) -> Naming:
        rows = self._runner.rows(ask.IDENTIFIER_ROWS)
        id_of = {row[1]: row[0] for row in rows}

        def name(age: int | None) -> CustomerId | None:
            return None if age is None else id_of.get(age) or _unknown(age)

        identifiers = {
            id_: IdentifierState(id_, age, name(target), retired, name(follows))
            for id_, age, target, retired, follows in rows
        }
        records: dict[RecordKey, RecordState] = {}
        for source, key, arrival, native, customer in self._runner.each(ask.RECORD_ROWS):
            record = RecordKey(source, key)
            records[record] = RecordState(
                record, arrival, id_of.get(native) or _unknown(native), id_of.get(customer) or _unknown(customer)
            )
        return Naming(records, identifiers)

    @each_sound
    def crosswalk(self) -> Iterator[tuple[str, str, CustomerId]]:
        id_of = {row[1]: row[0] for row in self._runner.each(ask.IDENTIFIER_ROWS)}
        for source, key, _, _, customer in self._runner.each(ask.RECORD_ROWS):
            yield source, key, id_of.get(customer) or _unknown(customer)

    @sound
    def contents(self, keys: Collection[RecordKey], /) -> dict[RecordKey, Content]:
        found: dict[RecordKey, Content] = {}
        for source, key, digest, payload in self._by_keys(ask.CONTENTS, keys):
            content = Content(payload)
            if content.digest != digest:
                raise damaged("the content of a record is not what was written")
            found[RecordKey(source, key)] = content
        return found

    @each_sound
    def changes(self, after: int = 0, /, limit: int | None = None) -> Iterator[Change]:
        at_most = _ALL if limit is None else limit
        # Some at a time, so that a long history is never in memory whole.
        rows = map(_change_row, self._runner.rows(ask.CHANGES_AFTER, after=after, at_most=at_most))
        while some := list(islice(rows, _CHANGES_AT_ONCE)):
            span = {"first": some[0].number, "last": some[-1].number}
            places = {"first": some[0].first_event, "last": some[-1].first_event + some[-1].n_events - 1}
            events = _grouped((row[1], _event(row)) for row in self._runner.each(ask.EVENTS_BETWEEN, **places))
            made = self._verdicts_of(self._runner.rows(ask.VERDICTS_MADE, **span), as_made=True)
            of_change = _grouped((each.change, each) for each in made)
            revoked: dict[int, list[int]] = _grouped(self._runner.rows(ask.VERDICTS_REVOKED, **span))
            for row in some:
                yield Change(
                    number=row.number,
                    at=_moment(row.at),
                    cause=_cause(row),
                    events=tuple(events.pop(row.number, ())),
                    digest=row.digest,
                    # As it was when it was made.
                    verdicts=tuple(of_change.get(row.number, ())),
                    revoked=tuple(sorted(revoked.get(row.number, ()))),
                )

    @sound
    def digest_at(self, number: int, /) -> str | None:
        last = self._position()[1]
        if last is not None and last.number == number:
            return last.digest
        digest: str | None = _first(self._runner.rows(ask.DIGEST_AT, number=number))
        return digest

    @sound
    def change_of(self, request: str, /) -> int | None:
        number: int | None = _first(self._runner.rows(ask.CHANGE_OF, request=request))
        return number

    @sound
    def change_before(self, moment: datetime, /) -> int:
        return _first(self._runner.rows(ask.CHANGE_AT, moment=microseconds(moment))) or 0

    @sound
    def history(
        self, *, customers: Collection[CustomerId] = (), records: Collection[RecordKey] = ()
    ) -> list[HistoryEntry]:
        ages = self._ages_of(customers)
        arrivals = [arrival for (arrival,) in self._by_keys(ask.ARRIVALS, records)]
        found = {
            row[0]: (row[1], _event(row))
            for statement, numbers in (
                (ask.EVENTS_OF_CUSTOMERS, ages),
                (ask.EVENTS_OF_OTHERS, ages),
                (ask.EVENTS_OF_ARRIVALS, arrivals),
            )
            for row in self._by_numbers(statement, numbers, "numbers")
        }
        changes = self._by_numbers(ask.CHANGES, (change for change, _ in found.values()), "numbers")
        headers = {row.number: (_moment(row.at), _cause(row)) for row in map(_change_row, changes)}
        if not headers.keys() >= {change for change, _ in found.values()}:
            raise damaged("an entry of the history belongs to no change")
        return [
            HistoryEntry(change=change, at=headers[change][0], cause=headers[change][1], event=event)
            for _, (change, event) in sorted(found.items(), key=lambda item: item[0])
        ]

    @sound
    def verdicts(self, records: Collection[RecordKey] | None = None, /) -> list[RecordedVerdict]:
        last = self._position()[1]
        if last is None or not last.n_verdicts:
            return []
        if records is None:
            return self._verdicts_of(self._runner.rows(ask.VERDICTS_STANDING))
        numbers = (number for (number,) in self._by_keys(ask.VERDICT_NUMBERS, records))
        return self._verdicts_of(list(self._by_numbers(ask.VERDICTS_OF, numbers, "numbers")))

    def _verdicts_of(self, rows: Sequence[tuple[Any, ...]], *, as_made: bool = False) -> list[RecordedVerdict]:
        sides: dict[tuple[int, int], list[RecordKey]] = {}
        for number, side, source, key in self._by_numbers(ask.VERDICT_SIDES, (row[0] for row in rows), "numbers"):
            sides.setdefault((number, side), []).append(RecordKey(source, key))
        return [
            RecordedVerdict(
                number=number,
                kind=_kind(VerdictKind, kind),
                left=tuple(sorted(sides.get((number, 0), ()))),
                right=tuple(sorted(sides.get((number, 1), ()))),
                change=change,
                revoked=None if as_made else revoked,
            )
            for number, kind, change, revoked in rows
        ]

    @sound
    def positions(self) -> dict[str, int]:
        return dict(self._runner.rows(ask.POSITIONS))

    @each_sound
    def audit(self, after: int = 0, /) -> Iterator[tuple[int, str]]:
        yield from ((number, entry) for number, entry in self._runner.each(ask.AUDIT_AFTER, after=after))

    @sound
    def audit_end(self) -> tuple[int, str] | None:
        for number, entry in self._runner.rows(ask.AUDIT_END):
            return number, entry
        return None

    @sound
    def settings(self) -> dict[str, str]:
        version = self._position()[0]
        known, found = self._known.latest
        if version is None or version != known:
            found = dict(self._runner.rows(ask.SETTINGS))
            if not _is_version_of(version, found):
                raise damaged("its settings are not those that were written")
            self._known.latest = version, found
        return dict(found)

    @sound
    def damage(self) -> list[str]:
        runner, found = self._runner, []
        if runner.dialect == "sqlite":
            reports = self._connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
            found += [f"SQLite: {each}" for each in reports if each != "ok"]
            types = [
                f"{table.name}.{column.name} holds {n_values} values of another type than its column."
                for table, statement in ask.N_OF_OTHER_TYPES
                for column, n_values in zip(table.columns, runner.rows(statement)[0], strict=True)
                if n_values
            ]
            if types:
                # What follows would end at the first of them.
                return found + types
        n_twice = _first(runner.rows(ask.N_TWICE))
        if n_twice:
            found.append(f"{n_twice} records are there twice, and may have two identifiers.")
        for arrival, digest, payload in runner.each(ask.CONTENT_ROWS):
            if Content(payload).digest != digest:
                found.append(f"The content of record number {arrival} is not what was written.")
        return found


def _change_row(row: tuple[Any, ...]) -> ChangeRow:
    return ChangeRow(*row)


def _event(row: tuple[Any, ...]) -> Event:
    _, _, kind, age, customer, other_age, other, native_age, native, arrival, source, key = row
    return Event(
        kind=_kind(EventKind, kind),
        customer=customer or _unknown(age),
        other=_named(other, other_age),
        record=None if source is None else RecordKey(source, key),
        arrival=arrival,
        native=_named(native, native_age),
    )


def _kind(kinds: type[_Kind], text: Any) -> _Kind:
    try:
        return kinds(text)
    except ValueError:
        raise damaged("an entry of the history is of no kind that there is") from None


def _named(name: CustomerId | None, age: int | None) -> CustomerId | None:
    """Return an identifier that an age tells; None for no age."""
    return None if age is None else name or _unknown(age)


def _unknown(age: int) -> CustomerId:
    """Return what stands for an identifier that is not there, as in a damaged database."""
    return CustomerId(f"(identifier {age})")


def _first(rows: list[tuple[Any, ...]]) -> Any:
    """Return the only value of a query; None for no row."""
    return rows[0][0] if rows else None


def _grouped(pairs: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for number, each in pairs:
        found.setdefault(number, []).append(each)
    return found


def _cause(row: ChangeRow) -> Cause:
    return Cause(kind=row.kind, actor=row.actor, reason=row.reason, request=row.request or "")


def _is_version_of(version: str | None, settings: Mapping[str, str]) -> bool:
    """Tell whether a version is one that was written with settings; there is none before the first one is kept."""
    if version is None:
        return not settings
    number = version.partition(".")[0]
    # Until one of them is another, settings of tables as first releases wrote them have a number alone.
    written = {number, f"{number}.{settings_digest(settings)}"}
    return _VERSION_NUMBER.fullmatch(number) is not None and version in written


def settings_digest(settings: Mapping[str, str]) -> str:
    """Return the SHA-256 of the settings, as hexadecimal digits."""
    return sha256(json.dumps(sorted(settings.items())).encode()).hexdigest()


def microseconds(moment: datetime) -> int:
    """Return a time as microseconds since the beginning of 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except (OverflowError, TypeError):
        raise damaged("the time of a change is none") from None
