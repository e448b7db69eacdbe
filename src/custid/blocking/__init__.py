"""Candidate pairs."""

from custid.blocking.atoms import AtomColumn, Blocking, record_atoms, view_atoms
from custid.blocking.candidates import (
    BlockingRuleReport,
    CandidatePairs,
    CandidateStream,
    block_candidates,
    stream_candidates,
)

__all__ = [
    "AtomColumn",
    "Blocking",
    "BlockingRuleReport",
    "CandidatePairs",
    "CandidateStream",
    "block_candidates",
    "record_atoms",
    "stream_candidates",
    "view_atoms",
]
