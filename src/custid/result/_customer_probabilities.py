"""How sure a run is of each customer, and which records alone hold it together."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from custid.clustering._thresholds import threshold_bits
from custid.clustering.attachment import AttachmentOptions
from custid.clustering.pair_graph import components
from custid.engines.linked_table import LinkedTable
from custid.result._decisions import belonging_odds
from custid.result._weakest_links import inner_links, tree_of
from custid.scoring.weights import odds_of

__all__ = ["critical_units", "customer_probabilities"]

_LEAST_ODDS = 2.0**-60


def customer_probabilities(linked: LinkedTable, customer: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the probability that all rows of each customer are one party.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row, numbered from 0.

    Returns
    -------
    ndarray of float64, shape (n_customers,)
        NaN for a customer of one row; 0 where some rows were never compared with the others.

    Notes
    -----
    The customer is held against what else its rows may be: each row against all others, and the two groups that the
    weakest link joins.  With the odds of being one against each of these divisions d, Bayes' rule over these
    hypotheses, which exclude one another, gives P = 1 / (1 + sum over d of 1 / odds(d)).  The odds of a row are those
    of belonging; those of two groups are what attachment takes: the mean, over the units of the smaller group, of
    the log-odds of each with all units of the other group (of groups of one size the lower mean), for records of one
    customer are copies of the same facts.  What a verdict or a rule joins counts as certain.  Divisions
    into three parts or more have far smaller odds than these.
    """
    table, cluster = linked.table, linked.cluster
    n_rows = np.bincount(customer)
    customer_of_unit = customer[table.first_row]
    # Unit by unit, whose order no order of rows can sway.
    each_row = table.n_copies / np.maximum(belonging_odds(linked), _LEAST_ODDS)
    against = np.bincount(customer_of_unit, each_row, len(n_rows)).astype(np.float64)
    # Of two rows, each against the other is one division.
    against[n_rows == 2] /= 2.0
    seams = _seams(linked)
    against[customer_of_unit[seams.unit]] += 1.0 / seams.odds
    probability = 1.0 / (1.0 + against)
    is_cut = (seams.n_parts > 1)[cluster] & ~linked.is_loose
    probability[customer[is_cut[table.unit_of_row]]] = 0.0
    probability[n_rows < 2] = np.nan
    return probability


class _Seams(NamedTuple):
    """Where clusters would come apart first.

    ``unit`` is a unit of each cluster whose weakest link joins groups of two rows or more each, ``odds`` are those of
    the two groups, and ``n_parts`` tells for all clusters how many parts no pair joins.
    """

    unit: NDArray[np.int32]
    odds: NDArray[np.float64]
    n_parts: NDArray[np.int64]


def _seams(linked: LinkedTable) -> _Seams:
    table, cluster, is_loose = linked.table, linked.cluster, linked.is_loose
    links = inner_links(linked)
    left, right, weight = links.left, links.right, links.bits
    tree = tree_of(table.n_units, left, right, weight)
    n_clusters = int(cluster.max(initial=-1)) + 1
    n_joined = np.bincount(cluster[~is_loose], minlength=n_clusters)
    n_parts = n_joined - np.bincount(cluster[left[tree]], minlength=n_clusters)
    weakest = _weakest(tree, cluster[left], left, right, weight)
    kept = tree[~np.isin(tree, weakest)]
    side = components(table.n_units, left[kept], right[kept])
    size, n_rows = (np.bincount(side, weights, table.n_units) for weights in (None, table.n_copies))
    is_wide = (n_rows[side[left[weakest]]] > 1) & (n_rows[side[right[weakest]]] > 1)
    weakest = weakest[is_wide]
    one, other = side[left[weakest]], side[right[weakest]]
    is_across = side[left] != side[right]
    total = np.zeros(table.n_units)
    for ends in (left, right):
        total += np.bincount(ends[is_across], odds_of(weight[is_across]), table.n_units)
    bits = np.where(total > 0, np.log2(np.where(total > 0, total, 1.0)), AttachmentOptions().unscored_bits)
    mean = np.bincount(side, bits, table.n_units) / np.maximum(size, 1)
    of_smaller = np.where(size[one] < size[other], mean[one], mean[other])
    chosen = np.where(size[one] == size[other], np.minimum(mean[one], mean[other]), of_smaller)
    return _Seams(unit=left[weakest], odds=odds_of(chosen), n_parts=n_parts)


def _weakest(
    tree: NDArray[np.int64],
    cluster: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    weight: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the weakest pair of each tree; of equals the one with the lowest units."""
    order = tree[np.lexsort((right[tree], left[tree], weight[tree], cluster[tree]))]
    return order[np.flatnonzero(np.diff(cluster[order], prepend=-1))]


def critical_units(linked: LinkedTable) -> NDArray[np.bool_]:
    """Tell which units are records without which their customer would be several.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.

    Returns
    -------
    ndarray of bool, shape (n_units,)
        True for a unit of one row whose removal leaves the others of its cluster in more parts than before, as far as
        verdicts, rules and pairs that would do alone join them.

    Notes
    -----
    A graph in which every node has half of the others or more as neighbors stays connected without any one of them,
    as a circle runs through all (Dirac 1952, Proceedings of the London Mathematical Society s3-2(1), 69-81, theorem
    3); so most clusters need no search.
    """
    links, cluster = inner_links(linked), linked.cluster
    speaks_for = links.bits > threshold_bits(linked.match_probability)
    one, other = links.left[speaks_for].astype(np.int64), links.right[speaks_for].astype(np.int64)
    # Each pair once: what a verdict joins may have been weighed as well.
    n_units = linked.table.n_units
    left, right = np.divmod(np.unique(np.minimum(one, other) * n_units + np.maximum(one, other)), n_units)
    degree = np.bincount(left, minlength=n_units) + np.bincount(right, minlength=n_units)
    n_units_of = np.bincount(cluster)
    lowest = np.full(len(n_units_of), np.iinfo(np.int64).max)
    np.minimum.at(lowest, cluster, degree)
    is_open = (n_units_of > 2) & (2 * lowest < n_units_of)
    pairs = np.flatnonzero(is_open[cluster[left]])
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(zip(left[pairs].tolist(), right[pairs].tolist(), strict=True))
    found = np.zeros(linked.table.n_units, np.bool_)
    found[list(nx.articulation_points(graph))] = True
    return np.asarray(found & (linked.table.n_copies == 1), np.bool_)
