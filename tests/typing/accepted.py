"""Own parts as a user writes them, which mypy must accept: nothing is inherited."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

import custid
from custid.comparison.value_comparison import FunctionLevels, ValueComparison
from custid.table.record_table import RecordTable
from custid.typing import (
    BindingContext,
    BoundComparison,
    Compared,
    Comparison,
    ComparisonOutput,
    Standardized,
    Standardizer,
    ValueLevels,
)

__all__ = ["ROWS", "SameLength", "progress", "resolve", "trimmed"]

ROWS = [
    {"name": "Zoe Roy", "email": "zoe@courriel.example", "card": "71"},
    {"name": "Zoé Roy", "email": "zoe@courriel.example", "card": "0071"},
    {"name": "Ali Benali", "email": "ali@courriel.example", "card": "7200"},
]


def trimmed(raw: str, /) -> Standardized:
    """Standardize a card number."""
    return Standardized(raw.strip().lstrip("0"))


class Recoded:
    """A standardizer may be an object."""

    def __call__(self, raw: str, /) -> Standardized:
        return Standardized(raw.lower(), "" if raw else "empty")


@frozen
class SameLength:
    """A comparison with a column of its own: are two values equal, of one length, or neither?"""

    attribute: str

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One column."""
        levels = ("else", "same length", "exact")
        return (ComparisonOutput(name="length", attribute=self.attribute, levels=levels, has_rarity=False),)

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:  # noqa: ARG002 - the protocol's
        """Prepare for a table."""
        column = table.columns[self.attribute]
        lengths = np.array([*map(len, column.vocabulary), -1])

        def compare(left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
            left, right = column.codes[left_idx, 0], column.codes[right_idx, 0]
            levels = (lengths[left] == lengths[right]).astype(np.int8) + (left == right)
            levels[(left < 0) | (right < 0)] = -1
            return (Compared(levels=levels.astype(np.int8), rarity_bits=np.zeros(len(left), np.float32)),)

        return compare


def progress(step: str, done: float) -> None:
    """Take notice of the progress."""
    assert step
    assert 0.0 <= done <= 1.0


def resolve() -> custid.Result:
    """Run with own parts in every place."""
    levels: ValueLevels = FunctionLevels(("else", "same start", "exact"), lambda left, right: int(left[0] == right[0]))
    comparisons: list[Comparison] = [ValueComparison(attribute="email", levels=levels), SameLength("loyalty_card")]
    standardizers: dict[str, Standardizer] = {"loyalty_card": trimmed, "email": Recoded()}
    options = custid.ResolveOptions(n_threads=1, review_probability=0.8)
    result = custid.dedupe(
        ROWS, comparisons=comparisons, standardizers=standardizers, options=options, progress=progress
    )
    model: custid.TrainedMatchModel = custid.train(ROWS, comparisons=comparisons, standardizers=standardizers)
    again = custid.dedupe(pa.Table.from_pylist(ROWS), model=model, comparisons=comparisons, standardizers=standardizers)
    assert again.assignments.num_rows == result.assignments.num_rows
    linked = custid.link({"a": ROWS, "b": ROWS}, duplicate_free=True, schema={"a": custid.Schema(record_key=None)})
    explanation: custid.Explanation = linked.explain(("a", "1"), ("b", 1))
    decision = custid.Decision(result.assignments["decision"][0].as_py())
    assert decision in set(custid.Decision)
    assert explanation.comparisons
    report: custid.RunReport = result.report
    assert report.n_records == len(ROWS)
    return result
