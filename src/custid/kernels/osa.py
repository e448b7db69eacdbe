"""Optimal string alignment distance of strings given as arrays of code points.

References
----------
.. [1] Hyyrö, H. (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic Journal of
   Computing 10(1), 29-39, section on the Damerau distance.
.. [2] Boytsov, L. (2011), Indexing methods for approximate dictionary searching, Journal of Experimental Algorithmics
   16, article 1.1, on the edit distances (the recurrence, and how it differs from the unrestricted distance).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["osa_distance", "osa_distance_pairs"]


@kernel
def _osa_distance_short(pattern: NDArray[np.uint32], text: NDArray[np.uint32]) -> int:
    """Return the distance for a pattern of 1 to 63 code points, a column of the table in one word.

    The words hold 63 bits, one fewer than they could, so that the sum below never leaves a word.
    """
    one = np.uint64(1)
    all_ones = (one << np.uint64(63)) - one
    last = one << np.uint64(pattern.size - 1)
    rises_down, falls_down = all_ones, np.uint64(0)
    diagonal_zero = np.uint64(0)
    equal_before = np.uint64(0)
    distance = np.int64(pattern.size)
    for j in range(text.size):
        equal = np.uint64(0)
        for i in range(pattern.size):
            equal |= np.uint64(pattern[i] == text[j]) << np.uint64(i)
        swapped = ((~diagonal_zero & equal) << one) & equal_before
        diagonal_zero = (((equal & rises_down) + rises_down) ^ rises_down) | equal | falls_down | swapped
        rises_right = falls_down | (~(diagonal_zero | rises_down) & all_ones)
        falls_right = diagonal_zero & rises_down
        if rises_right & last:
            distance += 1
        if falls_right & last:
            distance -= 1
        rises_right = (rises_right << one) | one
        falls_right = (falls_right << one) & all_ones
        rises_down = (falls_right | ~(diagonal_zero | rises_right)) & all_ones
        falls_down = rises_right & diagonal_zero & all_ones
        equal_before = equal
    return int(distance)


@kernel
def _osa_distance_long(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int:
    """Return the distance for strings of any length, from three rows of the table."""
    two_above = np.zeros(right.size + 1, dtype=np.int64)
    above = np.arange(right.size + 1)
    row = np.zeros(right.size + 1, dtype=np.int64)
    for i in range(1, left.size + 1):
        row[0] = i
        for j in range(1, right.size + 1):
            cost = 0 if left[i - 1] == right[j - 1] else 1
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost)
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                best = min(best, two_above[j - 2] + 1)
            row[j] = best
        two_above, above, row = above, row, two_above
    return int(above[right.size])


@kernel
def osa_distance(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int:
    """Return the optimal string alignment distance of two strings.

    The number of insertions, deletions, substitutions and swaps of neighbors that turn one string into the other, no
    part of which is edited twice.

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
    Two empty strings have distance 0; an empty and another one, the other's length. It is no metric: ``CA`` to ``AC``
    and ``AC`` to ``ABC`` take one edit each, ``CA`` to ``ABC`` three [2]_.

    What both strings begin and end with is set aside first. If the shorter rest has up to 63 code points, a column of
    the table is one word [1]_; equal characters are found by comparing, so no table of the alphabet is kept. Time is
    O(n_left · n_right) either way, memory O(n_right) beyond 63 code points. The function writes nothing that another
    thread sees.

    References
    ----------
    .. [1] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39, section on the Damerau distance.
    .. [2] Boytsov (2011), Journal of Experimental Algorithmics 16, article 1.1, on the edit distances.

    Examples
    --------
    >>> import numpy as np
    >>> left, right = (np.array([ord(letter) for letter in name], dtype=np.uint32) for name in ("CA", "ABC"))
    >>> int(osa_distance(left, right))
    3
    """
    start = 0
    left_stop = left.size
    right_stop = right.size
    while start < left_stop and start < right_stop and left[start] == right[start]:
        start += 1
    while left_stop > start and right_stop > start and left[left_stop - 1] == right[right_stop - 1]:
        left_stop -= 1
        right_stop -= 1
    shorter = left[start:left_stop]
    longer = right[start:right_stop]
    if shorter.size > longer.size:
        shorter, longer = longer, shorter
    if shorter.size == 0:
        return longer.size
    if shorter.size < 64:  # bits in a word
        return _osa_distance_short(shorter, longer)
    return _osa_distance_long(longer, shorter)


@kernel
def osa_distance_pairs(
    data: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    """Write the optimal string alignment distance of each pair of strings.

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
    Conventions and sources are those of `osa_distance`. Each pair is read from shared arrays and written to a place of
    its own, so ranges of pairs may run side by side.
    """
    for pair in range(left_idx.size):
        i = left_idx[pair]
        j = right_idx[pair]
        out[pair] = osa_distance(data[offsets[i] : offsets[i + 1]], data[offsets[j] : offsets[j + 1]])
