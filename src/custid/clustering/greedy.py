"""From weighed pairs to clusters: the interface, and the built-in way."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.attachment import AttachmentOptions, attach_fragments
from custid.clustering.contraction import ContractionOptions, contract
from custid.clustering.pair_graph import PairGraph
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
        If there is not one cluster per unit, a cluster holds units that must stay apart, or units that must be together
        are in several.
    """
    given = np.asarray(cluster)
    if given.shape != (graph.n_units,) or not np.issubdtype(given.dtype, np.integer):
        raise ConfigurationError(
            f"clusterer: expected {graph.n_units} integers, got an array of {given.dtype} of shape {given.shape}.",
            hint="Return the cluster of each unit of the graph.",
        )
    numbered = np.unique(given, return_inverse=True)[1].astype(np.int64)
    if (numbered[graph.must_links[:, 0]] != numbered[graph.must_links[:, 1]]).any():
        raise ConfigurationError(
            "clusterer: expected units that must be together in one cluster, got some in several.",
            hint="Begin with graph.group, which joins what the must-links of the graph do.",
        )
    apart = graph.apart()
    is_crossed = bool((numbered[apart[:, 0]] == numbered[apart[:, 1]]).any())
    if graph.source_of_unit is not None and not is_crossed:
        is_crossed = _holds_a_source_twice(graph, numbered, graph.source_of_unit)
    is_crossed |= any(_holds_two_labels(numbered, labels) for labels in graph.labels)
    if is_crossed:
        raise ConfigurationError(
            "clusterer: expected units that must stay apart in different clusters, got some in one.",
            hint="Look at weights of -inf, cannot_links, source_of_unit and labels of the graph.",
        )
    return numbered


def _holds_a_source_twice(graph: PairGraph, cluster: NDArray[np.int64], source_of_unit: NDArray[np.int32]) -> bool:
    """Tell whether a cluster holds two units of a source that no must-links join."""
    is_limited = source_of_unit >= 0
    held = (cluster * (int(source_of_unit.max(initial=0)) + 1) + source_of_unit)[is_limited]
    _, place = np.unique(held, return_inverse=True)
    return int(place.max(initial=-1)) + 1 < len(np.unique(place * graph.n_units + graph.group[is_limited]))


def _holds_two_labels(cluster: NDArray[np.int64], labels: NDArray[np.int32]) -> bool:
    has_one = labels >= 0
    highest = np.full(int(cluster.max(initial=-1)) + 1, -1, np.int32)
    np.maximum.at(highest, cluster[has_one], labels[has_one])
    return bool((highest[cluster[has_one]] != labels[has_one]).any())
