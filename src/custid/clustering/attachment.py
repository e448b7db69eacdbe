"""Attaching fragments: a record, or two or three, against all that is known of a customer.

Contraction adds up the logarithms of odds, as if every pair were evidence of its own.  The records of one customer are
copies of the same facts, though, so ten weak contradictions are not ten times one.  Here a record is taken for a copy
of *some* record of the customer, each being as likely as the other; its odds of belonging to the customer are then the
sum of its odds with each of the customer's records.

Invariants: the result depends on weights, constraints, content hashes and the given partition alone, never on an order
of input; no two units that must stay apart are brought together, directly or by way of a third cluster.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.clustering._numbering import numbered_by_first_unit
from custid.clustering._places import places_where
from custid.clustering._thresholds import threshold_bits
from custid.clustering.pair_graph import PairGraph, labels_differ, roots, same_label
from custid.errors import ConfigurationError, ShapeMismatchError

__all__ = [
    "AttachmentOptions",
    "Targets",
    "at_costs",
    "attach_fragments",
    "find_targets",
    "least_odds",
    "settle_targets",
]

_MAX_BITS = 40.0
_NEARLY = 0.99
"""Sums of many odds are off by less than a hundredth."""
_STEPS_PER_BIT = 1 << 20
_LEAST_PROBABILITY = float(np.nextafter(0.5, 1.0))
_GREATEST_PROBABILITY = float(np.nextafter(1.0, 0.0))


@frozen(kw_only=True)
class AttachmentOptions:
    """Settings of the attachment.

    Attributes
    ----------
    max_fragment : int
        Units of the largest cluster that may be attached to another one, at least 1; larger clusters have evidence
        enough of their own, which contraction has weighed.
    min_probability : float
        Attach where the posterior of the best customer, against all others and against a new one, reaches this; above
        0.5 and below 1, so that no two customers reach it.  It holds where a false merge costs as much as a miss, and
        its odds are multiplied by those of ``match_probability``.
    unscored_bits : float
        Log-odds of a unit of the fragment with a customer none of whose records it was compared with.

    Raises
    ------
    ConfigurationError
        If a setting is out of range.
    """

    max_fragment: int = 3
    min_probability: float = 0.9
    unscored_bits: float = -4.3

    def __attrs_post_init__(self) -> None:
        problems = []
        if self.max_fragment < 1:
            problems.append(f"max_fragment: expected at least 1, got {self.max_fragment}")
        if not 0.5 < self.min_probability < 1:
            problems.append(f"min_probability: expected a number between 0.5 and 1, got {self.min_probability}")
        if not -_MAX_BITS <= self.unscored_bits <= 0:
            problems.append(f"unscored_bits: expected a number from {-_MAX_BITS:.0f} to 0, got {self.unscored_bits}")
        if problems:
            raise ConfigurationError.collected(problems, hint="The defaults are 3, 0.9 and -4.3.")


@frozen(kw_only=True, eq=False)
class _Offers:
    """Fragments, the clusters they may be attached to, and the log-odds in bits."""

    fragment: NDArray[np.int64] = field(repr=False)
    cluster: NDArray[np.int64] = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)

    def only(self, kept: NDArray[np.bool_]) -> _Offers:
        """Return some of the offers."""
        return _Offers(fragment=self.fragment[kept], cluster=self.cluster[kept], bits=self.bits[kept])


@frozen(kw_only=True, eq=False)
class Targets:
    """Where clusters are bound for.

    Attributes
    ----------
    parent : ndarray of int64, shape (n_clusters,)
        The cluster that each one is bound for; itself where it stays.
    sureness : ndarray of float64, shape (n_clusters,)
        Posterior of that; infinite where it stays.
    """

    parent: NDArray[np.int64] = field(repr=False)
    sureness: NDArray[np.float64] = field(repr=False)


def attach_fragments(
    graph: PairGraph,
    cluster: NDArray[np.int64],
    options: AttachmentOptions | None = None,
    *,
    match_probability: float = 0.5,
    n_threads: int = 1,
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
    match_probability : float
        What a merge has to be more probable than by the costs of errors, in (0, 1).
    n_threads : int
        Threads that look through the pairs; the result does not depend on it.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        New clusters, numbered from 0 in the order of their first units.

    Raises
    ------
    ShapeMismatchError
        If there is not one cluster per unit.
    ConfigurationError
        If the probability is out of range.

    Notes
    -----
    For a record r and a customer C, P(r | C) = mean over c in C of P(r | copy of c), and the prior of C among all
    customers is proportional to its number of records (equal rows are one record); with w(r, c) the log-odds of a pair,
    prior included, the odds are the sum over c of 2^w(r, c).  A fragment of several records takes the mean of its
    records' log-odds, for they are copies of one another too.

    A fragment goes to its best cluster, if that one is probable enough, allowed, and larger than the fragment; of two
    clusters of equal size the one that holds the smallest content hash is the target.  A target that is a fragment
    itself takes along what is attached to it.  Where fragments that are bound for one customer must not meet, the
    surest stays and the others are left alone; if none is surer than the rest, all of them are.  Log-odds are taken to
    a millionth of a bit, so that no order of a sum decides.
    """
    options = options or AttachmentOptions()
    targets = find_targets(graph, cluster, options, match_probability=match_probability, n_threads=n_threads)
    return numbered_by_first_unit(settle_targets(graph, cluster, targets)[cluster])


