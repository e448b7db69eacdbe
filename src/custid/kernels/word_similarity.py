"""Similarity of the words of two sets.

`custid.comparison.word_similarity` states what the similarity is, and computes the same without a compiler.

Arrays that threads share are read in the outermost function as far as may be: a compiled function counts references to
each array that it is given, and two threads that count at one place wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel
from custid.kernels.jaro_winkler import jaro_winkler_similarity
from custid.kernels.osa import osa_distance
from custid.kernels.signatures import count_missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WordTable", "similarity_grids"]


class WordTable(NamedTuple):
    """A vocabulary of words.

    Attributes
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all words, one word after another; no word is empty.
    offsets : ndarray of int64, shape (n_words + 1,)
        Word ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    at_least : float
        Lower similarities are 0.
    signatures : ndarray of uint64, shape (n_words,)
        Signature of each word's characters.
    is_number : ndarray of bool, shape (n_words,)
        True for words of digits.
    groups : ndarray of int32, shape (n_words, n_groups)
        Groups of variants that a word belongs to, -1 padded at the end.
    group_bits : ndarray of uint64, shape (n_words,)
        Bit ``g mod 64`` is set for each group ``g`` of a word: words without a common bit share no group.
    """

    data: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    at_least: float
    signatures: NDArray[np.uint64]
    is_number: NDArray[np.bool_]
    groups: NDArray[np.int32]
    group_bits: NDArray[np.uint64]


@kernel
def _share_a_group(groups: NDArray[np.int32], left: np.int64, right: np.int64) -> bool:
    """Return whether two words belong to one group."""
    for i in range(groups.shape[1]):
        if groups[left, i] < 0:
            return False
        for j in range(groups.shape[1]):
            if groups[left, i] == groups[right, j]:
                return True
    return False


@kernel
def _spelling_similarity(left: NDArray[np.uint32], right: NDArray[np.uint32], may_be_close: bool) -> np.float32:  # noqa: FBT001  # kernels take positional arguments only
    """Return the similarity of two differing words by their characters alone."""
    shorter, longer = left, right
    if left.size > right.size:
        shorter, longer = right, left
    if shorter.size == 1:
        return np.float32(0.88) if shorter[0] == longer[0] else np.float32(0.0)
    n_same = 0
    while n_same < shorter.size and shorter[n_same] == longer[n_same]:
        n_same += 1
    is_beginning = n_same == shorter.size and n_same >= 3
    errors = osa_distance(shorter, longer) if may_be_close else 3
    similarity = np.float32(jaro_winkler_similarity(shorter, longer))
    if errors <= 1:
        similarity = max(similarity, np.float32(0.92))
    elif errors > 2:
        similarity = min(similarity, np.float32(0.9))
    if is_beginning or (errors <= 2 and shorter.size >= 6):
        similarity = max(similarity, np.float32(0.9))
    return similarity


@kernel
def _closeness(
    n_left: np.int64, n_right: np.int64, only_left: np.int64, only_right: np.int64, least_common: float
) -> int:
    """Return 0 for two words that can't be alike, 2 for those that may be two errors apart, 1 for others to spell out.

    With all common characters in order the Jaro similarity is (common / n_left + common / n_right + 1) / 3, which is
    great enough where the first two terms reach ``least_common``.
    """
    if min(n_left, n_right) >= 3 and max(only_left, only_right, abs(n_left - n_right)) <= 2:
        return 2
    common = min(n_left - only_left, n_right - only_right)
    may_begin = only_left == 0 or only_right == 0
    return 1 if may_begin or common * (n_left + n_right) >= least_common * (n_left * n_right) else 0


@kernel
def similarity_grids(
    words: WordTable,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    starts: NDArray[np.int64],
    out: NDArray[np.float32],
) -> None:
    """Write the similarity of every word of a left set to every word of a right set, for each pair of sets.

    Parameters
    ----------
    words : WordTable
        The vocabulary.
    left, right : ndarray of int32, shapes (n_pairs, width_left) and (n_pairs, width_right)
        Word codes, -1 padded at the end.
    starts : ndarray of int64, shape (n_pairs,)
        Where the cells of each pair of sets begin, row by row: one row for each left word.
    out : ndarray of float32, shape (n_cells,)
        Written: similarity in [0, 1], 1 for equal words only, 0 below ``words.at_least``.

    Notes
    -----
    Lengths and signatures tell most pairs of words apart at once; only the others are spelled out. Each pair of sets
    is written to a place of its own, so ranges of pairs may run side by side.
    """
    # Words recur, so the last pair of words of each place is remembered.
    known_pairs = np.full(1 << 13, -1)
    known = np.empty(known_pairs.size, np.float32)
    least_common = 3 * min(words.at_least, 0.7 - 1e-6) - 1
    for pair in range(left.shape[0]):
        cell = starts[pair] - 1
        for row in range(left.shape[1]):
            i = np.int64(left[pair, row])
            if i < 0:
                break
            n_i = words.offsets[i + 1] - words.offsets[i]
            for column in range(right.shape[1]):
                j = np.int64(right[pair, column])
                if j < 0:
                    break
                cell += 1
                out[cell] = np.float32(i == j)
                if i == j or words.is_number[i] or words.is_number[j]:
                    continue
                n_j = words.offsets[j + 1] - words.offsets[j]
                only_i = count_missing(words.signatures[i], words.signatures[j])
                only_j = count_missing(words.signatures[j], words.signatures[i])
                closeness = _closeness(n_i, n_j, only_i, only_j, least_common)
                if closeness:
                    pair_of_words = (min(i, j) << 32) | max(i, j)
                    place = (min(i, j) * 101 + max(i, j)) & (known_pairs.size - 1)
                    if known_pairs[place] != pair_of_words:
                        known_pairs[place] = pair_of_words
                        first = words.data[words.offsets[i] : words.offsets[i + 1]]
                        second = words.data[words.offsets[j] : words.offsets[j + 1]]
                        similarity = _spelling_similarity(first, second, closeness == 2)
                        known[place] = similarity if similarity >= np.float32(words.at_least) else np.float32(0.0)
                    out[cell] = known[place]
                has_common_bit = words.group_bits[i] & words.group_bits[j] != np.uint64(0)
                if has_common_bit and out[cell] < np.float32(0.95) and _share_a_group(words.groups, i, j):
                    out[cell] = np.float32(0.95)
