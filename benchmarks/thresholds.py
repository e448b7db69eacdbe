"""Thresholds from costs held against the truth: ``nox -s accuracy`` tells where the data is looked for.

For each data set: precision and recall of pairs as expected without the truth, and as they are, at some thresholds;
then for some costs the true cost at the threshold chosen, at the default, and at the best threshold in hindsight.  A
customer found that holds records of k true ones counts k - 1 false merges, a true one in k pieces k - 1 misses.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import custid
from benchmarks.accuracy import _DATA_SETS
from custid.evaluation import pairwise_measures
from custid.evaluation.truth import read_truth
from custid.steering import ErrorCosts, choose_thresholds, review_cases
from custid.steering._swept import rows_clustered_at

_NAMES = ("fake_1000", "dedupe_sites", "synth_10k", "historical_50k")
_SHOWN_BITS = (-3.0, 0.0, 3.0, 6.0)
_RATIOS = ((1, 1), (10, 1), (1, 10), (100, 1))
_N_REVIEWS = 200


class _True(NamedTuple):
    """What is true of the customers found at a threshold."""

    precision: float
    recall: float
    n_false_merges: int
    n_misses: int

    def cost(self, costs: ErrorCosts) -> float:
        return costs.false_merge * self.n_false_merges + costs.miss * self.n_misses


def main() -> int:
    """Print the tables."""
    there = [each for each in _DATA_SETS if each.name in _NAMES and each.is_there]
    for data_set in there:
        result = data_set.resolve(data_set.folder / "records.csv")
        truth = read_truth(data_set.folder / "truth.csv")
        true_id = dict(zip(truth.key.to_pylist(), truth.true_id.to_pylist(), strict=True))
        keys = result.assignments["record_key"].to_pylist()
        label = np.unique([true_id[key] for key in keys], return_inverse=True)[1].astype(np.int64)
        _print_curve(data_set.name, result, label)
        _print_costs(result, label, true_id)
    return 0


def _true_at(result: custid.Result, label: NDArray[np.int64], bits: float) -> _True:
    customer = rows_clustered_at(result.linked, bits)
    measures = pairwise_measures(customer, label)
    n_cells = len(np.unique(np.stack([customer, label]), axis=1).T)
    n_found, n_true = len(np.unique(customer)), len(np.unique(label))
    return _True(measures.precision, measures.recall, n_cells - n_found, n_cells - n_true)


def _print_curve(name: str, result: custid.Result, label: NDArray[np.int64]) -> None:
    print(f"\n{name}\n  bits  precision expected, true   recall expected, true")
    for row in choose_thresholds(result, ErrorCosts(false_merge=1, miss=1)).curve.to_pylist():
        if row["threshold_bits"] in _SHOWN_BITS:
            found = _true_at(result, label, row["threshold_bits"])
            print(
                f"{row['threshold_bits']:6.0f}  {row['expected_precision']:18.3f} {found.precision:5.3f}"
                f"   {row['expected_recall']:15.3f} {found.recall:5.3f}"
            )


def _print_costs(result: custid.Result, label: NDArray[np.int64], true_id: dict[str, str]) -> None:
    at = {bits: _true_at(result, label, bits) for bits in np.arange(-12.0, 18.0).tolist()}
    print("  costs   chosen   default   best (at bits)   cases: right in the first to review, as told")
    for false_merge, miss in _RATIOS:
        costs = ErrorCosts(false_merge=false_merge, miss=miss)
        best = min(at, key=lambda bits, costs=costs: at[bits].cost(costs))  # type: ignore[misc]
        chosen = _true_at(result, label, float(np.log2(false_merge / miss)))
        cases = review_cases(result, choose_thresholds(result, costs, _N_REVIEWS))
        pairs = zip(cases["left_record_key"].to_pylist(), cases["right_record_key"].to_pylist(), strict=True)
        right = np.mean([true_id[left] == true_id[right] for left, right in pairs])
        told = np.mean(cases["merge_probability"].to_numpy())
        print(
            f"{false_merge:>4}:{miss:<4}{chosen.cost(costs):8,.0f}{at[0.0].cost(costs):10,.0f}"
            f"{at[best].cost(costs):8,.0f} ({best:.0f}){cases.num_rows:16}{right:8.2f}{told:6.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
