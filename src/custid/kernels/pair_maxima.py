"""The greatest value among the edges of each node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custid._jit import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["raise_to_greatest"]


@kernel
def raise_to_greatest(
    left: NDArray[np.int32], right: NDArray[np.int32], value: NDArray[np.float64], greatest: NDArray[np.float64]
) -> None:
    """Raise each node's number to the greatest value of its edges, where that is higher.

    Parameters
    ----------
    left, right : ndarray of int32, shape (n_edges,)
        The two nodes of each edge.
    value : ndarray of float64, shape (n_edges,)
        A number for each edge; none is NaN.
    greatest : ndarray of float64, shape (n_nodes,)
        Changed: numbers to be raised; those of nodes without edges stay.

    Notes
    -----
    The result does not depend on the order of the edges. One thread works at a time: the numbers are shared.

    Examples
    --------
    >>> import numpy as np
    >>> greatest = np.array([0.0, 0.0, 0.0])
    >>> raise_to_greatest(np.array([0, 0], np.int32), np.array([1, 2], np.int32), np.array([2.0, -1.0]), greatest)
    >>> greatest.tolist()
    [2.0, 2.0, 0.0]
    """
    for edge in range(left.size):
        found = value[edge]
        i, j = left[edge], right[edge]
        greatest[i] = max(greatest[i], found)
        greatest[j] = max(greatest[j], found)