def find_targets(
    graph: PairGraph,
    cluster: NDArray[np.int64],
    options: AttachmentOptions,
    *,
    may_move: NDArray[np.bool_] | None = None,
    match_probability: float = 0.5,
    n_threads: int = 1,
) -> Targets:
    """Find the customer that each fragment is bound for, before those that must not meet there have their say.

    Parameters
    ----------
    graph : PairGraph
        Weighed pairs and constraints.
    cluster : ndarray of int64, shape (n_units,)
        Cluster of each unit, numbered from 0.
    options : AttachmentOptions
        Settings.
    may_move : ndarray of bool, shape (n_clusters,), optional
        The clusters to be weighed; the others are targets only.  All when not given.
    match_probability : float
        As in :func:`attach_fragments`.
    n_threads : int
        Threads that look through the pairs; the result does not depend on it.

    Returns
    -------
    Targets
        For each cluster that may move what it is in the graph of all units, provided that this graph has all pairs of
        its units, and the clusters at their other ends whole.

    Raises
    ------
    ShapeMismatchError
        If there is not one cluster per unit.
    """
    if len(cluster) != graph.n_units:
        raise ShapeMismatchError(f"cluster: expected one for each of {graph.n_units} units, got {len(cluster)}.")
    options = at_costs(options, match_probability)
    size = np.bincount(cluster, minlength=1)
    offers = _offers(graph, cluster, size, options, n_threads)
    if may_move is not None:
        offers = offers.only(may_move[offers.fragment])
    offers = _allowed(graph, cluster, size, offers)
    parent, sureness = _best_targets(offers, len(size), options.min_probability)
    return Targets(parent=parent, sureness=sureness)


def settle_targets(graph: PairGraph, cluster: NDArray[np.int64], targets: Targets) -> NDArray[np.int64]:
    """Return where each cluster ends up, after those that must not meet others there have been left alone.

    Parameters
    ----------
    graph : PairGraph
        Constraints; of its pairs only those matter that keep two units apart.
    cluster : ndarray of int64, shape (n_units,)
        Cluster of each unit, numbered from 0.
    targets : Targets
        What :func:`find_targets` found.  Clusters that no chain of targets joins have no influence on one another.

    Returns
    -------
    ndarray of int64, shape (n_clusters,)
        The cluster that each one becomes part of; itself where it stays.
    """
    return _keep_constraints(graph, cluster, targets.parent, targets.sureness)


def least_odds(options: AttachmentOptions, match_probability: float = 0.5) -> float:
    """Return the odds of its best unit with all units of other clusters that a fragment needs at least to move.

    Parameters
    ----------
    options : AttachmentOptions
        Settings.
    match_probability : float
        As in :func:`attach_fragments`.

    Returns
    -------
    float
        A hundredth less than the odds of the least probability: sums of many odds are off by less.

    Examples
    --------
    >>> round(least_odds(AttachmentOptions()), 2)
    8.91
    """
    probability = at_costs(options, match_probability).min_probability
    return _NEARLY * probability / (1 - probability)


