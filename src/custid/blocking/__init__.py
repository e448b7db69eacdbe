"""Candidate pairs."""

from custid.blocking.atoms import AtomColumn, Blocking, record_atoms, view_atoms
from custid.blocking.candidates import BlockingRuleReport, CandidatePairs, block_candidates

__all__ = [
    "AtomColumn",
    "Blocking",
    "BlockingRuleReport",
    "CandidatePairs",
    "block_candidates",
    "record_atoms",
    "view_atoms",
]
