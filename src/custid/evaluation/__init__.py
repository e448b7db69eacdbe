"""How well records were resolved, held against the truth."""

from custid.evaluation.against_truth import Evaluation, HasAssignments, HasCandidates, evaluate
from custid.evaluation.change_kinds import ChangeKind, change_of_records
from custid.evaluation.measures import (
    Measures,
    PairwiseMeasures,
    b_cubed_measures,
    pairs_completeness,
    pairwise_measures,
    reduction_ratio,
    variation_of_information,
)
from custid.evaluation.probabilities import (
    Calibration,
    HasProbabilities,
    Reliability,
    ReliabilityBin,
    evaluate_probabilities,
    reliability,
)
from custid.evaluation.stability import Stability, StabilityStep, evaluate_stability
from custid.evaluation.truth import Truth, TruthLike, read_truth

__all__ = [
    "Calibration",
    "ChangeKind",
    "Evaluation",
    "HasAssignments",
    "HasCandidates",
    "HasProbabilities",
    "Measures",
    "PairwiseMeasures",
    "Reliability",
    "ReliabilityBin",
    "Stability",
    "StabilityStep",
    "Truth",
    "TruthLike",
    "b_cubed_measures",
    "change_of_records",
    "evaluate",
    "evaluate_probabilities",
    "evaluate_stability",
    "pairs_completeness",
    "pairwise_measures",
    "read_truth",
    "reduction_ratio",
    "reliability",
    "variation_of_information",
]
