"""Greedy additive contraction: clusters from weighed pairs.

Connected components spread one wrong pair over a whole cluster.  Here two clusters are joined only while the sum of the
weights of *all* pairs between them is positive, so that what speaks against a merge counts as well as what speaks for
it.

Invariants: the result depends on weights, constraints and content hashes alone, never on an order of input; no two
records that must stay apart ever share a cluster.

Weights are multiples of 2^-20 bits here: sums of such numbers are exact, hence the same in any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering._numbering import numbered_by_first_unit
from custid.clustering._places import PLACES_AT_ONCE, places_where
from custid.clustering._thresholds import threshold_bits
from custid.errors import ConfigurationError, ShapeMismatchError
from custid.table.hashing import combine_hashes

__all__ = ["ContractionOptions", "PairGraph", "contract", "labels_differ", "same_label"]

_STEPS_PER_BIT = 1 << 20

# Below this number of pairs, loading the compiler takes longer than it saves.
_MIN_PAIRS_FOR_NUMBA = 1_000_000


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
    labels : tuple of ndarray of int32, each of shape (n_units,)
        What a cluster has one of at most: units that both have a label, 0 or more, and not the same one, must not share
        a cluster, whatever chain of pairs joins them; negative for a unit without.

    Raises
    ------
    ShapeMismatchError
        If the arrays do not belong together, or a pair is not two of the units in ascending order.
    """

    left_idx: NDArray[np.int32] = field(repr=False)
    right_idx: NDArray[np.int32] = field(repr=False)
    weight_bits: NDArray[np.float64] = field(repr=False)
    tie_break: NDArray[np.uint64] = field(repr=False)
    source_of_unit: NDArray[np.int32] | None = field(default=None, repr=False)
    labels: tuple[NDArray[np.int32], ...] = field(default=(), repr=False)

    def __attrs_post_init__(self) -> None:
        if not len(self.left_idx) == len(self.right_idx) == len(self.weight_bits):
            raise ShapeMismatchError(
                f"pair graph: expected as many weights as pairs, got {len(self.weight_bits)} weights, "
                f"{len(self.left_idx)} left and {len(self.right_idx)} right units."
            )
        n_units = len(self.tie_break)
        if len(self.left_idx) and not (
            int(self.left_idx.min()) >= 0
            and int(self.right_idx.max()) < n_units
            and not len(places_where(lambda piece: self.left_idx[piece] >= self.right_idx[piece], len(self.left_idx)))
        ):
            raise ShapeMismatchError(
                f"pair graph: expected pairs of units below {n_units} with left_idx < right_idx.",
                hint="Put the smaller unit of each pair first, and leave out pairs of a unit with itself.",
            )
        if self.source_of_unit is not None and len(self.source_of_unit) != n_units:
            raise ShapeMismatchError(
                f"pair graph: expected one source for each of {n_units} units, got {len(self.source_of_unit)}."
            )
        for labels in self.labels:
            if labels.shape != (n_units,):
                raise ShapeMismatchError(
                    f"pair graph: expected one label for each of {n_units} units, got an array of shape {labels.shape}."
                )

    @property
    def n_units(self) -> int:
        """Number of units, in pairs or not."""
        return len(self.tie_break)


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

    References
    ----------
    .. [1] Keuper, Levinkov, Bonneel, Lavoué, Brox, Andres (2015), Efficient decomposition of image and mesh graphs by
       lifted multicuts, ICCV, section 4.1 (greedy additive edge contraction).

    Examples
    --------
    Two records of one customer, and a third that resembles the first and contradicts the second.

    >>> import numpy as np
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

    def run(self) -> NDArray[np.int64]:
        while True:
            joins = self._mutual_best()
            if not len(joins):
                break
            self._join(self._left[joins], self._right[joins])
        return numbered_by_first_unit(_roots(self._joined_to))

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
        n_units, target, has_moved = len(self._size), self._joined_to, self._has_moved
        target[right] = left
        self._size[left] += self._size[right]
        self._hash[left] = np.minimum(self._hash[left], self._hash[right])
        if self._sources is not None:
            self._sources[left] |= self._sources[right]
        for labels in self._labels:
            # One of the two has none, or both have the same.
            labels[left] = np.maximum(labels[left], labels[right])
        has_moved[left] = has_moved[right] = True
        is_moved = has_moved.take(self._left) | has_moved.take(self._right)
        has_moved[left] = has_moved[right] = False
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


