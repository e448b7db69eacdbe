"""Records by their names: source and record key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from custid.intake.canonical import CanonicalValues, SourceInput

__all__ = ["SEVERAL", "record_keys", "rows_of_names"]

SEVERAL: Final = -1
"""In place of a row: the name is that of several records."""


def record_keys(inputs: Sequence[SourceInput]) -> pa.ChunkedArray:
    """Return the record key of each row.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows.

    Returns
    -------
    pyarrow.ChunkedArray of string, shape (n_rows,)
        The keys; the number of the row within its source, from 1, where there are none.
    """
    parts = []
    for each in inputs:
        if each.mapping.record_key is None:
            parts.append(pa.array(np.arange(1, each.intake.table.num_rows + 1)).cast(pa.string()))
        else:
            parts.extend(each.intake.table.column(each.mapping.record_key).chunks)
    return pa.chunked_array(parts, pa.string())


def rows_of_names(
    inputs: Sequence[SourceInput], canonical: CanonicalValues, names: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], int]:
    """Return the rows that some names mean.

    Parameters
    ----------
    inputs : sequence of SourceInput
        The sources, in the order of their rows.
    canonical : CanonicalValues
        Knows the source of each row.
    names : iterable of (source, record key)
        The names; an empty source means any.

    Returns
    -------
    mapping of (source, record key) to int
        The row of each name that is there; `SEVERAL` where several rows have it.
    """
    wanted = set(names)
    if not wanted:
        return {}
    keys = record_keys(inputs)
    value_set = pa.array(sorted({key for _, key in wanted}), pa.string())
    rows = np.flatnonzero(pc.is_in(keys, value_set=value_set).to_numpy())
    found: dict[tuple[str, str], int] = {}
    for row, key in zip(rows.tolist(), keys.take(pa.array(rows)).to_pylist(), strict=True):
        for name in ((canonical.sources[canonical.source_of_row[row]], key), ("", key)):
            if name in wanted:
                found[name] = SEVERAL if name in found else row
    return found
