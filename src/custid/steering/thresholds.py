"""Thresholds from the cost of errors.

Joining is right where its expected loss is the smaller one, and a person should look where that saves more than it
costs.  All follows from what a false merge, a miss and a review cost, as long as probabilities mean what they say.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen

from custid.clustering._thresholds import threshold_bits
from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError
from custid.result.result import Result
from custid.scoring.weights import probability_of
from custid.steering._swept import HIGHEST_BITS, LOWEST_BITS, Joined, Sweep, sweep

__all__ = ["ErrorCosts", "Thresholds", "choose_thresholds"]

_MAX_RATIO = 1000.0
_LEAST_SHARE = 2.0**-20
_N_HALVINGS = 60


@frozen(kw_only=True)
class ErrorCosts:
    """What errors and reviews cost, in any one unit.

    Attributes
    ----------
    false_merge : float
        Of two customers taken for one; more than 0.
    miss : float
        Of one customer taken for two; more than 0.
    review : float or None
        Of a person's look at whether two groups of records are one customer, 0 or more.  None where the time of
        reviewers costs nothing up to a capacity, and nothing is reviewed without one.

    Raises
    ------
    ConfigurationError
        If a cost is out of range, or one error costs more than 1000 times the other: probabilities are not exact enough
        to tell such rare errors.

    Examples
    --------
    >>> ErrorCosts(false_merge=9, miss=1).match_probability
    0.9
    """

    false_merge: float
    miss: float
    review: float | None = None

    def __attrs_post_init__(self) -> None:
        problems = [
            f"costs: {name}: expected a number above 0, got {cost!r}"
            for name, cost in (("false_merge", self.false_merge), ("miss", self.miss))
            if not 0 < cost < np.inf
        ]
        if self.review is not None and not 0 <= self.review < np.inf:
            problems.append(f"costs: review: expected 0 or more, got {self.review!r}")
        if not problems and not 1 / _MAX_RATIO <= self.false_merge / self.miss <= _MAX_RATIO:
            ratio = self.false_merge / self.miss
            problems.append(f"costs: false_merge / miss: expected 0.001 to 1000, got {ratio:g}")
        if problems:
            raise ConfigurationError.collected(problems)

    @property
    def match_probability(self) -> float:
        """Probability above which joining costs less than keeping apart: ``false_merge / (false_merge + miss)``."""
        return self.false_merge / (self.false_merge + self.miss)


@frozen(kw_only=True)
class Thresholds:
    """Thresholds, and what to expect of them.

    A *merge* is one of the steps that make customers of records: a customer of n records takes n - 1.

    Attributes
    ----------
    costs : ErrorCosts
        What they were chosen for.
    match_probability : float
        Join above this; in (0, 1).
    review_probability : float
        Review what stays apart and is at least this probable; at most ``match_probability``.
    certain_probability : float
        Review what is joined and is less probable than this; at least ``match_probability``.
    expected_false_merges : float
        Merges that join two customers and that nobody reviews.
    expected_misses : float
        Merges that are left out and that nobody reviews.  What no threshold from -12 bits on finds is not counted, such
        as pairs that blocking did not propose: no threshold changes it.
    n_reviews : int
        Merges between the thresholds.
    expected_cost : float
        Of the errors that are left and of the reviews, in the unit of the costs; a person is taken to be right.
    curve : pyarrow.Table
        What to expect where other thresholds decide and nobody reviews, ascending: ``threshold_bits`` (-12 to 17) and
        ``match_probability``; ``n_customers`` and ``n_pairs`` (of rows that share a customer) that are found there;
        ``expected_precision``, ``expected_recall`` (of the pairs that the lowest threshold finds) and ``expected_f1``
        over pairs of rows; ``expected_false_merges``, ``expected_misses`` and ``expected_cost``; ``n_reviews``, the
        merges between this threshold and ``match_probability``.
    """

    costs: ErrorCosts
    match_probability: float
    review_probability: float
    certain_probability: float
    expected_false_merges: float
    expected_misses: float
    n_reviews: int
    expected_cost: float
    curve: pa.Table = field(repr=False, eq=False)

    def options(self, base: ResolveOptions | None = None) -> ResolveOptions:
        """Return the settings of a run that decides by these thresholds.

        Parameters
        ----------
        base : ResolveOptions, optional
            All other settings; the defaults when not given.

        Returns
        -------
        ResolveOptions
            With the three probabilities.
        """
        return evolve(
            base or ResolveOptions(),
            match_probability=self.match_probability,
            review_probability=self.review_probability,
            certain_probability=self.certain_probability,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data, the curve as a list of its rows."""
        told = ("match_probability", "review_probability", "certain_probability", "expected_false_merges",
                "expected_misses", "n_reviews", "expected_cost")  # fmt: skip
        costs = {"false_merge": self.costs.false_merge, "miss": self.costs.miss, "review": self.costs.review}
        return {"costs": costs} | {name: getattr(self, name) for name in told} | {"curve": self.curve.to_pylist()}

    def __str__(self) -> str:
        return (
            f"join above a probability of {self.match_probability:.4g}\n"
            f"review from {self.review_probability:.4g} to {self.certain_probability:.4g}: {self.n_reviews:,} cases\n"
            f"expected: {self.expected_false_merges:,.1f} false merges, {self.expected_misses:,.1f} misses, "
            f"cost {self.expected_cost:,.1f}"
        )


