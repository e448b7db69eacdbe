"""Precision and recall from few labels."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.errors import ConfigurationError, InputError
from custid.result import Result
from custid.review import Label, Labels, Verdict
from custid.steering import estimate_quality, quality_sample
from custid.steering._sample_intervals import Interval, TotalInterval, exact_limits, ratio_limits, total_of
from custid.testing import synthetic_customers
from tests.steering.people import Person


def _customer(result: Result) -> dict[tuple[str, str], int]:
    rows = result.assignments.to_pylist()
    return {(row["source"], row["record_key"]): row["customer"] for row in rows}


def test_a_sample_is_of_distinct_pairs(result: Result) -> None:
    """Pairs are as many as asked for, each once, and say what the run decided."""
    drawn, customer = quality_sample(result, 80), _customer(result)
    assert len(drawn) == len({(pair.left, pair.right) for pair in drawn}) == 80
    assert all(pair.is_same_customer == (customer[pair.left] == customer[pair.right]) for pair in drawn)


def test_a_whole_sample_is_every_pair_inside_customers(result: Result) -> None:
    """All pairs of records of one customer can be drawn, those never compared and those of equal rows too."""
    drawn = quality_sample(result, 10**9)
    assert len(drawn) == drawn.n_pairs
    members: dict[int, list[tuple[str, str]]] = {}
    for name, customer in sorted(_customer(result).items()):
        members.setdefault(customer, []).append(name)
    inside = {pair for group in members.values() for pair in combinations(group, 2)}
    assert {(pair.left, pair.right) for pair in drawn if pair.is_same_customer} == inside


def test_a_whole_sample_gives_the_true_precision() -> None:
    """Where every pair is answered, precision is that of the evaluation and no interval is left."""
    made = synthetic_customers(300, seed=5)
    result = custid.dedupe(made.records)
    found = estimate_quality(result, Person(made.truth).answers_sample(quality_sample(result, 10**9)))
    precision = custid.evaluate(result, made.truth).pairwise.precision
    assert (found.precision.low, found.precision.value, found.precision.high) == pytest.approx([precision] * 3)
    assert found.recall.low == pytest.approx(found.recall.high)
    assert found.recall.value >= custid.evaluate(result, made.truth).pairwise.recall - 1e-12


def test_samples_depend_on_seed_and_records_alone() -> None:
    """Another seed draws others; shuffled rows draw the same."""
    records = synthetic_customers(300, seed=4).records
    shuffled = records.take(np.random.default_rng(1).permutation(len(records)))
    runs = [custid.dedupe(each, source="s") for each in (records, shuffled)]
    assert quality_sample(runs[0], 30) == quality_sample(runs[1], 30)
    assert quality_sample(runs[0], 30) != quality_sample(runs[0], 30, seed=1)


def test_intervals_hold_the_truth_of_many_samples() -> None:
    """Of 120 samples of each of four runs at most 7 % have an interval that misses the truth."""
    n_missed = dict.fromkeys(("precision", "recall", "f1"), 0)
    for population in range(1, 5):
        made = synthetic_customers(600, seed=population)
        result, person = custid.dedupe(made.records), Person(made.truth)
        every = estimate_quality(result, person.answers_sample(quality_sample(result, 10**9)))
        for seed in range(120):
            found = estimate_quality(result, person.answers_sample(quality_sample(result, 60, seed=seed)))
            for name in n_missed:
                interval, truth = getattr(found, name), getattr(every, name).value
                n_missed[name] += not interval.low - 1e-9 <= truth <= interval.high + 1e-9
    assert max(n_missed.values()) <= 4 * 8


@pytest.mark.parametrize(
    "strata",
    [
        [(4_000, 0.002), (300, 0.05), (50, 0.3)],
        [(10_000, 0.0), (200, 0.0), (30, 0.0)],
        [(2_000, 0.01), (2_000, 0.01), (2_000, 0.5)],
    ],
)
def test_totals_hold_the_truth_of_many_populations(strata: list[tuple[int, float]]) -> None:
    """Of 1000 drawn truths, each sampled once, at least 93 % lie within the limits; also where nothing is wrong."""
    rng = np.random.default_rng(3)
    n_held = 0
    for _ in range(1_000):
        wrong = [int(rng.binomial(size, share)) for size, share in strata]
        counts = [
            (int(rng.hypergeometric(size - bad, bad, 20)), 20, size)
            for (size, _), bad in zip(strata, wrong, strict=True)
        ]
        total = total_of(counts)
        truth = sum(size for size, _ in strata) - sum(wrong)
        n_held += total.low - 1e-9 <= truth <= total.high + 1e-9
    assert n_held >= 930


def test_a_stratum_without_errors_has_limits() -> None:
    """All right of twenty is all at best, and not all at worst."""
    found = exact_limits(20, 20, 5_000)
    assert (found.value, found.high) == (5_000, 5_000)
    assert 0.8 < found.low / 5_000 < 0.86


def test_nothing_drawn_is_anything() -> None:
    """A stratum without answers may hold any number."""
    assert exact_limits(0, 0, 40) == TotalInterval(value=20.0, low=0.0, high=40.0, n=40.0)


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(n, 40))))
def test_limits_are_exact(drawn: tuple[int, int, int]) -> None:
    """Limits are the outermost numbers under which the hits come up with more than 2.5 % on their side."""
    n_drawn, n_hits, n_pairs = drawn
    ways = comb(n_pairs, n_drawn)

    def chance(n_in_all: int, hits: range) -> Fraction:
        return Fraction(sum(comb(n_in_all, k) * comb(n_pairs - n_in_all, n_drawn - k) for k in hits), ways)

    possible = range(n_hits, n_pairs - (n_drawn - n_hits) + 1)
    low = min(number for number in possible if chance(number, range(n_hits, n_drawn + 1)) > Fraction(1, 40))
    high = max(number for number in possible if chance(number, range(n_hits + 1)) > Fraction(1, 40))
    found = exact_limits(n_hits, n_drawn, n_pairs)
    assert (found.low, found.high) == (low, high)


@given(*[st.tuples(st.floats(0, 50), st.floats(0, 20), st.floats(0, 20))] * 2)
def test_the_limits_of_a_ratio_are_around_it(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    """The lower limit is not above the ratio, nor the upper one below it."""
    parts = [
        TotalInterval(value=value, low=max(0.0, value - below), high=value + above, n=100.0)
        for value, below, above in (one, other)
    ]
    ratio = ratio_limits(*parts)
    assert 0 <= ratio.low <= ratio.value * (1 + 1e-6) + 1e-9
    assert ratio.high >= ratio.value * (1 - 1e-6) - 1e-9


def test_a_ratio_of_known_parts_is_known() -> None:
    """Parts without an interval give a ratio without one; nothing of anything is nothing."""
    known = TotalInterval(value=3.0, low=3.0, high=3.0, n=4.0)
    none = TotalInterval(value=0.0, low=0.0, high=0.0, n=4.0)
    assert ratio_limits(known, known) == Interval(value=1.0, low=1.0, high=1.0)
    assert ratio_limits(none, known) == Interval(value=0.0, low=0.0, high=0.0)
    assert ratio_limits(known, none).high == float("inf")
    assert TotalInterval(value=0.0, low=0.0, high=0.0, n=0.0).share() == Interval(value=1.0, low=1.0, high=1.0)


def test_an_estimate_reads_well(result: Result, person: Person) -> None:
    """It prints three lines of numbers and what they rest on; what nobody could tell does not count."""
    labels = person.answers_sample(quality_sample(result, 50))
    first = labels.given[0]
    unsure = Labels.of([Label(left=first.left, right=first.right, verdict=Verdict.UNSURE, note=first.note)])
    found = estimate_quality(result, labels + unsure)
    assert found.n_answers == 49
    assert str(found).splitlines()[0].startswith("precision ")
    assert "49 answers of" in str(found)


def test_labels_that_are_no_sample_are_refused(result: Result, person: Person) -> None:
    """Answers to the queue stand for nothing but themselves."""
    with pytest.raises(InputError, match="expected answers to a sample, got none"):
        estimate_quality(result, person.review(result, 5))


def test_the_sample_of_another_run_is_refused(result: Result, person: Person) -> None:
    """Where a pair is not on the side that was sampled, or strata differ in size, the sample is of another run."""
    labels = person.answers_sample(quality_sample(result, 50))
    first = labels.given[0]
    stratum = int(first.note.split()[2].rstrip(","))
    other_side = first.note.replace(f"stratum {stratum}", f"stratum {8 if stratum < 5 else 0}")
    moved = Label(left=first.left, right=first.right, verdict=first.verdict, note=other_side)
    with pytest.raises(InputError, match="expected answers to a sample of this run, got one to a sample of another"):
        estimate_quality(result, labels + Labels.of([moved]))
    sized = Label(left=first.left, right=first.right, verdict=first.verdict, note=first.note.replace(" of ", " of 9"))
    with pytest.raises(InputError, match="expected answers to one sample, got those of several"):
        estimate_quality(result, labels + Labels.of([sized]))


def test_settings_out_of_range_are_refused(result: Result) -> None:
    """All of them are told at once."""
    with pytest.raises(
        ConfigurationError, match=r"n: expected 1 or more, got 0(.|\n)*seed: expected 0 or more, got -1"
    ):
        quality_sample(result, 0, seed=-1)
