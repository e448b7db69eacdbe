"""Records as numbers: dictionary codes per attribute, one row per distinct content.

Everything after this module sees *units*, never input rows.  A unit is the set of all rows whose canonical values (and
source, where sources matter) are equal; units are sorted by content.  Two consequences hold for every later step:

* the order of the rows, of the columns and the record keys cannot influence a result, since none of them is left;
* rows that say exactly the same are weighed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ShapeMismatchError
from custid.table.hashing import combine_hashes, string_hashes

__all__ = ["RecordTable", "ValueColumn", "build_record_table"]


@frozen(kw_only=True, eq=False)
class ValueColumn:
    """The canonical values of one attribute.

    Attributes
    ----------
    attribute : str
        Name of the attribute.
    vocabulary : tuple of str
        Distinct canonical values, sorted.
    codes : ndarray of int32, shape (n_units, n_values)
        Position of each value in the vocabulary; a unit's values are ascending and distinct, -1 (missing) fills the
        rest.
    counts : ndarray of int64, shape (n_vocabulary,)
        In how many units each value stands: equal rows say nothing about how many people share a value.
    hashes : ndarray of uint64, shape (n_vocabulary,)
        Content hash of each value; the same in every run and data set.
    """

    attribute: str
    vocabulary: tuple[str, ...] = field(repr=False)
    codes: NDArray[np.int32] = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)
    hashes: NDArray[np.uint64] = field(repr=False)

    @property
    def n_values(self) -> int:
        """Greatest number of values of one unit."""
        return int(self.codes.shape[1])


@frozen(kw_only=True, eq=False)
class RecordTable:
    """All records of a run, as numbers.

    Attributes
    ----------
    columns : Mapping of str to ValueColumn
        By attribute, sorted by name.
    unit_of_row : ndarray of int64, shape (n_rows,)
        The unit of each input row.
    n_copies : ndarray of int64, shape (n_units,)
        How many rows each unit stands for.
    source_of_unit : ndarray of int32, shape (n_units,)
        Number of the source; all 0 where sources do not matter.
    content_hash : ndarray of uint64, shape (n_units,)
        Hash of a unit's content; breaks ties in an order that no input order can sway.
    """

    columns: Mapping[str, ValueColumn] = field(repr=False)
    unit_of_row: NDArray[np.int64] = field(repr=False)
    n_copies: NDArray[np.int64] = field(repr=False)
    source_of_unit: NDArray[np.int32] = field(repr=False)
    content_hash: NDArray[np.uint64] = field(repr=False)

    @property
    def n_rows(self) -> int:
        """Number of input rows."""
        return len(self.unit_of_row)

    @property
    def n_units(self) -> int:
        """Number of distinct contents."""
        return len(self.n_copies)


def build_record_table(
    values: Mapping[str, tuple[Sequence[str], NDArray[np.int32]]],
    n_rows: int,
    source_of_row: NDArray[np.int32] | None = None,
) -> RecordTable:
    """Group rows of equal content and encode them.

    Parameters
    ----------
    values : Mapping of str to (vocabulary, codes)
        For each attribute its canonical values, in any order and with repeats allowed, and an int32 array of shape
        (n_rows, n_columns) of positions in it; -1 and the empty string are missing.
    n_rows : int
        Number of rows.
    source_of_row : ndarray of int32, shape (n_rows,), optional
        Number of each row's source, where rows of two sources must stay apart; numbers must follow the sorted names
        of the sources.

    Returns
    -------
    RecordTable
        Attributes without a single value are left out.

    Raises
    ------
    ShapeMismatchError
        If an attribute's codes have not ``n_rows`` rows.
    """
    encoded: dict[str, tuple[tuple[str, ...], NDArray[np.int32]]] = {}
    for name in sorted(values):
        vocabulary, codes = values[name]
        if codes.shape[0] != n_rows:
            raise ShapeMismatchError(f"attribute {name!r}: expected codes for {n_rows} rows, got {codes.shape[0]}.")
        sorted_vocabulary, sorted_codes = _sorted_codes(vocabulary, codes)
        if sorted_vocabulary:
            encoded[name] = (sorted_vocabulary, sorted_codes)
    sources = np.zeros(n_rows, np.int32) if source_of_row is None else source_of_row
    first_row, unit_of_row = _units([codes for _, codes in encoded.values()], sources)
    columns = {}
    for name, (vocabulary, codes) in encoded.items():
        unit_codes = np.ascontiguousarray(codes[first_row])
        columns[name] = ValueColumn(
            attribute=name,
            vocabulary=vocabulary,
            codes=unit_codes,
            counts=np.bincount(unit_codes[unit_codes >= 0], minlength=len(vocabulary)).astype(np.int64),
            hashes=string_hashes(vocabulary),
        )
    return RecordTable(
        columns=columns,
        unit_of_row=unit_of_row,
        n_copies=np.bincount(unit_of_row, minlength=len(first_row)).astype(np.int64),
        source_of_unit=sources[first_row].astype(np.int32),
        content_hash=_content_hashes(columns, sources[first_row]),
    )


def _sorted_codes(
    vocabulary: Sequence[str], codes: NDArray[np.int32]
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Recode to the sorted vocabulary of the values in use; each row's codes ascending and distinct, -1 last."""
    used = np.zeros(len(vocabulary) + 1, np.bool_)
    used[codes.ravel()] = True
    kept = sorted({value for value, is_used in zip(vocabulary, used[:-1].tolist(), strict=True) if is_used and value})
    position = {value: code for code, value in enumerate(kept)}
    absent = np.int32(len(kept))
    recode = np.array([position.get(value, absent) for value in vocabulary] + [absent], np.int32)
    rows = recode[codes]
    rows.sort(axis=1)
    if rows.shape[1] > 1:
        rows[:, 1:][rows[:, 1:] == rows[:, :-1]] = absent
        rows.sort(axis=1)
        width = max(1, int((rows < absent).any(axis=0).sum()))
        rows = rows[:, :width]
    rows[rows == absent] = -1
    return tuple(kept), rows


def _units(
    codes: list[NDArray[np.int32]], sources: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of each distinct content, in content order, and the unit of every row."""
    n_rows = len(sources)
    keys = [sources, *(column for block in codes for column in block.T)]
    order = np.lexsort(keys[::-1])
    is_new = np.zeros(n_rows, np.bool_)
    if n_rows:
        is_new[0] = True
    for key in keys:
        ordered = key[order]
        is_new[1:] |= ordered[1:] != ordered[:-1]
    unit_of_row = np.empty(n_rows, np.int64)
    unit_of_row[order] = np.cumsum(is_new) - 1
    return order[is_new].astype(np.int64), unit_of_row


def _content_hashes(columns: Mapping[str, ValueColumn], sources: NDArray[np.int32]) -> NDArray[np.uint64]:
    parts = [sources.astype(np.uint64)]
    for name in columns:
        column = columns[name]
        padded = np.append(column.hashes, np.uint64(0))
        parts.extend(padded[codes] for codes in column.codes.T)
    return combine_hashes(parts)
