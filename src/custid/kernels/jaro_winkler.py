"""Jaro-Winkler similarity of strings given as arrays of code points.

References
----------
.. [1] Jaro, M. A. (1989), Advances in record-linkage methodology as applied to matching the 1985 census of Tampa,
   Florida, Journal of the American Statistical Association 84(406), 414-420, on the string
   comparator.
.. [2] Winkler, W. E. (1990), String comparator metrics and enhanced decision rules in the Fellegi-Sunter model of
   record linkage, Proceedings of the Section on Survey Research Methods, American Statistical Association, 354-359,
   on the adjustment of the string comparator for agreeing first characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["jaro_winkler_similarity", "jaro_winkler_similarity_pairs"]


@kernel
def _count_agreements_short(left: NDArray[np.uint32], right: NDArray[np.uint32], window: int) -> tuple[int, int]:
    """Return matched characters and those of them out of order, for strings of up to 64 code points.

    One bit of a word per character tells which ones are matched.
    """
    one = np.uint64(1)
    left_matched = np.uint64(0)
    right_matched = np.uint64(0)
    n_matched = 0
    for i in range(left.size):
        for j in range(max(0, i - window), min(right.size, i + window + 1)):
            bit = one << np.uint64(j)
            if left[i] == right[j] and not right_matched & bit:
                left_matched |= one << np.uint64(i)
                right_matched |= bit
                n_matched += 1
                break
    n_out_of_order = 0
    j = 0
    for i in range(left.size):
        if left_matched & (one << np.uint64(i)):
            while not right_matched & (one << np.uint64(j)):
                j += 1
            if left[i] != right[j]:
                n_out_of_order += 1
            j += 1
    return n_matched, n_out_of_order


@kernel
def _count_agreements_long(left: NDArray[np.uint32], right: NDArray[np.uint32], window: int) -> tuple[int, int]:
    """Return matched characters and those of them out of order, for strings of any length.

    The matched characters of the left string are kept in order, those of the right one by a flag each.
    """
    left_kept = np.empty(left.size, dtype=np.uint32)
    right_matched = np.zeros(right.size, dtype=np.bool_)
    n_matched = 0
    for i in range(left.size):
        for j in range(max(0, i - window), min(right.size, i + window + 1)):
            if left[i] == right[j] and not right_matched[j]:
                right_matched[j] = True
                left_kept[n_matched] = left[i]
                n_matched += 1
                break
    n_out_of_order = 0
    nth = 0
    for j in range(right.size):
        if right_matched[j]:
            if left_kept[nth] != right[j]:
                n_out_of_order += 1
            nth += 1
    return n_matched, n_out_of_order


@kernel
def jaro_winkler_similarity(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Return the Jaro-Winkler similarity of two strings.

    Parameters
    ----------
    left, right : ndarray of uint32, shape (n_left,) and (n_right,)
        Code points.

    Returns
    -------
    float
        Similarity in [0, 1]; 1 exactly when the strings are equal.

    Notes
    -----
    With m matched characters (equal, and at most half the longer length less one apart), of which 2t differ from
    their partner when both are read in order, the Jaro similarity is (m/n_left + m/n_right + (m - t)/m) / 3, with t
    rounded down [1]_. Where it exceeds 0.7, each of up to four agreeing first characters moves it a tenth of the
    remaining way to 1 [2]_.

    Two empty strings have similarity 1, an empty and another one 0. Whoever takes the empty string for a missing value
    treats it before this call.

    Time is O(n_left · n_right) in the worst case. Memory beyond 64 code points is O(n_left + n_right). The function
    writes nothing that another thread sees.

    References
    ----------
    .. [1] Jaro (1989), Journal of the American Statistical Association 84(406), 414-420, on the string comparator.
    .. [2] Winkler (1990), Proceedings of the Section on Survey Research Methods, 354-359, on agreeing first
       characters.

    Examples
    --------
    >>> import numpy as np
    >>> left, right = (np.array([ord(letter) for letter in name], dtype=np.uint32) for name in ("MARTHA", "MARHTA"))
    >>> round(jaro_winkler_similarity(left, right), 4)
    0.9611
    """
    shorter = min(left.size, right.size)
    longer = max(left.size, right.size)
    if longer == 0:
        return 1.0
    n_prefix = 0
    while n_prefix < shorter and left[n_prefix] == right[n_prefix]:
        n_prefix += 1
    if n_prefix == longer:
        return 1.0
    window = max(longer // 2 - 1, 0)
    if longer <= 64:  # bits in a word
        n_matched, n_out_of_order = _count_agreements_short(left, right, window)
    else:
        n_matched, n_out_of_order = _count_agreements_long(left, right, window)
    if n_matched == 0:
        return 0.0
    in_order = n_matched - n_out_of_order // 2
    similarity = (n_matched / left.size + n_matched / right.size + in_order / n_matched) / 3.0
    if similarity > 0.7:  # Winkler's threshold
        similarity += min(n_prefix, 4) * 0.1 * (1.0 - similarity)
    return similarity


@kernel
def jaro_winkler_similarity_pairs(
    data: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Write the Jaro-Winkler similarity of each pair of strings.

    Parameters
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two strings of each pair.
    out : ndarray of float64, shape (n_pairs,)
        Written: similarity in [0, 1].

    Notes
    -----
    Conventions and sources are those of `jaro_winkler_similarity`. Each pair is read from shared arrays and written to
    a place of its own, so ranges of pairs may run side by side.
    """
    for pair in range(left_idx.size):
        i = left_idx[pair]
        j = right_idx[pair]
        out[pair] = jaro_winkler_similarity(data[offsets[i] : offsets[i + 1]], data[offsets[j] : offsets[j + 1]])
