"""Similarity of words, for a batch of pairs of sets at a time.

`custid.comparison.word_similarity` states what the similarity is, and computes the same without a compiler.

Functions that are called for each pair of words take numbers, no arrays: a compiled function counts references to each
array that it is given, and two threads that count at one place wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel, lowest_bit, prefetch
from custid.kernels.edit_distance import few_edits
from custid.kernels.jaro_winkler import similarity_from
from custid.kernels.places import common_prefix
from custid.kernels.rows import greatest_similarity, length_of, start_of
from custid.kernels.signatures import count_missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "KnownPairs",
    "WordGrids",
    "WordTable",
    "borrowed_grids",
    "fill_grids",
    "greatest_word_similarity",
    "is_before",
    "place_of_pair",
    "word_similarities",
]

_SIMILAR, _FEW_ERRORS, _BEGINNING, _VARIANTS, _INITIAL = 1, 2, 4, 8, 16
_NO_NUMBER = np.uint64((1 << 63) - 1)


class WordTable(NamedTuple):
    """A vocabulary of words.

    Attributes
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all words, one word after another; no word is empty.
    rows : ndarray of uint64, shape (n_words, 4)
        Of each word the signature of its characters, ``start << 26 | length`` with the highest bit set for a number,
        the first three characters with 21 bits each, from the lowest on, and bit ``g mod 64`` set for each group ``g``
        that it belongs to: words without a common bit share no group.
    groups : ndarray of int32, shape (n_words, n_groups)
        Groups of variants that a word belongs to, -1 padded at the end.
    at_least : float
        Lower similarities are 0.
    is_sorted : bool
        Whether codes are in alphabetical order, so that words need not be spelled out to know theirs.
    """

    data: NDArray[np.uint32]
    rows: NDArray[np.uint64]
    groups: NDArray[np.int32]
    at_least: float
    is_sorted: bool


class KnownPairs(NamedTuple):
    """Similarities of pairs of words that were spelled out; of the pairs that share a place the last one is kept.

    Attributes
    ----------
    pairs : ndarray of int64, shape (n_places,)
        ``smaller code << 32 | larger code``, -1 where nothing is known; the number of places is a power of two.
    similarities : ndarray of float32, shape (n_places,)
        Their similarities.
    """

    pairs: NDArray[np.int64]
    similarities: NDArray[np.float32]


class WordGrids(NamedTuple):
    """Room for the words of a batch of pairs of sets, and their similarities.

    Attributes
    ----------
    pairs : ndarray of int32, shape (n_batch,)
        What the caller numbers the pairs by.
    left, right : ndarray of int32, shape (n_batch, width)
        Word codes, distinct and in alphabetical order in a row; up to 31.
    n_left, n_right : ndarray of int32, shape (n_batch,)
        How many words the sets have.
    near : ndarray of int32, shape (n_batch, width)
        For each left word the right words whose similarity is asked for, as bits; for the others only whether it is
        0.86 or more, they may get 0 for less. Once they are known, the right words that come behind it in the
        alphabet, as bits.
    cells : ndarray of float32, shape (n_batch, width, width)
        Similarity of each left word to each right one; in [0, 1], 1 for equal words only.
    hits : ndarray of int32, shape (n_batch, width)
        For each left word the right words that are not altogether unlike it, as bits.
    n_equal : ndarray of int32, shape (n_batch,)
        Words in both sets.
    open_cells : ndarray of int64, shape (n_batch * width * width,)
        For the kernel's own use.
    """

    pairs: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    n_left: NDArray[np.int32]
    n_right: NDArray[np.int32]
    near: NDArray[np.int32]
    cells: NDArray[np.float32]
    hits: NDArray[np.int32]
    n_equal: NDArray[np.int32]
    open_cells: NDArray[np.int64]


@kernel
def place_of_pair(i: int, j: int) -> int:
    """Return where two codes of up to 31 bits are looked for in a table, whatever their order; cut it to the table."""
    # Two odd numbers, small enough that the sum stays in the word; the lowest bits depend on too few others.
    return (min(i, j) * 73_856_093 + max(i, j) * 19_349_663) >> 8


@kernel
def borrowed_grids(grids: WordGrids) -> WordGrids:
    """Return the same room, of arrays that count no references."""
    return WordGrids(
        borrowed(grids.pairs),
        borrowed(grids.left),
        borrowed(grids.right),
        borrowed(grids.n_left),
        borrowed(grids.n_right),
        borrowed(grids.near),
        borrowed(grids.cells),
        borrowed(grids.hits),
        borrowed(grids.n_equal),
        borrowed(grids.open_cells),
    )


@kernel
def _likeness(
    left: np.uint64,
    right: np.uint64,
    place_left: np.uint64,
    place_right: np.uint64,
    first_characters: np.uint64,
    common_groups: np.uint64,
    at_least: float,
) -> int:
    """Return what two differing words may have in common, as bits; 0 when their similarity is 0 for sure.

    Parameters
    ----------
    left, right, place_left, place_right : uint64
        Signatures, and where the words stand.
    first_characters : uint64
        The bits in which the first characters differ.
    common_groups : uint64
        The bits that their groups have in common.
    at_least : float
        Lower similarities are 0.

    Returns
    -------
    int
        The Jaro-Winkler similarity may be great enough; there may be two errors at most; one may begin with the other;
        they may be variants; one is the other's initial.

    Notes
    -----
    With all common characters in order the Jaro similarity is (common / n + common / n' + 1) / 3; what Winkler adds to
    one above 0.7 does not bring a lower one there. Without a common character both are 0.
    """
    n_left, n_right = length_of(place_left), length_of(place_right)
    shorter = min(n_left, n_right)
    only_left, only_right = count_missing(left, right), count_missing(right, left)
    common = min(n_left - only_left, n_right - only_right)
    least_common = 3.0 * min(at_least, 0.7 - 1e-6) - 1.0
    likeness = _SIMILAR * (common > 0 and common * (n_left + n_right) >= least_common * (n_left * n_right))
    likeness |= _FEW_ERRORS * (max(only_left, only_right, abs(n_left - n_right)) <= 2)
    likeness |= _BEGINNING * (first_characters == np.uint64(0) and (only_left == 0 or only_right == 0))
    if shorter < 3:
        likeness &= _SIMILAR
        if shorter == 1:
            is_initial = first_characters & np.uint64(0x1FFFFF) == np.uint64(0) and at_least <= 0.88
            likeness = _INITIAL if is_initial else 0
    likeness |= _VARIANTS * (common_groups != np.uint64(0))
    # The highest bit of a number is set.
    return 0 if (place_left | place_right) >> np.uint64(63) != np.uint64(0) else likeness


@kernel
def greatest_word_similarity(
    left: np.uint64, right: np.uint64, place_left: np.uint64, place_right: np.uint64, first_characters: np.uint64
) -> np.float32:
    """Return an upper bound of the similarity of two differing words that are no variants.

    Parameters
    ----------
    left, right, place_left, place_right : uint64
        Signatures, and where the words stand.
    first_characters : uint64
        The bits in which the first characters differ.

    Returns
    -------
    float32
        In [0, 1].
    """
    likeness = _likeness(left, right, place_left, place_right, first_characters, np.uint64(0), 0.0)
    bound = 0.0
    if likeness & _SIMILAR:
        bound = greatest_similarity(left, right, length_of(place_left), length_of(place_right))
        if bound > 0.7 - 1e-6:
            n_same = 4 if first_characters == np.uint64(0) else lowest_bit(first_characters) // 21
            bound += 0.1 * n_same * (1.0 - bound)
    if likeness & _FEW_ERRORS:
        bound = max(bound, 0.92)
    elif likeness & _BEGINNING:
        bound = max(bound, 0.9)
    elif likeness & _INITIAL:
        bound = 0.88
    return np.float32(bound)


@kernel
def is_before(data: NDArray[np.uint32], rows: NDArray[np.uint64], word: int, other: int) -> bool:
    """Return whether a word comes before another one in the alphabet of code points.

    Parameters
    ----------
    data, rows : ndarray
        Of the table of words.
    word, other : int
        Codes of two differing words.

    Returns
    -------
    bool
        True for the first of the two.

    Notes
    -----
    Codes do not tell: words that have come later stand behind the others.  The first characters settle nearly all.
    """
    differing = rows[word, 2] ^ rows[other, 2]
    if differing != np.uint64(0):
        shift = np.uint64(lowest_bit(differing) // 21 * 21)
        mask = np.uint64(0x1FFFFF)
        return bool((rows[word, 2] >> shift) & mask < (rows[other, 2] >> shift) & mask)
    n, n_other = length_of(rows[word, 1]), length_of(rows[other, 1])
    start, other_start = start_of(rows[word, 1] & _NO_NUMBER), start_of(rows[other, 1] & _NO_NUMBER)
    for place in range(3, min(n, n_other)):
        if data[start + place] != data[other_start + place]:
            return bool(data[start + place] < data[other_start + place])
    return bool(n < n_other)


@kernel
def _spelled_similarity(data: NDArray[np.uint32], i: int, n_i: int, j: int, n_j: int, likeness: int) -> np.float32:
    """Return the similarity of two differing words by their characters, given what they may have in common."""
    if likeness & _INITIAL:
        return np.float32(0.88)
    similarity = np.float32(0.0)
    if likeness & _SIMILAR:
        similarity = np.float32(similarity_from(data, i, n_i, data, j, n_j, 0.0))
    errors = few_edits(data, i, n_i, data, j, n_j, 2, True) if likeness & _FEW_ERRORS else 3
    if errors <= 1:
        similarity = max(similarity, np.float32(0.92))
    elif errors > 2:
        similarity = min(similarity, np.float32(0.9))
    shorter = min(n_i, n_j)
    if (errors <= 2 and shorter >= 6) or (
        likeness & _BEGINNING and common_prefix(data, i, n_i, data, j, n_j) == shorter
    ):
        similarity = max(similarity, np.float32(0.9))
    return similarity


@kernel
def _share_a_group(groups: NDArray[np.int32], left: int, right: int) -> bool:
    """Return whether two words belong to one group."""
    for i in range(groups.shape[1]):
        for j in range(groups.shape[1]):
            if groups[left, i] >= 0 and groups[left, i] == groups[right, j]:
                return True
    return False


@kernel
def fill_grids(words: WordTable, known: KnownPairs, grids: WordGrids, n_pairs: int) -> None:  # noqa: PLR0915  # one loop
    """Write the similarity of every word of a left set to every word of a right set, for each pair of a batch.

    Parameters
    ----------
    words : WordTable
        The vocabulary.
    known : KnownPairs
        Read and written.
    grids : WordGrids
        Words are read, similarities, hits and their order written.
    n_pairs : int
        How many pairs the batch has.

    Notes
    -----
    Lengths and signatures tell most pairs of words apart at once, and memory tells some; only the others are spelled
    out. Each of the three is done for the whole batch before the next, so that reads do not wait for each other.
    """
    data, rows, groups = borrowed(words.data), borrowed(words.rows), borrowed(words.groups)
    known_pairs, similarities = borrowed(known.pairs), borrowed(known.similarities)
    left, right, cells = borrowed(grids.left), borrowed(grids.right), borrowed(grids.cells)
    hits, open_cells = borrowed(grids.hits), borrowed(grids.open_cells)
    at_least, last_place = words.at_least, known_pairs.size - 1
    n_open = 0
    for pair in range(n_pairs):
        n_equal = 0
        for row in range(grids.n_left[pair]):
            i = int(np.int64(left[pair, row]))
            signature, place, first, group_bits = rows[i, 0], rows[i, 1], rows[i, 2], rows[i, 3]
            row_hits, row_behind = 0, 0
            for column in range(grids.n_right[pair]):
                j = int(np.int64(right[pair, column]))
                cells[pair, row, column] = np.float32(i == j)
                row_hits |= (i == j) << column
                n_equal += i == j
                row_behind |= (i < j if words.is_sorted else i != j and is_before(data, rows, i, j)) << column
                likeness = _likeness(
                    signature, rows[j, 0], place, rows[j, 1], first ^ rows[j, 2], group_bits & rows[j, 3], at_least
                )
                if likeness == _SIMILAR and not grids.near[pair, row] >> column & 1:
                    n_i, n_j = length_of(place), length_of(rows[j, 1])
                    # With four common first characters 0.86 takes a Jaro similarity of 0.7667, with none 0.86.
                    least_jaro = 0.766 if (first ^ rows[j, 2]) & np.uint64(0x1FFFFF) == np.uint64(0) else 0.859
                    likeness *= greatest_similarity(signature, rows[j, 0], n_i, n_j) >= least_jaro
                if i != j and likeness:
                    open_cells[n_open] = (((pair << 5 | row) << 5) | column) << 8 | likeness
                    n_open += 1
                    at = place_of_pair(i, j) & last_place
                    prefetch(known_pairs, at)
                    prefetch(similarities, at)
            hits[pair, row] = row_hits
            grids.near[pair, row] = row_behind
        grids.n_equal[pair] = n_equal
    n_unknown = 0
    for number in range(n_open):
        cell = open_cells[number]
        pair, row, column = cell >> 18, (cell >> 13) & 31, (cell >> 8) & 31
        i, j = int(np.int64(left[pair, row])), int(np.int64(right[pair, column]))
        at = place_of_pair(i, j) & last_place
        if known_pairs[at] == (min(i, j) << 32) | max(i, j):
            cells[pair, row, column] = similarities[at]
            hits[pair, row] |= (similarities[at] > np.float32(0.0)) << column
        else:
            open_cells[n_unknown] = cell
            n_unknown += 1
            prefetch(data, start_of(rows[i, 1]))
            prefetch(data, start_of(rows[j, 1]))
    for number in range(n_unknown):
        cell = open_cells[number]
        pair, row, column, likeness = cell >> 18, (cell >> 13) & 31, (cell >> 8) & 31, cell & 255
        i, j = int(np.int64(left[pair, row])), int(np.int64(right[pair, column]))
        place, other = rows[i, 1], rows[j, 1]
        similarity = _spelled_similarity(
            data, start_of(place), length_of(place), start_of(other), length_of(other), likeness
        )
        if similarity < np.float32(at_least):
            similarity = np.float32(0.0)
        if likeness & _VARIANTS and similarity < np.float32(0.95) and _share_a_group(groups, i, j):
            similarity = np.float32(0.95)
        at = place_of_pair(i, j) & last_place
        known_pairs[at] = (min(i, j) << 32) | max(i, j)
        similarities[at] = similarity
        cells[pair, row, column] = similarity
        hits[pair, row] |= (similarity > np.float32(0.0)) << column


@kernel
def word_similarities(
    words: WordTable,
    known: KnownPairs,
    grids: WordGrids,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    out: NDArray[np.float32],
) -> None:
    """Write the similarity of each pair of words.

    Parameters
    ----------
    words : WordTable
        The vocabulary.
    known : KnownPairs
        Read and written.
    grids : WordGrids
        Written.
    left, right : ndarray of int32, shape (n_pairs,)
        Codes of the two words of each pair.
    out : ndarray of float32, shape (n_pairs,)
        Written: similarity in [0, 1].
    """
    for start in range(0, left.size, grids.pairs.size):
        n_batch = min(grids.pairs.size, left.size - start)
        for pair in range(n_batch):
            grids.left[pair, 0], grids.right[pair, 0] = left[start + pair], right[start + pair]
            grids.n_left[pair], grids.n_right[pair], grids.near[pair, 0] = 1, 1, 1
        fill_grids(words, known, grids, n_batch)
        for pair in range(n_batch):
            out[start + pair] = grids.cells[pair, 0, 0]
