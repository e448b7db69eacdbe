"""What a run gives back."""

from custid.result.explanation import ExplainedComparison, Explanation
from custid.result.result import Decision, Result
from custid.result.run_report import RunReport, SourceReport

__all__ = ["Decision", "ExplainedComparison", "Explanation", "Result", "RunReport", "SourceReport"]
