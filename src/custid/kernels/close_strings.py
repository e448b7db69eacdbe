"""String metrics that are exact where two strings are close, and stop early elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel
from custid.kernels.jaro_winkler import jaro_winkler_similarity
from custid.kernels.osa import osa_distance
from custid.kernels.signatures import count_missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["StringTable", "errors_pairs", "similarity_pairs"]


class StringTable(NamedTuple):
    """A vocabulary.

    Attributes
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    signatures : ndarray of uint64, shape (n_strings,)
        Signature of each string's characters.
    """

    data: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    signatures: NDArray[np.uint64]


@kernel
def errors_pairs(
    strings: StringTable, left: NDArray[np.int32], right: NDArray[np.int32], at_most: int, out: NDArray[np.int8]
) -> None:
    """Write the number of typing errors between the strings of each pair, up to a number.

    Parameters
    ----------
    strings : StringTable
        The vocabulary.
    left, right : ndarray of int32, shape (n_pairs,)
        Numbers of the two strings of each pair.
    at_most : int
        More errors than this are not told apart.
    out : ndarray of int8, shape (n_pairs,)
        Written: the optimal string alignment distance, ``at_most + 1`` where it is greater.

    Notes
    -----
    An error takes away one character and adds one at most, so characters that a string lacks bound the distance from
    below, as the difference of the lengths does. Each pair is read from shared arrays and written to a place of its
    own, so ranges of pairs may run side by side.
    """
    for pair in range(left.size):
        i = left[pair]
        j = right[pair]
        start_left = strings.offsets[i]
        stop_left = strings.offsets[i + 1]
        start_right = strings.offsets[j]
        stop_right = strings.offsets[j + 1]
        errors = abs((stop_left - start_left) - (stop_right - start_right))
        if errors <= at_most:
            errors = max(errors, count_missing(strings.signatures[i], strings.signatures[j]))
        if errors <= at_most:
            errors = max(errors, count_missing(strings.signatures[j], strings.signatures[i]))
        if errors <= at_most:
            errors = osa_distance(strings.data[start_left:stop_left], strings.data[start_right:stop_right])
        out[pair] = min(errors, at_most + 1)


@kernel
def similarity_pairs(
    strings: StringTable, left: NDArray[np.int32], right: NDArray[np.int32], at_least: float, out: NDArray[np.float32]
) -> None:
    """Write the Jaro-Winkler similarity of each pair of strings, from a similarity on.

    Parameters
    ----------
    strings : StringTable
        The vocabulary.
    left, right : ndarray of int32, shape (n_pairs,)
        Numbers of the two strings of each pair.
    at_least : float
        Lower similarities are not told apart.
    out : ndarray of float32, shape (n_pairs,)
        Written: the similarity, 0 where it is lower than ``at_least``.

    Notes
    -----
    The similarity is greatest when every character that both strings have is matched in order and four first
    characters agree, or none where the first ones differ. Each pair is read from shared arrays and written to a place
    of its own, so ranges of pairs may run side by side.
    """
    for pair in range(left.size):
        i = left[pair]
        j = right[pair]
        first = strings.data[strings.offsets[i] : strings.offsets[i + 1]]
        second = strings.data[strings.offsets[j] : strings.offsets[j + 1]]
        out[pair] = np.float32(0.0)
        if first.size == 0 or second.size == 0:
            out[pair] = np.float32(1.0 if first.size == second.size else 0.0)
            continue
        common = min(
            first.size - count_missing(strings.signatures[i], strings.signatures[j]),
            second.size - count_missing(strings.signatures[j], strings.signatures[i]),
        )
        bound = (common / first.size + common / second.size + 1.0) / 3.0
        if first[0] == second[0]:
            bound += 0.4 * (1.0 - bound)
        if bound >= at_least:
            similarity = jaro_winkler_similarity(first, second)
            if similarity >= at_least:
                out[pair] = np.float32(similarity)
