"""One row per customer: the best value of each attribute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["best_values", "source_lists"]


def best_values(
    customer: NDArray[np.int64],
    n_customers: int,
    codes: NDArray[np.int32],
    columns: Sequence[tuple[int, pa.ChunkedArray]],
) -> pa.Array:
    """Choose one value per customer.

    Parameters
    ----------
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row, numbered from 0.
    n_customers : int
        Number of customers.
    codes : ndarray of int32, shape (n_rows, n_columns)
        Canonical values, -1 for missing.
    columns : sequence of (row, column)
        For each slot of ``codes``, the raw values as (first row, column) pieces in ascending order of rows; pieces of
        one slot follow each other.

    Returns
    -------
    pyarrow.Array of string, length n_customers
        The raw text of a row of the customer; null where none has a value.

    Notes
    -----
    The canonical value that most rows of the customer hold wins; of those, the longest raw text, then the first in
    alphabetical order.  So the value is always one that a source has stated, and no order of rows matters.
    """
    rows, slots = np.nonzero(codes >= 0)
    if not len(rows):
        return pa.nulls(n_customers, pa.string())
    raw = _raw_texts(columns, codes.shape, rows, slots)
    texts, text_code = np.unique(raw, return_inverse=True)
    length = np.fromiter(map(len, texts), np.int64, len(texts))
    owner = customer[rows]
    value = codes[rows, slots].astype(np.int64)
    pair, inverse, n_held = np.unique(owner * (int(value.max()) + 1) + value, return_inverse=True, return_counts=True)
    order = np.lexsort((text_code, -length[text_code], -n_held[inverse], owner))
    first = np.flatnonzero(np.append(True, owner[order][1:] != owner[order][:-1]))
    chosen = order[first]
    best = np.full(n_customers, None, object)
    best[owner[chosen]] = texts[text_code[chosen]]
    return pa.array(best, pa.string())


def _raw_texts(
    columns: Sequence[tuple[int, pa.ChunkedArray]],
    shape: tuple[int, ...],
    rows: NDArray[np.int64],
    slots: NDArray[np.int64],
) -> NDArray[np.object_]:
    raw = np.full(shape, "", object)
    slot, next_row = 0, 0
    for first_row, column in columns:
        if first_row < next_row:
            slot += 1
        raw[first_row : first_row + len(column), slot] = column.to_numpy(zero_copy_only=False)
        next_row = first_row + len(column)
    texts = raw[rows, slots]
    return np.array(["" if text is None else text for text in texts], object)


def source_lists(
    customer: NDArray[np.int64], n_customers: int, source_of_row: NDArray[np.int32], sources: Sequence[str]
) -> pa.Array:
    """Return for each customer the names of the sources that know it, sorted.

    Parameters
    ----------
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.
    n_customers : int
        Number of customers.
    source_of_row : ndarray of int32, shape (n_rows,)
        Position in ``sources``.
    sources : sequence of str
        Sorted names.

    Returns
    -------
    pyarrow.Array of list of string
        One list per customer.
    """
    pairs = np.unique(customer * len(sources) + source_of_row)
    counts = np.bincount(pairs // len(sources), minlength=n_customers)
    names = pa.array(list(sources), pa.string()).take(pa.array(pairs % len(sources)))
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(counts)), pa.int32()), names)
