"""Random graphs of weighed pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import networkx as nx
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.clustering import PairGraph

__all__ = ["apart", "graph_of", "graphs", "is_connected", "labels_of", "partition", "permuted", "random_graph"]

Weights = Mapping[tuple[int, int], float]


def graph_of(
    weights: Weights,
    hashes: Sequence[int],
    sources: Sequence[int] | None = None,
    labels: Sequence[Sequence[int]] = (),
    *,
    must: Sequence[tuple[int, int]] = (),
    cannot: Sequence[tuple[int, int]] = (),
) -> PairGraph:
    """Return the graph of pairs given by name."""
    pairs = list(weights)
    return PairGraph(
        left_idx=np.array([pair[0] for pair in pairs], np.int32),
        right_idx=np.array([pair[1] for pair in pairs], np.int32),
        weight_bits=np.array([weights[pair] for pair in pairs], np.float64),
        tie_break=np.array(hashes, np.uint64),
        source_of_unit=None if sources is None else np.array(sources, np.int32),
        labels=tuple(np.array(each, np.int32) for each in labels),
        must_links=np.array(must, np.int32).reshape(-1, 2),
        cannot_links=np.array(cannot, np.int32).reshape(-1, 2),
    )


def graphs(max_units: int = 8) -> st.SearchStrategy[tuple[dict[tuple[int, int], float], list[int], list[int] | None]]:
    """Return a strategy for weights, hashes and sources; equal weights are frequent, and some pairs must stay apart."""
    weights = st.sampled_from((-np.inf, -30.0, -4.0, -1.0, 0.0, 0.5, 1.0, 1.0, 3.0, 3.0, 5.0, 8.0, 8.0, 30.0))

    def of_size(n_units: int) -> st.SearchStrategy[tuple[dict[tuple[int, int], float], list[int], list[int] | None]]:
        pairs = [(left, right) for left in range(n_units) for right in range(left + 1, n_units)]
        drawn = st.dictionaries(st.sampled_from(pairs), weights) if pairs else st.just({})
        hashes = st.lists(st.integers(0, 2**64 - 1), min_size=n_units, max_size=n_units, unique=True)
        sources = st.lists(st.integers(0, 3), min_size=n_units, max_size=n_units)
        return st.tuples(drawn, hashes, st.none() | sources)

    return st.integers(0, max_units).flatmap(of_size)


def labels_of(n_units: int) -> st.SearchStrategy[list[list[int]]]:
    """Return a strategy for up to two lists of labels, half of which say nothing."""
    one = st.lists(st.sampled_from((-1, -1, -1, 0, 1, 2)), min_size=n_units, max_size=n_units)
    return st.lists(one, min_size=1, max_size=2)


def random_graph(n_units: int, seed: int, *, n_sources: int = 0, n_labels: int = 0) -> PairGraph:
    """Return customers of a few records, pairs inside and across, a tenth of which must stay apart."""
    random = np.random.default_rng(seed)
    customer = random.integers(0, max(1, n_units // 4), n_units)
    left, right = np.triu_indices(n_units, 1)
    kept = random.random(len(left)) < np.where(customer[left] == customer[right], 0.8, 3 / n_units)
    left, right = left[kept], right[kept]
    weight = random.normal(np.where(customer[left] == customer[right], 5, -3), 5)
    weight[random.random(len(left)) < 0.1] = -np.inf
    return PairGraph(
        left_idx=left.astype(np.int32),
        right_idx=right.astype(np.int32),
        weight_bits=weight,
        tie_break=random.integers(0, 2**63, n_units).astype(np.uint64),
        source_of_unit=random.integers(0, n_sources, n_units).astype(np.int32) if n_sources else None,
        labels=(random.integers(-n_labels, n_labels, n_units).astype(np.int32),) if n_labels else (),
    )


def permuted(graph: PairGraph, seed: int) -> tuple[PairGraph, NDArray[np.int64]]:
    """Return the graph with units and pairs in another order, and the new number of each unit."""
    random = np.random.default_rng(seed)
    number = random.permutation(graph.n_units)
    order = random.permutation(len(graph.left_idx))
    first, second = number[graph.left_idx[order]], number[graph.right_idx[order]]
    tie_break = np.empty_like(graph.tie_break)
    tie_break[number] = graph.tie_break
    sources = None
    if graph.source_of_unit is not None:
        sources = np.empty_like(graph.source_of_unit)
        sources[number] = graph.source_of_unit
    return (
        PairGraph(
            left_idx=np.minimum(first, second).astype(np.int32),
            right_idx=np.maximum(first, second).astype(np.int32),
            weight_bits=graph.weight_bits[order],
            tie_break=tie_break,
            source_of_unit=sources,
            labels=tuple(labels[np.argsort(number)] for labels in graph.labels),
            must_links=number[graph.must_links][::-1, ::-1].astype(np.int32),
            cannot_links=number[graph.cannot_links][::-1, ::-1].astype(np.int32),
        ),
        number,
    )


def partition(labels: Iterable[int]) -> set[frozenset[int]]:
    """Return the clusters as sets of units."""
    clusters: dict[int, set[int]] = {}
    for unit, label in enumerate(labels):
        clusters.setdefault(label, set()).add(unit)
    return {frozenset(cluster) for cluster in clusters.values()}


def apart(graph: PairGraph, labels: NDArray[np.int64]) -> bool:
    """Tell whether no cluster holds two units that must stay apart, nor two of one source, nor two labels."""
    forbidden = np.isneginf(graph.weight_bits)
    if (labels[graph.left_idx[forbidden]] == labels[graph.right_idx[forbidden]]).any():
        return False
    for each in graph.labels:
        labeled = set(zip(labels[each >= 0].tolist(), each[each >= 0].tolist(), strict=True))
        if len(labeled) > len(np.unique(labels[each >= 0])):
            return False
    if graph.source_of_unit is None:
        return True
    held = set(zip(labels.tolist(), graph.source_of_unit.tolist(), strict=True))
    return len(held) == graph.n_units


def is_connected(graph: PairGraph, labels: NDArray[np.int64]) -> bool:
    """Tell whether pairs of units join all units of every cluster."""
    inside = labels[graph.left_idx] == labels[graph.right_idx]
    joined: nx.Graph[int] = nx.Graph()
    joined.add_nodes_from(range(graph.n_units))
    joined.add_edges_from(zip(graph.left_idx[inside].tolist(), graph.right_idx[inside].tolist(), strict=True))
    return {frozenset(each) for each in nx.connected_components(joined)} == partition(labels.tolist())
