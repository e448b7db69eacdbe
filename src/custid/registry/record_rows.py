"""What live records say: a table of all when it was made, and row by row what has come since."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from custid.intake.row_facts import Naming
from custid.registry.generic_counts import statement_hash
from custid.registry.keyed_rows import joined_columns
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row
from custid.table.hashing import combined_hash
from custid.table.record_table import RecordTable, ValueColumn, build_record_table
from custid.table.utf8 import Utf8Strings

__all__ = ["RecordRows", "content_hash", "kinds_and_namings_of", "numbers_array", "table_of_rows"]

_64_BITS: Final = (1 << 64) - 1
_N_NAMINGS: Final = len(Naming)


def numbers_array(code: str, numbers: NDArray[Any]) -> array[int]:
    """Return numbers as an array that can be appended to."""
    return array(code, np.ascontiguousarray(numbers, np.dtype(code)).tobytes())


def content_hash(content: Row) -> int:
    """Return the hash of a content, the same as in a table of units."""
    total = sum(statement_hash(attribute, value) for attribute, values in content.values for value in values)
    found = combined_hash([0, total & _64_BITS])
    return found if content.kind < 0 else combined_hash([found, content.kind])


def table_of_rows(columns: RowColumns, n_threads: int = 1) -> RecordTable:
    """Return a table of all that rows say, their kinds and namings as one number."""
    told = ((columns.kinds + 1) * _N_NAMINGS + columns.namings).astype(np.int8)
    return build_record_table(columns.values, len(columns), kind_of_row=told, n_threads=n_threads)


def kinds_and_namings_of(table: RecordTable) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return the kinds and the namings of the units of a table of rows."""
    kinds, namings = np.divmod(table.kind_of_unit, np.int8(_N_NAMINGS))
    return (kinds - 1).astype(np.int8), namings.astype(np.int8)


class RecordRows:
    """Rows by the numbers of their records, from 0.

    Parameters
    ----------
    table : RecordTable
        What the first records say, as :func:`table_of_rows` has it.
    """

    def __init__(self, table: RecordTable) -> None:
        self._table = table
        self._since: dict[int, str] = {}
        self._hashes = numbers_array("Q", table.content_hash[table.unit_of_row])

    @property
    def table(self) -> RecordTable:
        """What the records said when all were made anew."""
        return self._table

    def __getitem__(self, number: int) -> Row:
        text = self._since.get(number)
        if text is None:
            return _row_of(self._table, int(self._table.unit_of_row[number]))
        values, kind, naming = json.loads(text)
        return Row(tuple((name, tuple(held)) for name, held in values), kind, naming)

    def says(self, number: int, hash_of_row: int) -> bool:
        """Tell whether a record says what has a hash."""
        return self._hashes[number] == hash_of_row

    def say(self, numbers: NDArray[np.int64], hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell of each record whether it says what has a hash; none does whose number is -1."""
        held = np.append(np.frombuffer(self._hashes, np.uint64), np.uint64(0))
        told: NDArray[np.bool_] = (held[numbers] == hashes) & (numbers >= 0)
        return told

    def append(self) -> None:
        """Make room for one record more."""
        self._hashes.append(0)

    def put(self, number: int, row: Row) -> None:
        """Keep what a record says from now on."""
        self._since[number] = json.dumps([row.values, row.kind, row.naming])
        self._hashes[number] = self.hash_of(row)

    def drop(self, number: int) -> None:
        """Forget a record."""
        self._since.pop(number, None)
        self._hashes[number] = 0

    @staticmethod
    def hash_of(row: Row) -> int:
        """Return the hash of a row, the same as in a table of rows."""
        return content_hash(Row(row.values, (row.kind + 1) * _N_NAMINGS + row.naming))

    def is_of_table(self, number: int) -> bool:
        """Tell whether a record says what it said when all were made anew."""
        return number not in self._since

    def columns(self, numbers: Sequence[int]) -> RowColumns:
        """Return some rows, those of the table first."""
        n_of_table = sum(map(self.is_of_table, numbers))
        units = self._table.unit_of_row[np.array(numbers[:n_of_table], np.int64)]
        kinds, namings = kinds_and_namings_of(self._table)
        values = {name: (each.vocabulary, each.codes[units]) for name, each in self._table.columns.items()}
        first = RowColumns(values=values, kinds=kinds[units], namings=namings[units])
        return joined_columns([first, RowColumns.of([self[number] for number in numbers[n_of_table:]])])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that is held, as arrays."""
        table, since = self._table, Utf8Strings.of(list(self._since.values()))
        found: dict[str, NDArray[Any]] = {
            "unit_of_row": table.unit_of_row,
            "n_copies": table.n_copies,
            "row_hash": table.content_hash,
            "row_kind": table.kind_of_unit,
            "hashes": np.array(self._hashes, np.uint64),
            "since": np.fromiter(self._since, np.int64, len(self._since)),
            "since.data": since.data,
            "since.offsets": since.offsets,
        }
        for name, column in table.columns.items():
            vocabulary = Utf8Strings.of(column.vocabulary)
            found |= {
                f"column.{name}.data": vocabulary.data,
                f"column.{name}.offsets": vocabulary.offsets,
                f"column.{name}.codes": column.codes,
                f"column.{name}.counts": column.counts,
                f"column.{name}.hashes": column.hashes,
            }
        return found

    @classmethod
    def of_arrays(cls, held: Mapping[str, NDArray[Any]], attributes: Sequence[str]) -> RecordRows:
        """Return rows as :meth:`arrays` had them, given the attributes of the table."""
        columns = {
            name: ValueColumn(
                attribute=name,
                vocabulary=Utf8Strings(data=held[f"column.{name}.data"], offsets=held[f"column.{name}.offsets"]),
                codes=held[f"column.{name}.codes"],
                counts=held[f"column.{name}.counts"],
                hashes=held[f"column.{name}.hashes"],
            )
            for name in attributes
        }
        table = RecordTable(
            columns=columns,
            unit_of_row=held["unit_of_row"],
            n_copies=held["n_copies"],
            source_of_unit=np.zeros(len(held["n_copies"]), np.int32),
            content_hash=held["row_hash"],
            kind_of_unit=held["row_kind"],
        )
        rows = cls(table)
        rows._since = dict(  # its own class
            zip(
                held["since"].tolist(),
                Utf8Strings(data=held["since.data"], offsets=held["since.offsets"]),
                strict=True,
            )
        )
        rows._hashes = numbers_array("Q", held["hashes"])  # as above
        return rows


def _row_of(table: RecordTable, unit: int) -> Row:
    values = []
    for name, column in table.columns.items():
        held = tuple(column.vocabulary[code] for code in column.codes[unit].tolist() if code >= 0)
        if held:
            values.append((name, held))
    kind, naming = divmod(int(table.kind_of_unit[unit]), _N_NAMINGS)
    return Row(tuple(values), kind - 1, naming)
