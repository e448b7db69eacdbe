"""Attaching fragments: a record, or two or three, against all that is known of a customer.

Contraction adds up the logarithms of odds, as if every pair were evidence of its own.  The records of one customer are
copies of the same facts, though, so ten weak contradictions are not ten times one.  Here a record is taken for a copy
of *some* record of the customer, each being as likely as the other; its odds of belonging to the customer are then the
sum of its odds with each of the customer's records.
"""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.contraction import PairGraph

__all__ = ["AttachmentOptions", "attach_fragments"]

_MAX_BITS = 40.0


@frozen(kw_only=True)
class AttachmentOptions:
    """Settings of the attachment.

    Attributes
    ----------
    max_fragment : int
        Units of the largest cluster that may be attached to another one; larger clusters have evidence enough of their
        own, which contraction has weighed.
    min_probability : float
        Attach where the posterior of the best customer, against all others and against a new one, reaches this.
    unscored_bits : float
        Log-odds of a unit of the fragment with a customer none of whose records it was compared with.
    """

    max_fragment: int = 3
    min_probability: float = 0.95
    unscored_bits: float = -4.3


@frozen(kw_only=True, eq=False)
class _Offers:
    """Fragments, the clusters they may be attached to, and the log-odds in bits."""

    fragment: NDArray[np.int64] = field(repr=False)
    cluster: NDArray[np.int64] = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)


def attach_fragments(
    graph: PairGraph, cluster: NDArray[np.int64], options: AttachmentOptions | None = None
) -> NDArray[np.int64]:
    """Attach small clusters to larger ones.

    Parameters
    ----------
    graph : PairGraph
        Weighed pairs and constraints.
    cluster : ndarray of int64, shape (n_units,)
        Cluster of each unit, numbered from 0.
    options : AttachmentOptions, optional
        Settings; the defaults when not given.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        New clusters, numbered from 0 in the order of their first units.

    Notes
    -----
    For a record r and a customer C, P(r | C) = mean over c in C of P(r | copy of c), and the prior of C among all
    customers is proportional to its number of records (equal rows are one record); with w(r, c) the log-odds of a pair, prior included, the odds
    are the sum over c of 2^w(r, c).  A fragment of several records takes the mean of its records' log-odds, for they
    are copies of one another too.  A fragment goes to its best cluster only; targets are never moved in turn, unless
    they are fragments of a still larger one.
    """
    options = options or AttachmentOptions()
    n_clusters = int(cluster.max(initial=-1)) + 1
    size = np.bincount(cluster, minlength=n_clusters)
    offers = _allowed(graph, cluster, size, _offers(graph, cluster, size, options))
    if not len(offers.bits):
        return cluster
    order = np.lexsort((offers.cluster, -np.round(offers.bits, 6), offers.fragment))
    fragment, target, bits = offers.fragment[order], offers.cluster[order], offers.bits[order]
    first = np.flatnonzero(np.append(True, fragment[1:] != fragment[:-1]))
    odds = np.exp2(np.clip(bits, -_MAX_BITS, _MAX_BITS))
    is_tied = np.append(np.round(bits[:-1], 6) == np.round(bits[1:], 6), False) & np.append(
        fragment[:-1] == fragment[1:], False
    )
    probability = odds[first] / (1.0 + np.add.reduceat(odds, first))
    chosen = (probability >= options.min_probability) & ~is_tied[first]
    parent = np.arange(n_clusters)
    parent[fragment[first][chosen]] = target[first][chosen]
    if graph.source_of_unit is not None:
        parent = _one_per_target(parent, probability, fragment[first])
    while not np.array_equal(parent, parent[parent]):
        parent = parent[parent]
    return np.unique(parent[cluster], return_inverse=True)[1].astype(np.int64)


def _offers(
    graph: PairGraph, cluster: NDArray[np.int64], size: NDArray[np.int64], options: AttachmentOptions
) -> _Offers:
    left, right = graph.left_idx.astype(np.int64), graph.right_idx.astype(np.int64)
    outside = cluster[left] != cluster[right]
    left, right = left[outside], right[outside]
    unit = np.concatenate([left, right])
    other = np.concatenate([right, left])
    weight = np.tile(graph.weight_bits[outside], 2)
    small = (size[cluster[unit]] <= options.max_fragment) & (size[cluster[other]] >= size[cluster[unit]])
    unit, other, weight = unit[small], other[small], weight[small]
    odds = np.exp2(np.clip(weight, -_MAX_BITS, _MAX_BITS))
    n_clusters = len(size)
    key, inverse = np.unique(unit * n_clusters + cluster[other], return_inverse=True)
    unit_bits = np.log2(np.bincount(inverse, weights=odds, minlength=len(key)))
    unit, target = key // n_clusters, key % n_clusters
    key, inverse = np.unique(cluster[unit] * n_clusters + target, return_inverse=True)
    total = np.bincount(inverse, weights=unit_bits, minlength=len(key))
    n_seen = np.bincount(inverse, minlength=len(key))
    fragment, target = key // n_clusters, key % n_clusters
    n_units = size[fragment]
    bits = (total + options.unscored_bits * (n_units - n_seen)) / n_units
    return _Offers(fragment=fragment, cluster=target, bits=bits)


def _allowed(
    graph: PairGraph, cluster: NDArray[np.int64], size: NDArray[np.int64], offers: _Offers
) -> _Offers:
    """Drop offers to clusters that come later among equals, and those that a constraint forbids."""
    tie = np.full(len(size), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(tie, cluster, graph.tie_break)
    larger = size[offers.cluster] > size[offers.fragment]
    equal = size[offers.cluster] == size[offers.fragment]
    kept = larger | (equal & (tie[offers.cluster] < tie[offers.fragment]))
    apart = np.isneginf(graph.weight_bits)
    if apart.any():
        first, second = cluster[graph.left_idx[apart]], cluster[graph.right_idx[apart]]
        forbidden = np.unique(np.concatenate([first * len(size) + second, second * len(size) + first]))
        kept &= ~np.isin(offers.fragment * len(size) + offers.cluster, forbidden)
    if graph.source_of_unit is not None:
        kept &= ~_share_a_source(graph, cluster, len(size), offers)
    return _Offers(fragment=offers.fragment[kept], cluster=offers.cluster[kept], bits=offers.bits[kept])


def _share_a_source(
    graph: PairGraph, cluster: NDArray[np.int64], n_clusters: int, offers: _Offers
) -> NDArray[np.bool_]:
    assert graph.source_of_unit is not None
    n_sources = int(graph.source_of_unit.max(initial=0)) + 1
    holds = np.zeros((n_clusters, n_sources), np.bool_)
    holds[cluster, graph.source_of_unit] = True
    return np.asarray((holds[offers.fragment] & holds[offers.cluster]).any(axis=1), np.bool_)


def _one_per_target(
    parent: NDArray[np.int64], probability: NDArray[np.float64], fragment: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Where sources may not share a customer, keep the surest fragment of each target, and none in case of a tie."""
    best = np.full(len(parent), -1.0)
    moved = parent[fragment] != fragment
    target = parent[fragment[moved]]
    np.maximum.at(best, target, probability[moved])
    n_best = np.bincount(target[probability[moved] == best[target]], minlength=len(parent))
    kept = (probability[moved] == best[target]) & (n_best[target] == 1) & (parent[target] == target)
    result = np.arange(len(parent))
    result[fragment[moved][kept]] = target[kept]
    return result
