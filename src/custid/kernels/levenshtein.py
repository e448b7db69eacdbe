"""Levenshtein distance of strings given as arrays of code points, and the similarity made of it.

References
----------
.. [1] Levenshtein, V. I. (1966), Binary codes capable of correcting deletions, insertions and reversals, Soviet Physics
   Doklady 10(8), 707-710.
.. [2] Hyyrö, H. (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic Journal of
   Computing 10(1), 29-39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import borrowed, kernel
from custid.kernels.edit_distance import edit_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["levenshtein_distance", "levenshtein_distance_pairs", "levenshtein_similarity_pairs"]


@kernel
def levenshtein_distance(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int:
    """Return the Levenshtein distance of two strings.

    The number of insertions, deletions and substitutions that turn one string into the other [1]_.

    Parameters
    ----------
    left, right : ndarray of uint32, shape (n_left,) and (n_right,)
        Code points.

    Returns
    -------
    int
        Distance, from 0 (equal) to the length of the longer string.

    Notes
    -----
    Two empty strings have distance 0; an empty and another one, the other's length. The table is computed a column at a
    time [2]_, as `custid.kernels.edit_distance.edit_distance` says.

    References
    ----------
    .. [1] Levenshtein (1966), Soviet Physics Doklady 10(8), 707-710.
    .. [2] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39.

    Examples
    --------
    >>> import numpy as np
    >>> left, right = (np.array([ord(letter) for letter in name], dtype=np.uint32) for name in ("CA", "ABC"))
    >>> int(levenshtein_distance(left, right))
    3
    """
    first, second = borrowed(left), borrowed(right)
    return edit_distance(first, 0, left.size, second, 0, right.size, max(left.size, right.size), False)


@kernel
def levenshtein_distance_pairs(
    data: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    """Write the Levenshtein distance of each pair of strings.

    Parameters
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two strings of each pair.
    out : ndarray of int64, shape (n_pairs,)
        Written: distance, at least 0.

    Notes
    -----
    Conventions and sources are those of `levenshtein_distance`. Each pair is read from shared arrays and written to a
    place of its own, so ranges of pairs may run side by side.
    """
    codes = borrowed(data)
    for pair in range(left_idx.size):
        i = left_idx[pair]
        j = right_idx[pair]
        n_left, n_right = offsets[i + 1] - offsets[i], offsets[j + 1] - offsets[j]
        at_most = max(n_left, n_right)
        distance = edit_distance(codes, offsets[i], n_left, codes, offsets[j], n_right, at_most, False)
        out[pair] = distance


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
    Sources are those of `levenshtein_distance`. Each pair is read from shared arrays and written to a place of its own,
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
