"""Counting pairs of rows by pairs of units."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.result.candidate_counts import count_row_pairs
from custid.testing import synthetic_customers

rows = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=12)
unit_pairs = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] < pair[1]))


@given(rows, unit_pairs)
def test_counts_are_those_of_a_walk_over_all_pairs(held: list[tuple[int, int]], pairs: set[tuple[int, int]]) -> None:
    """Counts equal those found pair of rows by pair of rows."""
    units = np.array([unit for unit, _ in held] or [0], np.int64)
    labels = np.array([label for _, label in held] or [0], np.int64)
    kept = sorted(pair for pair in pairs if pair[1] <= int(units.max()))
    left, right = (np.array([pair[side] for pair in kept], np.int32) for side in (0, 1))
    compared = [
        (first, second)
        for first, second in combinations(range(len(units)), 2)
        if units[first] == units[second] or (min(units[first], units[second]), max(units[first], units[second])) in kept
    ]
    n_equal = sum(int(labels[first] == labels[second]) for first, second in compared)
    assert count_row_pairs(units, left, right, labels) == (len(compared), n_equal)


def test_evaluation_of_a_result_tells_what_blocking_found() -> None:
    """A result is evaluated with the share of true pairs that were compared, and of pairs that were spared."""
    made = synthetic_customers(600, seed=4)
    found = custid.evaluate(custid.dedupe(made.records), made.truth)
    assert found.pairs_completeness is not None
    assert found.reduction_ratio is not None
    assert 0.9 < found.pairs_completeness <= 1.0
    assert found.pairwise.recall <= 1.0
    assert 0.8 < found.reduction_ratio < 1.0
