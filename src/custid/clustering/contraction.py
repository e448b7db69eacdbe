"""Greedy additive contraction: clusters from weighed pairs.

Connected components spread one wrong pair over a whole cluster.  Here two clusters are joined only while the sum of the
weights of *all* pairs between them is positive, so that what speaks against a merge counts as well as what speaks for
it.

Invariants: the result depends on weights, constraints and content hashes alone, never on an order of input; no two
records that must stay apart ever share a cluster.

Weights are multiples of 2^-20 bits here: sums of such numbers are exact, hence the same in any order.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.clustering._numbering import numbered_by_first_unit
from custid.clustering._places import places_where
from custid.clustering._thresholds import threshold_bits
from custid.clustering.pair_graph import PairGraph, components, labels_differ, roots
from custid.errors import ConfigurationError
from custid.table.hashing import combine_hashes

__all__ = ["ContractionOptions", "contract", "joins_two"]

_STEPS_PER_BIT = 1 << 20


@frozen(kw_only=True)
class ContractionOptions:
    """Settings of the contraction.

    Attributes
    ----------
    clip_bits : float
        Weights are limited to plus and minus this, so that no single pair outvotes all others; positive, 1000 at most.
    unscored_bits : float
        Weight of a pair that was not compared since it shares no key; 0 or less, -1000 at least.

    Raises
    ------
    ConfigurationError
        If a setting is out of range.
    """

    clip_bits: float = 17.3
    unscored_bits: float = -2.9

    def __attrs_post_init__(self) -> None:
        problems = []
        if not 0 < self.clip_bits <= 1000:
            problems.append(f"clip_bits: expected a positive number up to 1000, got {self.clip_bits}")
        if not -1000 <= self.unscored_bits <= 0:
            problems.append(f"unscored_bits: expected a number from -1000 to 0, got {self.unscored_bits}")
        if problems:
            raise ConfigurationError.collected(problems, hint="The defaults are 17.3 and -2.9.")


def contract(
    graph: PairGraph,
    options: ContractionOptions | None = None,
    *,
    match_probability: float = 0.5,
    n_threads: int = 1,
) -> NDArray[np.int64]:
    """Cluster units.

    Parameters
    ----------
    graph : PairGraph
        Weighed pairs and constraints.
    options : ContractionOptions, optional
        Settings; the defaults when not given.
    match_probability : float
        Two clusters are joined where that is more probable than this, in (0, 1).
    n_threads : int
        Threads that look through the pairs; the result does not depend on it.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        Cluster of each unit, numbered from 0 in the order of the clusters' first units.

    Raises
    ------
    ConfigurationError
        If the probability is out of range.

    Notes
    -----
    In each round every cluster looks for the neighbor with the greatest sum of weights; two clusters that choose each
    other, with a sum above the log-odds of ``match_probability`` (0 bits for one half), are joined.  All pairs between
    two clusters answer one question, so the threshold is taken from their sum, once.  Equal sums are ordered by a hash
    of the contents.  The rounds make the same choices as joining the single best pair each time, as long as no later
    join changes an earlier choice.

    A cluster without a positive neighbor is done: sums only add up, so that it never gets one (below 0 bits: without a
    neighbor above the threshold, for the same reason).  A round takes time in
    proportion to the pairs between clusters that are not done.

    Units that must-links join are one cluster before the first round, with the sums of their weights with others; a
    cannot-link is a pair of weight ``-inf``.

    References
    ----------
    .. [1] Keuper, Levinkov, Bonneel, Lavoué, Brox, Andres (2015), Efficient decomposition of image and mesh graphs by
       lifted multicuts, ICCV, section 4.1 (greedy additive edge contraction).

    Examples
    --------
    Two records of one customer, and a third that resembles the first and contradicts the second.

    >>> import numpy as np
    >>> from custid.clustering import PairGraph
    >>> graph = PairGraph(
    ...     left_idx=np.array([0, 0, 1], np.int32),
    ...     right_idx=np.array([1, 2, 2], np.int32),
    ...     weight_bits=np.array([9.0, 3.0, -5.0]),
    ...     tie_break=np.array([11, 22, 33], np.uint64),
    ... )
    >>> contract(graph).tolist()
    [0, 0, 1]
    """
    return _Contraction(graph, options or ContractionOptions(), match_probability, n_threads).run()


def joins_two(weight_bits: float, options: ContractionOptions, match_probability: float = 0.5) -> bool:
    """Tell whether contraction joins two units that have no pairs with others.

    Parameters
    ----------
    weight_bits : float
        Weight of their pair, ``-inf`` where the two must stay apart.
    options : ContractionOptions
        Settings.
    match_probability : float
        As in :func:`contract`.

    Returns
    -------
    bool
        Whether :func:`contract` puts them in one cluster.

    Examples
    --------
    >>> joins_two(1.0, ContractionOptions()), joins_two(0.0, ContractionOptions())
    (True, False)
    """
    # Exactly the first round of a graph of one pair.
    clipped = np.float64(min(weight_bits, options.clip_bits))
    return bool(_exact(clipped) > _exact(np.float64(threshold_bits(match_probability))))


class _Contraction:
    """Clusters, named by their first unit, and the pairs between them.

    ``_size``, ``_hash``, ``_sources`` and ``_labels`` hold at the first unit of a cluster what is true of the whole
    cluster; ``_joined_to`` leads to that unit, which it maps to itself.

    ``_best``, ``_highest``, ``_is_open`` and ``_has_moved`` are between rounds as they are made here: a round puts back
    what it has written, so that it takes time in proportion to its pairs and not to all units.
    """

    def __init__(self, graph: PairGraph, options: ContractionOptions, match_probability: float, n_threads: int) -> None:
        self._threshold = _exact(np.float64(threshold_bits(match_probability)))
        self._unscored = _exact(np.float64(options.unscored_bits))
        n_units = graph.n_units
        self._joined_to = np.arange(n_units)
        self._best, self._highest = np.zeros(n_units), np.full(n_units, -1)
        self._is_open, self._has_moved = np.zeros(n_units, np.bool_), np.zeros(n_units, np.bool_)
        self._size = np.ones(n_units)
        self._hash = graph.tie_break.copy()
        self._sources = _source_bits(graph)
        self._labels = [labels.copy() for labels in graph.labels]
        self._left, self._right, weight = _inside_components(graph, min(float(self._threshold), 0.0), n_threads)
        # Clipping would make a number of what must stay apart.
        clipped = np.clip(weight, -options.clip_bits, options.clip_bits)
        self._sum = np.where(np.isneginf(weight), -np.inf, _exact(clipped))
        self._n_scored = np.ones(len(weight))
        if len(graph.must_links) or len(graph.cannot_links):
            self._begin(graph)

    def run(self) -> NDArray[np.int64]:
        while True:
            joins = self._mutual_best()
            if not len(joins):
                break
            self._join(self._left[joins], self._right[joins])
        return numbered_by_first_unit(roots(self._joined_to))

    def _begin(self, graph: PairGraph) -> None:
        """Join what must be together, and let cannot-links count for pairs that are weighed as well."""
        members = np.flatnonzero(graph.group != np.arange(graph.n_units))
        heads = graph.group[members].astype(np.int64)
        self._joined_to[members] = heads
        np.add.at(self._size, heads, 1.0)
        np.minimum.at(self._hash, heads, self._hash[members])
        if self._sources is not None:
            np.bitwise_or.at(self._sources, heads, self._sources[members])
        for labels in self._labels:
            np.maximum.at(labels, heads, labels[members])
        self._follow(np.unique(np.concatenate([members, heads, graph.cannot_links.ravel()])))

    def _gain(self) -> NDArray[np.float64]:
        """Return by how much the sum of each pair of clusters is above the threshold."""
        left, right = self._left, self._right
        n_unscored = self._size.take(left) * self._size.take(right) - self._n_scored
        gain = self._sum + self._unscored * n_unscored - self._threshold
        if self._sources is not None:
            gain[(self._sources[left] & self._sources[right]).any(axis=1)] = -np.inf
        for labels in self._labels:
            gain[labels_differ(labels, left, right)] = -np.inf
        return gain

    def _mutual_best(self) -> NDArray[np.int64]:
        """Return the pairs of clusters that choose each other; no cluster is in two of them."""
        gain = self._drop_finished(self._gain())
        positive = np.flatnonzero(gain > 0)
        left, right, gain = self._left.take(positive), self._right.take(positive), gain.take(positive)
        best, highest = self._best, self._highest
        np.maximum.at(best, left, gain)
        np.maximum.at(best, right, gain)
        mutual = np.flatnonzero((gain == best.take(left)) & (gain == best.take(right)))
        best[left] = best[right] = 0.0
        left, right = left[mutual], right[mutual]
        rank = np.empty(len(mutual), np.int64)
        # Units of equal hash have equal contents; their numbers make the choice a definite one.
        rank[np.lexsort((right, left, self._edge_hash(left, right)))] = np.arange(len(mutual))
        np.maximum.at(highest, left, rank)
        np.maximum.at(highest, right, rank)
        chosen = (rank == highest.take(left)) & (rank == highest.take(right))
        highest[left] = highest[right] = -1
        return np.asarray(positive[mutual[chosen]], np.int64)

    def _drop_finished(self, gain: NDArray[np.float64]) -> NDArray[np.float64]:
        """Forget the pairs of clusters that are done; return the gains of the others."""
        # Two sums that are positive and below the threshold may be above it together.
        is_open, positive = self._is_open, gain > min(0.0, -float(self._threshold))
        is_open[self._left[positive]] = True
        is_open[self._right[positive]] = True
        kept = np.flatnonzero(is_open.take(self._left) & is_open.take(self._right))
        is_open[self._left] = is_open[self._right] = False
        self._left, self._right = self._left.take(kept), self._right.take(kept)
        self._sum, self._n_scored = self._sum.take(kept), self._n_scored.take(kept)
        return gain.take(kept)

    def _edge_hash(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.uint64]:
        low = np.minimum(self._hash[left], self._hash[right])
        high = np.maximum(self._hash[left], self._hash[right])
        return combine_hashes([low, high])

    def _join(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        self._joined_to[right] = left
        self._size[left] += self._size[right]
        self._hash[left] = np.minimum(self._hash[left], self._hash[right])
        if self._sources is not None:
            self._sources[left] |= self._sources[right]
        for labels in self._labels:
            # One of the two has none, or both have the same.
            labels[left] = np.maximum(labels[left], labels[right])
        self._follow(np.concatenate([left, right]))

    def _follow(self, units: NDArray[np.int64]) -> None:
        """Lead the pairs of some units to the clusters these are in now, and add up those between two clusters."""
        n_units, target, has_moved = len(self._size), self._joined_to, self._has_moved
        has_moved[units] = True
        is_moved = has_moved.take(self._left) | has_moved.take(self._right)
        has_moved[units] = False
        moved, rest = np.flatnonzero(is_moved), np.flatnonzero(~is_moved)
        first, second = target.take(self._left.take(moved)), target.take(self._right.take(moved))
        outside = np.flatnonzero(first != second)
        first, second, moved = first.take(outside), second.take(outside), moved.take(outside)
        key, inverse = np.unique(np.minimum(first, second) * n_units + np.maximum(first, second), return_inverse=True)
        total = np.bincount(inverse, weights=self._sum.take(moved), minlength=len(key))
        n_scored = np.bincount(inverse, weights=self._n_scored.take(moved), minlength=len(key))
        self._left = np.concatenate([self._left.take(rest), key // n_units])
        self._right = np.concatenate([self._right.take(rest), key % n_units])
        self._sum = np.concatenate([self._sum.take(rest), total])
        self._n_scored = np.concatenate([self._n_scored.take(rest), n_scored])


def _exact(bits: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(np.round(bits * _STEPS_PER_BIT) / _STEPS_PER_BIT, np.float64)


def _inside_components(
    graph: PairGraph, above_bits: float, n_threads: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Drop the pairs between units that no chain of must-links and of pairs above a weight joins: none is merged."""
    left, right, weight_bits = graph.left_idx, graph.right_idx, graph.weight_bits
    positive = places_where(lambda piece: weight_bits[piece] > above_bits, len(left), n_threads)
    component = components(
        graph.n_units,
        np.concatenate([left[positive], graph.must_links[:, 0]]),
        np.concatenate([right[positive], graph.must_links[:, 1]]),
    )
    inside = places_where(
        lambda piece: component.take(left[piece]) == component.take(right[piece]), len(left), n_threads
    )
    apart = graph.cannot_links[component[graph.cannot_links[:, 0]] == component[graph.cannot_links[:, 1]]]
    return (
        np.concatenate([left.take(inside), apart[:, 0]]).astype(np.int64),
        np.concatenate([right.take(inside), apart[:, 1]]).astype(np.int64),
        np.concatenate([weight_bits.take(inside), np.full(len(apart), -np.inf)]),
    )


def _source_bits(graph: PairGraph) -> NDArray[np.uint64] | None:
    """One bit per source in each unit's row, in words of 64."""
    if graph.source_of_unit is None:
        return None
    limited = np.flatnonzero(graph.source_of_unit >= 0)
    source = graph.source_of_unit[limited].astype(np.int64)
    bits = np.zeros((graph.n_units, int(source.max(initial=0)) // 64 + 1), np.uint64)
    bits[limited, source // 64] = np.uint64(1) << (source % 64).astype(np.uint64)
    return bits
