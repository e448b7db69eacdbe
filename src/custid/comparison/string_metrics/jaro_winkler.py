"""Jaro-Winkler similarity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import JaroWinkler

from custid.comparison.string_metrics.pairs import (
    Executor,
    checked_pairs,
    lowest_similarity,
    run_kernel,
    run_rapidfuzz,
    uses_numba,
)
from custid.table.packed import PackedStrings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["jaro_winkler_similarity", "jaro_winkler_similarity_pairs"]


def jaro_winkler_similarity(left: str, right: str) -> float:
    """Return the Jaro-Winkler similarity of two strings.

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
    jaro_winkler_similarity_pairs : The same for many pairs; states formula and sources.

    Examples
    --------
    >>> round(jaro_winkler_similarity("martha", "marhta"), 4)
    0.9611
    """
    return JaroWinkler.similarity(left, right)


def jaro_winkler_similarity_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_least: float = 0.0,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the Jaro-Winkler similarity of each pair of strings.

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

    Notes
    -----
    The Jaro similarity is (m/n_left + m/n_right + (m - t)/m) / 3 for m matched characters of which 2t are out of
    order [1]_; where it exceeds 0.7, each of up to four agreeing first characters moves it a tenth of the remaining
    way to 1 [2]_. A similarity of ``at_least`` is kept, whatever its last digit is rounded to.

    References
    ----------
    .. [1] Jaro (1989), Journal of the American Statistical Association 84(406), 414-420, on the string
       comparator.
    .. [2] Winkler (1990), Proceedings of the Section on Survey Research Methods, 354-359, on agreeing first
       characters.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> jaro_winkler_similarity_pairs(names, np.array([0, 0]), np.array([1, 2])).round(4)
    array([0.9611, 0.4556])
    """
    lowest = lowest_similarity(at_least)
    pairs = checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.float64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import jaro_winkler  # noqa: PLC0415  # loads numba

        run_kernel(jaro_winkler.jaro_winkler_similarity_pairs, pairs, out, n_threads, lowest)
    else:
        # rapidfuzz's own cut-off drops some similarities that equal it.
        run_rapidfuzz(JaroWinkler.similarity, pairs, out, max(lowest - 1e-5, 0.0))
        out[out < lowest] = 0.0
    return out
