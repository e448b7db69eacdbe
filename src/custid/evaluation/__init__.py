"""How well records were resolved, held against the truth."""

from custid.evaluation.against_truth import Evaluation, HasAssignments, HasCandidates, evaluate
from custid.evaluation.measures import (
    Measures,
    PairwiseMeasures,
    b_cubed_measures,
    pairs_completeness,
    pairwise_measures,
    reduction_ratio,
    variation_of_information,
)
from custid.evaluation.truth import Truth, TruthLike, read_truth

__all__ = [
    "Evaluation",
    "HasAssignments",
    "HasCandidates",
    "Measures",
    "PairwiseMeasures",
    "Truth",
    "TruthLike",
    "b_cubed_measures",
    "evaluate",
    "pairs_completeness",
    "pairwise_measures",
    "read_truth",
    "reduction_ratio",
    "variation_of_information",
]
