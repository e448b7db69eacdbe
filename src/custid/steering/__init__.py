"""Steering: what a person says about a run and its cost, and what follows from it.

Thresholds from the cost of errors, what to ask a person next and what his answers teach, what another match model would
change, and how a population fares over time.  All of it looks at results; nothing of it is needed for one.
"""

from custid.steering.learning_state import LearningState, learning_state
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

__all__ = [
    "Interval",
    "LearningState",
    "QualityEstimate",
    "QualitySample",
    "Question",
    "ReviewQueue",
    "SampledPair",
    "estimate_quality",
    "learning_state",
    "quality_sample",
    "review_queue",
    "teach",
]
