"""Writing the tables in one transaction of a database."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import bindparam, delete, null, update

from custid.registry.contents import Content
from custid.registry.events import Change
from custid.registry.identifiers import CustomerId
from custid.registry.naming import Renaming
from custid.registry.record_keys import RecordKey
from custid.registry.sql._queries import SETTINGS_VERSION, ChangeRow
from custid.registry.sql._reading import SqlReader, microseconds, settings_digest
from custid.registry.sql.tables import (
    AUDIT,
    CHANGE,
    EVENT,
    IDENTIFIER,
    READER,
    RECORD,
    SETTING,
    VERDICT,
    VERDICT_RECORD,
)

__all__ = ["SqlWriter"]

_MOVE: Final = (
    update(RECORD)
    .where(RECORD.c.arrival == bindparam("of_arrival"))
    .values(customer=bindparam("to_customer"), native=bindparam("to_native"))
)
_WITHDRAW: Final = (
    update(RECORD)
    .where(RECORD.c.arrival == bindparam("of_arrival"))
    .values(customer=null(), native=null(), digest=null(), payload=null())
)
_LEAD: Final = (
    update(IDENTIFIER)
    .where(IDENTIFIER.c.age == bindparam("of_age"))
    .values(target=bindparam("to_target"), retired=bindparam("to_retired"), follows=bindparam("to_follows"))
)
_FILL: Final = (
    update(RECORD)
    .where(
        RECORD.c.source == bindparam("of_source"), RECORD.c.key == bindparam("of_key"), RECORD.c.customer.is_not(None)
    )
    .values(digest=bindparam("to_digest"), payload=bindparam("to_payload"))
)
_REVOKE: Final = (
    update(VERDICT).where(VERDICT.c.number == bindparam("of_number")).values(revoked=bindparam("to_revoked"))
)
_FORGET_RECORD: Final = delete(RECORD).where(RECORD.c.arrival == bindparam("of_arrival"), RECORD.c.customer.is_(None))
_FORGET_IN_VERDICTS: Final = delete(VERDICT_RECORD).where(
    VERDICT_RECORD.c.source == bindparam("of_source"), VERDICT_RECORD.c.key == bindparam("of_key")
)
_FORGET_POSITION: Final = delete(READER).where(READER.c.name == bindparam("of_name"))
_FORGET_SETTING: Final = delete(SETTING).where(SETTING.c.name == bindparam("of_name"))


class SqlWriter(SqlReader):
    """Reads and writes in one transaction, which no other writing one runs beside; the store begins and ends it."""

    def append(
        self, change: Change, renaming: Renaming, contents: Mapping[RecordKey, Content] | None = None, /
    ) -> None:
        version, last = self._position()
        self._forget_few()
        row = ChangeRow(
            number=change.number,
            at=microseconds(change.at),
            kind=change.cause.kind,
            actor=change.cause.actor,
            reason=change.cause.reason,
            request=change.cause.request or None,
            digest=change.digest,
            first_event=1 if last is None else last.first_event + last.n_events,
            n_events=len(change.events),
            arrivals=renaming.tally.arrivals,
            issued=renaming.tally.issued,
            n_verdicts=(0 if last is None else last.n_verdicts) + len(change.verdicts),
        )
        self._runner.add(CHANGE, [row])
        self._know_ages(renaming)
        self._write_identifiers(renaming, 0 if last is None else last.issued)
        self._write_records(renaming, 0 if last is None else last.arrivals, contents or {})
        self._runner.add(EVENT, self._event_rows(change, row.first_event))
        self._write_verdicts(change)
        self._last = version, row

    def _forget_few(self) -> None:
        """Ask again for what is about to be others."""
        self._few_records.clear()
        self._few_customers.clear()

    def _know_ages(self, renaming: Renaming) -> None:
        """Learn the ages of all identifiers that are about to be written."""
        self._ages.update((each.id, each.age) for each in renaming.identifiers)
        named: set[CustomerId | None] = {each.customer for each in renaming.events}
        for event in renaming.events:
            if event.other is not None:
                named.add(event.other)
        for record in renaming.records:
            named.add(record.native)
            named.add(record.customer)
        for state in renaming.identifiers:
            named.add(state.target)
            named.add(state.follows)
        named.difference_update(self._ages)
        self._ages_of([each for each in named if each is not None])

    def _event_rows(self, change: Change, first: int) -> Iterator[tuple[Any, ...]]:
        age_of = self._ages
        number = change.number
        for place, event in enumerate(change.events, start=first):
            other, native = event.other, event.native
            yield (
                place,
                number,
                # Drivers take longer over a subclass of text.
                str.__str__(event.kind),
                age_of[event.customer],
                None if other is None else age_of[other],
                event.arrival,
                None if native is None else age_of[native],
            )

    def _write_records(self, renaming: Renaming, arrivals: int, contents: Mapping[RecordKey, Content]) -> None:
        age_of, runner = self._ages, self._runner
        if renaming.withdrawn:
            runner.change(_WITHDRAW, ({"of_arrival": each.arrival} for each in renaming.withdrawn))
        moved = [each for each in renaming.records if each.arrival <= arrivals]
        arrived = (each for each in renaming.records if each.arrival > arrivals)
        if moved:
            runner.change(
                _MOVE,
                (
                    {
                        "of_arrival": each.arrival,
                        "to_customer": age_of[each.customer],
                        "to_native": age_of[each.native],
                    }
                    for each in moved
                ),
            )
        filled = dict(contents)

        def rows() -> Iterator[tuple[Any, ...]]:
            for each in arrived:
                content = filled.pop(each.key, None)
                yield (
                    each.arrival,
                    *each.key,
                    age_of[each.customer],
                    age_of[each.native],
                    None if content is None else content.digest,
                    None if content is None else content.payload,
                )

        runner.add(RECORD, rows())
        self.put_contents(filled)

    def _write_identifiers(self, renaming: Renaming, issued: int) -> None:
        age_of, runner = self._ages, self._runner
        led = [each for each in renaming.identifiers if each.age <= issued]
        if led:
            runner.change(
                _LEAD,
                (
                    {
                        "of_age": each.age,
                        "to_target": None if each.target is None else age_of[each.target],
                        "to_retired": each.retired,
                        "to_follows": None if each.follows is None else age_of[each.follows],
                    }
                    for each in led
                ),
            )
        if len(led) == len(renaming.identifiers):
            return
        runner.add(
            IDENTIFIER,
            (
                (
                    each.age,
                    each.id,
                    None if each.target is None else age_of[each.target],
                    each.retired,
                    None if each.follows is None else age_of[each.follows],
                )
                for each in renaming.identifiers
                if each.age > issued
            ),
        )

    def _write_verdicts(self, change: Change) -> None:
        runner = self._runner
        if change.verdicts:
            runner.add(VERDICT, ((each.number, each.kind.value, each.change, None) for each in change.verdicts))
            runner.add(
                VERDICT_RECORD,
                (
                    (each.number, side, *key)
                    for each in change.verdicts
                    for side, keys in enumerate((each.left, each.right))
                    for key in keys
                ),
            )
        if change.revoked:
            runner.change(_REVOKE, ({"of_number": number, "to_revoked": change.number} for number in change.revoked))

    def put_contents(self, contents: Mapping[RecordKey, Content], /) -> None:
        if contents:
            self._runner.change(
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
        self._forget_few()
        # The ledger speaks of numbers; without its row a number leads to no key.
        self._runner.change(_FORGET_RECORD, ({"of_arrival": each} for each in sorted(arrivals)))
        self._runner.change(_FORGET_IN_VERDICTS, ({"of_source": each.source, "of_key": each.key} for each in keys))

    def put_position(self, reader: str, change: int, /) -> None:
        self._runner.change(_FORGET_POSITION, [{"of_name": reader}])
        self._runner.add(READER, [(reader, change)])

    def append_audit(self, number: int, entry: str, /) -> None:
        self._runner.add(AUDIT, [(number, entry)])

    def put_setting(self, name: str, value: str, /) -> None:
        settings = self.settings()
        if settings.get(name) == value:
            return
        # Random, as a number that counts would come again after a rollback; the digest tells whether they are damaged.
        version = f"{secrets.token_hex(8)}.{settings_digest(settings | {name: value})}"
        self._runner.change(_FORGET_SETTING, [{"of_name": each} for each in (name, SETTINGS_VERSION)])
        self._runner.add(SETTING, [(name, value), (SETTINGS_VERSION, version)])
        self._last = version, self._position()[1]
