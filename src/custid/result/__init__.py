"""What a run gives back."""

from custid.engines.pair_evidence import ExplainedComparison
from custid.result.certificate import Certificate
from custid.result.customer_explanation import Bond, CustomerExplanation, Seam, Split
from custid.result.explanation import Barrier, Between, Explanation, Reason
from custid.result.result import Decision, Result
from custid.result.run_report import RunReport, SourceReport

__all__ = [
    "Barrier",
    "Between",
    "Bond",
    "Certificate",
    "CustomerExplanation",
    "Decision",
    "ExplainedComparison",
    "Explanation",
    "Reason",
    "Result",
    "RunReport",
    "Seam",
    "SourceReport",
    "Split",
]
