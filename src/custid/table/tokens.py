"""Words of multi-word values as codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.table.record_table import ValueColumn, distinct_per_row

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


def tokenize(columns: Sequence[ValueColumn], *, width: int) -> TokenTable:
    """Split the values of some attributes into words.

    Parameters
    ----------
    columns : sequence of ValueColumn
        At least one attribute whose canonical values are words separated by spaces.
    width : int
        Greatest number of words to keep: the first ones of each value; where the values of a unit, or its attributes,
        have more words together, those that come first in the alphabet.

    Returns
    -------
    TokenTable
        Slots in the order of ``columns``.

    Examples
    --------
    >>> import numpy as np
    >>> from custid.table import build_record_table
    >>> table = build_record_table({"full_name": (["ann lee", "bo"], np.array([[0], [1]], np.int32))}, 2)
    >>> words = tokenize([table.columns["full_name"]], width=12)
    >>> words.vocabulary, words.bag.tolist()
    (('ann', 'bo', 'lee'), [[0, 2], [1, -1]])
    """
    split = [[value.split()[:width] for value in column.vocabulary] for column in columns]
    words = sorted(set(chain.from_iterable(chain.from_iterable(split))))
    position = {word: code for code, word in enumerate(words)}
    slots = [_slot(column, words_of, position, width) for column, words_of in zip(columns, split, strict=True)]
    bag = slots[0] if len(slots) == 1 else distinct_per_row(np.hstack(slots), width)
    counts = np.bincount(bag[bag >= 0], minlength=len(words)).astype(np.int64)
    return TokenTable(vocabulary=tuple(words), slots=tuple(slots), bag=bag, counts=counts)


def _slot(
    column: ValueColumn, split: Sequence[Sequence[str]], position: Mapping[str, int], width: int
) -> NDArray[np.int32]:
    lengths = np.fromiter(map(len, split), np.int64, len(split))
    flat = np.fromiter(map(position.__getitem__, chain.from_iterable(split)), np.int32, int(lengths.sum()))
    # Code -1, no value, takes the last row.
    padded = np.full((len(split) + 1, int(lengths.max(initial=1))), -1, np.int32)
    row = np.repeat(np.arange(len(split)), lengths)
    padded[row, np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)] = flat
    return distinct_per_row(np.hstack([padded[codes] for codes in column.codes.T]), width)
