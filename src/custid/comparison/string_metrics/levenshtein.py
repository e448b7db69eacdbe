"""Levenshtein distance, and the similarity made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein

from custid.comparison.string_metrics.pairs import (
    Executor,
    checked_pairs,
    highest_distance,
    lowest_similarity,
    run_kernel,
    run_rapidfuzz,
    uses_numba,
)
from custid.table.packed import PackedStrings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "levenshtein_distance",
    "levenshtein_distance_pairs",
    "levenshtein_similarity",
    "levenshtein_similarity_pairs",
]


def levenshtein_distance(left: str, right: str) -> int:
    """Return the Levenshtein distance of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    int
        Insertions, deletions and substitutions; 0 for equal strings, two empty ones included.

    See Also
    --------
    levenshtein_distance_pairs : The same for many pairs; states sources.

    Examples
    --------
    >>> levenshtein_distance("martha", "marhta")
    2
    """
    return Levenshtein.distance(left, right)


def levenshtein_distance_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_most: int | None = None,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.int64]:
    """Return the Levenshtein distance of each pair of strings.

    The number of insertions, deletions and substitutions that turn one string into the other [1]_.

    Parameters
    ----------
    values : sequence of str or PackedStrings, length n_values
        Strings, compared by code points. Give each distinct string once.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two strings of each pair, in [0, n_values).
    at_most : int, optional
        Greater distances are not told apart and returned as ``at_most + 1``; at least 0. The lower, the faster.
    executor : Executor, default Executor.AUTO
        What computes.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of int64, shape (n_pairs,)
        Distance, at least 0 and at most the longer length; 0 for two empty strings.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``.
    UnsupportedInputError
        If an index array holds no integers or a value is no string.
    ConfigurationError
        If ``at_most`` is below 0, ``n_threads`` below 1 or ``executor`` is unknown.

    Notes
    -----
    The kernel is bit-parallel [2]_.

    References
    ----------
    .. [1] Levenshtein (1966), Soviet Physics Doklady 10(8), 707-710.
    .. [2] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> levenshtein_distance_pairs(names, np.array([0, 0]), np.array([1, 2]))
    array([2, 6])
    """
    highest = highest_distance(at_most)
    pairs = checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.int64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import edit_distance_pairs  # noqa: PLC0415  # loads numba

        run_kernel(edit_distance_pairs.edit_distance_pairs, pairs, out, n_threads, highest, False)
    else:
        run_rapidfuzz(Levenshtein.distance, pairs, out, highest)
    return out


def levenshtein_similarity(left: str, right: str) -> float:
    """Return the Levenshtein similarity of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    float
        Similarity in [0, 1]; 1 for two empty strings, 0 for an empty and another one.

    See Also
    --------
    levenshtein_similarity_pairs : The same for many pairs; states the formula.

    Examples
    --------
    >>> round(levenshtein_similarity("martha", "marhta"), 4)
    0.6667
    """
    return Levenshtein.normalized_similarity(left, right)


def levenshtein_similarity_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_least: float = 0.0,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the Levenshtein similarity of each pair of strings.

    Parameters
    ----------
    values : sequence of str or PackedStrings, length n_values
        Strings, compared by code points. Give each distinct string once.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two strings of each pair, in [0, n_values).
    at_least : float, default 0.0
        Lower similarities are not told apart and returned as 0; in [0, 1]. The higher, the faster.
    executor : Executor, default Executor.AUTO
        What computes.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Similarity in [0, 1]; 1 for two empty strings, 0 for an empty and another one.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``.
    UnsupportedInputError
        If an index array holds no integers or a value is no string.
    ConfigurationError
        If ``at_least`` is out of its range, ``n_threads`` is below 1 or ``executor`` is unknown.

    See Also
    --------
    levenshtein_distance_pairs : The distance that it is made of; states sources.

    Notes
    -----
    The similarity is 1 - distance / longer length. A similarity of exactly ``at_least`` is kept.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> levenshtein_similarity_pairs(names, np.array([0, 0]), np.array([1, 2]), at_least=0.5).round(4)
    array([0.6667, 0.    ])
    """
    lowest = lowest_similarity(at_least)
    pairs = checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.float64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import edit_distance_pairs  # noqa: PLC0415  # loads numba

        run_kernel(edit_distance_pairs.levenshtein_similarity_pairs, pairs, out, n_threads, lowest)
    else:
        # rapidfuzz's own cut-off drops some similarities that equal it, or exceed it by less than 1e-7.
        run_rapidfuzz(Levenshtein.normalized_similarity, pairs, out, max(lowest - 1e-5, 0.0))
        out[out < lowest] = 0.0
    return out
