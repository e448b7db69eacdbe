"""Rows by their records: one mapping, whether they came as columns or one by one."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView

import numpy as np
from numpy.typing import NDArray

from custid.registry.record_keys import RecordKey
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row
from custid.table.utf8 import Utf8Strings

__all__ = ["KeyedRows", "joined_columns"]


class KeyedRows(Mapping[RecordKey, Row]):
    """What records mean, held as columns; objects of single rows are made when they are asked for.

    Parameters
    ----------
    records : sequence of RecordKey
        All different.
    columns : RowColumns
        What they mean, in their order.
    """

    def __init__(self, records: Sequence[RecordKey], columns: RowColumns) -> None:
        self._place = {key: place for place, key in enumerate(records)}
        self.columns = columns

    @classmethod
    def joined(cls, parts: Sequence[KeyedRows]) -> KeyedRows:
        """Return the rows of several, whose records are different."""
        return cls([key for part in parts for key in part], joined_columns([part.columns for part in parts]))

    @classmethod
    def of(cls, rows: Mapping[RecordKey, Row]) -> KeyedRows:
        """Return rows as columns."""
        if isinstance(rows, KeyedRows):
            return rows
        return cls(list(rows), RowColumns.of(list(rows.values())))

    def chosen(self, records: Sequence[RecordKey]) -> dict[RecordKey, Row]:
        """Return the rows of some records, which takes less time than one by one."""
        places = np.array([self._place[key] for key in records], np.int64)
        return dict(zip(records, self.columns.rows(places), strict=True))

    def namings(self, records: Sequence[RecordKey]) -> NDArray[np.int8]:
        """Return whom the names of some records tell."""
        return self.columns.namings[np.array([self._place[key] for key in records], np.int64)]

    def __getitem__(self, key: RecordKey) -> Row:
        return self.chosen([key])[key]

    def items(self) -> ItemsView[RecordKey, Row]:
        """Return records and their rows, all made at once."""
        return self.chosen(list(self)).items()

    def values(self) -> ValuesView[Row]:
        """Return the rows, all made at once."""
        return self.chosen(list(self)).values()

    def __iter__(self) -> Iterator[RecordKey]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, key: object) -> bool:
        return key in self._place


def joined_columns(parts: Sequence[RowColumns]) -> RowColumns:
    """Return the rows of several columns, one after the other; a value may stand in a vocabulary more than once."""
    values: dict[str, tuple[Sequence[str], np.ndarray]] = {}
    for attribute in sorted({name for part in parts for name in part.values}):
        width = max(part.values[attribute][1].shape[1] for part in parts if attribute in part.values)
        codes = np.full((sum(map(len, parts)), width), -1, np.int32)
        vocabularies, first, row = [], 0, 0
        for part in parts:
            if attribute in part.values:
                vocabulary, own = part.values[attribute]
                codes[row : row + len(part), : own.shape[1]] = np.where(own >= 0, own + np.int32(first), np.int32(-1))
                vocabularies.append(Utf8Strings.of(vocabulary))
                first += len(vocabulary)
            row += len(part)
        values[attribute] = vocabularies[0] if len(vocabularies) == 1 else Utf8Strings.joined(vocabularies), codes
    return RowColumns(
        values=values,
        kinds=np.concatenate([np.empty(0, np.int8), *(part.kinds for part in parts)]),
        namings=np.concatenate([np.empty(0, np.int8), *(part.namings for part in parts)]),
    )