def labels_differ(
    labels: NDArray[np.int32], left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Tell for pairs of units, or of clusters, whether both have a label and not the same one.

    Parameters
    ----------
    labels : ndarray of int32, shape (n_units,)
        Labels; negative for none.
    left, right : ndarray of int, shape (n_pairs,)
        Positions in ``labels``.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        True where the two must stay apart.
    """
    of_left, of_right = labels[left], labels[right]
    return np.asarray((of_left != of_right) & (of_left >= 0) & (of_right >= 0), np.bool_)


def same_label(
    labels: NDArray[np.integer[Any]], left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Tell for pairs of units whether both have the same label.

    Parameters
    ----------
    labels : ndarray of int, shape (n_units,)
        Labels.
    left, right : ndarray of int, shape (n_pairs,)
        Positions in ``labels``.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        True where the labels are equal.
    """
    is_same = np.empty(len(left), np.bool_)
    # Piece by piece: the labels of all pairs at once take several times the room of the pairs.
    for start in range(0, len(left), PLACES_AT_ONCE):
        piece = slice(start, start + PLACES_AT_ONCE)
        np.equal(labels.take(left[piece]), labels.take(right[piece]), out=is_same[piece])
    return is_same


def _exact(bits: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(np.round(bits * _STEPS_PER_BIT) / _STEPS_PER_BIT, np.float64)


def _inside_components(
    graph: PairGraph, above_bits: float, n_threads: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Drop the pairs between units that no chain of pairs above a weight joins: they can never be merged."""
    left, right, weight_bits = graph.left_idx, graph.right_idx, graph.weight_bits
    positive = places_where(lambda piece: weight_bits[piece] > above_bits, len(left), n_threads)
    component = _components(graph.n_units, left[positive], right[positive])
    inside = places_where(
        lambda piece: component.take(left[piece]) == component.take(right[piece]), len(left), n_threads
    )
    return (
        left.take(inside).astype(np.int64),
        right.take(inside).astype(np.int64),
        weight_bits.take(inside).astype(np.float64),
    )


def _components(n_units: int, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int32]:
    """Smallest unit of each connected component; by hooking and pointer jumping where pairs are few."""
    if len(left) >= _MIN_PAIRS_FOR_NUMBA:
        from custid.kernels.union_find import connected_components  # noqa: PLC0415  # loads numba

        smallest = np.empty(n_units, np.int32)
        connected_components(np.ascontiguousarray(left, np.int32), np.ascontiguousarray(right, np.int32), smallest)
        return smallest
    root = np.arange(n_units)
    first, second = left.astype(np.int64), right.astype(np.int64)
    while len(first):
        a, b = root[first], root[second]
        differ = a != b
        first, second, a, b = first[differ], second[differ], a[differ], b[differ]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        root = _roots(root)
    return root.astype(np.int32)


def _roots(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each chain of parents ends."""
    while not np.array_equal(above := parent.take(parent), parent):
        parent = above
    return parent


def _source_bits(graph: PairGraph) -> NDArray[np.uint64] | None:
    """One bit per source in each unit's row, in words of 64."""
    if graph.source_of_unit is None:
        return None
    source = graph.source_of_unit.astype(np.int64)
    bits = np.zeros((len(source), int(source.max(initial=0)) // 64 + 1), np.uint64)
    bits[np.arange(len(source)), source // 64] = np.uint64(1) << (source % 64).astype(np.uint64)
    return bits
