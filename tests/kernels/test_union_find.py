"""The kernel of connected components."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.kernels.union_find import connected_components

N_NODES = 24
edge_lists = st.lists(st.tuples(st.integers(0, N_NODES - 1), st.integers(0, N_NODES - 1)), max_size=60)


def components(n_nodes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Call the kernel."""
    left, right = np.array(edges, np.int32).reshape(-1, 2).T.copy()
    root = np.full(n_nodes, -1, np.int32)
    connected_components(left, right, root)
    return root.tolist()


def test_no_nodes() -> None:
    """An empty graph has no components."""
    assert components(0, []) == []


def test_nodes_without_edges() -> None:
    """A node without edges, or with one to itself, is a component of its own."""
    assert components(3, [(1, 1)]) == [0, 1, 2]


def test_a_chain_read_from_its_end() -> None:
    """A long chain is one component, in whatever order its edges come."""
    n_nodes = 200
    chain = [(node, node + 1) for node in range(n_nodes - 1)]
    assert components(n_nodes, chain[::-1]) == components(n_nodes, chain) == [0] * n_nodes


@given(edge_lists)
def test_components_are_networkx_components(edges: list[tuple[int, int]]) -> None:
    """Each node is given the smallest node of the component that networkx finds."""
    graph = nx.Graph()
    graph.add_edges_from(edges)
    graph.add_nodes_from(range(N_NODES))
    expected = {node: min(component) for component in nx.connected_components(graph) for node in component}
    assert components(N_NODES, edges) == [expected[node] for node in range(N_NODES)]


@given(edge_lists, st.randoms(use_true_random=False))
def test_order_of_edges_does_not_matter(edges: list[tuple[int, int]], random: object) -> None:
    """Shuffled edges, with their ends swapped, give the same labels."""
    shuffled = [edge[::-1] for edge in edges]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert components(N_NODES, shuffled) == components(N_NODES, edges)
