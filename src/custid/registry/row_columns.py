"""What many rows mean, by columns: objects of single rows are made of them when they are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.registry.rows import Row

__all__ = ["RowColumns"]

_LARGEST_KEY: Final = 1 << 62
_FEW_ROWS: Final = 16
"""For as many, array operations take longer than going through them."""
_SHARE_OF_ALL: Final = 0.1

_Stated = tuple[str, tuple[str, ...]]


@frozen(kw_only=True, eq=False)
class RowColumns:
    """Canonical values of rows, generic ones included.

    Attributes
    ----------
    values : Mapping of str to (vocabulary, codes)
        By attribute, ascending: a sequence of distinct canonical values, and an int32 array of shape (n_rows,
        n_columns) of positions in it, -1 for missing, as `build_record_table` takes them.
    kinds : ndarray of int8, shape (n_rows,)
        Kind of party that a column tells, -1 for none.
    namings : ndarray of int8, shape (n_rows,)
        Whom the names tell, a `custid.intake.row_facts.Naming`.

    Examples
    --------
    >>> codes = np.array([[0, 1], [0, 0], [-1, -1]], np.int32)
    >>> none = np.array([-1, -1, -1], np.int8)
    >>> columns = RowColumns(values={"city": (["nantes", "leeds"], codes)}, kinds=none, namings=none + np.int8(1))
    >>> [row.values for row in columns.rows()]
    [(('city', ('leeds', 'nantes')),), (('city', ('nantes',)),), ()]
    """

    values: Mapping[str, tuple[Sequence[str], NDArray[np.int32]]] = field(repr=False)
    kinds: NDArray[np.int8] = field(repr=False)
    namings: NDArray[np.int8] = field(repr=False)

    @classmethod
    def of(cls, rows: Sequence[Row]) -> RowColumns:
        """Return rows as columns.

        Parameters
        ----------
        rows : sequence of Row
            Rows.

        Returns
        -------
        RowColumns
            Of the attributes that some row has.
        """
        stated: defaultdict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        for place, row in enumerate(rows):
            for attribute, texts in row.values:
                stated[attribute].append((place, texts))
        return cls(
            values={attribute: _encoded(stated[attribute], len(rows)) for attribute in sorted(stated)},
            kinds=np.array([row.kind for row in rows], np.int8),
            namings=np.array([row.naming for row in rows], np.int8),
        )

    def __len__(self) -> int:
        return len(self.kinds)

    def stated(self, attribute: str) -> set[str]:
        """Return the values of an attribute that some row has."""
        if attribute not in self.values:
            return set()
        vocabulary, codes = self.values[attribute]
        return {vocabulary[code] for code in np.unique(codes[codes >= 0]).tolist()}

    def taken(self, places: NDArray[np.int64]) -> RowColumns:
        """Return some of the rows.

        Parameters
        ----------
        places : ndarray of int64, shape (n_taken,)
            Which ones, in any order.

        Returns
        -------
        RowColumns
            In the order of ``places``, with the same vocabularies.
        """
        values = {name: (vocabulary, codes[places]) for name, (vocabulary, codes) in self.values.items()}
        return RowColumns(values=values, kinds=self.kinds[places], namings=self.namings[places])

    def rows(self, places: NDArray[np.int64] | None = None) -> list[Row]:
        """Return single rows; equal values of an attribute are one object.

        Parameters
        ----------
        places : ndarray of int64, shape (n_asked,), optional
            Which rows, in any order; all when not given.

        Returns
        -------
        list of Row
            In the order of ``places``.
        """
        chosen = slice(None) if places is None else places
        kinds, namings = self.kinds[chosen].tolist(), self.namings[chosen].tolist()
        stated = [
            _stated(attribute, vocabulary, codes[chosen]) for attribute, (vocabulary, codes) in self.values.items()
        ]
        # Without any attribute, there is nothing to go through the rows by.
        held = [tuple(filter(None, each)) for each in zip(*stated, strict=True)] if stated else [()] * len(kinds)
        return list(map(Row, held, kinds, namings))


def _encoded(stated: Sequence[tuple[int, tuple[str, ...]]], n_rows: int) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the values of an attribute as a vocabulary and codes, given those of the rows that have any."""
    position: dict[str, int] = {}
    codes = np.full((n_rows, max(len(texts) for _, texts in stated)), -1, np.int32)
    for place, texts in stated:
        for column, text in enumerate(texts):
            codes[place, column] = position.setdefault(text, len(position))
    return tuple(position), codes


def _stated(attribute: str, vocabulary: Sequence[str], codes: NDArray[np.int32]) -> list[_Stated | None]:
    """Return what each row states of an attribute, None for nothing."""
    if len(codes) <= _FEW_ROWS:
        return [_set_of(attribute, vocabulary, numbers) for numbers in codes.tolist()]
    if codes.shape[1] == 1 and len(vocabulary) <= len(codes):
        # Nearly all values are in use, and code -1 finds the last entry.
        pool: list[_Stated | None] = [(attribute, (text,)) if text else None for text in vocabulary]
        return list(map([*pool, None].__getitem__, codes[:, 0].tolist()))
    sets, inverse = _distinct_rows(np.sort(codes, axis=1), len(vocabulary))
    # All texts at once cost less than many one by one.
    texts = tuple(vocabulary) if sets.size >= _SHARE_OF_ALL * len(vocabulary) else vocabulary
    pool = [_set_of(attribute, texts, numbers) for numbers in sets.tolist()]
    return list(map(pool.__getitem__, inverse.tolist()))


def _set_of(attribute: str, texts: Sequence[str], numbers: Sequence[int]) -> _Stated | None:
    found = {texts[number] for number in numbers if number >= 0} - {""}
    return (attribute, tuple(sorted(found))) if found else None


def _distinct_rows(codes: NDArray[np.int32], n_values: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the distinct rows of an array of codes, and the number of each row among them."""
    keys = np.zeros(len(codes), np.int64)
    n_keys = 1
    for column in codes.T:
        if n_keys > _LARGEST_KEY // (n_values + 1):
            distinct, keys = np.unique(keys, return_inverse=True)
            n_keys = len(distinct)
        keys = keys * (n_values + 1) + column + 1
        n_keys *= n_values + 1
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return codes[first], inverse
