"""Candidate pairs."""

from custid.blocking.atoms import AtomColumn, record_atoms
from custid.blocking.candidates import BlockingRuleReport, CandidatePairs, block_candidates

__all__ = ["AtomColumn", "BlockingRuleReport", "CandidatePairs", "block_candidates", "record_atoms"]
