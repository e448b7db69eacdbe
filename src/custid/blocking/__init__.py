"""Candidate pairs."""

from custid.blocking.atoms import AtomColumn, Blocking, HashedAtoms, hashed_atoms, record_atoms, view_atoms
from custid.blocking.candidates import (
    BlockingRuleReport,
    CandidatePairs,
    CandidateStream,
    block_candidates,
    stream_candidates,
)
from custid.blocking.plan import BlockingPlan, RulePlan, plan_candidates

__all__ = [
    "AtomColumn",
    "Blocking",
    "BlockingPlan",
    "BlockingRuleReport",
    "CandidatePairs",
    "CandidateStream",
    "HashedAtoms",
    "RulePlan",
    "block_candidates",
    "hashed_atoms",
    "plan_candidates",
    "record_atoms",
    "stream_candidates",
    "view_atoms",
]
