"""How alike two words of a name or an address are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.string_metrics import Executor, jaro_winkler_similarity_pairs, osa_distance_pairs
from custid.table.packed import PackedStrings

__all__ = ["WordSimilarity", "word_similarity"]

WordSimilarity = Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[np.float32]]
"""Takes codes of two words for many pairs, returns similarities in [0, 1]."""

_VARIANT = np.float32(0.95)
_ONE_ERROR = np.float32(0.92)
_CLOSE = np.float32(0.9)
_INITIAL = np.float32(0.88)
_NO_VARIANT = np.int32(-1)


def word_similarity(
    words: Sequence[str], executor: Executor, variants: Mapping[str, frozenset[int]] | None = None
) -> WordSimilarity:
    """Return the similarity of any two words of a vocabulary.

    Equal words have similarity 1, variants of one name 0.95, words of three letters with one error 0.92 or more, words
    of six letters with two errors and beginnings of one another 0.9 or more, an initial and a word that begins with it
    0.88; else it is their Jaro-Winkler similarity, of 0.9 at most where there are more than two errors.  Numbers are
    equal or not.

    Parameters
    ----------
    words : sequence of str
        The vocabulary: distinct folded words.
    executor : Executor
        What computes the string metrics.
    variants : Mapping of str to frozenset of int, optional
        Groups of name variants that a word belongs to.

    Returns
    -------
    callable
        Takes two equally long int32 arrays of codes, returns float32 similarities.
    """
    packed: Sequence[str] | PackedStrings = (
        list(words) if executor is Executor.RAPIDFUZZ else PackedStrings.from_strings(list(words))
    )
    lengths = np.fromiter(map(len, words), np.int16, len(words))
    is_number = np.fromiter((word.isdigit() for word in words), np.bool_, len(words))
    initial = np.fromiter((ord(word[0]) for word in words), np.int32, len(words))
    group = _variant_matrix(words, variants or {})

    def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float32]:
        similarity = jaro_winkler_similarity_pairs(packed, left, right, executor=executor).astype(np.float32)
        errors = osa_distance_pairs(packed, left, right, executor=executor)
        shorter = np.minimum(lengths[left], lengths[right])
        same_start = initial[left] == initial[right]
        np.maximum(similarity, _ONE_ERROR, out=similarity, where=(errors <= 1) & (shorter >= 3))  # noqa: PLR2004
        np.maximum(similarity, _CLOSE, out=similarity, where=(errors <= 2) & (shorter >= 6))  # noqa: PLR2004
        np.minimum(similarity, _CLOSE, out=similarity, where=(errors > 2) | (shorter < 3))  # noqa: PLR2004
        begins = same_start & (shorter >= 3) & (errors == np.abs(lengths[left] - lengths[right]))  # noqa: PLR2004
        rows = np.flatnonzero(begins & (similarity < _CLOSE))
        if len(rows):
            is_beginning = [
                words[a].startswith(words[b]) or words[b].startswith(words[a])
                for a, b in zip(left[rows].tolist(), right[rows].tolist(), strict=True)
            ]
            similarity[rows[is_beginning]] = _CLOSE
        is_initial = shorter == 1
        similarity[is_initial] = np.where(same_start[is_initial], _INITIAL, np.float32(0))
        if group.shape[1]:
            np.maximum(similarity, _VARIANT, out=similarity, where=_share_a_group(group, left, right))
        similarity[is_number[left] | is_number[right]] = 0
        return similarity

    def compare(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float32]:
        similarity = np.ones(len(left), np.float32)
        differ = np.flatnonzero(left != right)
        keys = (np.minimum(left[differ], right[differ]).astype(np.int64) << 32) | np.maximum(left[differ], right[differ])
        distinct, inverse = np.unique(keys, return_inverse=True)
        graded = grade((distinct >> 32).astype(np.int32), (distinct & 0xFFFFFFFF).astype(np.int32))
        similarity[differ] = graded[inverse]
        return similarity

    return compare


def _variant_matrix(words: Sequence[str], variants: Mapping[str, frozenset[int]]) -> NDArray[np.int32]:
    """One row of group numbers per word, -1 padded."""
    groups = [sorted(variants.get(word, ())) for word in words]
    width = max(map(len, groups), default=0)
    matrix = np.full((len(words), width), _NO_VARIANT, np.int32)
    for row, members in enumerate(groups):
        matrix[row, : len(members)] = members
    return matrix


def _share_a_group(group: NDArray[np.int32], left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
    shared = np.zeros(len(left), np.bool_)
    rows = np.flatnonzero((group[left, 0] >= 0) & (group[right, 0] >= 0))
    if len(rows):
        first, second = group[left[rows]], group[right[rows]]
        shared[rows] = ((first[:, :, None] == second[:, None, :]) & (first[:, :, None] >= 0)).any(axis=(1, 2))
    return shared
