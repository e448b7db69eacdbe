"""From weighed pairs to clusters: the interface, and the built-in way."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering._places import places_where
from custid.clustering.attachment import AttachmentOptions, attach_fragments
from custid.clustering.contraction import ContractionOptions, PairGraph, contract
from custid.errors import ConfigurationError

__all__ = ["Clusterer", "GreedyClusterer", "checked_clusters"]


class Clusterer(Protocol):
    """Turns weighed pairs into clusters.

    The result must not depend on the order of units or pairs, and must keep the constraints of the graph.
    """

    def __call__(self, graph: PairGraph, /) -> NDArray[np.int64]:
        """Return the cluster of each unit, int64, shape (n_units,), in any numbering."""
        ...


@frozen(kw_only=True)
class GreedyClusterer:
    """Contract, then attach what is left over.

    Attributes
    ----------
    contraction : ContractionOptions
        Settings of the contraction.
    attachment : AttachmentOptions or None
        Settings of the attachment; None leaves it out.
    match_probability : float
        What a merge has to be more probable than, in (0, 1); see `custid.ResolveOptions`.
    n_threads : int
        Threads that look through the pairs; the result does not depend on it.
    """

    contraction: ContractionOptions = field(factory=ContractionOptions)
    attachment: AttachmentOptions | None = field(factory=AttachmentOptions)
    match_probability: float = 0.5
    n_threads: int = 1

    def __call__(self, graph: PairGraph, /) -> NDArray[np.int64]:
        """Return the cluster of each unit, int64, shape (n_units,)."""
        cluster = contract(graph, self.contraction, match_probability=self.match_probability, n_threads=self.n_threads)
        if self.attachment is None:
            return cluster
        return attach_fragments(
            graph, cluster, self.attachment, match_probability=self.match_probability, n_threads=self.n_threads
        )


def checked_clusters(graph: PairGraph, cluster: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return clusters numbered from 0, if they fit the graph.

    Parameters
    ----------
    graph : PairGraph
        Pairs and constraints.
    cluster : ndarray of int, shape (n_units,)
        Clusters in any numbering.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        The same clusters, numbered from 0 without gaps.

    Raises
    ------
    ConfigurationError
        If there is not one cluster per unit, or a cluster holds units that must stay apart.
    """
    given = np.asarray(cluster)
    if given.shape != (graph.n_units,) or not np.issubdtype(given.dtype, np.integer):
        raise ConfigurationError(
            f"clusterer: expected {graph.n_units} integers, got an array of {given.dtype} of shape {given.shape}.",
            hint="Return the cluster of each unit of the graph.",
        )
    numbered = np.unique(given, return_inverse=True)[1].astype(np.int64)
    apart = places_where(lambda piece: graph.weight_bits[piece] == -np.inf, len(graph.weight_bits))
    is_crossed = bool((numbered[graph.left_idx[apart]] == numbered[graph.right_idx[apart]]).any())
    if graph.source_of_unit is not None and not is_crossed:
        held = numbered * (int(graph.source_of_unit.max(initial=0)) + 1) + graph.source_of_unit
        is_crossed = len(np.unique(held)) < len(held)
    is_crossed |= any(_holds_two_labels(numbered, labels) for labels in graph.labels)
    if is_crossed:
        raise ConfigurationError(
            "clusterer: expected units that must stay apart in different clusters, got some in one.",
            hint="Look at weights of -inf, at source_of_unit and at the labels of the graph.",
        )
    return numbered


def _holds_two_labels(cluster: NDArray[np.int64], labels: NDArray[np.int32]) -> bool:
    has_one = labels >= 0
    highest = np.full(int(cluster.max(initial=-1)) + 1, -1, np.int32)
    np.maximum.at(highest, cluster[has_one], labels[has_one])
    return bool((highest[cluster[has_one]] != labels[has_one]).any())
