"""Clusters from weighed pairs."""

from custid.clustering.attachment import AttachmentOptions, attach_fragments
from custid.clustering.contraction import ContractionOptions, PairGraph, contract
from custid.clustering.greedy import Clusterer, GreedyClusterer

__all__ = [
    "AttachmentOptions",
    "Clusterer",
    "ContractionOptions",
    "GreedyClusterer",
    "PairGraph",
    "attach_fragments",
    "contract",
]
