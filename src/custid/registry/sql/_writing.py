"""Writing the tables in one transaction of a database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, update

from custid.registry.contents import Content
from custid.registry.events import Change
from custid.registry.naming import Renaming, Tally
from custid.registry.record_keys import RecordKey
from custid.registry.sql._reading import SqlReader, having_keys, head_of, microseconds, portions
from custid.registry.sql.tables import CHANGE, EVENT, IDENTIFIER, READER, RECORD, SETTING, VERDICT, VERDICT_RECORD

__all__ = ["SqlWriter"]

_MOVE: Final = (
    update(RECORD)
    .where(RECORD.c.arrival == bindparam("of_arrival"))
    .values(customer=bindparam("to_customer"), native=bindparam("to_native"))
)
_WITHDRAW: Final = (
    update(RECORD)
    .where(RECORD.c.arrival == bindparam("of_arrival"))
    .values(customer=None, native=None, digest=None, payload=None)
)
_LEAD: Final = (
    update(IDENTIFIER)
    .where(IDENTIFIER.c.id == bindparam("of_id"))
    .values(target=bindparam("to_target"), retired=bindparam("to_retired"), follows=bindparam("to_follows"))
)
_FILL: Final = (
    update(RECORD)
    .where(
        RECORD.c.source == bindparam("of_source"), RECORD.c.key == bindparam("of_key"), RECORD.c.customer.is_not(None)
    )
    .values(digest=bindparam("to_digest"), payload=bindparam("to_payload"))
)


class SqlWriter(SqlReader):
    """Reads and writes in one transaction, which no other writing one runs beside; the store begins and ends it."""

    def append(self, change: Change, renaming: Renaming, /) -> None:
        last = self.last_change()
        counted = head_of(last)
        first_event = 1 if last is None else last.first_event + last.n_events
        self._insert(
            CHANGE,
            [
                {
                    "number": change.number,
                    "at": microseconds(change.at),
                    "kind": change.cause.kind,
                    "actor": change.cause.actor,
                    "reason": change.cause.reason,
                    "request": change.cause.request or None,
                    "digest": change.digest,
                    "first_event": first_event,
                    "n_events": len(change.events),
                    "arrivals": renaming.tally.arrivals,
                    "issued": renaming.tally.issued,
                    "n_verdicts": counted.n_verdicts + len(change.verdicts),
                }
            ],
        )
        self._write_events(change, first_event)
        self._write_records(renaming, counted.tally)
        self._write_identifiers(renaming, counted.tally)
        self._write_verdicts(change)

    def _insert(self, table: Any, rows: Iterable[dict[str, Any]]) -> None:
        for some in portions(rows):
            self._connection.execute(insert(table), some)

    def _update(self, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
        for some in portions(rows):
            self._connection.execute(statement, some)

    def _write_events(self, change: Change, first_event: int) -> None:
        self._insert(
            EVENT,
            (
                {
                    "place": place,
                    "change": change.number,
                    "kind": event.kind.value,
                    "customer": event.customer,
                    "other": event.other,
                    "arrival": event.arrival,
                    "native": event.native,
                }
                for place, event in enumerate(change.events, start=first_event)
            ),
        )

    def _write_records(self, renaming: Renaming, counted: Tally) -> None:
        self._update(_WITHDRAW, ({"of_arrival": each.arrival} for each in renaming.withdrawn))
        self._update(
            _MOVE,
            (
                {"of_arrival": each.arrival, "to_customer": each.customer, "to_native": each.native}
                for each in renaming.records
                if each.arrival <= counted.arrivals
            ),
        )
        self._insert(
            RECORD,
            (
                {
                    "arrival": each.arrival,
                    "source": each.key.source,
                    "key": each.key.key,
                    "customer": each.customer,
                    "native": each.native,
                }
                for each in renaming.records
                if each.arrival > counted.arrivals
            ),
        )

    def _write_identifiers(self, renaming: Renaming, counted: Tally) -> None:
        self._update(
            _LEAD,
            (
                {
                    "of_id": each.id,
                    "to_target": each.target,
                    "to_retired": each.retired,
                    "to_follows": each.follows,
                }
                for each in renaming.identifiers
                if each.age <= counted.issued
            ),
        )
        self._insert(
            IDENTIFIER,
            (
                {
                    "id": each.id,
                    "age": each.age,
                    "target": each.target,
                    "retired": each.retired,
                    "follows": each.follows,
                }
                for each in renaming.identifiers
                if each.age > counted.issued
            ),
        )

    def _write_verdicts(self, change: Change) -> None:
        self._insert(
            VERDICT,
            (
                {"number": each.number, "kind": each.kind.value, "change": each.change, "revoked": None}
                for each in change.verdicts
            ),
        )
        self._insert(
            VERDICT_RECORD,
            (
                {"verdict": each.number, "side": side, "source": key.source, "key": key.key}
                for each in change.verdicts
                for side, keys in enumerate((each.left, each.right))
                for key in keys
            ),
        )
        if change.revoked:
            self._connection.execute(
                update(VERDICT).where(VERDICT.c.number.in_(change.revoked)).values(revoked=change.number)
            )

    def put_contents(self, contents: Mapping[RecordKey, Content], /) -> None:
        self._update(
            _FILL,
            (
                {
                    "of_source": key.source,
                    "of_key": key.key,
                    "to_digest": content.digest,
                    "to_payload": content.payload,
                }
                for key, content in contents.items()
            ),
        )

    def forget(self, arrivals: Collection[int], keys: Collection[RecordKey], /) -> None:
        # The ledger speaks of numbers; without its row a number leads to no key.
        for some in portions(sorted(arrivals)):
            self._connection.execute(delete(RECORD).where(RECORD.c.arrival.in_(some), RECORD.c.customer.is_(None)))
        for condition in having_keys(keys, VERDICT_RECORD.c.source, VERDICT_RECORD.c.key):
            self._connection.execute(delete(VERDICT_RECORD).where(condition))

    def put_position(self, reader: str, change: int, /) -> None:
        self._connection.execute(delete(READER).where(READER.c.name == reader))
        self._connection.execute(insert(READER).values(name=reader, change=change))

    def put_setting(self, name: str, value: str, /) -> None:
        self._connection.execute(delete(SETTING).where(SETTING.c.name == name))
        self._connection.execute(insert(SETTING).values(name=name, value=value))
