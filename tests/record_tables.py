"""Record tables from values written down in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from custid.table import RecordTable, build_record_table

__all__ = ["table_of"]


def table_of(
    columns: Mapping[str, Sequence[str | tuple[str, ...]]], sources: Sequence[int] | None = None, n_rows: int = 0
) -> RecordTable:
    """Return the table of some rows; a cell is one value, or a tuple of several; empty text is missing."""
    values = {}
    for name, cells in columns.items():
        n_rows = len(cells)
        rows = [(cell,) if isinstance(cell, str) else cell for cell in cells]
        width = max(map(len, rows), default=0)
        vocabulary = [value for row in rows for value in row]
        codes = np.full((n_rows, width), -1, np.int32)
        position = 0
        for number, row in enumerate(rows):
            codes[number, : len(row)] = np.arange(position, position + len(row))
            position += len(row)
        values[name] = (vocabulary, codes)
    return build_record_table(values, n_rows, None if sources is None else np.array(sources, np.int32))
