"""Which values are generic by the names beside them, kept current as records come and go.

Invariant: a value is generic exactly if a batch over the live records would take it for generic.  Names are counted of
values that many records hold; few records cannot hold as many names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from custid.intake.generic_values import GenericPolicy, declared_values
from custid.registry.rows import Row
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
        self._attribute = {name: string_hash(name) for name in policy.attributes}
        self.begin(np.empty(0, np.uint64), np.empty(0, np.int32))

    def begin(self, values: NDArray[np.uint64], records: NDArray[np.int32]) -> None:
        """Forget all, and take the holders of values.

        Parameters
        ----------
        values : ndarray of uint64, shape (n_held,)
            Hashes of values, ascending.
        records : ndarray of int32, shape (n_held,)
            A record that holds each.
        """
        self.values, self.records = values, records
        self._has_left: set[int] = set()
        self._since: defaultdict[int, set[int]] = defaultdict(set)
        self._names: dict[int, Counter[int]] = {}
        first = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
        n_holders = np.diff(np.append(first, len(values)))
        for value in values[first[n_holders >= self._policy.min_names]].tolist():
            self._count_names(value)

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
        self.begin(value[order], record[order])

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
        low, high = (int(self.values.searchsorted(np.uint64(value), side)) for side in ("left", "right"))
        for record in self.records[low:high].tolist():
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
