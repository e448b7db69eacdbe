"""One row per customer: the best value of each attribute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from custid.table.utf8 import Utf8Strings

__all__ = ["DERIVED", "best_values", "source_lists"]

DERIVED = frozenset({"birth_date", "siren"})
"""Attributes whose values several columns make up, or another attribute tells, so that no column may hold them."""

_LARGEST_KEY = 1 << 62


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
    text_codes, texts = _encoded(codes, columns, vocabulary)
    places = np.flatnonzero((codes.ravel() >= 0) & (text_codes.ravel() >= 0))
    if not len(places):
        return pa.nulls(n_customers, pa.string())
    ranked = _by_preference(texts)
    rank = np.empty(len(texts), np.int64)
    rank[ranked] = np.arange(len(texts))
    owner = customer[places // codes.shape[1]]
    value = codes.ravel()[places].astype(np.int64)
    n_values = int(value.max()) + 1
    held, preferred = _sorted_pairs(owner * n_values + value, rank[text_codes.ravel()[places]], len(texts))
    # One run per customer and value, which begins with the text that is preferred; then one per customer.
    runs = np.flatnonzero(np.diff(held, prepend=-1))
    n_rows = np.diff(np.append(runs, len(held)))
    owner_of_run = held[runs] // n_values
    customers = np.flatnonzero(np.diff(owner_of_run, prepend=-1))
    best = np.minimum.reduceat((int(n_rows.max()) - n_rows) * len(texts) + preferred[runs], customers) % len(texts)
    chosen = np.full(n_customers, -1)
    chosen[owner_of_run[customers]] = ranked[best]
    return texts.take(pa.array(chosen, mask=chosen < 0))


def _encoded(
    codes: NDArray[np.int32], columns: Sequence[tuple[int, int, pa.ChunkedArray]], vocabulary: Sequence[str] | None
) -> tuple[NDArray[np.int32], pa.StringArray]:
    """Return the number of the text behind each code, -1 for none, and the texts, all different."""
    found = np.full(codes.shape, -1, np.int32)
    parts = []
    n_texts = 0
    for slot, first_row, column in columns:
        encoded = _joined(column.chunks).dictionary_encode()
        indices = np.asarray(encoded.indices.fill_null(-1), np.int32)
        found[first_row : first_row + len(column), slot] = np.where(indices < 0, -1, indices + n_texts)
        parts.append(encoded.dictionary)
        n_texts += len(encoded.dictionary)
    # A canonical value may stem from columns of other attributes: the parts of a full name, a date of three columns.
    if vocabulary is not None:
        is_bare = (codes >= 0) & (found < 0)
        used, inverse = np.unique(codes[is_bare], return_inverse=True)
        found[is_bare] = n_texts + inverse
        parts.append(pa.array([vocabulary[code] for code in used.tolist()], pa.string()))
    if len(parts) == 1:
        return found, parts[0]
    distinct = _joined(parts).dictionary_encode()
    recode = np.append(np.asarray(distinct.indices, np.int32), np.int32(-1))
    return recode[found], distinct.dictionary


def _joined(arrays: Sequence[pa.StringArray]) -> pa.StringArray:
    return pa.concat_arrays([*arrays, pa.array([], pa.string())])


def _by_preference(texts: pa.StringArray) -> NDArray[np.int64]:
    """Return the texts from the longest to the shortest, those of one length in alphabetical order."""
    alphabetical = Utf8Strings.of_array(texts).order().order
    length = np.asarray(pc.utf8_length(texts))
    return np.asarray(alphabetical[np.argsort(-length[alphabetical], kind="stable")], np.int64)


def _sorted_pairs(
    first: NDArray[np.int64], second: NDArray[np.int64], n_second: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sort pairs of numbers, the second ones below ``n_second``."""
    if (int(first.max()) + 1) * n_second < _LARGEST_KEY:
        # Numbers are sorted ten times as fast as places of numbers.
        return np.divmod(np.sort(first * n_second + second), n_second)
    order = np.lexsort((second, first))
    return first[order], second[order]


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
    pairs = np.sort(customer * len(sources) + source_of_row)
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    counts = np.bincount(pairs // len(sources), minlength=n_customers)
    names = pa.array(list(sources), pa.string()).take(pa.array(pairs % len(sources)))
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(counts)), pa.int32()), names)