def at_costs(options: AttachmentOptions, match_probability: float) -> AttachmentOptions:
    """Return the options with the odds of the least probability multiplied by those that the costs ask for.

    Parameters
    ----------
    options : AttachmentOptions
        Settings where a false merge costs as much as a miss.
    match_probability : float
        What a merge has to be more probable than by the costs of errors, in (0, 1).

    Returns
    -------
    AttachmentOptions
        Settings that need not be told of the costs: for one half they are the same ones.

    Raises
    ------
    ConfigurationError
        If the probability is out of range.

    Examples
    --------
    >>> round(at_costs(AttachmentOptions(min_probability=0.9), 0.8).min_probability, 4)
    0.973
    """
    threshold_bits(match_probability)  # refuses what is none
    least = options.min_probability * match_probability
    # Exact for one half, as the sum is; two customers never reach a probability above one half.
    probability = least / (least + (1.0 - options.min_probability) * (1.0 - match_probability))
    return evolve(options, min_probability=min(max(probability, _LEAST_PROBABILITY), _GREATEST_PROBABILITY))


def _offers(
    graph: PairGraph, cluster: NDArray[np.int64], size: NDArray[np.int64], options: AttachmentOptions, n_threads: int
) -> _Offers:
    """Weigh fragments against the clusters that they have pairs with."""
    unit, other, odds = _outside_pairs(graph, cluster, size, options, n_threads)
    n_clusters = len(size)
    unit, target, total = _sums(unit, cluster[other], odds, n_clusters)
    fragment, target, bits, n_seen = _sums_and_counts(cluster[unit], target, np.log2(total), n_clusters)
    n_units = size[fragment]
    mean = (bits + options.unscored_bits * (n_units - n_seen)) / n_units
    return _Offers(fragment=fragment, cluster=target, bits=np.round(mean * _STEPS_PER_BIT) / _STEPS_PER_BIT)


