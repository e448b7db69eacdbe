"""Words of multi-word values as codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.table.record_table import ValueColumn

__all__ = ["TokenTable", "distinct_per_row", "tokenize"]


@frozen(kw_only=True, eq=False)
class TokenTable:
    """The words of one or several attributes of each unit.

    Attributes
    ----------
    vocabulary : tuple of str
        Distinct words over all attributes, sorted.
    slots : tuple of ndarray of int32, each of shape (n_units, width)
        For each attribute asked for, the distinct words of the unit in ascending order, -1 padded at the end.
    bag : ndarray of int32, shape (n_units, width)
        The distinct words of all the attributes together.
    counts : ndarray of int64, shape (n_vocabulary,)
        In how many units each word stands in the bag.
    """

    vocabulary: tuple[str, ...] = field(repr=False)
    slots: tuple[NDArray[np.int32], ...] = field(repr=False)
    bag: NDArray[np.int32] = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)


def distinct_per_row(codes: NDArray[np.int32], width: int | None = None) -> NDArray[np.int32]:
    """Sort each row, drop repeats and put the missing last.

    Parameters
    ----------
    codes : ndarray of int32, shape (n_rows, n_codes)
        Codes; -1 is missing.
    width : int, optional
        Greatest number of columns to keep; further codes (the largest) are dropped.

    Returns
    -------
    ndarray of int32, shape (n_rows, n_kept)
        Ascending distinct codes, -1 padded; at least one column.
    """
    if codes.shape[1] == 0:
        return np.full((len(codes), 1), -1, np.int32)
    absent = np.iinfo(np.int32).max
    rows = np.where(codes < 0, absent, codes)
    rows.sort(axis=1)
    if rows.shape[1] > 1:
        rows[:, 1:][rows[:, 1:] == rows[:, :-1]] = absent
        rows.sort(axis=1)
    used = max(1, int((rows < absent).any(axis=0).sum()))
    rows = rows[:, : used if width is None else min(used, width)]
    return np.ascontiguousarray(np.where(rows == absent, -1, rows).astype(np.int32))


def tokenize(columns: Sequence[ValueColumn], *, width: int) -> TokenTable:
    """Split the values of some attributes into words.

    Parameters
    ----------
    columns : sequence of ValueColumn
        At least one attribute whose canonical values are words separated by single spaces.
    width : int
        Words of one unit beyond this number are left out.

    Returns
    -------
    TokenTable
        Slots in the order of ``columns``.
    """
    words = sorted({word for column in columns for value in column.vocabulary for word in value.split()})
    position = {word: code for code, word in enumerate(words)}
    slots = [_slot(column, position, width) for column in columns]
    bag = distinct_per_row(np.hstack(slots), width)
    counts = np.bincount(bag[bag >= 0], minlength=len(words)).astype(np.int64)
    return TokenTable(vocabulary=tuple(words), slots=tuple(slots), bag=bag, counts=counts)


def _slot(column: ValueColumn, position: dict[str, int], width: int) -> NDArray[np.int32]:
    split = [value.split()[:width] for value in column.vocabulary]
    lengths = np.fromiter(map(len, split), np.int64, len(split))
    flat = np.fromiter((position[word] for words in split for word in words), np.int32, int(lengths.sum()))
    padded = np.full((len(split) + 1, int(lengths.max(initial=1))), -1, np.int32)
    row = np.repeat(np.arange(len(split)), lengths)
    padded[row, np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)] = flat
    return distinct_per_row(np.hstack([padded[codes] for codes in column.codes.T]), width)
