"""Greedy alignment of two sets of words, given the similarities of their words.

`custid.comparison.alignment` states the rule, and computes the same without a compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel
from custid.kernels.signatures import count_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AlignmentColumns", "SimilarityGrids", "align_grids", "lowest_similarities"]


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


class SimilarityGrids(NamedTuple):
    """Similarities of the words of many pairs of sets.

    Attributes
    ----------
    left, right : ndarray of int32, shapes (n_pairs, width_left) and (n_pairs, width_right)
        Word codes, distinct and ascending in a row, -1 padded at the end; up to 62 in a row.
    n_columns : ndarray of int16, shape (n_pairs,)
        Words of each right set.
    starts : ndarray of int64, shape (n_pairs,)
        First cell of each pair of sets.
    cells : ndarray of float32, shape (n_cells,)
        As `custid.kernels.word_similarity.similarity_grids` writes them.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    n_columns: NDArray[np.int16]
    starts: NDArray[np.int64]
    cells: NDArray[np.float32]


@kernel
def _is_left_first(
    left: NDArray[np.int32], right: NDArray[np.int32], pair: int, rows: np.int64, columns: np.int64
) -> bool:
    """Return whether the smallest word that only one of two sets has is in the left one, or there is none.

    The bits of ``rows`` and ``columns`` tell which words of the two sets count.
    """
    i, j = 0, 0
    while rows >> i and columns >> j:
        if not (rows >> i) & 1:
            i += 1
        elif not (columns >> j) & 1:
            j += 1
        elif left[pair, i] != right[pair, j]:
            return bool(left[pair, i] < right[pair, j])
        else:
            i += 1
            j += 1
    return True


@kernel
def _take_best(
    cells: NDArray[np.float32],
    start: np.int64,
    n_columns: np.int64,
    rows: np.int64,
    columns: np.int64,
    is_row_first: bool,  # noqa: FBT001  # kernels take positional arguments only
) -> tuple[int, int, np.float32]:
    """Return row, column and value of the greatest cell among some rows and columns, told by their bits.

    Of equal cells the one in the first row is taken and of these the first, or the same with columns.
    """
    best = np.float32(-1.0)
    best_row, best_column = 0, 0
    row = 0
    while rows >> row:
        if (rows >> row) & 1:
            column = 0
            while columns >> column:
                if (columns >> column) & 1:
                    value = cells[start + row * n_columns + column]
                    # Rows ascend, so of equal cells a later one is preferred only for a smaller column.
                    if value > best or (value == best and not is_row_first and column < best_column):
                        best = value
                        best_row, best_column = row, column
                column += 1
        row += 1
    return best_row, best_column, best


@kernel
def lowest_similarities(
    grids: SimilarityGrids,
    pairs: NDArray[np.int64],
    left_words: NDArray[np.int32],
    right_words: NDArray[np.int32],
    lowest: NDArray[np.float32],
    n_exact: NDArray[np.int16],
) -> None:
    """Align some words of each left set with some of the right set, and write how alike the worst aligned word is.

    Parameters
    ----------
    grids : SimilarityGrids
        All words and their similarities.
    pairs : ndarray of int64, shape (n,)
        Pairs of sets to align.
    left_words, right_words : ndarray of int32, shape (n,)
        Bit ``k`` is set where word ``k`` of the set counts.
    lowest : ndarray of float32, shape (n,)
        Written: similarity of the worst aligned word of the smaller side; 0 where a side has no word.
    n_exact : ndarray of int16, shape (n,)
        Written: words on both sides.

    Notes
    -----
    A word of the smaller side that is like none of the other side settles the matter, as does a side of one word;
    only the other pairs are aligned step by step. Each pair is written to a place of its own, so ranges of pairs may
    run side by side.
    """
    for position in range(pairs.size):
        pair = pairs[position]
        start, n_columns = grids.starts[pair], np.int64(grids.n_columns[pair])
        rows, columns = np.int64(left_words[position]), np.int64(right_words[position])
        n_rows_asked, n_columns_asked = count_bits(np.uint64(rows)), count_bits(np.uint64(columns))
        rows_hit, columns_hit, n_equal = 0, 0, 0
        result = np.float32(0.0)
        row = 0
        while rows >> row:
            column = 0
            while (rows >> row) & 1 and columns >> column:
                value = grids.cells[start + row * n_columns + column]
                if (columns >> column) & 1 and value > np.float32(0.0):
                    rows_hit |= 1 << row
                    columns_hit |= 1 << column
                    n_equal += value == np.float32(1.0)
                    result = max(result, value)
                column += 1
            row += 1
        if (rows_hit != rows) if n_rows_asked <= n_columns_asked else (columns_hit != columns):
            result = np.float32(0.0)
        elif min(n_rows_asked, n_columns_asked) > 1:
            is_row_first = bool(n_rows_asked < n_columns_asked)
            if n_rows_asked == n_columns_asked:
                is_row_first = _is_left_first(grids.left, grids.right, pair, rows, columns)
            while rows and columns:
                row, column, value = _take_best(grids.cells, start, n_columns, rows, columns, is_row_first)
                rows ^= 1 << row
                columns ^= 1 << column
                result = min(result, value)
        lowest[position] = result
        n_exact[position] = n_equal


@kernel
def align_grids(grids: SimilarityGrids, weights: NDArray[np.float32], out: AlignmentColumns) -> None:
    """Align all words of each left set with those of the right set.

    Parameters
    ----------
    grids : SimilarityGrids
        The sets and the similarities of their words.
    weights : ndarray of float32, shape (n_words,)
        Weight of each word, greater than 0.
    out : AlignmentColumns
        ``n_left`` and ``n_right`` are read, the others written.

    Notes
    -----
    Time is O(n_left · n_right) for each aligned word. Each pair is read from shared arrays and written to a place of
    its own, so ranges of pairs may run side by side.
    """
    for pair in range(grids.starts.size):
        n_left, n_right = np.int64(out.n_left[pair]), np.int64(out.n_right[pair])
        rows, columns = (1 << n_left) - 1, (1 << n_right) - 1
        is_row_first = bool(n_left < n_right)
        if n_left == n_right:
            is_row_first = _is_left_first(grids.left, grids.right, pair, rows, columns)
        lowest = np.float32(1.0 if rows and columns else 0.0)
        weighted, total, shared = np.float32(0.0), np.float32(0.0), np.float32(0.0)
        n_exact = 0
        while rows and columns:
            row, column, similarity = _take_best(grids.cells, grids.starts[pair], n_right, rows, columns, is_row_first)
            rows ^= 1 << row
            columns ^= 1 << column
            weight = min(weights[grids.left[pair, row]], weights[grids.right[pair, column]])
            lowest = min(lowest, similarity)
            weighted += similarity * weight
            total += weight
            if similarity == np.float32(1.0):
                shared += weight
                n_exact += 1
        out.lowest[pair] = lowest
        out.mean[pair] = weighted / max(total, np.float32(1e-9))
        out.shared_weight[pair] = shared
        out.n_exact[pair] = n_exact
