"""Which values are generic by the names beside them, kept current as records come and go.

Invariant: a value is generic exactly if a batch over the live records would take it for generic.  Names are counted of
values that many records hold; few records cannot hold as many names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custid.intake._parts import plainest
from custid.intake.generic_values import GenericPolicy, declared_values
from custid.registry.rows import NAME_ATTRIBUTES, Row
from custid.table.hashing import combine_hashes, combined_hash, string_hash, string_hashes
from custid.table.record_table import RecordTable

__all__ = ["GenericCounts", "statement_hash"]


def statement_hash(attribute: str, value: str) -> int:
    """Return the hash of a value of an attribute."""
    return combined_hash([string_hash(attribute), string_hash(value)])


class GenericCounts:
    """Holders of values, and the names beside values that many hold.

    Parameters
    ----------
    policy : GenericPolicy
        Which values are generic: by the names beside them, or by a person's word.
    row_of : callable
        Returns what a live record says.

    Raises
    ------
    ConfigurationError
        If the policy declares a value that cannot be read.
    """

    def __init__(self, policy: GenericPolicy, row_of: Callable[[int], Row]) -> None:
        self._policy = policy
        self._row_of = row_of
        self._generic, self._never_generic = declared_values(policy)
        self._declared = frozenset(attribute for attribute, _ in self._generic)
        self._attribute = {name: string_hash(name) for name in policy.attributes}
        self._begin(np.empty(0, np.uint64), np.empty(0, np.int32))

    def _begin(self, values: NDArray[np.uint64], records: NDArray[np.int32]) -> None:
        """Forget all, and take the holders of values, by the hashes of these, ascending."""
        self._values, self._records = values, records
        self._has_left: set[int] = set()
        self._since: defaultdict[int, set[int]] = defaultdict(set)
        self._names: dict[int, Counter[int]] = {}

    def rebuild(self, table: RecordTable) -> None:
        """Forget all, and take the records of a table, by their rows."""
        values, records = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
        for name in self._policy.attributes:
            if name in table.columns:
                column = table.columns[name]
                statements = combine_hashes([string_hashes([name]), column.hashes])
                codes = column.codes[table.unit_of_row]
                row, slot = np.nonzero(codes >= 0)
                values.append(statements[codes[row, slot]])
                records.append(row.astype(np.int32))
        value, record = np.concatenate(values), np.concatenate(records)
        order = np.argsort(value, kind="stable")
        value, record = value[order], record[order]
        self._begin(value, record)
        first = np.flatnonzero(np.append(True, value[1:] != value[:-1])[: len(value)])
        n_holders = np.diff(np.append(first, len(value)))
        is_common = np.repeat(n_holders >= self._policy.min_names, n_holders)
        named = _names_of(table)[table.unit_of_row[record[is_common]]]
        stated = np.column_stack([value[is_common], named])[named > 0]
        distinct, n_names = np.unique(stated, axis=0, return_counts=True)
        self._take_names(distinct[:, 0], distinct[:, 1], n_names)

    def _take_names(self, values: NDArray[np.uint64], names: NDArray[np.uint64], counts: NDArray[np.int64]) -> None:
        for value, name, n_holders in zip(values.tolist(), names.tolist(), counts.tolist(), strict=True):
            self._names.setdefault(value, Counter())[name] = n_holders

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that is held, as arrays."""
        since = [(value, record) for value, records in self._since.items() for record in records]
        names = [(value, name, n) for value, held in self._names.items() for name, n in held.items()]
        return {
            "values": self._values,
            "records": self._records,
            "has_left": np.fromiter(self._has_left, np.int64, len(self._has_left)),
            "since.values": np.array([each[0] for each in since], np.uint64),
            "since.records": np.array([each[1] for each in since], np.int64),
            "names.values": np.array([each[0] for each in names], np.uint64),
            "names.names": np.array([each[1] for each in names], np.uint64),
            "names.counts": np.array([each[2] for each in names], np.int64),
        }

    def take_arrays(self, held: Mapping[str, NDArray[Any]]) -> None:
        """Hold what :meth:`arrays` had."""
        self._begin(held["values"], held["records"])
        self._has_left = set(held["has_left"].tolist())
        for value, record in zip(held["since.values"].tolist(), held["since.records"].tolist(), strict=True):
            self._since[value].add(record)
        self._take_names(held["names.values"], held["names.names"], held["names.counts"])

    def may_be_generic(self, attribute: str) -> bool:
        """Tell whether any value of an attribute is generic now, as far as that is told without asking for it."""
        return attribute in self._declared or (bool(self._names) and attribute in self._attribute)

    def is_generic(self, attribute: str, value: str) -> bool:
        """Tell whether a value is generic."""
        stated = attribute, value
        if stated in self._generic:
            return True
        if attribute not in self._attribute or stated in self._never_generic:
            return False
        return self._is_generic(self._statement(attribute, value))

    def _is_generic(self, value: int) -> bool:
        return len(self._names.get(value, ())) >= self._policy.min_names

    def _statement(self, attribute: str, value: str) -> int:
        return combined_hash([self._attribute[attribute], string_hash(value)])

    def holders(self, value: int) -> Iterator[int]:
        """Return the records that hold a value, given its hash."""
        low, high = (int(self._values.searchsorted(np.uint64(value), side)) for side in ("left", "right"))
        for record in self._records[low:high].tolist():
            if record not in self._has_left:
                yield record
        yield from self._since.get(value, ())

    def take(self, record: int, row: Row, flipped: set[int]) -> None:
        """Count a record that has come; values that turn generic or cease to be are added to ``flipped``."""
        name = _name_of(row)
        for value in self._counted(row):
            self._since[value].add(record)
            names = self._names.get(value)
            was_generic = self._is_generic(value)
            if names is None:
                self._count_names(value)
            elif name is not None:
                names[name] += 1
            if self._is_generic(value) != was_generic:
                flipped.add(value)

    def forget(self, record: int, row: Row, flipped: set[int]) -> None:
        """Leave out a record that goes."""
        name = _name_of(row)
        for value in self._counted(row):
            since = self._since.get(value)
            if since is not None:
                since.discard(record)
                if not since:
                    del self._since[value]
            names = self._names.get(value)
            if names is None or name is None:
                continue
            was_generic = self._is_generic(value)
            names[name] -= 1
            if not names[name]:
                del names[name]
            if not names:
                del self._names[value]
            if self._is_generic(value) != was_generic:
                flipped.add(value)
        self._has_left.add(record)

    def _counted(self, row: Row) -> Iterable[int]:
        return [
            self._statement(attribute, value)
            for attribute, values in row.values
            if attribute in self._attribute
            for value in values
        ]

    def _count_names(self, value: int) -> None:
        """Count the names beside a value, if as many records hold it as there have to be names."""
        holders = list(self.holders(value))
        if len(holders) >= self._policy.min_names:
            names = Counter(name for name in map(_name_of, map(self._row_of, holders)) if name is not None)
            if names:
                self._names[value] = names


def _name_of(row: Row) -> int | None:
    return None if row.name is None else statement_hash(*row.name)


def _names_of(table: RecordTable) -> NDArray[np.uint64]:
    """Return the hash of the name of each unit of a table, 0 for none."""
    names = np.zeros(table.n_units, np.uint64)
    for attribute in reversed(NAME_ATTRIBUTES):
        if attribute in table.columns:
            column = table.columns[attribute]
            hashes = np.append(combine_hashes([string_hashes([attribute]), column.hashes]), np.uint64(0))
            code = plainest((column.vocabulary, column.codes))
            names = np.where(code >= 0, hashes[code], names)
    return names
