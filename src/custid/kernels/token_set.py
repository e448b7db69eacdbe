"""Token-set similarity: how alike two sets of words are, whatever their order.

`custid.comparison.string_metrics.token_set_similarity_pairs` states the formula and its source.

References
----------
.. [1] Hyyrö, H. (2004), Bit-parallel LCS-length computation revisited, Australasian Workshop on Combinatorial
   Algorithms, 16-27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel
from custid.kernels.place_table import place_table
from custid.kernels.places import equal_to, first_places
from custid.kernels.signatures import count_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WordSets", "token_set_similarity_pairs"]


class WordSets(NamedTuple):
    """The distinct words of many strings.

    Attributes
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of the words of all strings, ascending in each string and each with a space behind it.
    offsets : ndarray of int64, shape (n_strings + 1,)
        The words of string ``i``, with their spaces, are ``data[offsets[i]:offsets[i + 1]]``.
    words : ndarray of int32, shape (n_memberships,)
        Rank of each string's words among all, ascending in each string.
    starts : ndarray of int64, shape (n_strings + 1,)
        The words of string ``i`` are ``words[starts[i]:starts[i + 1]]``.
    lengths : ndarray of int32, shape (n_memberships,)
        Code points of each word.
    """

    data: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    words: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]


@kernel
def _common_subsequence(
    left: NDArray[np.uint32], left_start: int, n_left: int, right: NDArray[np.uint32], right_start: int, n_right: int
) -> int:
    """Return the length of the longest common subsequence of two strings, the left one of up to 63 code points.

    A bit is cleared for each left character where the length rises [1]_.
    """
    all_ones = first_places(63)
    level = all_ones
    for j in range(n_right):
        matched = level & equal_to(left, left_start, n_left, right[right_start + j])
        level = ((level + matched) | (level - matched)) & all_ones
    return n_left - int(count_bits(level & first_places(n_left)))


@kernel
def _common_subsequence_long(
    left: NDArray[np.uint32], left_start: int, n_left: int, right: NDArray[np.uint32], right_start: int, n_right: int
) -> int:
    """Return the length of the longest common subsequence of two strings of any length."""
    all_ones = first_places(63)
    table = place_table(left, left_start, n_left, right, right_start, n_right)
    places, rows = table.places, table.rows
    levels = np.full(places.shape[1], all_ones)
    last_row = np.uint32(places.shape[0] - 1)
    for j in range(n_right):
        row, carry = min(rows[j], last_row), np.uint64(0)
        for word in range(levels.size):
            level = levels[word]
            matched = level & places[row, word]
            risen = level + matched + carry
            carry = risen >> np.uint64(63)
            levels[word] = (risen | (level - matched)) & all_ones
    n_common = n_left
    for word in range(levels.size):
        n_common -= int(count_bits(levels[word] & first_places(min(n_left - 63 * word, 63))))
    return n_common


@kernel
def _count_shared(
    words: NDArray[np.int32], lengths: NDArray[np.int32], i: int, i_stop: int, j: int, j_stop: int
) -> tuple[int, int]:
    """Return how many words two ascending ranges have in common, and their code points with a space behind each."""
    n_shared, size = 0, 0
    while i < i_stop and j < j_stop:
        if words[i] == words[j]:
            n_shared += 1
            size += int(lengths[i]) + 1
        is_left_behind = words[i] <= words[j]
        j += words[j] <= words[i]
        i += is_left_behind
    return n_shared, size


@kernel
def _join_others(sets: WordSets, i: int, j: int, out: NDArray[np.uint32]) -> None:
    """Write the words of one set that another lacks, a space between two."""
    at, size = sets.offsets[i], 0
    other = sets.starts[j]
    for place in range(sets.starts[i], sets.starts[i + 1]):
        while other < sets.starts[j + 1] and sets.words[other] < sets.words[place]:
            other += 1
        length = sets.lengths[place]
        if other == sets.starts[j + 1] or sets.words[other] != sets.words[place]:
            if size:
                out[size] = np.uint32(32)  # a space
                size += 1
            for k in range(length):
                out[size + k] = sets.data[at + k]
            size += length
        at += length + 1


@kernel
def _ratio(n_left: int, n_right: int, n_common: int, n_shared: int) -> float:
    """Return the greatest of the three ratios.

    Parameters
    ----------
    n_left, n_right : int
        Code points of the words that are in one set alone.
    n_common : int
        Length of their longest common subsequence.
    n_shared : int
        Code points of the words in both sets, with the space after them; 0 where there are none.
    """
    both = n_left + n_right + 2 * n_shared
    best = 1.0 - (n_left + n_right - 2 * n_common) / both
    if n_shared:
        best = max(best, 1.0 - (n_left + 1) / (n_left + 2 * n_shared - 1))
        best = max(best, 1.0 - (n_right + 1) / (n_right + 2 * n_shared - 1))
    return best


@kernel
def token_set_similarity_pairs(
    sets: WordSets,
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    at_least: float,
    out: NDArray[np.float64],
) -> None:
    """Write the token-set similarity of each pair of strings, from a similarity on.

    Parameters
    ----------
    sets : WordSets
        The words of all strings.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two strings of each pair.
    at_least : float
        Lower similarities are not told apart; in [0, 1].
    out : ndarray of float64, shape (n_pairs,)
        Written: similarity in [0, 1], 0 where it is lower than ``at_least``.

    Notes
    -----
    Words that both have need no comparison; the rest is compared in place where there are none. Time is O(n_left ·
    n_right / 63) in code points. Each pair is read from shared arrays and written to a place of its own, so ranges of
    pairs may run side by side.
    """
    data, words, lengths = borrowed(sets.data), borrowed(sets.words), borrowed(sets.lengths)
    left_rest, right_rest = np.empty(64, np.uint32), np.empty(64, np.uint32)
    for pair in range(left_idx.size):
        i, j = left_idx[pair], right_idx[pair]
        i_first, i_stop, j_first, j_stop = sets.starts[i], sets.starts[i + 1], sets.starts[j], sets.starts[j + 1]
        out[pair] = 0.0
        if i_first == i_stop or j_first == j_stop:
            continue
        n_shared, n_both = _count_shared(words, lengths, i_first, i_stop, j_first, j_stop)
        if n_shared in (i_stop - i_first, j_stop - j_first):
            out[pair] = 1.0
            continue
        # Without the last space. Every word that both have is followed by one, for there is another word.
        n_left = sets.offsets[i + 1] - sets.offsets[i] - 1 - n_both
        n_right = sets.offsets[j + 1] - sets.offsets[j] - 1 - n_both
        if at_least > 0.0 and _ratio(n_left, n_right, min(n_left, n_right), n_both) < at_least:
            continue
        if n_shared == 0 and n_left < 64:  # bits in a word
            n_common = _common_subsequence(data, sets.offsets[i], n_left, data, sets.offsets[j], n_right)
        else:
            if n_left > left_rest.size:
                left_rest = np.empty(2 * n_left, np.uint32)
            if n_right > right_rest.size:
                right_rest = np.empty(2 * n_right, np.uint32)
            _join_others(sets, i, j, left_rest)
            _join_others(sets, j, i, right_rest)
            if n_left < 64:
                n_common = _common_subsequence(left_rest, 0, n_left, right_rest, 0, n_right)
            else:
                n_common = _common_subsequence_long(left_rest, 0, n_left, right_rest, 0, n_right)
        similarity = _ratio(n_left, n_right, n_common, n_both)
        out[pair] = similarity if similarity >= at_least else 0.0
