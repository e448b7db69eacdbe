"""Edit distances over pairs of strings, and the similarity made of them.

`custid.kernels.levenshtein` and `custid.kernels.osa` say what the distances are and where they come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import borrowed, kernel
from custid.kernels.edit_distance import edit_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["edit_distance_pairs", "levenshtein_similarity_pairs"]


@kernel
def edit_distance_pairs(
    data: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    at_most: int,
    has_swaps: bool,  # noqa: FBT001  # kernels take positional arguments only
    out: NDArray[np.int64],
) -> None:
    """Write the edit distance of each pair of strings, up to a number.

    Parameters
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two strings of each pair.
    at_most : int
        Greater distances are not told apart; at least 0.
    has_swaps : bool
        Whether swapping two neighbors is one edit: the optimal string alignment distance, else Levenshtein's.
    out : ndarray of int64, shape (n_pairs,)
        Written: distance, ``at_most + 1`` where it is greater than ``at_most``.

    Notes
    -----
    Each pair is read from shared arrays and written to a place of its own, so ranges of pairs may run side by side.
    """
    codes = borrowed(data)
    for pair in range(left_idx.size):
        i = left_idx[pair]
        j = right_idx[pair]
        n_left, n_right = offsets[i + 1] - offsets[i], offsets[j + 1] - offsets[j]
        out[pair] = edit_distance(codes, offsets[i], n_left, codes, offsets[j], n_right, at_most, has_swaps)


@kernel
def levenshtein_similarity_pairs(
    data: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    at_least: float,
    out: NDArray[np.float64],
) -> None:
    """Write the Levenshtein similarity of each pair of strings, from a similarity on.

    Parameters
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two strings of each pair.
    at_least : float
        Lower similarities are not told apart; in [0, 1].
    out : ndarray of float64, shape (n_pairs,)
        Written: one minus the share of the longer string that the distance is, 0 where it is lower than ``at_least``;
        1 for two empty strings.

    Notes
    -----
    Each pair is read from shared arrays and written to a place of its own,
    so ranges of pairs may run side by side.
    """
    codes = borrowed(data)
    for pair in range(left_idx.size):
        i = left_idx[pair]
        j = right_idx[pair]
        n_left, n_right = offsets[i + 1] - offsets[i], offsets[j + 1] - offsets[j]
        longer = max(n_left, n_right)
        # A little more than the cut-off allows: what lies at it is told by the similarity itself.
        at_most = int((1.0 - at_least) * longer + 1e-6)
        distance = edit_distance(codes, offsets[i], n_left, codes, offsets[j], n_right, at_most, False)
        similarity = 1.0 - distance / max(longer, 1)
        out[pair] = similarity if similarity >= at_least else 0.0
