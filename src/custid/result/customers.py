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
    columns: Sequence[tuple[int, int, pa.ChunkedArray]],
    vocabulary: Sequence[str] | None = None,
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
    columns : sequence of (slot, first row, column)
        The raw values behind the codes of a slot, from a row on; each column of text, null for missing.
    vocabulary : sequence of str, optional
        Canonical values, to stand in where a code has no raw value of its own.

    Returns
    -------
    pyarrow.Array of string, length n_customers
        The text of a row of the customer; null where none has a value.

    Notes
    -----
    The canonical value that most rows of the customer hold wins; of those, the longest raw text, then the first in
    alphabetical order.  So the value is always one that a source has stated, and no order of rows matters.
    """
    raw = np.full(codes.shape, "", object)
    is_stated = np.zeros(codes.shape, np.bool_)
    for slot, first_row, column in columns:
        covered = slice(first_row, first_row + len(column))
        raw[covered, slot] = column.fill_null("").to_pylist()
        is_stated[covered, slot] = column.is_valid().to_pylist()
    # A canonical value may stem from columns of other attributes: the parts of a full name, a date of three columns.
    if vocabulary is not None:
        is_bare = (codes >= 0) & ~is_stated
        raw[is_bare] = np.array([*vocabulary, ""], object)[codes[is_bare]]
        is_stated |= is_bare
    rows, slots = np.nonzero((codes >= 0) & is_stated)
    if not len(rows):
        return pa.nulls(n_customers, pa.string())
    texts, text_code = np.unique(raw[rows, slots], return_inverse=True)
    length = np.fromiter(map(len, texts), np.int64, len(texts))
    owner = customer[rows]
    value = codes[rows, slots].astype(np.int64)
    _, inverse, n_held = np.unique(owner * (int(value.max()) + 1) + value, return_inverse=True, return_counts=True)
    order = np.lexsort((text_code, -length[text_code], -n_held[inverse], owner))
    first = np.flatnonzero(np.append(True, owner[order][1:] != owner[order][:-1]))
    chosen = order[first]
    best = np.full(n_customers, None, object)
    best[owner[chosen]] = texts[text_code[chosen]]
    return pa.array(best, pa.string())


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
