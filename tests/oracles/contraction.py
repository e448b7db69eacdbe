"""Greedy additive contraction by dictionaries: sums are added up anew from all pairs of records in each round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from custid.table.hashing import combine_hashes

__all__ = ["contract"]

Cluster = frozenset[int]


def contract(
    weights: Mapping[tuple[int, int], float],
    hashes: Sequence[int],
    *,
    clip: float,
    unscored: float,
    sources: Sequence[int] | None = None,
    labels: Sequence[Sequence[int]] = (),
    threshold: float = 0.0,
) -> set[Cluster]:
    """Return the clusters; weights must be sums of few powers of two, so that adding them is exact."""
    clusters = {frozenset({unit}) for unit in range(len(hashes))}
    while True:
        gains = {}
        for left, right in combinations(clusters, 2):
            gain = _gain(left, right, weights, clip, unscored, sources)
            if any(len({each[unit] for unit in left | right} - {-1}) > 1 for each in labels):
                continue
            if gain > threshold:
                gains[left, right] = gain
        joins = _mutual_best(gains, hashes)
        if not joins:
            return clusters
        for left, right in joins:
            clusters -= {left, right}
            clusters.add(left | right)


def _gain(
    left: Cluster,
    right: Cluster,
    weights: Mapping[tuple[int, int], float],
    clip: float,
    unscored: float,
    sources: Sequence[int] | None,
) -> float:
    total, is_linked = 0.0, False
    for one in left:
        for other in right:
            if sources is not None and sources[one] == sources[other]:
                return -np.inf
            weight = weights.get((min(one, other), max(one, other)))
            if weight == -np.inf:
                return -np.inf
            is_linked |= weight is not None
            total += unscored if weight is None else max(-clip, min(clip, weight))
    return total if is_linked else -np.inf


def _mutual_best(
    gains: Mapping[tuple[Cluster, Cluster], float], hashes: Sequence[int]
) -> list[tuple[Cluster, Cluster]]:
    best: dict[Cluster, float] = {}
    for pair, gain in gains.items():
        for cluster in pair:
            best[cluster] = max(gain, best.get(cluster, gain))
    mutual = [pair for pair, gain in gains.items() if gain == best[pair[0]] == best[pair[1]]]
    rank = {pair: _edge_hash(*pair, hashes) for pair in mutual}
    highest: dict[Cluster, int] = {}
    for pair in mutual:
        for cluster in pair:
            highest[cluster] = max(rank[pair], highest.get(cluster, 0))
    return [pair for pair in mutual if rank[pair] == highest[pair[0]] == highest[pair[1]]]


def _edge_hash(left: Cluster, right: Cluster, hashes: Sequence[int]) -> int:
    low, high = sorted(min(hashes[unit] for unit in cluster) for cluster in (left, right))
    return int(combine_hashes([np.array([low], np.uint64), np.array([high], np.uint64)])[0])
