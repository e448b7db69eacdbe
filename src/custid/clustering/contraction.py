"""Greedy additive contraction: clusters from weighed pairs.

Connected components spread one wrong pair over a whole cluster.  Here two clusters are joined only while the sum of the
weights of *all* pairs between them is positive, so that what speaks against a merge counts as well as what speaks for
it.

Invariants: the result depends on weights, constraints and content hashes alone, never on an order of input; no two
records that must stay apart ever share a cluster.
"""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ShapeMismatchError

__all__ = ["ContractionOptions", "PairGraph", "contract"]

_DECIMALS = 6


@frozen(kw_only=True)
class ContractionOptions:
    """Settings of the contraction.

    Attributes
    ----------
    clip_bits : float
        Weights are limited to plus and minus this, so that no single pair outvotes all others.
    unscored_bits : float
        Weight of a pair that was not compared since it shares no key.
    """

    clip_bits: float = 17.3
    unscored_bits: float = -2.9


@frozen(kw_only=True, eq=False)
class PairGraph:
    """Weighed pairs of units.

    Attributes
    ----------
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Units, each pair once, ``left_idx < right_idx``.
    weight_bits : ndarray of float64, shape (n_pairs,)
        Match weight, prior included; ``-inf`` keeps the two apart for good.
    tie_break : ndarray of uint64, shape (n_units,)
        Content hashes.
    source_of_unit : ndarray of int32, shape (n_units,), optional
        When given, at most one unit of each source may be in a cluster.
    """

    left_idx: NDArray[np.int32] = field(repr=False)
    right_idx: NDArray[np.int32] = field(repr=False)
    weight_bits: NDArray[np.float64] = field(repr=False)
    tie_break: NDArray[np.uint64] = field(repr=False)
    source_of_unit: NDArray[np.int32] | None = field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        if not len(self.left_idx) == len(self.right_idx) == len(self.weight_bits):
            raise ShapeMismatchError(
                f"pair graph: expected as many weights as pairs, got {len(self.weight_bits)} weights, "
                f"{len(self.left_idx)} left and {len(self.right_idx)} right units."
            )


def contract(graph: PairGraph, options: ContractionOptions | None = None) -> NDArray[np.int64]:
    """Cluster units.

    Parameters
    ----------
    graph : PairGraph
        Weighed pairs and constraints.
    options : ContractionOptions, optional
        Settings; the defaults when not given.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        Cluster of each unit, numbered from 0 in the order of the clusters' first units.

    Notes
    -----
    In each round every cluster looks for the neighbor with the greatest sum of weights; two clusters that choose each
    other, with a positive sum, are joined.  Sums are rounded to a millionth of a bit, and equal ones are ordered by a
    hash of the contents.  The rounds make the same choices as joining the single best pair each time, as long as no
    later join changes an earlier choice.

    References
    ----------
    .. [1] Keuper, Levinkov, Bonneel, Lavoué, Brox, Andres (2015), Efficient decomposition of image and mesh graphs by
       lifted multicuts, ICCV, section 4.1 (greedy additive edge contraction).
    """
    return _Contraction(graph, options or ContractionOptions()).run()


