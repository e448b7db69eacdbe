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
from custid.kernels.place_table import place_table
from custid.kernels.places import agreeing, common_prefix, common_suffix, equal_to, first_places
from custid.kernels.signatures import count_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["edit_distance", "few_edits"]


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
    all_ones, but_last = first_places(63), first_places(62)
    rises_down, falls_down = all_ones, np.uint64(0)
    diagonal_zero, equal_before = np.uint64(0), np.uint64(0)
    longer = n_text - n_pattern
    distance = longer
    # The distance never falls along a diagonal; the last one ends in the corner.
    corner = one
    for j in range(n_text):
        equal = equal_to(pattern, pattern_start, n_pattern, text[text_start + j])
        zero = (((equal & rises_down) + rises_down) ^ rises_down) | (equal | falls_down)
        if has_swaps:
            zero |= ((~diagonal_zero & equal) << one) & equal_before
            diagonal_zero, equal_before = zero, equal
        if j >= longer:
            distance += int((zero & corner) == np.uint64(0))
            if distance > at_most:
                break
            corner <<= one
        falls_shifted = (falls_down << one) | one
        stays = ((zero | rises_down) << one) | one
        falls_down = zero & (falls_shifted | ~stays)
        rises_down = (stays & (~(zero | falls_shifted) & all_ones)) | ((zero & (rises_down & but_last)) << one)
    return distance


