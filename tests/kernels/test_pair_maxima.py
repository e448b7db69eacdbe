"""The kernel of the greatest value among the edges of each node."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.kernels.pair_maxima import raise_to_greatest

N_NODES = 6
nodes = st.integers(0, N_NODES - 1)
edge_lists = st.lists(st.tuples(nodes, nodes, st.floats(allow_nan=False)), max_size=12)


@given(edge_lists, st.floats(allow_nan=False))
def test_each_node_has_the_greatest_of_its_edges(edges: list[tuple[int, int, float]], least: float) -> None:
    """A node has the greatest value of the edges that it is an end of, or what it had where that is more."""
    left, right = (np.array([edge[end] for edge in edges], np.int32) for end in (0, 1))
    greatest = np.full(N_NODES, least)
    raise_to_greatest(left, right, np.array([edge[2] for edge in edges], np.float64), greatest)
    assert greatest.tolist() == [
        max([least, *(value for *ends, value in edges if node in ends)]) for node in range(N_NODES)
    ]
