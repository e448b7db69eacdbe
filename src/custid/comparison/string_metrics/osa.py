"""Optimal string alignment distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import OSA

from custid.comparison.string_metrics.pairs import (
    Executor,
    checked_pairs,
    highest_distance,
    run_kernel,
    run_rapidfuzz,
    uses_numba,
)
from custid.table.packed import PackedStrings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["osa_distance", "osa_distance_pairs"]


def osa_distance(left: str, right: str) -> int:
    """Return the optimal string alignment distance of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    int
        Insertions, deletions, substitutions and swaps of neighbors; 0 for equal strings, two empty ones included.

    See Also
    --------
    osa_distance_pairs : The same for many pairs; states sources.

    Examples
    --------
    >>> osa_distance("martha", "marhta")
    1
    """
    return OSA.distance(left, right)


def osa_distance_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_most: int | None = None,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.int64]:
    """Return the optimal string alignment distance of each pair of strings.

    The number of insertions, deletions, substitutions and swaps of neighbors that turn one string into the other, no
    part of which is edited twice.

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
    It is also called the restricted Damerau-Levenshtein distance [1]_; the kernel is bit-parallel [2]_.

    References
    ----------
    .. [1] Boytsov (2011), Journal of Experimental Algorithmics 16, article 1.1, on the edit distances.
    .. [2] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39, section on the Damerau distance.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> osa_distance_pairs(names, np.array([0, 0]), np.array([1, 2]))
    array([1, 6])
    """
    highest = highest_distance(at_most)
    pairs = checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.int64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import edit_distance_pairs  # noqa: PLC0415  # loads numba

        run_kernel(edit_distance_pairs.edit_distance_pairs, pairs, out, n_threads, highest, True)
    else:
        run_rapidfuzz(OSA.distance, pairs, out, highest)
    return out
