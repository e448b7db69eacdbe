"""People who answer."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from custid.evaluation import read_truth
from custid.result import Result
from custid.review import Label, Labels, RecordName, Verdict
from custid.steering import Question, SampledPair, review_queue

__all__ = ["Person"]


class Person:
    """Answers as the truth has it."""

    def __init__(self, truth: pa.Table) -> None:
        known = read_truth(truth)
        keys, ids = known.key.to_pylist(), known.true_id.to_pylist()
        self._customer = dict(zip(keys, ids, strict=True))

    def says(self, left: RecordName, right: RecordName) -> Verdict:
        """Return what the person says of two records."""
        return Verdict.MATCH if self._customer[left[1]] == self._customer[right[1]] else Verdict.NON_MATCH

    def answers(self, asked: Iterable[Question]) -> Labels:
        """Return the answers to questions."""
        return Labels.of(
            Label(left=each.left, right=each.right, verdict=self.says(each.left, each.right)) for each in asked
        )

    def answers_sample(self, drawn: Iterable[SampledPair]) -> Labels:
        """Return the answers to a sample."""
        return Labels.of(each.answered(self.says(each.left, each.right), by="ann") for each in drawn)

    def review(self, result: Result, n: int) -> Labels:
        """Return the answers to the first questions of a run."""
        return self.answers(review_queue(result, n=n))
