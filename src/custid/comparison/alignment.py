"""Greedy alignment of two sets of words, for many pairs of sets at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.compiled_words import CompiledWords
from custid.comparison.word_similarity import WordSimilarity

__all__ = ["Alignment", "align_words"]


@frozen(kw_only=True, eq=False)
class Alignment:
    """How well the words of two sets pair up, the closest two first.

    Attributes
    ----------
    lowest : ndarray of float32, shape (n_pairs,)
        Similarity of the worst aligned word of the smaller set; 0 where a set is empty.
    mean : ndarray of float32, shape (n_pairs,)
        Mean similarity of the aligned words, weighted by the lighter word's weight.
    shared_weight : ndarray of float32, shape (n_pairs,)
        Sum of the weights of the words in both sets.
    n_exact : ndarray of int16, shape (n_pairs,)
        Words in both sets.
    n_left, n_right : ndarray of int16, shape (n_pairs,)
        Words of each set.
    """

    lowest: NDArray[np.float32] = field(repr=False)
    mean: NDArray[np.float32] = field(repr=False)
    shared_weight: NDArray[np.float32] = field(repr=False)
    n_exact: NDArray[np.int16] = field(repr=False)
    n_left: NDArray[np.int16] = field(repr=False)
    n_right: NDArray[np.int16] = field(repr=False)

    @property
    def n_aligned(self) -> NDArray[np.int16]:
        """Words of the smaller set, all of which are aligned."""
        return np.minimum(self.n_left, self.n_right)


def align_words(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    similarity: WordSimilarity,
    weights: NDArray[np.float32] | None = None,
) -> Alignment:
    """Align the words of each left set with those of the right set.

    In each step the most similar two words that are still free are aligned, until the smaller set is used up.  Of equal
    similarities the one with the smaller word of the smaller set is taken, then the one with the smaller word of the
    other set; of two sets of one size the one with the smallest word that the other lacks counts as the smaller.  So
    the result depends on nothing but the sets, and their order does not matter.

    Parameters
    ----------
    left, right : ndarray of int32, shapes (n_pairs, n_left) and (n_pairs, n_right)
        Word codes, distinct and ascending in a row, -1 padded at the end.
    similarity : WordSimilarity
        Similarity of the words; decides whether compiled code is used.
    weights : ndarray of float32, shape (n_words,), optional
        Weight of each word, greater than 0; 1 for all when not given.

    Returns
    -------
    Alignment
        One value per pair.
    """
    if weights is None:
        weights = np.ones(similarity.n_words, np.float32)
    aligned = _no_alignment(len(left))
    if similarity.compiled is not None:
        _align_compiled(aligned, left, right, similarity.compiled, weights)
        return aligned
    aligned.n_left[:] = (left >= 0).sum(axis=1)
    aligned.n_right[:] = (right >= 0).sum(axis=1)
    for rows, width_left, width_right in _same_shape(aligned.n_left, aligned.n_right):
        smaller, larger = left[rows, :width_left], right[rows, :width_right]
        if width_left > width_right:
            smaller, larger = larger, smaller
        elif width_left == width_right:
            smaller, larger = _in_order(smaller, larger)
        _align_same_shape(aligned, rows, smaller, larger, similarity, weights)
    return aligned


def _no_alignment(n_pairs: int) -> Alignment:
    return Alignment(
        lowest=np.zeros(n_pairs, np.float32),
        mean=np.zeros(n_pairs, np.float32),
        shared_weight=np.zeros(n_pairs, np.float32),
        n_exact=np.zeros(n_pairs, np.int16),
        n_left=np.zeros(n_pairs, np.int16),
        n_right=np.zeros(n_pairs, np.int16),
    )


def _align_compiled(
    aligned: Alignment,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    words: CompiledWords,
    weights: NDArray[np.float32],
) -> None:
    from custid.kernels.alignment import AlignmentColumns, align_pairs  # noqa: PLC0415  # loads numba

    columns = AlignmentColumns(
        aligned.lowest, aligned.mean, aligned.shared_weight, aligned.n_exact, aligned.n_left, aligned.n_right
    )
    left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
    with words.room(max(left.shape[1], right.shape[1])) as (known, grids):
        align_pairs(words.table, known, grids, weights, left, right, columns)


def _same_shape(n_left: NDArray[np.int16], n_right: NDArray[np.int16]) -> Iterator[tuple[NDArray[np.intp], int, int]]:
    """Yield the rows of each combination of set sizes, empty sets left out."""
    shape = n_left * (n_right.max(initial=np.int16(0)) + np.int16(1)) + n_right
    order = np.argsort(shape, kind="stable")
    starts = np.flatnonzero(np.diff(shape[order], prepend=np.int16(-1)))
    for rows in np.split(order, starts[1:]):
        if len(rows):
            width_left, width_right = int(n_left[rows[0]]), int(n_right[rows[0]])
            if width_left and width_right:
                yield rows, width_left, width_right


def _in_order(left: NDArray[np.int32], right: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Order two sets of one size: the one with the smallest word that the other lacks comes first."""
    differs = left != right
    first = differs.argmax(axis=1)[:, None]
    is_swapped = np.take_along_axis(right, first, axis=1) < np.take_along_axis(left, first, axis=1)
    return np.where(is_swapped, right, left), np.where(is_swapped, left, right)


def _align_same_shape(
    aligned: Alignment,
    rows: NDArray[np.intp],
    smaller: NDArray[np.int32],
    larger: NDArray[np.int32],
    similarity: WordSimilarity,
    weights: NDArray[np.float32],
) -> None:
    """Fill the rows of an alignment whose sets have the same two sizes."""
    n_pairs, n_steps = smaller.shape
    width = larger.shape[1]
    pairs = np.arange(n_pairs)
    grid = similarity(np.repeat(smaller, width, axis=1).ravel(), np.tile(larger, (1, n_steps)).ravel())
    cells, grid = grid.reshape(n_pairs, n_steps, width), grid.reshape(n_pairs, n_steps * width)
    lowest = np.ones(n_pairs, np.float32)
    weighted, total, shared = (np.zeros(n_pairs, np.float32) for _ in range(3))
    n_exact = np.zeros(n_pairs, np.int16)
    for _ in range(n_steps):
        best = grid.argmax(axis=1)
        value = grid[pairs, best]
        row, column = np.divmod(best, width)
        first, second = smaller[pairs, row], larger[pairs, column]
        weight = np.minimum(weights[first], weights[second])
        is_exact = first == second
        np.minimum(lowest, value, out=lowest)
        weighted += value * weight
        total += weight
        shared += np.where(is_exact, weight, np.float32(0))
        n_exact += is_exact
        if n_steps > 1:
            cells[pairs, row, :] = -1
            cells[pairs, :, column] = -1
    aligned.lowest[rows] = lowest
    aligned.mean[rows] = weighted / np.maximum(total, np.float32(1e-9))
    aligned.shared_weight[rows] = shared
    aligned.n_exact[rows] = n_exact