class _Contraction:
    def __init__(self, graph: PairGraph, options: ContractionOptions) -> None:
        self._options = options
        n_units = len(graph.tie_break)
        self._cluster = np.arange(n_units)
        self._size = np.ones(n_units)
        self._hash = graph.tie_break.copy()
        self._sources = _source_bits(graph)
        self._left, self._right, weight = _inside_components(graph, n_units)
        self._sum = np.where(
            np.isneginf(weight), -np.inf, np.clip(weight, -options.clip_bits, options.clip_bits)
        )
        self._n_scored = np.ones(len(weight))

    def run(self) -> NDArray[np.int64]:
        while True:
            joins = self._mutual_best()
            if not len(joins):
                break
            self._join(self._left[joins], self._right[joins])
        return np.unique(self._cluster, return_inverse=True)[1].astype(np.int64)

    def _gain(self) -> NDArray[np.float64]:
        left, right = self._left, self._right
        n_unscored = self._size[left] * self._size[right] - self._n_scored
        gain = self._sum + self._options.unscored_bits * n_unscored
        if self._sources is not None:
            gain[(self._sources[left] & self._sources[right]).any(axis=1)] = -np.inf
        return np.round(gain, _DECIMALS)

    def _mutual_best(self) -> NDArray[np.int64]:
        gain = self._gain()
        positive = np.flatnonzero(gain > 0)
        left, right, gain = self._left[positive], self._right[positive], gain[positive]
        best = np.full(len(self._size), -np.inf)
        np.maximum.at(best, left, gain)
        np.maximum.at(best, right, gain)
        mutual = np.flatnonzero((gain == best[left]) & (gain == best[right]))
        left, right = left[mutual], right[mutual]
        order = self._edge_hash(left, right)
        highest = np.zeros(len(self._size), np.uint64)
        np.maximum.at(highest, left, order)
        np.maximum.at(highest, right, order)
        chosen = (order == highest[left]) & (order == highest[right])
        return np.asarray(positive[mutual[chosen]], np.int64)

    def _edge_hash(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.uint64]:
        low = np.minimum(self._hash[left], self._hash[right])
        high = np.maximum(self._hash[left], self._hash[right])
        with np.errstate(over="ignore"):
            return np.asarray((low ^ (high >> np.uint64(7))) * np.uint64(0x9E3779B97F4A7C15) + high, np.uint64)

    def _join(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        target = np.arange(len(self._size))
        target[right] = left
        self._size[left] += self._size[right]
        self._hash[left] = np.minimum(self._hash[left], self._hash[right])
        if self._sources is not None:
            self._sources[left] |= self._sources[right]
        self._cluster = target[self._cluster]
        touched = np.zeros(len(self._size), np.bool_)
        touched[left] = touched[right] = True
        moved = touched[self._left] | touched[self._right]
        first, second = target[self._left[moved]], target[self._right[moved]]
        outside = first != second
        first, second = first[outside], second[outside]
        low, high = np.minimum(first, second), np.maximum(first, second)
        key, inverse = np.unique(low * len(self._size) + high, return_inverse=True)
        # bincount adds in the order of its input, which is the canonical order of pairs: the same sum in every run.
        total = np.bincount(inverse, weights=self._sum[moved][outside], minlength=len(key))
        n_scored = np.bincount(inverse, weights=self._n_scored[moved][outside], minlength=len(key))
        rest = ~moved
        self._left = np.concatenate([self._left[rest], key // len(self._size)])
        self._right = np.concatenate([self._right[rest], key % len(self._size)])
        self._sum = np.concatenate([self._sum[rest], total])
        self._n_scored = np.concatenate([self._n_scored[rest], n_scored])


def _inside_components(
    graph: PairGraph, n_units: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Drop the pairs between units that no chain of positive pairs joins: they can never be merged."""
    positive = graph.weight_bits > 0
    component = _components(n_units, graph.left_idx[positive], graph.right_idx[positive])
    inside = component[graph.left_idx] == component[graph.right_idx]
    return (
        graph.left_idx[inside].astype(np.int64),
        graph.right_idx[inside].astype(np.int64),
        graph.weight_bits[inside].astype(np.float64),
    )


def _components(n_units: int, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int64]:
    """Smallest unit of each connected component, by hooking and pointer jumping."""
    root = np.arange(n_units)
    first, second = left.astype(np.int64), right.astype(np.int64)
    while len(first):
        a, b = root[first], root[second]
        differ = a != b
        first, second, a, b = first[differ], second[differ], a[differ], b[differ]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while True:
            parent = root[root]
            if np.array_equal(parent, root):
                break
            root = parent
    return root


def _source_bits(graph: PairGraph) -> NDArray[np.uint64] | None:
    """One bit per source in each unit's row, in words of 64."""
    if graph.source_of_unit is None:
        return None
    source = graph.source_of_unit.astype(np.int64)
    bits = np.zeros((len(source), int(source.max(initial=0)) // 64 + 1), np.uint64)
    bits[np.arange(len(source)), source // 64] = np.uint64(1) << (source % 64).astype(np.uint64)
    return bits
