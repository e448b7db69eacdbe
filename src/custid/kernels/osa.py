"""Optimal string alignment distance of two strings given as arrays of code points.

References
----------
.. [1] Hyyrö, H. (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic Journal of
   Computing 10(1), 29-39, section on the Damerau distance.
.. [2] Boytsov, L. (2011), Indexing methods for approximate dictionary searching, Journal of Experimental Algorithmics
   16, article 1.1, on the edit distances (the recurrence, and how it differs from the unrestricted distance).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import borrowed, kernel
from custid.kernels.edit_distance import edit_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["osa_distance"]


@kernel
def osa_distance(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int:
    """Return the optimal string alignment distance of two strings.

    The number of insertions, deletions, substitutions and swaps of neighbors that turn one string into the other, no
    part of which is edited twice.

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
    Two empty strings have distance 0; an empty and another one, the other's length. It is no metric: ``CA`` to ``AC``
    and ``AC`` to ``ABC`` take one edit each, ``CA`` to ``ABC`` three [2]_.

    The table is computed a column at a time [1]_, as `custid.kernels.edit_distance.edit_distance` says.

    References
    ----------
    .. [1] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39, section on the Damerau distance.
    .. [2] Boytsov (2011), Journal of Experimental Algorithmics 16, article 1.1, on the edit distances.

    Examples
    --------
    >>> import numpy as np
    >>> left, right = (np.array([ord(letter) for letter in name], dtype=np.uint32) for name in ("CA", "ABC"))
    >>> int(osa_distance(left, right))
    3
    """
    first, second = borrowed(left), borrowed(right)
    return edit_distance(first, 0, left.size, second, 0, right.size, max(left.size, right.size), True)
