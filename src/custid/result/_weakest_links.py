"""Where each customer would come apart first.

Of all trees of pairs that hold a customer together, take the one of the greatest weight: its weakest pair is the
weakest link.  It is the strongest pair between the two sides that it joins, so that each group of records is tied to
the rest by a pair of at least that weight.  What a verdict or a rule joins does not come apart, whatever it weighs.
"""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable

__all__ = ["InnerLinks", "WeakestLinks", "inner_links", "tree_of", "weakest_links"]


@frozen(kw_only=True, eq=False)
class InnerLinks:
    """What holds customers together: pairs of units that were weighed, then those that verdicts and rules join.

    Attributes
    ----------
    left, right : ndarray of int32, shape (n_links,)
        Units of one customer; units whose rows are customers of their own are not among them.
    bits : ndarray of float64, shape (n_links,)
        Match weight; ``inf`` for what verdicts and rules join.
    pair : ndarray of int64, shape (n_links,)
        The candidate pair; -1 for what verdicts and rules join.
    """

    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)
    pair: NDArray[np.int64] = field(repr=False)


def inner_links(linked: LinkedTable) -> InnerLinks:
    """Return what holds the customers of a run together; a weighed pair may be joined by a verdict or rule as well."""
    left, right, is_loose = linked.candidates.left_idx, linked.candidates.right_idx, linked.is_loose
    inside = np.flatnonzero(linked.cluster[left] == linked.cluster[right])
    inside = inside[~(is_loose[left[inside]] | is_loose[right[inside]])]
    certain = np.concatenate([linked.certain.verdicts, linked.certain.joined]).astype(np.int32)
    return InnerLinks(
        left=np.append(left[inside], certain[:, 0]),
        right=np.append(right[inside], certain[:, 1]),
        bits=np.append(linked.weight_bits[inside], np.full(len(certain), np.inf)),
        pair=np.append(inside, np.full(len(certain), -1, np.int64)),
    )


@frozen(kw_only=True, eq=False)
class WeakestLinks:
    """The weakest link of each cluster.

    Attributes
    ----------
    bits : ndarray of float64, shape (n_clusters,)
        Its match weight: of a pair, or of equal rows; ``-inf`` where some units were never compared with the others,
        ``inf`` for a cluster of one row, or that verdicts and rules alone hold together.
    pair : ndarray of int64, shape (n_clusters,)
        The candidate pair; -1 where there is none, or equal rows are the weakest.
    """

    bits: NDArray[np.float64] = field(repr=False)
    pair: NDArray[np.int64] = field(repr=False)


def weakest_links(linked: LinkedTable) -> WeakestLinks:
    """Return the weakest link of each cluster.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out.

    Returns
    -------
    WeakestLinks
        By the clusters of the units.

    Notes
    -----
    Pairs of one weight are ranked by their units, so that the answer does not depend on their order.
    """
    links, cluster = inner_links(linked), linked.cluster
    n_clusters = int(cluster.max(initial=-1)) + 1
    tree = tree_of(linked.table.n_units, links.left, links.right, links.bits)
    bits, pair = np.full(n_clusters, np.inf), np.full(n_clusters, -1, np.int64)
    # From the strongest to the weakest, so that the weakest is written last.
    order = tree[np.lexsort((-links.right[tree], -links.left[tree], -links.bits[tree]))]
    bits[cluster[links.left[order]]] = links.bits[order]
    pair[cluster[links.left[order]]] = links.pair[order]
    n_units = np.bincount(cluster[~linked.is_loose], minlength=n_clusters)
    is_cut = np.bincount(cluster[links.left[tree]], minlength=n_clusters) < n_units - 1
    bits[is_cut], pair[is_cut] = -np.inf, -1
    copies = np.full(n_clusters, np.inf)
    is_sure = linked.is_loose.copy()
    is_sure[linked.certain.joined_copies] = True
    np.minimum.at(copies, cluster, np.where(is_sure, np.inf, linked.copy_bits))
    pair[copies < bits] = -1
    return WeakestLinks(bits=np.minimum(bits, copies), pair=pair)


def tree_of(
    n_units: int, left: NDArray[np.int32], right: NDArray[np.int32], weight: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the pairs of the spanning forest of greatest weight.

    Parameters
    ----------
    n_units : int
        Number of units.
    left, right : ndarray of int32, shape (n_pairs,)
        Pairs of units.
    weight : ndarray of float64, shape (n_pairs,)
        Their weights.

    Returns
    -------
    ndarray of int64, shape (n_tree,)
        Positions of pairs, ascending.

    Notes
    -----
    In each round every tree takes its strongest pair with another tree; rounds are few, as trees at least double.

    References
    ----------
    .. [1] Borůvka (1926), O jistém problému minimálním; Nešetřil, Milková and Nešetřilová (2001), Discrete Mathematics
       233(1-3), 3-36, section 4.
    """
    rank = np.empty(len(left), np.int64)
    by_rank = np.lexsort((right, left, -weight))
    rank[by_rank] = np.arange(len(left))
    tree = np.arange(n_units)
    chosen = np.zeros(len(left), np.bool_)
    live = np.arange(len(left))
    while True:
        one, other = tree[left[live]], tree[right[live]]
        is_open = one != other
        live, one, other = live[is_open], one[is_open], other[is_open]
        if not len(live):
            return np.flatnonzero(chosen)
        best = np.full(n_units, len(left))
        np.minimum.at(best, one, rank[live])
        np.minimum.at(best, other, rank[live])
        roots = np.flatnonzero(best < len(left))
        picked = by_rank[best[roots]]
        chosen[picked] = True
        ends = tree[left[picked]] + tree[right[picked]] - roots
        parent = np.arange(n_units)
        parent[roots] = ends
        # Two trees that chose the same pair would point at each other.
        is_mutual = parent[parent[roots]] == roots
        kept = roots[is_mutual & (roots < ends)]
        parent[kept] = kept
        while not np.array_equal(parent, parent[parent]):
            parent = parent[parent]
        tree = parent[tree]
