"""Steering: what a person says about a run and its cost, and what follows from it.

Thresholds from the cost of errors, what to ask a person next and what his answers teach, what another match model would
change, and how a population fares over time.  All of it looks at results; nothing of it is needed for one.
"""

from custid.steering.cases import review_cases
from custid.steering.thresholds import ErrorCosts, Thresholds, choose_thresholds

__all__ = ["ErrorCosts", "Thresholds", "choose_thresholds", "review_cases"]
