"""Clusters from weighed pairs."""

from custid.clustering.attachment import AttachmentOptions, attach_fragments
from custid.clustering.contraction import ContractionOptions, PairGraph, contract

__all__ = ["AttachmentOptions", "ContractionOptions", "PairGraph", "attach_fragments", "contract"]
