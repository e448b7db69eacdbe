"""What kernels need to compare the words of a vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from custid.comparison.signatures import signature_rows
from custid.table.packed import PackedStrings
from custid.table.utf8 import Utf8Strings

if TYPE_CHECKING:
    from custid.kernels.word_similarity import KnownPairs, WordGrids, WordTable

__all__ = ["IS_NUMBER", "CompiledWords", "Pool", "group_bits", "variant_matrix"]

IS_NUMBER = np.uint64(1 << 63)
"""The bit of a word's place that is set where the word is a number."""

_N_KNOWN_PAIRS = 1 << 16
_N_PAIRS_AT_ONCE = 64
_N_FIRST_CHARACTERS = 3
_BITS_OF_CHARACTER = 21


_Room = TypeVar("_Room")


class Pool(Generic[_Room]):
    """Rooms that calls of a kernel borrow, so that no two of them write to one.

    Parameters
    ----------
    make : callable
        Makes a room when none is free.
    """

    def __init__(self, make: Callable[[], _Room]) -> None:
        self._make = make
        self._free: list[_Room] = []

    def take(self) -> _Room:
        """Return a room that nobody else has until it is given back."""
        try:
            return self._free.pop()
        except IndexError:
            return self._make()

    def give(self, room: _Room) -> None:
        """Give a room back."""
        self._free.append(room)


class CompiledWords:
    """A vocabulary as kernels have it, and rooms for what they remember.

    Parameters
    ----------
    words : sequence of str
        The vocabulary: distinct folded words, none empty.
    at_least : float
        Similarities that are lower by more than rounding are 0.
    variants : Mapping of str to frozenset of int
        Groups of name variants that a word belongs to.

    Notes
    -----
    Threads may use it side by side: each call of a kernel takes a room that no other one has.  What a room remembers
    saves work and changes no result.
    """

    def __init__(self, words: Sequence[str], *, at_least: float, variants: Mapping[str, frozenset[int]]) -> None:
        from custid.kernels.word_similarity import WordTable  # noqa: PLC0415  # loads numba

        packed = Utf8Strings.of(words).packed()
        groups = variant_matrix(words, variants)
        rows = signature_rows(packed, _first_characters(packed), group_bits(groups))
        is_sorted = all(word <= other for word, other in pairwise(words))
        is_number = np.fromiter(map(str.isdigit, words), np.bool_, len(words))
        rows[is_number, 1] |= IS_NUMBER
        self.use(WordTable(data=packed.data, rows=rows, groups=groups, at_least=at_least, is_sorted=is_sorted))

    @classmethod
    def of_table(cls, table: WordTable, *, n_known: int = _N_KNOWN_PAIRS) -> CompiledWords:
        """Return a vocabulary that kernels have already.

        Parameters
        ----------
        table : WordTable
            The vocabulary.
        n_known : int
            Pairs of words that a room remembers, a power of two.

        Returns
        -------
        CompiledWords
            With rooms of its own; the table may be replaced by one that has further words.
        """
        words = cls.__new__(cls)
        words.use(table, n_known=n_known)
        return words

    def use(self, table: WordTable, *, n_known: int = _N_KNOWN_PAIRS) -> None:
        """Begin with a vocabulary that kernels have already, and with rooms of its own."""
        self.table, self._n_known = table, n_known
        self._rooms: dict[int, Pool[tuple[KnownPairs, WordGrids]]] = {}

    def room(self, width: int) -> AbstractContextManager[tuple[KnownPairs, WordGrids]]:
        """Lend a room to a kernel.

        Parameters
        ----------
        width : int
            Words of a set at most.

        Yields
        ------
        known : KnownPairs
            Pairs of words that were compared before.
        grids : WordGrids
            Room for the words of a batch of pairs.
        """
        return self._lent(width)

    @contextmanager
    def _lent(self, width: int) -> Iterator[tuple[KnownPairs, WordGrids]]:
        pool = self._rooms.get(width)
        if pool is None:
            pool = self._rooms.setdefault(width, Pool(lambda: (_nothing_known(self._n_known), _grids(width))))
        room = pool.take()
        yield room
        pool.give(room)

    def similarities(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the similarities of many pairs of words.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Codes of the two words of each pair.

        Returns
        -------
        ndarray of float32, shape (n_pairs,)
            Similarities in [0, 1].
        """
        from custid.kernels.word_similarity import word_similarities  # noqa: PLC0415  # loads numba

        out = np.empty(len(left), np.float32)
        with self.room(1) as (known, grids):
            word_similarities(self.table, known, grids, left, right, out)
        return out


def _nothing_known(n_pairs: int) -> KnownPairs:
    from custid.kernels.word_similarity import KnownPairs  # noqa: PLC0415  # loads numba

    return KnownPairs(np.full(n_pairs, -1, np.int64), np.zeros(n_pairs, np.float32))


def _grids(width: int) -> WordGrids:
    from custid.kernels.word_similarity import WordGrids  # noqa: PLC0415  # loads numba

    n = _N_PAIRS_AT_ONCE
    return WordGrids(
        pairs=np.zeros(n, np.int32),
        left=np.zeros((n, width), np.int32),
        right=np.zeros((n, width), np.int32),
        n_left=np.zeros(n, np.int32),
        n_right=np.zeros(n, np.int32),
        near=np.full((n, width), -1, np.int32),
        cells=np.zeros((n, width, width), np.float32),
        hits=np.zeros((n, width), np.int32),
        n_equal=np.zeros(n, np.int32),
        open_cells=np.zeros(n * width * width, np.int64),
    )


def variant_matrix(words: Sequence[str], variants: Mapping[str, frozenset[int]]) -> NDArray[np.int32]:
    """Return one row of group numbers per word.

    Parameters
    ----------
    words : sequence of str
        The vocabulary.
    variants : Mapping of str to frozenset of int
        Groups that a word belongs to.

    Returns
    -------
    ndarray of int32, shape (n_words, n_groups)
        Group numbers, ascending in a row, -1 padded at the end.
    """
    groups = {row: sorted(variants[word]) for row, word in enumerate(words) if word in variants}
    matrix = np.full((len(words), max(map(len, groups.values()), default=0)), -1, np.int32)
    for row, members in groups.items():
        matrix[row, : len(members)] = members
    return matrix


def group_bits(groups: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return for rows of group numbers a bit set for each group modulo 64, uint64, shape (n_words,)."""
    bits = np.where(groups >= 0, np.uint64(1) << (groups % 64).astype(np.uint64), np.uint64(0))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1), np.uint64)


def _first_characters(packed: PackedStrings) -> NDArray[np.uint64]:
    """Return the first three characters of each string in one number, 0 for one that a string has not."""
    lengths = np.diff(packed.offsets)
    first = np.zeros(len(packed), np.uint64)
    for place in range(_N_FIRST_CHARACTERS):
        rows = np.flatnonzero(lengths > place)
        codes = packed.data[packed.offsets[rows] + place].astype(np.uint64)
        first[rows] |= codes << np.uint64(place * _BITS_OF_CHARACTER)
    return first
