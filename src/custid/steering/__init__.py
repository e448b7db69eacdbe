"""Steering: what a person says about a run and its cost, and what follows from it.

Thresholds from the cost of errors, what to ask a person next and what his answers teach, what another match model would
change, and how a population fares over time.  All of it looks at results; nothing of it is needed for one.
"""

from custid.steering.cases import review_cases
from custid.steering.change_example import ChangeExample, WeightChange
from custid.steering.health import health_of, largest_customers
from custid.steering.health_log import HealthLog
from custid.steering.health_report import AttributeHealth, ComparisonHealth, HealthReport, LargeCustomer
from custid.steering.learning_state import LearningState, learning_state
from custid.steering.model_change import ClassChange, FrequencyChange, LevelChange, ModelChange, compare_models
from custid.steering.partition_change import ChangeKind, IdentifierChange, PartitionChange, compare_results
from custid.steering.population_tail import SizeTail, tail_of_sizes
from custid.steering.review_queue import Question, ReviewQueue, review_queue
from custid.steering.sampled_quality import (
    Interval,
    QualityEstimate,
    QualitySample,
    SampledPair,
    estimate_quality,
    quality_sample,
)
from custid.steering.teaching import teach
from custid.steering.thresholds import ErrorCosts, Thresholds, choose_thresholds
from custid.steering.watching import Finding, Severity, WatchLimits, sentences, watch

__all__ = [
    "AttributeHealth",
    "ChangeExample",
    "ChangeKind",
    "ClassChange",
    "ComparisonHealth",
    "ErrorCosts",
    "Finding",
    "FrequencyChange",
    "HealthLog",
    "HealthReport",
    "IdentifierChange",
    "Interval",
    "LargeCustomer",
    "LearningState",
    "LevelChange",
    "ModelChange",
    "PartitionChange",
    "QualityEstimate",
    "QualitySample",
    "Question",
    "ReviewQueue",
    "SampledPair",
    "Severity",
    "SizeTail",
    "Thresholds",
    "WatchLimits",
    "WeightChange",
    "choose_thresholds",
    "compare_models",
    "compare_results",
    "estimate_quality",
    "health_of",
    "largest_customers",
    "learning_state",
    "quality_sample",
    "review_cases",
    "review_queue",
    "sentences",
    "tail_of_sizes",
    "teach",
    "watch",
]
