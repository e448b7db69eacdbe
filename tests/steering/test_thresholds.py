"""Thresholds from the cost of errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.clustering import GreedyClusterer
from custid.engines.linked_table import LinkedTable
from custid.errors import ConfigurationError
from custid.result import Result
from custid.scoring.weights import probability_of
from custid.steering import ErrorCosts, Thresholds, choose_thresholds, review_cases
from custid.steering._swept import Joined
from custid.steering.thresholds import _review_band
from custid.testing import synthetic_customers

_EVEN = ErrorCosts(false_merge=1, miss=1)


@pytest.fixture(scope="module")
def made() -> Any:
    return synthetic_customers(600, seed=4, share_of_single_records=0.3)


@pytest.fixture(scope="module")
def result(made: Any) -> Result:
    return custid.dedupe(made.records)


def joined(*n_joined: float) -> Joined:
    """Return so many joined at -1, 0, 1... bits."""
    return Joined(bits=np.arange(-1.0, len(n_joined) - 1), n_joined=np.array(n_joined))


def test_what_a_lower_threshold_adds_has_its_probability() -> None:
    """Four merges spread over the bits from 0 to 1 are right in the mean of the logistic function there."""
    merges = joined(4, 4, 0)
    mean = np.log2(3) - 1  # the integral of 1 / (1 + 2^-t) from 0 to 1
    assert merges.right_above(0.0) == pytest.approx(4 * mean)
    assert merges.wrong_above(0.0) == pytest.approx(4 * (1 - mean))
    assert merges.right_below(0.0) == 0.0
    assert merges.above(0.5) == 2
    assert merges.right_below(0.5) == pytest.approx(4 * (np.log2(1 + np.sqrt(2)) - 1))


def test_what_the_highest_threshold_joins_is_as_probable_as_it() -> None:
    """Three merges that stand at 1 bit already are right two times in three."""
    assert joined(3, 3, 3).right_above(-1.0) == pytest.approx(2)


def test_numbers_never_rise_with_the_threshold() -> None:
    """What a lower threshold takes apart again counts as joined there."""
    assert joined(4, 5, 2).n_joined.tolist() == [5, 5, 2]


def test_joining_pays_above_the_share_of_its_cost() -> None:
    """The decision stands where both errors lose as much: at 0.9 where one costs nine times the other."""
    assert ErrorCosts(false_merge=9, miss=1).match_probability == 0.9
    assert ErrorCosts(false_merge=3, miss=12).match_probability == 0.2
    assert _EVEN.match_probability == 0.5


def test_a_review_pays_where_it_saves_more_than_it_costs(result: Result) -> None:
    """With 10 for a false merge, 4 for a miss and 1 for a look, people look from 1/4 to 9/10."""
    chosen = choose_thresholds(result, ErrorCosts(false_merge=10, miss=4, review=1))
    assert chosen.review_probability == pytest.approx(0.25)
    assert chosen.certain_probability == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("costs", "capacity"), [(_EVEN, None), (_EVEN, 0), (ErrorCosts(false_merge=1, miss=1, review=0.5), 50)]
)
def test_nobody_reviews_what_does_not_pay(result: Result, costs: ErrorCosts, capacity: int | None) -> None:
    """Without a capacity, with none left, or where a look costs as much as it saves, all three thresholds are one."""
    chosen = choose_thresholds(result, costs, capacity)
    assert chosen.review_probability == chosen.match_probability == chosen.certain_probability == 0.5
    assert chosen.n_reviews == 0
    assert review_cases(result, chosen).num_rows == 0


_COSTS = st.floats(0.05, 20)
_SWEPT = st.lists(st.integers(0, 50), min_size=30, max_size=30).map(
    lambda steps: Joined(bits=np.arange(-12.0, 18.0), n_joined=np.cumsum(steps[::-1])[::-1].astype(np.float64))
)


def _cost(merges: Joined, costs: ErrorCosts, capacity: int | None) -> float:
    low, high = _review_band(merges, costs, capacity)
    return (
        costs.false_merge * merges.wrong_above(high)
        + costs.miss * merges.right_below(low)
        + (costs.review or 0.0) * (merges.above(low) - merges.above(high))
    )


@given(merges=_SWEPT, false_merge=_COSTS, miss=_COSTS, review=st.none() | _COSTS, capacity=st.integers(0, 300))
def test_more_capacity_never_costs_more(
    merges: Joined, false_merge: float, miss: float, review: float | None, capacity: int
) -> None:
    """The expected cost falls or stays as reviewers are added, and no capacity is exceeded."""
    costs = ErrorCosts(false_merge=false_merge, miss=miss, review=review)
    assert _cost(merges, costs, capacity + 20) <= _cost(merges, costs, capacity) + 1e-6
    low, high = _review_band(merges, costs, capacity)
    assert low <= high
    assert merges.above(low) - merges.above(high) <= capacity + 1e-6


@given(merges=_SWEPT, false_merge=_COSTS, miss=_COSTS, bits=st.floats(-12, 17))
def test_no_other_threshold_is_expected_to_cost_less(
    merges: Joined, false_merge: float, miss: float, bits: float
) -> None:
    """Without reviews, the decision by the costs is the cheapest of all."""
    costs = ErrorCosts(false_merge=false_merge, miss=miss)
    other = false_merge * merges.wrong_above(bits) + miss * merges.right_below(bits)
    assert _cost(merges, costs, None) <= other + 1e-6


@given(merges=_SWEPT, false_merge=_COSTS, miss=_COSTS, dearer=st.floats(1, 2))
def test_dearer_false_merges_never_give_more(merges: Joined, false_merge: float, miss: float, dearer: float) -> None:
    """Raising the cost of a false merge lowers what is joined and what is joined wrongly, or leaves them."""
    cheap, dear = (ErrorCosts(false_merge=cost, miss=miss) for cost in (false_merge, dearer * false_merge))
    before, after = (_review_band(merges, costs, None)[0] for costs in (cheap, dear))
    assert merges.above(after) <= merges.above(before)
    assert merges.wrong_above(after) <= merges.wrong_above(before) + 1e-9


def test_the_default_is_that_of_equal_costs(made: Any, result: Result) -> None:
    """Thresholds for errors of one cost give the run that nothing was said to, to the bit."""
    again = custid.dedupe(made.records, options=choose_thresholds(result, _EVEN).options())
    assert again.assignments.drop_columns("decision") == result.assignments.drop_columns("decision")
    assert (again.linked.weight_bits == result.linked.weight_bits).all()


@pytest.mark.parametrize(("false_merge", "miss"), [(10, 1), (1, 10), (100, 1)])
def test_a_run_with_the_options_is_the_row_of_the_curve(
    made: Any, result: Result, false_merge: float, miss: float
) -> None:
    """What the curve tells of the threshold chosen is what a run with its options finds."""
    chosen = choose_thresholds(result, ErrorCosts(false_merge=false_merge, miss=miss))
    (row,) = (
        row
        for row in chosen.curve.to_pylist()
        if row["match_probability"] == pytest.approx(chosen.match_probability, rel=1e-9)
    )
    again = custid.dedupe(made.records, options=chosen.options())
    assert again.n_customers == row["n_customers"]
    n_rows = np.bincount(again.assignments["customer"])
    assert int((n_rows * (n_rows - 1) // 2).sum()) == row["n_pairs"]
    assert chosen.expected_cost == pytest.approx(row["expected_cost"])
    assert row["n_reviews"] == 0


def test_dearer_false_merges_make_more_customers(result: Result) -> None:
    """Each step of the curve towards certainty has as many customers or more, and the run itself is its middle."""
    curve = choose_thresholds(result, _EVEN).curve
    upper = curve.filter(np.asarray(curve["threshold_bits"]) >= 0)["n_customers"].to_pylist()
    assert upper == sorted(upper)
    assert upper[0] == result.n_customers


def test_expected_errors_come_near_the_true_ones(made: Any, result: Result) -> None:
    """Precision and recall to expect are within three hundredths of those that the truth tells."""
    found = custid.evaluate(result, made.truth).pairwise
    curve = choose_thresholds(result, _EVEN).curve.to_pylist()
    (row,) = (row for row in curve if row["threshold_bits"] == 0)
    assert row["expected_precision"] == pytest.approx(found.precision, abs=0.03)
    assert row["expected_recall"] == pytest.approx(found.recall, abs=0.03)


def test_cases_fill_the_capacity_and_no_more(result: Result) -> None:
    """The cases are different merges, those first that matter most, and as many as were counted or a few less."""
    chosen = choose_thresholds(result, ErrorCosts(false_merge=10, miss=1), 30)
    cases = review_cases(result, chosen)
    assert chosen.n_reviews - 8 <= cases.num_rows <= chosen.n_reviews == 30
    losses = cases["expected_loss"].to_pylist()
    assert losses == sorted(losses, reverse=True)
    keys = list(zip(cases["left_record_key"].to_pylist(), cases["right_record_key"].to_pylist(), strict=True))
    assert len(set(keys)) == len(keys)
    for row in cases.to_pylist():
        assert chosen.review_probability <= row["merge_probability"] <= chosen.certain_probability


def test_the_order_of_rows_does_not_matter(made: Any, result: Result) -> None:
    """Thresholds, curve and cases of the rows backwards are the same."""
    backwards = custid.dedupe(made.records.take(np.arange(made.records.num_rows)[::-1]))
    costs = ErrorCosts(false_merge=10, miss=1)
    chosen, again = (choose_thresholds(each, costs, 30) for each in (result, backwards))
    assert chosen.to_dict() == again.to_dict()
    told = ["match_weight", "merge_probability", "expected_loss", "same_customer"]
    assert review_cases(result, chosen).select(told) == review_cases(backwards, again).select(told)


def test_cases_of_one_content(result: Result) -> None:
    """Rows of one content that may be two customers are a case like others."""
    linked = result.linked
    copied = np.flatnonzero(linked.table.n_copies > 1)
    doubtful = evolve(
        linked, copy_bits=np.where(linked.table.n_copies > 1, 0.5, np.inf), clusterer=GreedyClusterer(attachment=None)
    )
    chosen = choose_thresholds(_with(result, doubtful), _EVEN, 10_000)
    cases = review_cases(_with(result, doubtful), chosen)
    assert len(copied) > 0
    assert 0.5 in cases["match_weight"].to_pylist()


def _with(result: Result, linked: LinkedTable) -> Result:
    return evolve(result, linked=linked)


def test_no_records_have_no_errors() -> None:
    """A run over two strangers expects nothing to be joined wrongly."""
    result = custid.dedupe([{"email": "ann@one.example"}, {"email": "bob@two.example"}])
    chosen = choose_thresholds(result, _EVEN, 5)
    assert isinstance(chosen, Thresholds)
    assert (chosen.expected_false_merges, chosen.expected_misses, chosen.n_reviews) == (0.0, 0.0, 0)
    assert review_cases(result, chosen).num_rows == 0


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ({"false_merge": 0, "miss": 1}, "false_merge: expected a number above 0, got 0"),
        ({"false_merge": 1, "miss": float("inf")}, "miss: expected a number above 0, got inf"),
        ({"false_merge": 1, "miss": 1, "review": -1}, "review: expected 0 or more, got -1"),
        ({"false_merge": 5000, "miss": 1}, "expected 0.001 to 1000, got 5000"),
    ],
)
def test_costs_out_of_range(costs: dict[str, float], message: str) -> None:
    """The message names the cost."""
    with pytest.raises(ConfigurationError, match=message):
        ErrorCosts(**costs)


def test_capacity_is_not_negative(result: Result) -> None:
    """There are no fewer than no reviewers."""
    with pytest.raises(ConfigurationError, match="review_capacity: expected 0 or more, got -1"):
        choose_thresholds(result, _EVEN, -1)


def test_a_clusterer_of_the_users_own_has_no_threshold(made: Any) -> None:
    """It is refused by its name."""
    alone = custid.dedupe(made.records, clusterer=lambda graph: np.arange(graph.n_units))
    with pytest.raises(ConfigurationError, match="clusterer: expected the built-in one, got function"):
        choose_thresholds(alone, _EVEN)


def test_thresholds_as_text_and_data(result: Result) -> None:
    """The text tells thresholds, errors and cost; the data has the curve, too."""
    chosen = choose_thresholds(result, ErrorCosts(false_merge=9, miss=1), 10)
    assert str(chosen).startswith("join above a probability of 0.9\nreview from ")
    told = chosen.to_dict()
    assert told["costs"] == {"false_merge": 9, "miss": 1, "review": None}
    assert told["n_reviews"] == 10
    assert len(told["curve"]) == chosen.curve.num_rows
    assert probability_of(0.0) == 0.5
