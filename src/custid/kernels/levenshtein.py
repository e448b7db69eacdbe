"""Levenshtein distance of two strings given as arrays of code points.

References
----------
.. [1] Levenshtein, V. I. (1966), Binary codes capable of correcting deletions, insertions and reversals, Soviet Physics
   Doklady 10(8), 707-710.
.. [2] Hyyrö, H. (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic Journal of
   Computing 10(1), 29-39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import borrowed, kernel
from custid.kernels.edit_distance import edit_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["levenshtein_distance"]


@kernel
def levenshtein_distance(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int:
    """Return the Levenshtein distance of two strings.

    The number of insertions, deletions and substitutions that turn one string into the other [1]_.

    Parameters
    ----------
    left, right : ndarray of uint32, shape (n_left,) and (n_right,)
        Code points.

    Returns
    -------
    int
        Distance, from 0 (equal) to the length of the longer string.

    Notes
    -----
    Two empty strings have distance 0; an empty and another one, the other's length. The table is computed a column at a
    time [2]_, as `custid.kernels.edit_distance.edit_distance` says.

    References
    ----------
    .. [1] Levenshtein (1966), Soviet Physics Doklady 10(8), 707-710.
    .. [2] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39.

    Examples
    --------
    >>> import numpy as np
    >>> left, right = (np.array([ord(letter) for letter in name], dtype=np.uint32) for name in ("CA", "ABC"))
    >>> int(levenshtein_distance(left, right))
    3
    """
    first, second = borrowed(left), borrowed(right)
    return edit_distance(first, 0, left.size, second, 0, right.size, max(left.size, right.size), False)