@kernel
def _distance_banded(
    pattern: NDArray[np.uint32],
    pattern_start: int,
    n_pattern: int,
    text: NDArray[np.uint32],
    text_start: int,
    n_text: int,
    at_most: int,
    has_swaps: bool,  # noqa: FBT001  # kernels take positional arguments only
) -> int:
    """Return the distance for a text as long as the pattern or longer, a band of the table in one word.

    The word goes down with the band: bit 0 of column ``j`` is row ``j - n_above``. What lies below the band is taken
    for a mismatch, what lies above the first row for the number of the column.
    """
    one, all_ones = np.uint64(1), first_places(63)
    longer = n_text - n_pattern
    detour = (at_most - longer) // 2
    # A swap is seen one row above the band and one below.
    n_beside = detour + int(has_swaps)
    n_above = longer + n_beside
    width = n_above + 1 + n_beside
    # The distance never falls along a diagonal; this one ends in the corner.
    on_diagonal = one << np.uint64(n_beside)
    rises_down, falls_down = all_ones & ~first_places(n_above), np.uint64(0)
    diagonal_zero, equal_before = np.uint64(0), np.uint64(0)
    distance = 0
    for j in range(n_text):
        first = max(j - n_above, 0)
        n_hidden = first - (j - n_above)
        n_seen = min(width - n_hidden, n_pattern - first)
        equal = equal_to(pattern, pattern_start + first, n_seen, text[text_start + j]) << np.uint64(n_hidden)
        zero = (((equal & rises_down) + rises_down) ^ rises_down) | (equal | falls_down)
        if has_swaps:
            zero |= ((~diagonal_zero & (equal << one)) & (equal_before >> one)) & all_ones
            diagonal_zero, equal_before = zero, equal
        distance += int((zero & on_diagonal) == np.uint64(0))
        if distance > at_most:
            break
        stays = (zero | rises_down) & (~falls_down & all_ones)
        falls_right = zero & rises_down
        zero = (zero & all_ones) >> one
        rises_down = falls_right | (stays & ~zero)
        falls_down = zero & ~stays
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
    """Return the distance for a text as long as the pattern or longer, a column of the band in several words."""
    one, highest, all_ones = np.uint64(1), np.uint64(62), first_places(63)
    table = place_table(pattern, pattern_start, n_pattern, text, text_start, n_text)
    places, rows = table.places, table.rows
    n_words = places.shape[1]
    # Of each word: where the distance rises and falls downward, and where it stays along a diagonal.
    state = np.zeros((n_words, 3), np.uint64)
    for word in range(n_words):
        state[word, 0] = all_ones
    longer = n_text - n_pattern
    n_below = (at_most - longer) // 2
    # A swap is seen one row above the band.
    n_above = longer + n_below + 1
    first_word, stop_word = 0, min(n_below // 63 + 2, n_words)
    # The distance never falls along a diagonal; the last one ends in the corner.
    distance, corner_word, corner = longer, 0, one
    last_row = np.uint32(places.shape[0] - 1)
    row_before = last_row
    for j in range(n_text):
        row = min(rows[j], last_row)
        if j - n_above == 63 * first_word + 63:
            first_word += 1
        if stop_word < n_words and j + n_below >= 63 * stop_word:
            stop_word += 1
        # What the word above hands down: above the band the distance is taken to rise with every character.
        rises_carry, falls_carry, swap_carry = one, np.uint64(0), np.uint64(0)
        # Numbers without a sign: an array is not asked from which end they count.
        for word in range(np.uint64(first_word), np.uint64(stop_word)):
            equal, rises, falls = places[row, word], state[word, 0], state[word, 1]
            either = equal | falls_carry
            zero = (((either & rises) + rises) ^ rises) | (either | falls)
            if has_swaps:
                unmatched = ~state[word, 2] & equal
                zero |= ((unmatched << one) | swap_carry) & places[row_before, word]
                swap_carry = unmatched >> highest
            state[word, 2] = zero
            rises_right, falls_right = falls | (~(zero | rises) & all_ones), zero & rises
            rises_below, falls_below = (rises_right << one) | rises_carry, (falls_right << one) | falls_carry
            rises_carry, falls_carry = rises_right >> highest, falls_right >> highest
            state[word, 0] = (falls_below | ~(zero | rises_below)) & all_ones
            state[word, 1] = zero & rises_below
        row_before = row
        if j >= longer:
            distance += int((state[corner_word, 2] & corner) == np.uint64(0))
            if distance > at_most:
                break
            corner <<= one
            if corner > all_ones:
                corner_word, corner = corner_word + 1, one
    return distance


@kernel
def few_edits(
    left: NDArray[np.uint32],
    left_start: int,
    n_left: int,
    right: NDArray[np.uint32],
    right_start: int,
    n_right: int,
    at_most: int,
    has_swaps: bool,  # noqa: FBT001  # kernels take positional arguments only
) -> int:
    """Return the edits that turn one string into the other, up to a small number.

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
        More edits than this are not told apart; from 0 to 60, or any number where a string has fewer than 64 code
        points.
    has_swaps : bool
        Whether swapping two neighbors is one edit, beside insertions, deletions and substitutions.

    Returns
    -------
    int
        From 0 to the length of the longer one; ``at_most + 1`` where it is greater than ``at_most``.

    Notes
    -----
    A band of so few edits fits one word, so that callers need not have the code for wider ones compiled into theirs.
    """
    distance = at_most + 1
    if abs(n_left - n_right) <= at_most:
        n_same = common_prefix(left, left_start, n_left, right, right_start, n_right)
        left_start, n_left = left_start + n_same, n_left - n_same
        right_start, n_right = right_start + n_same, n_right - n_same
        n_same = common_suffix(left, left_start, n_left, right, right_start, n_right)
        n_left, n_right = n_left - n_same, n_right - n_same
        if n_left > n_right:
            left, right = right, left
            left_start, right_start = right_start, left_start
            n_left, n_right = n_right, n_left
        at_most = min(at_most, n_right)
        if n_left == 0:
            distance = n_right
        elif n_left < 64:
            if has_swaps or not _is_far(left, left_start, n_left, right, right_start, n_right, at_most):
                distance = _distance_short(left, left_start, n_left, right, right_start, n_right, at_most, has_swaps)
        else:
            distance = _distance_banded(left, left_start, n_left, right, right_start, n_right, at_most, has_swaps)
    return min(distance, at_most + 1)


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
    if at_most <= 60 or min(n_left, n_right) < 64:
        return few_edits(left, left_start, n_left, right, right_start, n_right, at_most, has_swaps)
    if abs(n_left - n_right) > at_most:
        return at_most + 1
    n_same = common_prefix(left, left_start, n_left, right, right_start, n_right)
    left_start, n_left = left_start + n_same, n_left - n_same
    right_start, n_right = right_start + n_same, n_right - n_same
    n_same = common_suffix(left, left_start, n_left, right, right_start, n_right)
    n_left, n_right = n_left - n_same, n_right - n_same
    if min(n_left, n_right) < 64:
        return few_edits(left, left_start, n_left, right, right_start, n_right, at_most, has_swaps)
    if n_left > n_right:
        left, right = right, left
        left_start, right_start = right_start, left_start
        n_left, n_right = n_right, n_left
    distance = _distance_long(left, left_start, n_left, right, right_start, n_right, min(at_most, n_right), has_swaps)
    return min(distance, at_most + 1)
