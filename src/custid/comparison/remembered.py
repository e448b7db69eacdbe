"""Results of pairs of codes, each computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PairFunction", "RememberedPairs", "once_per_distinct", "remembered"]

PairFunction = Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[Any]]
"""Takes the codes of many pairs, returns a number of at least 0 for each; the order of two codes does not matter."""

_MAX_CELLS = 1 << 23
_UNKNOWN = -1


def once_per_distinct(function: PairFunction, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[Any]:
    """Call a function with each distinct pair of codes.

    Parameters
    ----------
    function : callable
        A symmetric function of two arrays of codes.
    left, right : ndarray of int32, shape (n_pairs,)
        Codes, none negative.

    Returns
    -------
    ndarray, shape (n_pairs,)
        What ``function`` returns for each pair.

    Examples
    --------
    >>> import numpy as np
    >>> calls = []
    >>> def product(left, right):
    ...     calls.append(len(left))
    ...     return left * right
    >>> once_per_distinct(product, np.array([1, 2, 1], np.int32), np.array([2, 1, 3], np.int32)).tolist()
    [2, 2, 3]
    >>> calls
    [2]
    """
    keys = (np.minimum(left, right).astype(np.int64) << 32) | np.maximum(left, right)
    distinct, inverse = np.unique(keys, return_inverse=True)
    return function((distinct >> 32).astype(np.int32), (distinct & 0xFFFFFFFF).astype(np.int32))[inverse]


def remembered(
    function: PairFunction, n_codes: int, dtype: type[np.int8 | np.float32], *, is_costly: bool = True
) -> PairFunction:
    """Let a symmetric function of two codes compute few pairs twice.

    Parameters
    ----------
    function : callable
        Takes two arrays of codes, returns numbers of at least 0.
    n_codes : int
        Codes are in [0, n_codes).
    dtype : numpy type
        Signed type of the results.
    is_costly : bool
        True when a pair takes longer to compute than to be sorted among the others of a call.

    Returns
    -------
    callable
        Up to some three thousand codes, one that keeps all results in a table.  Beyond, one that computes each
        distinct pair of a call, where that is worth it.

    Examples
    --------
    >>> import numpy as np
    >>> product = remembered(lambda left, right: left * right, 1_000_000, np.int8)
    >>> product(np.array([1, 3], np.int32), np.array([2, 3], np.int32)).tolist()
    [2, 9]
    """
    if n_codes * n_codes <= _MAX_CELLS:
        return RememberedPairs(function, n_codes, dtype)
    return partial(once_per_distinct, function) if is_costly else function


class RememberedPairs:
    """A symmetric function of two codes that computes each pair once.

    Parameters
    ----------
    function : callable
        Takes two arrays of codes, returns numbers of at least 0.
    n_codes : int
        Codes are in [0, n_codes); their square is the size of the table that is kept.
    dtype : numpy type
        Signed type of the results.

    Notes
    -----
    Threads may call it side by side: what two of them find missing, both compute and write.

    Examples
    --------
    >>> import numpy as np
    >>> product = RememberedPairs(lambda left, right: left * right, 4, np.int8)
    >>> product(np.array([1, 3], np.int32), np.array([2, 3], np.int32)).tolist()
    [2, 9]
    """

    def __init__(self, function: PairFunction, n_codes: int, dtype: type[np.int8 | np.float32]) -> None:
        self._function = function
        self._n_codes = np.int32(n_codes)
        self._table: NDArray[Any] = np.full(n_codes * n_codes, _UNKNOWN, dtype)

    def __call__(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[Any]:
        """Return the results of many pairs.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Codes.

        Returns
        -------
        ndarray, shape (n_pairs,)
            Results.
        """
        table, n_codes = self._table, self._n_codes
        results = table.take(left * n_codes + right)
        unknown = np.flatnonzero(results < 0)
        if len(unknown):
            low, high = np.minimum(left[unknown], right[unknown]), np.maximum(left[unknown], right[unknown])
            cells = np.sort(low * n_codes + high)
            low, high = np.divmod(cells[np.append(True, cells[1:] != cells[:-1])], n_codes)
            computed = self._function(low, high)
            table[low * n_codes + high] = computed
            table[high * n_codes + low] = computed
            results[unknown] = table.take(left[unknown] * n_codes + right[unknown])
        return results
