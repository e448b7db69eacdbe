"""Measures of clusterings and of candidate pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ShapeMismatchError
from custid.evaluation import (
    b_cubed_measures,
    pairs_completeness,
    pairwise_measures,
    reduction_ratio,
    variation_of_information,
)
from tests.oracles import clusters

LABELS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=25)


@given(LABELS)
def test_pairwise_equals_enumeration(labels: list[tuple[int, int]]) -> None:
    """Pairwise measures and counts are those of counting every pair."""
    predicted, true = [label for label, _ in labels], [label for _, label in labels]
    measures = pairwise_measures(np.array(predicted, dtype=np.int64), np.array(true, dtype=np.int64))
    precision, recall = clusters.pairwise(predicted, true)
    assert (measures.precision, measures.recall) == (float(precision), float(recall))
    counts = measures.n_pairs_predicted, measures.n_pairs_true, measures.n_pairs_correct
    assert counts == clusters.pair_counts(predicted, true)
    total = precision + recall
    assert measures.f1 == pytest.approx(float(2 * precision * recall / total) if total else 0.0)


@given(LABELS)
def test_b_cubed_equals_enumeration(labels: list[tuple[int, int]]) -> None:
    """B-cubed measures are the averages over records of their clusters' overlap."""
    predicted, true = [label for label, _ in labels], [label for _, label in labels]
    measures = b_cubed_measures(predicted, true)
    precision, recall = clusters.b_cubed(predicted, true)
    assert (measures.precision, measures.recall) == pytest.approx((float(precision), float(recall)))
    assert measures.f1 == pytest.approx(float(2 * precision * recall / (precision + recall)))


@given(LABELS)
def test_exchanging_the_sides_exchanges_precision_and_recall(labels: list[tuple[int, int]]) -> None:
    """Precision of one clustering against another is the recall of the other against the one."""
    predicted, true = [label for label, _ in labels], [label for _, label in labels]
    for measure in (pairwise_measures, b_cubed_measures):
        forth, back = measure(predicted, true), measure(true, predicted)
        assert (forth.precision, forth.recall) == pytest.approx((back.recall, back.precision))


@given(LABELS)
def test_variation_of_information_equals_entropies(labels: list[tuple[int, int]]) -> None:
    """The variation of information is twice the joint entropy less both entropies, and 0 for equal partitions alone."""
    predicted, true = [label for label, _ in labels], [label for _, label in labels]
    distance = variation_of_information(predicted, true)
    entropies = clusters.entropy_bits(labels), clusters.entropy_bits(predicted), clusters.entropy_bits(true)
    assert distance == pytest.approx(2 * entropies[0] - entropies[1] - entropies[2], abs=1e-9)
    is_equal = (
        clusters.pair_counts(predicted, true)[0]
        == clusters.pair_counts(predicted, true)[1]
        == (clusters.pair_counts(predicted, true)[2])
    )
    assert (distance == 0) == is_equal


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=25))
def test_variation_of_information_is_a_metric(labels: list[tuple[int, int, int]]) -> None:
    """It is the same in both directions, to the bit, and no way round is shorter: Meilă (2007), section 4."""
    one, two, three = ([each[place] for each in labels] for place in range(3))
    assert variation_of_information(one, two) == variation_of_information(two, one)
    detour = variation_of_information(one, two) + variation_of_information(two, three)
    assert variation_of_information(one, three) <= detour + 1e-9


def test_worked_example() -> None:
    """Seven records by hand: clusters abc|de|fg against the truth ab|cde|f|g."""
    predicted, true = list("1112233"), list("xxyyyzw")
    pairwise, b_cubed = pairwise_measures(predicted, true), b_cubed_measures(predicted, true)
    # Found: ab ac bc de fg; true: ab cd ce de; in common: ab de.
    assert (pairwise.n_pairs_predicted, pairwise.n_pairs_true, pairwise.n_pairs_correct) == (5, 4, 2)
    assert (pairwise.precision, pairwise.recall, pairwise.f1) == (0.4, 0.5, 4 / 9)
    # Precision by record: 2/3 2/3 1/3 1 1 1/2 1/2; recall: 1 1 1/3 2/3 2/3 1 1.
    assert b_cubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1 / 2 + 1 / 2) / 7)
    assert b_cubed.recall == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1 + 1) / 7)


