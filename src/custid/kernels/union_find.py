"""Connected components of a graph given by its edges.

References
----------
.. [1] Dijkstra, E. W. (1976), A Discipline of Programming, Prentice-Hall, chapter 23 (the algorithm, due to M. Rem).
.. [2] Patwary, M. M. A., Blair, J., Manne, F. (2010), Experiments on union-find algorithms for the disjoint-set data
   structure, Symposium on Experimental Algorithms, 411-423 (which finds it the fastest of 55).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from custid._jit import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["connected_components"]


@kernel
def connected_components(left: NDArray[np.int32], right: NDArray[np.int32], root: NDArray[np.int32]) -> None:
    """Write the smallest member of each node's component.

    Parameters
    ----------
    left, right : ndarray of int32, shape (n_edges,)
        The two nodes of each edge, in any order; an edge may recur, or join a node to itself.
    root : ndarray of int32, shape (n_nodes,)
        Written: the smallest node that a chain of edges joins to the node; the node itself where there is no edge.

    Notes
    -----
    Each component is a tree whose nodes point to smaller ones. From the two nodes of an edge, the one with the greater
    pointer goes ahead and is pointed to where the other one points, until both point to one node [1]_. The time is
    nearly linear in practice [2]_. The edges are read in their order, but the result does not depend on it. One thread
    works at a time: the trees are shared.

    References
    ----------
    .. [1] Dijkstra (1976), A Discipline of Programming, chapter 23.
    .. [2] Patwary, Blair, Manne (2010), Symposium on Experimental Algorithms, 411-423.

    Examples
    --------
    >>> import numpy as np
    >>> root = np.empty(5, dtype=np.int32)
    >>> connected_components(np.array([4, 1], np.int32), np.array([2, 4], np.int32), root)
    >>> root.tolist()
    [0, 1, 1, 3, 1]
    """
    for node in range(root.size):
        root[node] = node
    for edge in range(left.size):
        i, j = left[edge], right[edge]
        while root[i] != root[j]:
            if root[i] < root[j]:
                i, j = j, i
            above = root[i]
            root[i] = root[j]
            if above == i:  # a root, which now hangs below the other tree
                break
            i = above
    for node in range(root.size):
        # All smaller nodes point to their roots by now.
        root[node] = root[root[node]]
