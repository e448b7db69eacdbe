"""Greedy alignment of two sets of words, for many pairs of sets at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

__all__ = ["Alignment", "align_words"]

_EXACT = 0.999


@frozen(kw_only=True, eq=False)
class Alignment:
    """How well the words of two sets pair up, the closest two first.

    Attributes
    ----------
    lowest : ndarray of float32, shape (n_pairs,)
        Similarity of the worst aligned word of the smaller set; 0 where a set is empty.
    mean : ndarray of float32, shape (n_pairs,)
        Mean similarity of the aligned words, weighted by the rarer word's weight.
    n_exact : ndarray of int16, shape (n_pairs,)
        Aligned words that are equal.
    shared_weight : ndarray of float32, shape (n_pairs,)
        Sum of the weights of the equal words.
    n_left, n_right : ndarray of int16, shape (n_pairs,)
        Words of each set.
    """

    lowest: NDArray[np.float32] = field(repr=False)
    mean: NDArray[np.float32] = field(repr=False)
    n_exact: NDArray[np.int16] = field(repr=False)
    shared_weight: NDArray[np.float32] = field(repr=False)
    n_left: NDArray[np.int16] = field(repr=False)
    n_right: NDArray[np.int16] = field(repr=False)

    @property
    def n_aligned(self) -> NDArray[np.int16]:
        """Words of the smaller set, all of which are aligned."""
        return np.minimum(self.n_left, self.n_right)


def align_words(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    similarity: Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[np.float32]],
    weights: NDArray[np.float32] | None = None,
) -> Alignment:
    """Align the words of each left set with those of the right set.

    In each step the most similar two words that are still free are aligned, until the smaller set is used up; of equal
    similarities the pair with the smaller word codes is taken, so that the result depends on nothing but the sets.

    Parameters
    ----------
    left, right : ndarray of int32, shapes (n_pairs, n_left) and (n_pairs, n_right)
        Word codes, distinct and ascending in a row, -1 padded at the end.
    similarity : callable
        Takes two equally long arrays of word codes and returns their similarities in [0, 1].
    weights : ndarray of float32, shape (n_vocabulary,), optional
        Weight of each word; 1 for all when not given.

    Returns
    -------
    Alignment
        One value per pair.
    """
    n_pairs = len(left)
    n_left = (left >= 0).sum(axis=1).astype(np.int16)
    n_right = (right >= 0).sum(axis=1).astype(np.int16)
    lowest = np.zeros(n_pairs, np.float32)
    mean = np.zeros(n_pairs, np.float32)
    n_exact = np.zeros(n_pairs, np.int16)
    shared = np.zeros(n_pairs, np.float32)
    for rows, width_left, width_right in _same_shape(n_left, n_right):
        words_left, words_right = left[rows, :width_left], right[rows, :width_right]
        if width_left > width_right:
            words_left, words_right = words_right, words_left
        grid = _similarity_grid(words_left, words_right, similarity)
        lowest[rows], mean[rows], n_exact[rows], shared[rows] = _greedy(grid, words_left, words_right, weights)
    return Alignment(
        lowest=lowest, mean=mean, n_exact=n_exact, shared_weight=shared, n_left=n_left, n_right=n_right
    )


def _same_shape(n_left: NDArray[np.int16], n_right: NDArray[np.int16]) -> Iterator[tuple[NDArray[np.int64], int, int]]:
    """Yield the rows of each combination of set sizes, empty sets left out."""
    if not len(n_left):
        return
    shape = n_left.astype(np.int64) * (int(n_right.max(initial=0)) + 1) + n_right
    order = np.argsort(shape, kind="stable")
    values, starts = np.unique(shape[order], return_index=True)
    for rows, _ in zip(np.split(order, starts[1:]), values, strict=True):
        width_left, width_right = int(n_left[rows[0]]), int(n_right[rows[0]])
        if width_left and width_right:
            yield rows, width_left, width_right


def _similarity_grid(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    similarity: Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    n_pairs, width_left = left.shape
    width_right = right.shape[1]
    first = np.repeat(left, width_right, axis=1).ravel()
    second = np.tile(right, (1, width_left)).ravel()
    return similarity(first, second).reshape(n_pairs, width_left * width_right)


def _greedy(
    grid: NDArray[np.float32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    weights: NDArray[np.float32] | None,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int16], NDArray[np.float32]]:
    n_pairs, width_left = left.shape
    width_right = right.shape[1]
    rows = np.arange(n_pairs)
    cells = grid.reshape(n_pairs, width_left, width_right)
    lowest = np.ones(n_pairs, np.float32)
    weighted = np.zeros(n_pairs, np.float32)
    total = np.zeros(n_pairs, np.float32)
    shared = np.zeros(n_pairs, np.float32)
    n_exact = np.zeros(n_pairs, np.int16)
    for _ in range(width_left):
        best = grid.argmax(axis=1)
        value = grid[rows, best]
        chosen_left, chosen_right = np.divmod(best, width_right)
        is_exact = value >= _EXACT
        if weights is None:
            weight = np.ones(n_pairs, np.float32)
        else:
            weight = np.minimum(weights[left[rows, chosen_left]], weights[right[rows, chosen_right]])
        lowest = np.minimum(lowest, value)
        weighted += value * weight
        total += weight
        shared += np.where(is_exact, weight, np.float32(0))
        n_exact += is_exact
        cells[rows, chosen_left, :] = -1
        cells[rows, :, chosen_right] = -1
    return lowest, weighted / np.maximum(total, np.float32(1e-9)), n_exact, shared
