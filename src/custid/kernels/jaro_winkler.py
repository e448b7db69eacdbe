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

from custid._jit import borrowed, kernel, lowest_bit
from custid.kernels.place_table import place_table
from custid.kernels.places import common_prefix, equal_to, first_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["jaro_winkler_similarity", "jaro_winkler_similarity_pairs", "similarity_from"]


@kernel
def _count_agreements_short(
    left: NDArray[np.uint32],
    left_start: int,
    n_left: int,
    right: NDArray[np.uint32],
    right_start: int,
    n_right: int,
    n_prefix: int,
) -> tuple[int, int]:
    """Return matched characters and those of them out of order, for strings of up to 63 code points.

    One bit of a word per character tells which ones are matched. Common first characters are matched with each other:
    for each of them the equal characters before it are taken.
    """
    one = np.uint64(1)
    window = max(max(n_left, n_right) // 2 - 1, 0)
    is_prefix = first_places(n_prefix)
    left_matched, right_matched = is_prefix, is_prefix
    # Right characters that the next left one may be matched with; beyond the string none is ever found.
    in_reach = first_places(min(n_prefix + window + 1, 63)) & ~first_places(max(n_prefix - window, 0))
    for i in range(n_prefix, n_left):
        free = equal_to(right, right_start, n_right, left[left_start + i]) & in_reach & ~right_matched
        # Adding one to the complement turns all bits up to the lowest one that is set.
        right_matched |= free & ((free ^ first_places(63)) + one)
        left_matched |= np.uint64(free != np.uint64(0)) << np.uint64(i)
        in_reach = (in_reach << one) & first_places(63)
        if i < window:
            in_reach |= one
    n_matched, n_out_of_order = n_prefix, 0
    left_rest, right_rest = left_matched ^ is_prefix, right_matched ^ is_prefix
    while left_rest != np.uint64(0):
        i, j = lowest_bit(left_rest), lowest_bit(right_rest)
        n_out_of_order += left[left_start + i] != right[right_start + j]
        left_rest &= left_rest - one
        right_rest &= right_rest - one
        n_matched += 1
    return n_matched, n_out_of_order


@kernel
def _count_agreements_long(
    left: NDArray[np.uint32],
    left_start: int,
    n_left: int,
    right: NDArray[np.uint32],
    right_start: int,
    n_right: int,
    n_prefix: int,
) -> tuple[int, int]:
    """Return matched characters and those of them out of order, for strings of any length.

    The matched characters of the left string are kept in order, those of the right one as bits of words.
    """
    one, all_ones = np.uint64(1), first_places(63)
    window = max(n_left, n_right) // 2 - 1
    table = place_table(right, right_start, n_right, left, left_start, n_left)
    places, rows = table.places, table.rows
    n_words = places.shape[1]
    left_kept, right_free = np.empty(n_left, np.uint32), np.empty(n_words, np.uint64)
    for word in range(n_words):
        right_free[word] = all_ones & ~first_places(min(max(n_prefix - 63 * word, 0), 63))
    last_row = np.uint32(places.shape[0] - 1)
    n_matched = n_prefix
    for i in range(n_prefix, n_left):
        row = min(rows[i], last_row)
        first, last = max(i - window, 0), min(i + window, n_right - 1)
        in_reach = all_ones & ~first_places(first % 63)
        for word in range(first // 63, last // 63 + 1):
            free = places[row, word] & right_free[word] & in_reach
            if word == last // 63:
                free &= first_places(last % 63 + 1)
            if free != np.uint64(0):
                right_free[word] &= ~(free & ((free ^ all_ones) + one))
                left_kept[n_matched] = left[left_start + i]
                n_matched += 1
                break
            in_reach = all_ones
    n_out_of_order, nth = 0, n_prefix
    for word in range(n_words):
        rest = ~right_free[word] & all_ones & ~first_places(min(max(n_prefix - 63 * word, 0), 63))
        while rest != np.uint64(0):
            n_out_of_order += left_kept[nth] != right[right_start + 63 * word + lowest_bit(rest)]
            rest &= rest - one
            nth += 1
    return n_matched, n_out_of_order


@kernel
def _adjusted(n_matched: int, n_swapped: int, n_left: int, n_right: int, n_prefix: int) -> float:
    """Return the similarity of two strings from what they have in common, which is not nothing."""
    similarity = (n_matched / n_left + n_matched / n_right + (n_matched - n_swapped) / n_matched) / 3.0
    if similarity > 0.7:  # Winkler's threshold
        similarity += min(n_prefix, 4) * 0.1 * (1.0 - similarity)
    return similarity


@kernel
def similarity_from(
    left: NDArray[np.uint32],
    left_start: int,
    n_left: int,
    right: NDArray[np.uint32],
    right_start: int,
    n_right: int,
    at_least: float,
) -> float:
    """Return the Jaro-Winkler similarity of two strings in arrays, from a similarity on.

    Parameters
    ----------
    left : ndarray of uint32, shape (n_left_codes,)
        Code points.
    left_start, n_left : int
        Where the first string begins, and its length.
    right : ndarray of uint32, shape (n_right_codes,)
        Code points; may be the same array.
    right_start, n_right : int
        Where the second string begins, and its length.
    at_least : float
        Lower similarities are not told apart; in [0, 1].

    Returns
    -------
    float
        Similarity in [0, 1], 0 where it is lower than ``at_least``; 1 for two empty strings, 0 for an empty and another
        one.

    Notes
    -----
    Formula and sources are those of `jaro_winkler_similarity`.
    """
    longer = max(n_left, n_right)
    if longer == 0:
        return 1.0
    if min(n_left, n_right) == 0:
        return 0.0
    n_prefix = common_prefix(left, left_start, n_left, right, right_start, n_right)
    if n_prefix == longer:
        return 1.0
    if at_least > 0.0 and _adjusted(min(n_left, n_right), 0, n_left, n_right, n_prefix) < at_least:
        return 0.0
    if longer < 64:  # bits in a word
        n_matched, n_out_of_order = _count_agreements_short(
            left, left_start, n_left, right, right_start, n_right, n_prefix
        )
    else:
        n_matched, n_out_of_order = _count_agreements_long(
            left, left_start, n_left, right, right_start, n_right, n_prefix
        )
    if n_matched == 0:
        return 0.0
    similarity = _adjusted(n_matched, n_out_of_order // 2, n_left, n_right, n_prefix)
    return similarity if similarity >= at_least else 0.0


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

    A left character is looked for among up to 63 right ones at once. Time is O(n_left + n_matched) up to 63 code
    points and O(n_left · n_right / 63) beyond, memory beyond O(n_left + n_right). The function writes nothing that
    another thread sees.

    References
    ----------
    .. [1] Jaro (1989), Journal of the American Statistical Association 84(406), 414-420, on the string comparator.
    .. [2] Winkler (1990), Proceedings of the Section on Survey Research Methods, 354-359, on agreeing first
       characters.

    Examples
    --------
    >>> import numpy as np
    >>> left, right = (np.array([ord(letter) for letter in name], dtype=np.uint32) for name in ("MARTHA", "MARHTA"))
    >>> round(float(jaro_winkler_similarity(left, right)), 4)
    0.9611
    """
    return similarity_from(borrowed(left), 0, left.size, borrowed(right), 0, right.size, 0.0)


@kernel
def jaro_winkler_similarity_pairs(
    data: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    at_least: float,
    out: NDArray[np.float64],
) -> None:
    """Write the Jaro-Winkler similarity of each pair of strings, from a similarity on.

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
        Written: similarity in [0, 1], 0 where it is lower than ``at_least``.

    Notes
    -----
    Conventions and sources are those of `jaro_winkler_similarity`. Each pair is read from shared arrays and written to
    a place of its own, so ranges of pairs may run side by side.
    """
    codes = borrowed(data)
    for pair in range(left_idx.size):
        i = left_idx[pair]
        j = right_idx[pair]
        n_left, n_right = offsets[i + 1] - offsets[i], offsets[j + 1] - offsets[j]
        out[pair] = similarity_from(codes, offsets[i], n_left, codes, offsets[j], n_right, at_least)