def _outside_pairs(
    graph: PairGraph, cluster: NDArray[np.int64], size: NDArray[np.int64], options: AttachmentOptions, n_threads: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return units of fragments, the units of other clusters that they have pairs with, and the odds of the pairs."""
    left, right, weight_bits = graph.left_idx, graph.right_idx, graph.weight_bits
    unit_is_hopeful = _hopeful(graph, cluster, size, options, n_threads)[cluster]
    forth = places_where(lambda piece: unit_is_hopeful.take(left[piece]), len(left), n_threads)
    back = places_where(lambda piece: unit_is_hopeful.take(right[piece]), len(right), n_threads)
    pairs = np.concatenate([forth, back])
    unit = np.concatenate([left[forth], right[back]]).astype(np.int64)
    other = np.concatenate([right[forth], left[back]]).astype(np.int64)
    own, others = cluster[unit], cluster[other]
    kept = (own != others) & (size[others] >= size[own])
    odds = np.exp2(np.clip(weight_bits[pairs[kept]], -_MAX_BITS, _MAX_BITS))
    return unit[kept], other[kept], odds


def _hopeful(
    graph: PairGraph, cluster: NDArray[np.int64], size: NDArray[np.int64], options: AttachmentOptions, n_threads: int
) -> NDArray[np.bool_]:
    """Tell which clusters are fragments that may reach the threshold; few are, and the others need no weighing."""
    # The odds of a fragment are at most those of its best unit with all others.  The pairs left out here, fewer than
    # the units for each unit, have odds of 1 together at most.
    weight_bits, least_bits = graph.weight_bits, -np.log2(max(graph.n_units, 1))
    near = places_where(lambda piece: weight_bits[piece] >= least_bits, len(weight_bits), n_threads)
    left, right = graph.left_idx.take(near), graph.right_idx.take(near)
    odds = np.exp2(np.minimum(weight_bits.take(near), _MAX_BITS))
    odds[same_label(cluster, left, right)] = 0.0
    reachable = np.bincount(left, weights=odds, minlength=graph.n_units) + 1.0
    reachable += np.bincount(right, weights=odds, minlength=graph.n_units)
    is_hopeful = np.zeros(len(size), np.bool_)
    is_hopeful[cluster[reachable >= _NEARLY * options.min_probability / (1 - options.min_probability)]] = True
    return is_hopeful & (size <= options.max_fragment)


def _sums(
    first: NDArray[np.int64], second: NDArray[np.int64], values: NDArray[np.float64], n_second: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Add up the values of each (first, second)."""
    first, second, total, _ = _sums_and_counts(first, second, values, n_second)
    return first, second, total


def _sums_and_counts(
    first: NDArray[np.int64], second: NDArray[np.int64], values: NDArray[np.float64], n_second: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Add up and count the values of each (first, second), smallest first: any order of input gives the same sum."""
    key = first * n_second + second
    order = np.lexsort((values, key))
    key = key[order]
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(key))))
    total = np.bincount(group, weights=values[order], minlength=len(starts)).astype(np.float64)
    n_values = np.bincount(group, minlength=len(starts)).astype(np.int64)
    return key[starts] // n_second, key[starts] % n_second, total, n_values


def _allowed(graph: PairGraph, cluster: NDArray[np.int64], size: NDArray[np.int64], offers: _Offers) -> _Offers:
    """Drop offers to clusters that come later among equals, and those that a constraint forbids."""
    tie = np.full(len(size), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(tie, cluster, graph.tie_break)
    larger = size[offers.cluster] > size[offers.fragment]
    equal = size[offers.cluster] == size[offers.fragment]
    offers = offers.only(larger | (equal & (tie[offers.cluster] < tie[offers.fragment])))
    first, second = _kept_apart(graph, cluster)
    if len(first):
        forbidden = np.concatenate([first * len(size) + second, second * len(size) + first])
        offers = offers.only(~np.isin(offers.fragment * len(size) + offers.cluster, forbidden))
    if graph.source_of_unit is not None and len(offers.bits):
        offers = offers.only(~_share_a_source(graph.source_of_unit, cluster, size, offers))
    for labels in _labels_of_clusters(graph, cluster, len(size)):
        offers = offers.only(~labels_differ(labels, offers.fragment, offers.cluster))
    return offers


def _labels_of_clusters(graph: PairGraph, cluster: NDArray[np.int64], n_clusters: int) -> list[NDArray[np.int32]]:
    """Return the label of each cluster, -1 for none, for each array of labels of the graph."""
    found = []
    for labels in graph.labels:
        of_cluster = np.full(n_clusters, -1, np.int32)
        np.maximum.at(of_cluster, cluster, labels)
        found.append(of_cluster)
    return found


def _kept_apart(graph: PairGraph, cluster: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the two clusters of every cannot-link."""
    apart = graph.apart()
    return cluster[apart[:, 0]], cluster[apart[:, 1]]


def _share_a_source(
    source_of_unit: NDArray[np.int32], cluster: NDArray[np.int64], size: NDArray[np.int64], offers: _Offers
) -> NDArray[np.bool_]:
    """Tell for each offer whether the cluster has a unit of a source that the fragment has one of, too."""
    n_sources = int(source_of_unit.max(initial=0)) + 1
    is_limited = source_of_unit >= 0
    held = np.unique((cluster * n_sources + source_of_unit)[is_limited])
    by_cluster = np.argsort(cluster, kind="stable")
    starts = np.cumsum(size) - size
    shares = np.zeros(len(offers.bits), np.bool_)
    for member in range(int(size[offers.fragment].max())):
        has_it = size[offers.fragment] > member
        unit = by_cluster[starts[offers.fragment[has_it]] + member]
        wanted = offers.cluster[has_it] * n_sources + source_of_unit[unit]
        shares[has_it] |= is_limited[unit] & np.isin(wanted, held)
    return shares


def _best_targets(
    offers: _Offers, n_clusters: int, min_probability: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return where each cluster goes, to itself where it stays, and how sure that is: infinitely where it stays."""
    parent = np.arange(n_clusters)
    sureness = np.full(n_clusters, np.inf)
    order = np.lexsort((-offers.bits, offers.fragment))
    fragment, target, bits = offers.fragment[order], offers.cluster[order], offers.bits[order]
    first = np.flatnonzero(np.append(True, fragment[1:] != fragment[:-1])[: len(fragment)])
    if len(first):
        odds = np.exp2(np.minimum(bits, _MAX_BITS))
        # The best of two equals has a probability below one half, hence is never chosen.
        probability = odds[first] / (1.0 + np.add.reduceat(odds, first))
        chosen = probability >= min_probability
        parent[fragment[first][chosen]] = target[first][chosen]
        sureness[fragment[first][chosen]] = probability[chosen]
    return parent, sureness


def _keep_constraints(
    graph: PairGraph, cluster: NDArray[np.int64], parent: NDArray[np.int64], sureness: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return where each cluster ends up, after those that must not meet others there have been left alone.

    A cluster that is left alone keeps what is attached to it, which may still break a constraint; hence the rounds.
    """
    apart = _kept_apart(graph, cluster)
    labels_of_clusters = _labels_of_clusters(graph, cluster, len(parent))
    sureness = sureness.copy()
    parent = parent.copy()
    while True:
        root = roots(parent)
        loses = _lose_by_link(*apart, root, sureness)
        if graph.source_of_unit is not None:
            loses |= _lose_by_source(graph.source_of_unit, cluster, root, sureness)
        for labels in labels_of_clusters:
            loses |= _lose_by_label(labels, root, sureness)
        loses &= parent != np.arange(len(parent))
        if not loses.any():
            return root
        parent[loses] = np.flatnonzero(loses)
        sureness[loses] = np.inf


def _lose_by_link(
    first: NDArray[np.int64], second: NDArray[np.int64], root: NDArray[np.int64], sureness: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which clusters meet one that they must not meet, and are not surer than it."""
    meets = (root[first] == root[second]) & (first != second)
    first, second = first[meets], second[meets]
    loses = np.zeros(len(root), np.bool_)
    loses[first[sureness[first] <= sureness[second]]] = True
    loses[second[sureness[second] <= sureness[first]]] = True
    return loses


def _lose_by_source(
    source_of_unit: NDArray[np.int32],
    cluster: NDArray[np.int64],
    root: NDArray[np.int64],
    sureness: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Tell which clusters meet another one with a unit of a source of theirs, and are not surer than it."""
    n_sources = int(source_of_unit.max(initial=0)) + 1
    # A cluster that must-links have given several units of a source counts once.
    held = np.unique((cluster * n_sources + source_of_unit)[source_of_unit >= 0])
    cluster, source = held // n_sources, held % n_sources
    sure = sureness[cluster]
    _, place = np.unique(root[cluster] * n_sources + source, return_inverse=True)
    best = np.zeros(int(place.max(initial=-1)) + 1)
    np.maximum.at(best, place, sure)
    is_best = sure == best[place]
    n_best = np.bincount(place[is_best], minlength=len(best))
    loses = np.zeros(len(root), np.bool_)
    loses[cluster[~is_best | (n_best[place] > 1)]] = True
    return loses


def _lose_by_label(
    labels: NDArray[np.int32], root: NDArray[np.int64], sureness: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which clusters meet one of another label, and are not surer than it."""
    labeled = np.flatnonzero(labels >= 0)
    label, place, sure = labels[labeled], root[labeled], sureness[labeled]
    order = np.argsort(sure, kind="stable")
    surest = np.full(len(root), -1, np.int32)
    surest[place[order]] = label[order]
    is_other = label != surest[place]
    best, best_other = np.full(len(root), -1.0), np.full(len(root), -1.0)
    np.maximum.at(best, place, sure)
    np.maximum.at(best_other, place[is_other], sure[is_other])
    loses = np.zeros(len(root), np.bool_)
    loses[labeled] = np.where(is_other, best[place], best_other[place]) >= sure
    return loses