def choose_thresholds(result: Result, costs: ErrorCosts, review_capacity: int | None = None) -> Thresholds:
    """Choose the thresholds that make the expected cost of errors and reviews least.

    Parameters
    ----------
    result : Result
        A run over the records in question, at any thresholds; no truth is needed.
    costs : ErrorCosts
        What errors and reviews cost.
    review_capacity : int, optional
        How many cases a person can review, 0 or more; any number where only the cost of a review limits it.

    Returns
    -------
    Thresholds
        The probabilities to decide by, what to expect of them, and the curve.

    Raises
    ------
    ConfigurationError
        If the capacity is negative, or the run used a clusterer of the user's own.

    Notes
    -----
    Of a merge with probability p, joining loses ``(1 - p) * false_merge``, keeping apart ``p * miss`` and reviewing
    ``review``: a decision with three actions, of which the cheapest is taken [1]_ [2]_.  Where the reviews would exceed
    the capacity, their cost is raised until they do not, so that those are reviewed that save most.

    What is joined at each threshold is found by clustering the pairs of the run anew, thirty times or so, and
    what a lower threshold adds is taken to be right with the probability of that threshold.  So the numbers hold for
    customers, not for single pairs: a pair that would not be joined on its own counts as sure as what joins it.

    References
    ----------
    .. [1] Fellegi and Sunter (1969), A theory for record linkage, Journal of the American Statistical Association
       64(328), section 2: two thresholds, and a clerical review between them.
    .. [2] Chow (1970), On optimum recognition error and reject tradeoff, IEEE Transactions on Information Theory 16(1),
       section II: the rule that rejects where the least expected loss exceeds the cost of rejecting.

    Examples
    --------
    >>> import custid
    >>> from custid.testing import synthetic_customers
    >>> result = custid.dedupe(synthetic_customers(300, seed=1).records)
    >>> chosen = choose_thresholds(result, ErrorCosts(false_merge=9, miss=1), review_capacity=20)
    >>> chosen.match_probability, chosen.n_reviews <= 20
    (0.9, True)
    """
    if review_capacity is not None and review_capacity < 0:
        raise ConfigurationError(f"review_capacity: expected 0 or more, got {review_capacity}.")
    decision_bits = threshold_bits(costs.match_probability)
    swept = sweep(result.linked, decision_bits)
    low, high = _review_band(swept.merges, costs, review_capacity)
    n_reviews = max(0.0, swept.merges.above(low) - swept.merges.above(high))
    false_merges, misses = swept.merges.wrong_above(high), swept.merges.right_below(low)
    is_reviewed = low < high
    return Thresholds(
        costs=costs,
        match_probability=costs.match_probability,
        review_probability=float(probability_of(low)) if is_reviewed else costs.match_probability,
        certain_probability=float(probability_of(high)) if is_reviewed else costs.match_probability,
        expected_false_merges=false_merges,
        expected_misses=misses,
        n_reviews=int(np.ceil(n_reviews - 1e-6)),
        expected_cost=costs.false_merge * false_merges + costs.miss * misses + (costs.review or 0.0) * n_reviews,
        curve=_curve(swept, costs, decision_bits),
    )


def _review_band(merges: Joined, costs: ErrorCosts, capacity: int | None) -> tuple[float, float]:
    """Return the log-odds between which a person should look; both are those of the decision where nobody should."""
    dearest = costs.false_merge * costs.miss / (costs.false_merge + costs.miss)
    free = min(costs.false_merge, costs.miss) * _LEAST_SHARE
    no_capacity = capacity is None and costs.review is None
    price = dearest if no_capacity or capacity == 0 else max(costs.review or 0.0, free)
    if capacity is not None and _n_within(merges, _band(costs, price)) > capacity:
        # The price of the reviewers' time that uses it up: prices differ by powers of ten, hence the logarithms.
        too_low, price = np.log(price), np.log(dearest)
        for _ in range(_N_HALVINGS):
            middle = (too_low + price) / 2
            if _n_within(merges, _band(costs, float(np.exp(middle)))) > capacity:
                too_low = middle
            else:
                price = middle
        price = float(np.exp(price))
    return _band(costs, price)


def _band(costs: ErrorCosts, price: float) -> tuple[float, float]:
    """Return between which log-odds a review saves more than a price."""
    decision = threshold_bits(costs.match_probability)
    if price >= costs.false_merge * costs.miss / (costs.false_merge + costs.miss):
        return decision, decision
    low, high = np.log2(price / (costs.miss - price)), np.log2((costs.false_merge - price) / price)
    return max(float(low), LOWEST_BITS), min(float(high), HIGHEST_BITS)


def _n_within(merges: Joined, band: tuple[float, float]) -> float:
    return merges.above(band[0]) - merges.above(band[1])


def _curve(swept: Sweep, costs: ErrorCosts, decision_bits: float) -> pa.Table:
    """Return what to expect of each threshold that was tried."""
    merges, pairs, bits = swept.merges, swept.pairs, swept.bits.tolist()
    n_right = np.array([pairs.right_above(each) for each in bits])
    n_joined = pairs.n_joined
    precision = np.divide(n_right, n_joined, out=np.ones(len(bits)), where=n_joined > 0)
    recall = n_right / n_right[0] if n_right[0] > 0 else np.ones(len(bits))
    false_merges = np.array([merges.wrong_above(each) for each in bits])
    misses = np.array([merges.right_below(each) for each in bits])
    return pa.table(
        {
            "threshold_bits": swept.bits,
            "match_probability": probability_of(swept.bits),
            "n_customers": swept.n_customers,
            "n_pairs": swept.n_pairs,
            "expected_precision": precision,
            "expected_recall": recall,
            "expected_f1": np.divide(
                2 * precision * recall, precision + recall, out=np.zeros(len(bits)), where=precision + recall > 0
            ),
            "expected_false_merges": false_merges,
            "expected_misses": misses,
            "expected_cost": costs.false_merge * false_merges + costs.miss * misses,
            "n_reviews": np.rint(np.abs(merges.n_joined - merges.above(decision_bits))).astype(np.int64),
        }
    )
