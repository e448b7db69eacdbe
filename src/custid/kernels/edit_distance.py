"""Edit distance of strings in arrays of code points, with or without swaps of neighbors.

References
----------
.. [1] Hyyrö, H. (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic Journal of
   Computing 10(1), 29-39 (both distances; patterns of several words in section 5).
.. [2] Ukkonen, E. (1985), Algorithms for approximate string matching, Information and Control 64, 100-118 (which
   diagonals of the table a distance can reach).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel
from custid.kernels.places import agreeing, common_prefix, common_suffix, equal_to, first_places
from custid.kernels.signatures import count_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["edit_distance"]


@kernel
def _is_far(
    left: NDArray[np.uint32],
    left_start: int,
    n_left: int,
    right: NDArray[np.uint32],
    right_start: int,
    n_right: int,
    at_most: int,
) -> bool:
    """Return whether so few characters have an equal one within reach that the distance must be greater.

    A path through the table that ends on the diagonal of the lengths' difference leaves few diagonals with ``at_most``
    insertions and deletions [2]_; a left character that agrees on none of them costs an edit.
    """
    if at_most > 8 or max(n_left, n_right) > 63:
        return False
    difference = n_right - n_left
    detour = (at_most - abs(difference)) // 2
    found = np.uint64(0)
    for diagonal in range(min(difference, 0) - detour, max(difference, 0) + detour + 1):
        skipped, ahead = max(-diagonal, 0), max(diagonal, 0)
        n_both = min(n_left - skipped, n_right - ahead)
        same = agreeing(left, left_start + skipped, right, right_start + ahead, n_both)
        found |= same << np.uint64(skipped)
    return bool(count_bits(found) < n_left - at_most)


@kernel
def _distance_short(
    pattern: NDArray[np.uint32],
    pattern_start: int,
    n_pattern: int,
    text: NDArray[np.uint32],
    text_start: int,
    n_text: int,
    at_most: int,
    has_swaps: bool,  # noqa: FBT001  # kernels take positional arguments only
) -> int:
    """Return the distance for a pattern of 1 to 63 code points, a column of the table in one word."""
    one = np.uint64(1)
    all_ones = first_places(63)
    last = one << np.uint64(n_pattern - 1)
    rises_down, falls_down = all_ones, np.uint64(0)
    diagonal_zero, equal_before = np.uint64(0), np.uint64(0)
    # Each character of the text that is left takes away one error at most.
    hopeless = n_text + at_most
    distance = n_pattern
    for j in range(n_text):
        equal = equal_to(pattern, pattern_start, n_pattern, text[text_start + j])
        zero = (((equal & rises_down) + rises_down) ^ rises_down) | equal | falls_down
        if has_swaps:
            zero |= ((~diagonal_zero & equal) << one) & equal_before
            diagonal_zero, equal_before = zero, equal
        rises_right = falls_down | (~(zero | rises_down) & all_ones)
        falls_right = zero & rises_down
        distance += int((rises_right & last) != np.uint64(0)) - int((falls_right & last) != np.uint64(0))
        if distance + j >= hopeless:
            return at_most + 1
        rises_right = ((rises_right << one) & all_ones) | one
        falls_right = (falls_right << one) & all_ones
        rises_down = falls_right | (~(zero | rises_right) & all_ones)
        falls_down = rises_right & zero
    return distance


@kernel
def _distance_long(
    pattern: NDArray[np.uint32],
    pattern_start: int,
    n_pattern: int,
    text: NDArray[np.uint32],
    text_start: int,
    n_text: int,
    at_most: int,
    has_swaps: bool,  # noqa: FBT001  # kernels take positional arguments only
) -> int:
    """Return the distance for a pattern that is not empty, a column of the table in several words."""
    one, highest = np.uint64(1), np.uint64(62)
    all_ones = first_places(63)
    n_words = (n_pattern - 1) // 63 + 1
    last = one << np.uint64((n_pattern - 1) % 63)
    rises_down, falls_down = np.full(n_words, all_ones), np.zeros(n_words, np.uint64)
    diagonal_zero, equal_before = np.zeros(n_words, np.uint64), np.zeros(n_words, np.uint64)
    distance = n_pattern
    for j in range(n_text):
        # What the word above hands down: in the table's first row the distance rises with every character.
        rises_carry, falls_carry, swap_carry = one, np.uint64(0), np.uint64(0)
        for word in range(n_words):
            start = 63 * word
            equal = equal_to(pattern, pattern_start + start, min(n_pattern - start, 63), text[text_start + j])
            rises, falls = rises_down[word], falls_down[word]
            either = equal | falls_carry
            zero = (((either & rises) + rises) ^ rises) | either | falls
            if has_swaps:
                unmatched = ~diagonal_zero[word] & equal
                zero |= ((unmatched << one) | swap_carry) & equal_before[word]
                swap_carry = unmatched >> highest
                diagonal_zero[word], equal_before[word] = zero, equal
            rises_right = falls | (~(zero | rises) & all_ones)
            falls_right = zero & rises
            if word == n_words - 1:
                distance += int((rises_right & last) != np.uint64(0)) - int((falls_right & last) != np.uint64(0))
            rises_above, falls_above = rises_carry, falls_carry
            rises_carry, falls_carry = rises_right >> highest, falls_right >> highest
            rises_right = ((rises_right << one) & all_ones) | rises_above
            falls_right = ((falls_right << one) & all_ones) | falls_above
            rises_down[word] = falls_right | (~(zero | rises_right) & all_ones)
            falls_down[word] = rises_right & zero
        if distance + j >= n_text + at_most:
            return at_most + 1
    return distance


@kernel
def edit_distance(
    left: NDArray[np.uint32],
    left_start: int,
    n_left: int,
    right: NDArray[np.uint32],
    right_start: int,
    n_right: int,
    at_most: int,
    has_swaps: bool,  # noqa: FBT001  # kernels take positional arguments only
) -> int:
    """Return the edits that turn one string into the other, up to a number.

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
    at_most : int
        More edits than this are not told apart; at least 0.
    has_swaps : bool
        Whether swapping two neighbors is one edit, beside insertions, deletions and substitutions.

    Returns
    -------
    int
        From 0 (equal strings) to the length of the longer one; ``at_most + 1`` where it is greater than ``at_most``.

    Notes
    -----
    What both strings begin and end with is set aside first. Of the rest, the shorter one is the pattern: a column of
    the table is as many words as it has 63 code points, and up to 63 places of a character are found by one
    comparison. Time is O(n_left · n_right / 63). The function writes nothing that another thread sees.
    """
    distance = at_most + 1
    if abs(n_left - n_right) <= at_most:
        n_same = common_prefix(left, left_start, n_left, right, right_start, n_right)
        left_start, n_left = left_start + n_same, n_left - n_same
        right_start, n_right = right_start + n_same, n_right - n_same
        n_same = common_suffix(left, left_start, n_left, right, right_start, n_right)
        n_left, n_right = n_left - n_same, n_right - n_same
        if n_left == 0 or n_right == 0:
            distance = n_left + n_right
        elif n_left > 63:  # bits in a word
            distance = _distance_long(left, left_start, n_left, right, right_start, n_right, at_most, has_swaps)
        elif has_swaps or not _is_far(left, left_start, n_left, right, right_start, n_right, at_most):
            distance = _distance_short(left, left_start, n_left, right, right_start, n_right, at_most, has_swaps)
    return min(distance, at_most + 1)
