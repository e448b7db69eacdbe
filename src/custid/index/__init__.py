"""Candidates while somebody waits: an index that units come to and leave."""

from custid.index.atoms import AtomKind, UnitAtoms
from custid.index.candidate_index import CandidateIndex, PairChanges

__all__ = ["AtomKind", "CandidateIndex", "PairChanges", "UnitAtoms"]
