"""Similarity of sets of q-grams, the parts of q characters that strings have.

`custid.comparison.string_metrics.qgram_similarity_pairs` states the formulas and their sources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel
from custid.kernels.places import equal_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["QgramSets", "qgram_similarity_pairs"]


class QgramSets(NamedTuple):
    """The distinct q-grams of many strings.

    Attributes
    ----------
    grams : ndarray of uint32, shape (n_memberships,)
        Numbers of each string's q-grams, ascending in each string.
    starts : ndarray of int64, shape (n_strings + 1,)
        The q-grams of string ``i`` are ``grams[starts[i]:starts[i + 1]]``.
    """

    grams: NDArray[np.uint32]
    starts: NDArray[np.int64]


@kernel
def _count_shared(grams: NDArray[np.uint32], i: int, i_stop: int, j: int, j_stop: int) -> int:
    """Return how many numbers two ascending ranges have in common, the second the longer one."""
    n_shared = 0
    if j_stop - j < 64:  # bits in a word
        for place in range(i, i_stop):
            n_shared += equal_to(grams, j, j_stop - j, grams[place]) != np.uint64(0)
        return n_shared
    while i < i_stop and j < j_stop:
        n_shared += grams[i] == grams[j]
        is_behind = grams[i] <= grams[j]
        j += grams[j] <= grams[i]
        i += is_behind
    return n_shared


@kernel
def qgram_similarity_pairs(
    sets: QgramSets,
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    at_least: float,
    is_dice: bool,  # noqa: FBT001  # kernels take positional arguments only
    out: NDArray[np.float64],
) -> None:
    """Write the similarity of the q-grams of each pair of strings, from a similarity on.

    Parameters
    ----------
    sets : QgramSets
        The q-grams of all strings.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two strings of each pair.
    at_least : float
        Lower similarities are not told apart; in [0, 1].
    is_dice : bool
        Whether the similarity is Dice's coefficient, else Jaccard's.
    out : ndarray of float64, shape (n_pairs,)
        Written: similarity in [0, 1], 0 where it is lower than ``at_least``; 1 for two empty sets.

    Notes
    -----
    A q-gram is looked for among up to 63 others at once; longer sets are merged. The sizes of both sets bound the
    similarity before. Time is O(n_left · n_right / 63), or O(n_left + n_right) beyond. Each pair is read from shared
    arrays and written to a place of its own, so ranges of pairs may run side by side.
    """
    grams = borrowed(sets.grams)
    for pair in range(left_idx.size):
        i, j = left_idx[pair], right_idx[pair]
        n_left, n_right = sets.starts[i + 1] - sets.starts[i], sets.starts[j + 1] - sets.starts[j]
        if n_left > n_right:
            i, j, n_left, n_right = j, i, n_right, n_left
        out[pair] = 0.0
        if n_left == 0:
            out[pair] = 1.0 if n_right == 0 else 0.0
            continue
        most = 2 * n_left / (n_left + n_right) if is_dice else n_left / n_right
        if most < at_least:
            continue
        n_shared = _count_shared(grams, sets.starts[i], sets.starts[i + 1], sets.starts[j], sets.starts[j + 1])
        n_all = n_left + n_right
        similarity = 2 * n_shared / n_all if is_dice else n_shared / (n_all - n_shared)
        out[pair] = similarity if similarity >= at_least else 0.0
