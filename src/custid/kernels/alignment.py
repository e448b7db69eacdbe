"""Greedy alignment of two sets of words.

`custid.comparison.alignment` states the rule, and computes the same without a compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel, lowest_bit
from custid.kernels.signatures import count_bits
from custid.kernels.word_similarity import KnownPairs, WordGrids, WordTable, borrowed_grids, fill_grids

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AlignmentColumns", "align_pairs", "align_set", "is_row_first", "lowest_similarity", "take_best"]


class AlignmentColumns(NamedTuple):
    """What is known of the alignments of many pairs of sets.

    Attributes
    ----------
    lowest : ndarray of float32, shape (n_pairs,)
        Similarity of the worst aligned word of the smaller set; 0 where a set is empty.
    mean : ndarray of float32, shape (n_pairs,)
        Mean similarity of the aligned words, weighted by the lighter word's weight.
    shared_weight : ndarray of float32, shape (n_pairs,)
        Sum of the weights of the words in both sets.
    n_exact, n_left, n_right : ndarray of int16, shape (n_pairs,)
        Words in both sets, in the left and in the right set.
    """

    lowest: NDArray[np.float32]
    mean: NDArray[np.float32]
    shared_weight: NDArray[np.float32]
    n_exact: NDArray[np.int16]
    n_left: NDArray[np.int16]
    n_right: NDArray[np.int16]


@kernel
def is_row_first(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    behind: NDArray[np.int32],
    pair: int,
    rows: int,
    columns: int,
) -> bool:
    """Return whether the left one of two sets is the smaller.

    Parameters
    ----------
    left, right : ndarray of int32, shapes (n_pairs, width_left) and (n_pairs, width_right)
        Word codes, distinct and in alphabetical order in a row.
    behind : ndarray of int32, shape (n_pairs, width_left)
        For each left word the right words that come behind it in the alphabet, as bits.
    pair : int
        Which pair of sets.
    rows, columns : int
        Bit ``k`` is set where word ``k`` of the left or the right set counts.

    Returns
    -------
    bool
        Of two sets of one size the one with the smallest word that the other lacks counts as the smaller; the left one
        where there is none.
    """
    n_rows, n_columns = count_bits(np.uint64(rows)), count_bits(np.uint64(columns))
    if n_rows != n_columns:
        return bool(n_rows < n_columns)
    while rows:
        row, column = lowest_bit(np.uint64(rows)), lowest_bit(np.uint64(columns))
        if left[pair, row] != right[pair, column]:
            return bool(behind[pair, row] >> column & 1)
        rows &= rows - 1
        columns &= columns - 1
    return True


@kernel
def take_best(
    cells: NDArray[np.float32],
    pair: int,
    rows: int,
    columns: int,
    row_first: bool,  # noqa: FBT001  # kernels take positional arguments only
) -> tuple[int, int, np.float32]:
    """Return row, column and value of the greatest cell among some rows and columns of a grid.

    Parameters
    ----------
    cells : ndarray of float32, shape (n_pairs, width, width)
        Similarities of words.
    pair : int
        Which grid.
    rows, columns : int
        Bit ``k`` is set where row or column ``k`` counts.
    row_first : bool
        Of equal cells the one in the first row is taken and of these the first; or the same with columns.

    Returns
    -------
    row, column : int
        Where the cell stands.
    value : float32
        Its value.
    """
    best = np.float32(-1.0)
    best_row, best_column = 0, 0
    while rows:
        row = lowest_bit(np.uint64(rows))
        rows &= rows - 1
        rest = columns
        while rest:
            column = lowest_bit(np.uint64(rest))
            rest &= rest - 1
            value = cells[pair, row, column]
            # Rows ascend, so of equal cells a later one is preferred only for a smaller column.
            if value > best or (value == best and not row_first and column < best_column):
                best = value
                best_row, best_column = row, column
    return best_row, best_column, best


@kernel
def lowest_similarity(grids: WordGrids, pair: int, rows: int, columns: int) -> np.float32:
    """Align some words of a left set with some of a right set, and return how alike the worst aligned word is.

    Parameters
    ----------
    grids : WordGrids
        Words and their similarities, as `fill_grids` leaves them.
    pair : int
        Which pair of sets.
    rows, columns : int
        Bit ``k`` is set where word ``k`` of the left or the right set counts.

    Returns
    -------
    float32
        Similarity of the worst aligned word of the smaller side; 0 where a side has no word.
    """
    row_first = is_row_first(grids.left, grids.right, grids.near, pair, rows, columns)
    lowest = np.float32(1.0 if rows and columns else 0.0)
    while rows and columns:
        row, column, value = take_best(grids.cells, pair, rows, columns, row_first)
        rows ^= 1 << row
        columns ^= 1 << column
        lowest = min(lowest, value)
    return lowest


@kernel
def align_set(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    behind: NDArray[np.int32],
    cells: NDArray[np.float32],
    weights: NDArray[np.float32],
    pair: int,
    n_left: int,
    n_right: int,
) -> tuple[np.float32, np.float32, np.float32, int]:
    """Align all words of a left set with those of a right set.

    Parameters
    ----------
    left, right : ndarray of int32, shape (n_pairs, width)
        Word codes, distinct and in alphabetical order in a row.
    behind : ndarray of int32, shape (n_pairs, width)
        For each left word the right words that come behind it in the alphabet, as bits.
    cells : ndarray of float32, shape (n_pairs, width, width)
        Their similarities.
    weights : ndarray of float32, shape (n_words,)
        Weight of each word, greater than 0.
    pair : int
        Which pair of sets.
    n_left, n_right : int
        How many words the sets have, up to 31.

    Returns
    -------
    lowest, mean, shared_weight : float32
        As `AlignmentColumns` says.
    n_exact : int
        The same.

    Notes
    -----
    Time is O(n_left · n_right) for each aligned word.
    """
    rows, columns = (1 << n_left) - 1, (1 << n_right) - 1
    row_first = is_row_first(left, right, behind, pair, rows, columns)
    lowest = np.float32(1.0 if rows and columns else 0.0)
    weighted, total, shared = np.float32(0.0), np.float32(0.0), np.float32(0.0)
    n_exact = 0
    while rows and columns:
        row, column, similarity = take_best(cells, pair, rows, columns, row_first)
        rows ^= 1 << row
        columns ^= 1 << column
        weight = min(weights[left[pair, row]], weights[right[pair, column]])
        lowest = min(lowest, similarity)
        weighted += similarity * weight
        total += weight
        if similarity == np.float32(1.0):
            shared += weight
            n_exact += 1
    return lowest, weighted / max(total, np.float32(1e-9)), shared, n_exact


@kernel
def align_pairs(
    words: WordTable,
    known: KnownPairs,
    grids: WordGrids,
    weights: NDArray[np.float32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    out: AlignmentColumns,
) -> None:
    """Align all words of each left set with those of the right set.

    Parameters
    ----------
    words : WordTable
        The vocabulary.
    known : KnownPairs
        Read and written.
    grids : WordGrids
        Written.
    weights : ndarray of float32, shape (n_words,)
        Weight of each word, greater than 0.
    left, right : ndarray of int32, shapes (n_pairs, width_left) and (n_pairs, width_right)
        Word codes, distinct and in alphabetical order in a row, -1 padded at the end; up to 31 in a row.
    out : AlignmentColumns
        Written.

    Notes
    -----
    Time is O(n_left · n_right) for each aligned word. Each pair is written to a place of its own; ranges of pairs may
    run side by side, with rooms of their own.
    """
    room = borrowed_grids(grids)
    for start in range(0, left.shape[0], room.pairs.size):
        n_batch = min(room.pairs.size, left.shape[0] - start)
        for place in range(n_batch):
            n_left, n_right = 0, 0
            while n_left < left.shape[1] and left[start + place, n_left] >= 0:
                room.left[place, n_left] = left[start + place, n_left]
                room.near[place, n_left] = -1
                n_left += 1
            while n_right < right.shape[1] and right[start + place, n_right] >= 0:
                room.right[place, n_right] = right[start + place, n_right]
                n_right += 1
            room.n_left[place], room.n_right[place] = n_left, n_right
        fill_grids(words, known, room, n_batch)
        for place in range(n_batch):
            pair = start + place
            out.n_left[pair], out.n_right[pair] = room.n_left[place], room.n_right[place]
            n_left, n_right = int(np.int64(room.n_left[place])), int(np.int64(room.n_right[place]))
            out.lowest[pair], out.mean[pair], out.shared_weight[pair], out.n_exact[pair] = align_set(
                room.left, room.right, room.near, room.cells, weights, place, n_left, n_right
            )
