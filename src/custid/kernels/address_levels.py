"""Levels of streets and places, by the whole and word by word.

`custid.comparison.levels.AddressLevels` says what the levels are, and computes the same without a compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel, prefetch
from custid.kernels.alignment import align_set
from custid.kernels.jaro_winkler import similarity_from
from custid.kernels.rows import greatest_similarity, length_of, start_of
from custid.kernels.word_similarity import (
    KnownPairs,
    WordGrids,
    WordTable,
    borrowed_grids,
    fill_grids,
    greatest_word_similarity,
    place_of_pair,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AddressTable", "address_levels"]

_N_AHEAD = 16
_WHOLE = 0.88 - 1e-6


class AddressTable(NamedTuple):
    """A vocabulary of streets or places.

    Attributes
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all values, one value after another.
    rows : ndarray of uint64, shape (n_values, 2)
        As `custid.kernels.rows` says.
    word_codes : ndarray of int32, shape (n_values, width)
        The words of each value, distinct and in alphabetical order, -1 padded.
    words : WordTable
        The vocabulary of words.
    weights : ndarray of float32, shape (n_words,)
        Weight of each word, greater than 0.
    """

    data: NDArray[np.uint32]
    rows: NDArray[np.uint64]
    word_codes: NDArray[np.int32]
    words: WordTable
    weights: NDArray[np.float32]


@kernel
def _greatest_surplus(
    codes: NDArray[np.int32],
    word_rows: NDArray[np.uint64],
    weights: NDArray[np.float32],
    shorter: int,
    n_shorter: int,
    longer: int,
    n_longer: int,
) -> np.float32:
    """Return what the words of two addresses can weigh above the least mean at most, each with its best partner."""
    surplus = np.float32(0.0)
    for row in range(n_shorter):
        best = np.float32(-np.inf)
        word = int(np.int64(codes[shorter, row]))
        for column in range(n_longer):
            other = int(np.int64(codes[longer, column]))
            bound = np.float32(1.0)
            if word != other:
                bound = greatest_word_similarity(
                    word_rows[word, 0],
                    word_rows[other, 0],
                    word_rows[word, 1],
                    word_rows[other, 1],
                    word_rows[word, 2] ^ word_rows[other, 2],
                )
            best = max(best, (bound - np.float32(0.6)) * min(weights[word], weights[other]))
        surplus += best
    return surplus


@kernel
def address_levels(  # noqa: PLR0912, PLR0915  # one loop: what a call for each pair costs is more than what it does
    addresses: AddressTable,
    known_levels: NDArray[np.int64],
    known: KnownPairs,
    grids: WordGrids,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    out: NDArray[np.int8],
) -> None:
    """Write the level of each pair of differing addresses.

    Parameters
    ----------
    addresses : AddressTable
        The addresses.
    known_levels : ndarray of int64, shape (n_places,)
        Read and written: levels of pairs that were graded, ``smaller code << 33 | larger code << 2 | level``; of the
        pairs that share a place the last one is kept; -1 where nothing is known. The number of places is a power of
        two.
    known : KnownPairs
        Read and written.
    grids : WordGrids
        Written.
    left, right : ndarray of int32, shape (n_pairs,)
        Numbers of the two addresses of each pair.
    out : ndarray of int8, shape (n_pairs,)
        Written: 3 for nearly equal, 2 for alike, 1 for some words alike, 0 else.

    Notes
    -----
    Most pairs are known, or bounds of the similarities of their words are too low already. The others are aligned a
    batch at a time. Each pair is written to a place of its own; ranges of pairs may run side by side, with memories
    and grids of their own.
    """
    data, rows, codes = borrowed(addresses.data), borrowed(addresses.rows), borrowed(addresses.word_codes)
    weights, word_rows = borrowed(addresses.weights), borrowed(addresses.words.rows)
    levels, room = borrowed(known_levels), borrowed_grids(grids)
    width, last_place = codes.shape[1], levels.size - 1
    pair = 0
    while pair < left.size:
        n_batch = 0
        while pair < left.size and n_batch < room.pairs.size:
            ahead = min(pair + _N_AHEAD, left.size - 1)
            i, j = int(np.int64(left[ahead])), int(np.int64(right[ahead]))
            prefetch(levels, place_of_pair(i, j) & last_place)
            prefetch(codes, j * width)
            prefetch(rows, j * rows.shape[1])
            i, j = int(np.int64(left[pair])), int(np.int64(right[pair]))
            key = (min(i, j) << 31) | max(i, j)
            level = levels[place_of_pair(i, j) & last_place]
            if level >> 2 == key:
                out[pair] = level & 3
            else:
                n_left, n_right = 0, 0
                for word in range(width):
                    room.left[n_batch, word] = codes[i, word]
                    room.near[n_batch, word] = -1
                    room.right[n_batch, word] = codes[j, word]
                    n_left += codes[i, word] >= 0
                    n_right += codes[j, word] >= 0
                if n_left <= n_right:
                    surplus = _greatest_surplus(codes, word_rows, weights, i, n_left, j, n_right)
                else:
                    surplus = _greatest_surplus(codes, word_rows, weights, j, n_right, i, n_left)
                n_i, n_j = max(length_of(rows[i, 1]), 1), max(length_of(rows[j, 1]), 1)
                may_be_whole = greatest_similarity(rows[i, 0], rows[j, 0], n_i, n_j) >= (_WHOLE - 0.4) / 0.6 - 1e-9
                out[pair] = may_be_whole
                if surplus >= np.float32(-1e-4) or may_be_whole:
                    room.pairs[n_batch], room.n_left[n_batch], room.n_right[n_batch] = pair, n_left, n_right
                    n_batch += 1
                else:
                    levels[place_of_pair(i, j) & last_place] = key << 2
            pair += 1
        fill_grids(addresses.words, known, room, n_batch)
        for place in range(n_batch):
            at = room.pairs[place]
            i, j = int(np.int64(left[at])), int(np.int64(right[at]))
            n_left, n_right = int(np.int64(room.n_left[place])), int(np.int64(room.n_right[place]))
            lowest, mean, _, _ = align_set(
                room.left, room.right, room.near, room.cells, weights, place, n_left, n_right
            )
            level = 2 if mean >= np.float32(0.85 - 1e-6) else 1 if mean >= np.float32(0.6 - 1e-6) else 0
            if min(n_left, n_right) > 1 and lowest >= np.float32(0.9 - 1e-6):
                level = 3
            elif out[at]:
                start, other = start_of(rows[i, 1]), start_of(rows[j, 1])
                whole = similarity_from(data, start, length_of(rows[i, 1]), data, other, length_of(rows[j, 1]), 0.0)
                if whole >= _WHOLE:
                    level = 3 if np.float32(whole) >= np.float32(0.95 - 1e-6) else max(level, 2)
            out[at] = level
            levels[place_of_pair(i, j) & last_place] = ((min(i, j) << 31 | max(i, j)) << 2) | level
