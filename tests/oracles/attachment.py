"""Attachment of fragments by dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product
from math import inf, log2

__all__ = ["attach"]

Cluster = frozenset[int]


def attach(
    weights: Mapping[tuple[int, int], float],
    hashes: Sequence[int],
    clusters: Sequence[Cluster],
    *,
    max_fragment: int,
    min_probability: float,
    unscored: float,
    sources: Sequence[int] | None = None,
    labels: Sequence[Sequence[int]] = (),
) -> set[Cluster]:
    """Return the clusters after the attachment."""
    target: dict[Cluster, Cluster] = {}
    sureness: dict[Cluster, float] = {}
    for fragment in clusters:
        bits = {
            other: _bits(fragment, other, weights, unscored)
            for other in clusters
            if _may_offer(fragment, other, hashes, max_fragment)
            and not _apart(fragment, other, weights, sources, labels)
        }
        odds = {other: 2.0**value for other, value in bits.items() if value is not None}
        if odds:
            best = max(odds, key=odds.__getitem__)
            probability = odds[best] / (1 + sum(odds.values()))
            if probability >= min_probability:
                target[fragment], sureness[fragment] = best, probability
    while True:
        losers = set()
        for one, other in product(clusters, repeat=2):
            is_together = one != other and _root(one, target) == _root(other, target)
            if is_together and _apart(one, other, weights, sources, labels):
                losers |= {
                    each
                    for each in (one, other)
                    if _sure(each, sureness) <= min(_sure(one, sureness), _sure(other, sureness))
                }
        losers &= target.keys()
        if not losers:
            break
        for fragment in losers:
            del target[fragment], sureness[fragment]
    joined: dict[Cluster, set[int]] = defaultdict(set)
    for cluster in clusters:
        joined[_root(cluster, target)] |= cluster
    return {frozenset(units) for units in joined.values()}


def _sure(cluster: Cluster, sureness: Mapping[Cluster, float]) -> float:
    return sureness.get(cluster, inf)


def _root(cluster: Cluster, target: Mapping[Cluster, Cluster]) -> Cluster:
    while cluster in target:
        cluster = target[cluster]
    return cluster


def _may_offer(fragment: Cluster, other: Cluster, hashes: Sequence[int], max_fragment: int) -> bool:
    if fragment == other or len(fragment) > max_fragment or len(other) < len(fragment):
        return False
    return len(other) > len(fragment) or min(hashes[u] for u in other) < min(hashes[u] for u in fragment)


def _apart(
    one: Cluster,
    other: Cluster,
    weights: Mapping[tuple[int, int], float],
    sources: Sequence[int] | None,
    labels: Sequence[Sequence[int]],
) -> bool:
    if any(len({each[unit] for unit in one | other} - {-1}) > 1 for each in labels):
        return True
    return any(
        weights.get((min(a, b), max(a, b))) == -inf or (sources is not None and sources[a] == sources[b])
        for a, b in product(one, other)
    )


def _bits(fragment: Cluster, other: Cluster, weights: Mapping[tuple[int, int], float], unscored: float) -> float | None:
    total, is_compared = 0.0, False
    for unit in fragment:
        found = [weights[min(unit, b), max(unit, b)] for b in other if (min(unit, b), max(unit, b)) in weights]
        total += log2(sum(2.0 ** max(-40.0, min(40.0, weight)) for weight in found)) if found else unscored
        is_compared |= bool(found)
    # Less than a millionth of a bit is no difference.
    return round(total / len(fragment) * 2**20) / 2**20 if is_compared else None