def test_nothing_joined_is_precise() -> None:
    """Without a predicted pair the pairwise precision is 1.0, recall and F1 are 0.0."""
    measures = pairwise_measures([1, 2], ["a", "a"])
    assert (measures.precision, measures.recall, measures.f1) == (1.0, 0.0, 0.0)


def test_nothing_to_join_is_recalled() -> None:
    """Without a true pair the pairwise recall is 1.0, precision and F1 are 0.0."""
    measures = pairwise_measures([1, 1], ["a", "b"])
    assert (measures.precision, measures.recall, measures.f1) == (0.0, 1.0, 0.0)


def test_no_records_are_resolved_perfectly() -> None:
    """All measures of no records are 1.0."""
    for measures in (pairwise_measures([], []), b_cubed_measures([], [])):
        assert (measures.precision, measures.recall, measures.f1) == (1.0, 1.0, 1.0)


def test_counts_exceed_32_bits() -> None:
    """One customer of 100,000 records has almost five billion pairs, counted exactly."""
    labels = np.zeros(100_000, dtype=np.int32)
    assert pairwise_measures(labels, labels).n_pairs_correct == 100_000 * 99_999 // 2


def test_labels_of_different_lengths_are_refused() -> None:
    """Both arrays hold one label per record."""
    with pytest.raises(ShapeMismatchError, match="expected 2 labels as in predicted, got 1"):
        pairwise_measures([1, 2], [1])


def test_labels_of_two_dimensions_are_refused() -> None:
    """Labels are arrays of one dimension."""
    with pytest.raises(ShapeMismatchError, match="predicted: expected an array of one dimension, got 2"):
        b_cubed_measures([[1, 2]], [1, 2])


@given(LABELS, st.integers(0, 2**16))
def test_pairs_completeness_equals_enumeration(labels: list[tuple[int, int]], seed: int) -> None:
    """Pairs completeness is the share of the true pairs that are candidates."""
    true = [label for _, label in labels]
    pairs = list(combinations(range(len(true)), 2))
    chosen = [
        pair for pair, keep in zip(pairs, np.random.default_rng(seed).random(len(pairs)) < 0.5, strict=True) if keep
    ]
    belonging = {(i, j) for i, j in pairs if true[i] == true[j]}
    expected = len(belonging & set(chosen)) / len(belonging) if belonging else 1.0
    left, right = np.array(chosen, dtype=np.int64).reshape(-1, 2).T
    assert pairs_completeness(left, right, true) == expected


def test_rows_out_of_range_are_refused() -> None:
    """A candidate pair names rows of the records."""
    with pytest.raises(ShapeMismatchError, match="right_idx: expected rows below 2, got 2 to 2"):
        pairs_completeness([0], [2], ["a", "a"])


def test_sides_of_different_lengths_are_refused() -> None:
    """Each candidate pair has a left and a right row."""
    with pytest.raises(ShapeMismatchError, match="right_idx: expected 2 rows as in left_idx, got 1"):
        pairs_completeness([0, 0], [1], ["a", "a"])


def test_rows_of_two_dimensions_are_refused() -> None:
    """Rows are arrays of one dimension."""
    with pytest.raises(ShapeMismatchError, match="left_idx: expected an array of one dimension, got 2"):
        pairs_completeness([[0]], [1], ["a", "a"])


def test_reduction_ratio() -> None:
    """Three of ten possible pairs leave a reduction ratio of 0.7; without any pair it is 1.0."""
    assert (reduction_ratio(3, 5), reduction_ratio(0, 1), reduction_ratio(0, 0)) == (0.7, 1.0, 1.0)


@pytest.mark.parametrize(("n_pairs", "n_records"), [(4, 3), (-1, 3), (0, -1)])
def test_impossible_counts_are_refused(n_pairs: int, n_records: int) -> None:
    """There are not more candidate pairs than pairs, and no negative counts."""
    with pytest.raises(ShapeMismatchError, match="n_candidate_pairs: expected 0 to"):
        reduction_ratio(n_pairs, n_records)
