"""Clusters from weighed pairs."""

from custid.clustering.attachment import AttachmentOptions, attach_fragments
from custid.clustering.contraction import ContractionOptions, contract
from custid.clustering.greedy import Clusterer, GreedyClusterer
from custid.clustering.pair_graph import PairGraph

__all__ = [
    "AttachmentOptions",
    "Clusterer",
    "ContractionOptions",
    "GreedyClusterer",
    "PairGraph",
    "attach_fragments",
    "contract",
]
