"""A registry in memory: for tests, and for what need not be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Any, TypeVar

from attrs import evolve

from custid.errors import StoreError
from custid.registry.contents import Content
from custid.registry.events import Change, HistoryEntry, RecordedVerdict
from custid.registry.identifiers import CustomerId
from custid.registry.naming import IdentifierState, Naming, RecordState, Renaming
from custid.registry.record_keys import RecordKey
from custid.registry.store import Head, ReadTransaction, WriteTransaction

__all__ = ["MemoryStore"]

_Result = TypeVar("_Result")
_MISSING = object()


class MemoryStore:
    """Keeps a registry in this process, and only there.

    Transactions come one after the other, those that read too.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._tables = _Tables()
        self._is_open = True
        self._n_commits = 0

    @property
    def description(self) -> str:
        """What keeps the registry."""
        return "memory"

    @contextmanager
    def reading(self) -> Iterator[ReadTransaction]:
        """Open a transaction that sees one state."""
        with self._lock:
            self._require_open()
            yield self._tables

    def transact(self, work: Callable[[WriteTransaction], _Result], /) -> _Result:
        """Do some work in a writing transaction, and return its result."""
        with self._lock:
            self._require_open()
            try:
                result = work(self._tables)
            except BaseException:
                self._tables.roll_back()
                raise
            self._tables.commit()
            self._n_commits += 1
            return result

    def stamp(self) -> int:
        """Return a number that every writing transaction raises."""
        self._require_open()
        return self._n_commits

    def scrub(self) -> bool:
        """Return True: nothing is kept of what was forgotten."""
        return True

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._is_open = False
            self._tables = _Tables()

    def _require_open(self) -> None:
        if not self._is_open:
            raise StoreError("store: expected an open one, got one that was closed.")


