"""Levels of the given and family names of many pairs of persons.

`custid.comparison.names` says what the levels are, and computes the same without a compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel, prefetch
from custid.kernels.alignment import lowest_similarity
from custid.kernels.signatures import count_bits
from custid.kernels.word_similarity import KnownPairs, WordGrids, WordTable, borrowed_grids, fill_grids

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NameTable", "name_levels"]

_N_AHEAD = 16


class NameTable(NamedTuple):
    """Names of all units.

    Attributes
    ----------
    rows : ndarray of int32, shape (n_units, 2 + n_values + n_words)
        Of each unit, as bits, which of its words belong to the given names, and which to the family names; then the
        codes of its given names and those of its family names, -1 where there is none; then its words, distinct and
        in alphabetical order, -1 padded.
    n_given, n_family : int
        How many codes of given and of family names a row has.
    words : WordTable
        The vocabulary of words; similarities below 0.7 are 0.
    given_rarity, family_rarity : ndarray of float32
        Bits that an agreement on each given and each family name is worth.
    """

    rows: NDArray[np.int32]
    n_given: int
    n_family: int
    words: WordTable
    given_rarity: NDArray[np.float32]
    family_rarity: NDArray[np.float32]


@kernel
def _same_column_level(lowest: np.float32) -> int:
    """Return the level of one name column by its worst aligned word."""
    if lowest < np.float32(0.7 - 1e-6):
        return 0
    if lowest < np.float32(0.85 - 1e-6):
        return 1
    if lowest < np.float32(0.9 - 1e-6):
        return 3
    return 5 if lowest < np.float32(0.94 - 1e-6) else 6


@kernel
def _may_align(rows: int, columns: int, rows_hit: int, columns_hit: int) -> bool:
    """Return whether every word of the smaller side is like some word of the other set; bits tell the words."""
    if count_bits(np.uint64(rows)) <= count_bits(np.uint64(columns)):
        return bool(rows & ~rows_hit == 0)
    return bool(columns & ~columns_hit == 0)


@kernel
def _across_level(grids: WordGrids, pair: int, rows: int, columns: int, rows_hit: int, columns_hit: int) -> int:
    """Return the level of names of one side that stand in any column of the other; bits tell the words."""
    n_left, n_right = int(np.int64(grids.n_left[pair])), int(np.int64(grids.n_right[pair]))
    every_left, every_right = (1 << n_left) - 1, (1 << n_right) - 1
    best = np.float32(0.0)
    if count_bits(np.uint64(rows)) <= n_right and _may_align(rows, every_right, rows_hit, columns_hit):
        best = lowest_similarity(grids, pair, rows, every_right)
    if count_bits(np.uint64(columns)) <= n_left and _may_align(every_left, columns, rows_hit, columns_hit):
        best = max(best, lowest_similarity(grids, pair, every_left, columns))
    if best < np.float32(0.86 - 1e-6):
        return 0
    return 2 if best < np.float32(0.94 - 1e-6) else 4


@kernel
def _levels_of_pair(
    grids: WordGrids,
    pair: int,
    given_left: int,
    given_right: int,
    family_left: int,
    family_right: int,
    given: int,
    family: int,
) -> tuple[int, int]:
    """Return the levels of given and family name of one pair of a batch.

    Of a name whose level is 0 as given the level is to be found out. Bits tell which words of both sides it has.
    """
    n_left, n_right = int(np.int64(grids.n_left[pair])), int(np.int64(grids.n_right[pair]))
    every_left, every_right = (1 << n_left) - 1, (1 << n_right) - 1
    rows_hit, columns_hit = 0, 0
    for row in range(n_left):
        hits = int(np.int64(grids.hits[pair, row]))
        rows_hit |= (hits != 0) << row
        columns_hit |= hits
    if not rows_hit:
        return given, family
    if given == 0 and _may_align(given_left, given_right, rows_hit, columns_hit):
        given = _same_column_level(lowest_similarity(grids, pair, given_left, given_right))
    if family == 0 and _may_align(family_left, family_right, rows_hit, columns_hit):
        family = _same_column_level(lowest_similarity(grids, pair, family_left, family_right))
    is_given_open, is_family_open = 0 <= given < 5, 0 <= family < 5
    if not (is_given_open or is_family_open):
        return given, family
    is_free = given < 0 or family < 0
    if not is_free and min(n_left, n_right) >= 2:
        is_free = bool(grids.n_equal[pair] >= 2)
        if not is_free and _may_align(every_left, every_right, rows_hit, columns_hit):
            is_free = bool(lowest_similarity(grids, pair, every_left, every_right) >= np.float32(0.86 - 1e-6))
    is_given_open = is_given_open and (is_free or family < 3)
    is_family_open = is_family_open and is_free
    if is_given_open:
        given = max(given, _across_level(grids, pair, given_left, given_right, rows_hit, columns_hit))
    if is_family_open:
        family = max(family, _across_level(grids, pair, family_left, family_right, rows_hit, columns_hit))
    return given, family


@kernel
def name_levels(  # noqa: C901, PLR0912  # one loop: what a call for each pair costs is more than what it does
    names: NameTable,
    known: KnownPairs,
    grids: WordGrids,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    levels: NDArray[np.int8],
    bits: NDArray[np.float32],
) -> None:
    """Write levels and rarities of the names of each pair of units.

    Parameters
    ----------
    names : NameTable
        The names.
    known : KnownPairs
        Read and written.
    grids : WordGrids
        Written.
    left, right : ndarray of int32, shape (n_pairs,)
        Units.
    levels : ndarray of int8, shape (2, n_pairs)
        Written: levels of given and of family names, -1 where a side has none.
    bits : ndarray of float32, shape (2, n_pairs)
        Written: bits of the rarest value that both have; 0 where they share none.

    Notes
    -----
    Values settle some pairs; the words of the others are gathered a batch at a time, so that reads of units far apart
    do not wait for each other. Each pair is written to a place of its own; ranges of pairs may run side by side, with
    memories and grids of their own.
    """
    rows = borrowed(names.rows)
    given_rarity, family_rarity = borrowed(names.given_rarity), borrowed(names.family_rarity)
    word_rows, room = borrowed(names.words.rows), borrowed_grids(grids)
    family_start = 2 + names.n_given
    word_start = family_start + names.n_family
    n_words = rows.shape[1] - word_start
    pair = 0
    while pair < left.size:
        n_batch = 0
        while pair < left.size and n_batch < room.pairs.size:
            i, j = int(np.int64(left[pair])), int(np.int64(right[pair]))
            ahead = min(pair + _N_AHEAD, left.size - 1)
            prefetch(rows, int(np.int64(right[ahead])) * rows.shape[1])
            prefetch(rows, int(np.int64(right[ahead])) * rows.shape[1] + rows.shape[1] - 1)
            given_bits, family_bits = np.float32(-1.0), np.float32(-1.0)
            for a in range(2, family_start):
                for b in range(2, family_start):
                    if rows[i, a] >= 0 and rows[i, a] == rows[j, b]:
                        given_bits = max(given_bits, given_rarity[rows[i, a]])
            for a in range(family_start, word_start):
                for b in range(family_start, word_start):
                    if rows[i, a] >= 0 and rows[i, a] == rows[j, b]:
                        family_bits = max(family_bits, family_rarity[rows[i, a]])
            given = 7 if given_bits >= np.float32(0.0) else 0
            family = 7 if family_bits >= np.float32(0.0) else 0
            if rows[i, 0] == 0 or rows[j, 0] == 0:
                given = -1
            if rows[i, 1] == 0 or rows[j, 1] == 0:
                family = -1
            levels[0, pair], levels[1, pair] = given, family
            bits[0, pair], bits[1, pair] = max(given_bits, np.float32(0.0)), max(family_bits, np.float32(0.0))
            if given == 0 or family == 0:
                n_left, n_right = 0, 0
                for word in range(n_words):
                    room.left[n_batch, word] = rows[i, word_start + word]
                    is_given, is_family = (rows[i, 0] >> word) & 1, (rows[i, 1] >> word) & 1
                    room.near[n_batch, word] = (is_given * rows[j, 0]) | (is_family * rows[j, 1])
                    room.right[n_batch, word] = rows[j, word_start + word]
                    prefetch(word_rows, int(np.int64(rows[j, word_start + word])) * word_rows.shape[1])
                    n_left += rows[i, word_start + word] >= 0
                    n_right += rows[j, word_start + word] >= 0
                room.pairs[n_batch], room.n_left[n_batch], room.n_right[n_batch] = pair, n_left, n_right
                n_batch += 1
            pair += 1
        fill_grids(names.words, known, room, n_batch)
        for place in range(n_batch):
            at = room.pairs[place]
            i, j = left[at], right[at]
            levels[0, at], levels[1, at] = _levels_of_pair(
                room,
                place,
                int(np.int64(rows[i, 0])),
                int(np.int64(rows[j, 0])),
                int(np.int64(rows[i, 1])),
                int(np.int64(rows[j, 1])),
                int(np.int64(levels[0, at])),
                int(np.int64(levels[1, at])),
            )