class _Tables:
    """The tables, their indexes, and how to take back what was written since the last commit."""

    def __init__(self) -> None:
        self._head = Head()
        self._records: dict[RecordKey, RecordState] = {}
        self._contents: dict[RecordKey, Content] = {}
        self._identifiers: dict[CustomerId, IdentifierState] = {}
        self._members: dict[CustomerId, dict[RecordKey, None]] = defaultdict(dict)
        self._leading_to: dict[CustomerId, dict[CustomerId, None]] = defaultdict(dict)
        self._changes: list[Change] = []
        self._mentions: dict[CustomerId | RecordKey, list[tuple[int, int]]] = defaultdict(list)
        self._requests: dict[str, int] = {}
        self._verdicts: dict[int, RecordedVerdict] = {}
        self._positions: dict[str, int] = {}
        self._audit: list[tuple[int, str]] = []
        self._settings: dict[str, str] = {}
        self._undo: list[Callable[[], Any]] = []

    def commit(self) -> None:
        self._undo.clear()

    def roll_back(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _set(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Set an entry, or drop it where the value is `_MISSING`."""
        old = table.get(key, _MISSING)
        if old is _MISSING:
            self._undo.append(lambda: table.pop(key, None))
        else:
            self._undo.append(lambda: table.__setitem__(key, old))
        if value is _MISSING:
            table.pop(key, None)
        else:
            table[key] = value

    # Reading

    def head(self) -> Head:
        return self._head

    def records(self, keys: Collection[RecordKey], /) -> dict[RecordKey, RecordState]:
        return {key: self._records[key] for key in keys if key in self._records}

    def identifiers(self, ids: Collection[CustomerId], /) -> dict[CustomerId, IdentifierState]:
        return {each: self._identifiers[each] for each in ids if each in self._identifiers}

    def naming(self, customers: Collection[CustomerId] | None = None, /) -> Naming:
        if customers is None:
            return Naming(dict(self._records), dict(self._identifiers))
        return Naming(
            {key: self._records[key] for each in set(customers) for key in self._members.get(each, ())},
            {one: self._identifiers[one] for each in set(customers) for one in self._leading_to.get(each, ())},
        )

    def crosswalk(self) -> Iterator[tuple[str, str, CustomerId]]:
        yield from ((*each.key, each.customer) for each in self._records.values())

    def contents(self, keys: Collection[RecordKey], /) -> dict[RecordKey, Content]:
        return {key: self._contents[key] for key in keys if key in self._contents}

    def changes(self, after: int = 0, /, limit: int | None = None) -> Iterator[Change]:
        last = None if limit is None else after + limit
        yield from self._changes[max(after, 0) : last]

    def digest_at(self, number: int, /) -> str | None:
        return self._changes[number - 1].digest if 0 < number <= len(self._changes) else None

    def change_of(self, request: str, /) -> int | None:
        return self._requests.get(request)

    def change_before(self, moment: datetime, /) -> int:
        return next((each.number for each in reversed(self._changes) if each.at <= moment), 0)

    def history(
        self, *, customers: Collection[CustomerId] = (), records: Collection[RecordKey] = ()
    ) -> list[HistoryEntry]:
        names: list[CustomerId | RecordKey] = [*customers, *records]
        places = {place for name in names for place in self._mentions.get(name, [])}
        found = []
        for number, position in sorted(places):
            change = self._changes[number - 1]
            found.append(HistoryEntry(change=number, at=change.at, cause=change.cause, event=change.events[position]))
        return found

    def verdicts(self, records: Collection[RecordKey] | None = None, /) -> list[RecordedVerdict]:
        wanted = None if records is None else set(records)
        return [
            each
            for _, each in sorted(self._verdicts.items())
            if each.revoked is None and (wanted is None or each.records & wanted)
        ]

    def positions(self) -> dict[str, int]:
        return dict(self._positions)

    def audit(self, after: int = 0, /) -> Iterator[tuple[int, str]]:
        yield from self._audit[max(after, 0) :]

    def audit_end(self) -> tuple[int, str] | None:
        return self._audit[-1] if self._audit else None

    def settings(self) -> dict[str, str]:
        return dict(self._settings)

    def damage(self) -> list[str]:
        return []

    # Writing

    def append(
        self, change: Change, renaming: Renaming, contents: Mapping[RecordKey, Content] | None = None, /
    ) -> None:
        head = self._head
        self._undo.append(lambda: setattr(self, "_head", head))
        self._head = Head(
            tally=renaming.tally,
            at=change.at,
            digest=change.digest,
            n_verdicts=head.n_verdicts + len(change.verdicts),
        )
        self._undo.append(self._changes.pop)
        self._changes.append(change)
        if change.cause.request:
            self._set(self._requests, change.cause.request, change.number)
        for position, event in enumerate(change.events):
            for name in {event.customer, event.other, event.record} - {None}:
                places = self._mentions[name]  # type: ignore[index]  # None was taken out
                self._undo.append(places.pop)
                places.append((change.number, position))
        for each in renaming.withdrawn:
            self._move(each.key, _MISSING)
            self._set(self._contents, each.key, _MISSING)
        for record in renaming.records:
            self._move(record.key, record)
        for state in renaming.identifiers:
            self._lead(state)
        for verdict in change.verdicts:
            self._set(self._verdicts, verdict.number, verdict)
        for number in change.revoked:
            self._set(self._verdicts, number, evolve(self._verdicts[number], revoked=change.number))
        self.put_contents(contents or {})

    def _move(self, key: RecordKey, state: Any) -> None:
        old = self._records.get(key)
        if old is not None:
            self._set(self._members[old.customer], key, _MISSING)
        self._set(self._records, key, state)
        if state is not _MISSING:
            self._set(self._members[state.customer], key, None)

    def _lead(self, state: IdentifierState) -> None:
        old = self._identifiers.get(state.id)
        if old is not None and old.target is not None:
            self._set(self._leading_to[old.target], state.id, _MISSING)
        self._set(self._identifiers, state.id, state)
        if state.target is not None:
            self._set(self._leading_to[state.target], state.id, None)

    def put_contents(self, contents: Mapping[RecordKey, Content], /) -> None:
        for key, content in contents.items():
            if key in self._records:
                self._set(self._contents, key, content)

    def forget(self, arrivals: Collection[int], keys: Collection[RecordKey], /) -> None:
        numbers, gone = set(arrivals), set(keys)
        told: set[RecordKey] = set()
        for change in list(self._changes):
            named = {each.record for each in change.events if each.arrival in numbers} - {None}
            if not named and not any(each.records & gone for each in change.verdicts):
                continue
            told |= {key for key in named if key is not None}
            self._put_change(
                evolve(
                    change,
                    events=tuple(evolve(e, record=None) if e.arrival in numbers else e for e in change.events),
                    verdicts=tuple(_without(each, gone) for each in change.verdicts),
                )
            )
        for number, verdict in list(self._verdicts.items()):
            if verdict.records & gone:
                self._set(self._verdicts, number, _without(verdict, gone))
        for key in told:
            left = [
                place for place in self._mentions[key] if self._changes[place[0] - 1].events[place[1]].record == key
            ]
            self._set(self._mentions, key, left or _MISSING)

    def _put_change(self, change: Change) -> None:
        place = change.number - 1
        old = self._changes[place]
        self._undo.append(lambda: self._changes.__setitem__(place, old))
        self._changes[place] = change

    def put_position(self, reader: str, change: int, /) -> None:
        self._set(self._positions, reader, change)

    def append_audit(self, number: int, entry: str, /) -> None:
        self._undo.append(self._audit.pop)
        self._audit.append((number, entry))

    def put_setting(self, name: str, value: str, /) -> None:
        self._set(self._settings, name, value)


def _without(verdict: RecordedVerdict, keys: Collection[RecordKey]) -> RecordedVerdict:
    """Return a verdict that no longer names some records."""
    left, right = (tuple(key for key in side if key not in keys) for side in (verdict.left, verdict.right))
    return evolve(verdict, left=left, right=right)
