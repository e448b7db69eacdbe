"""Alignment of sets of words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.comparison.alignment import Alignment, align_words
from custid.comparison.word_similarity import WordSimilarity

WORDS = ["abc", "abd", "abe", "dba", "marie", "mari", "martin", "marten", "x", "12"]
WEIGHTS = np.array([1, 2, 3, 4, 0.5, 0.25, 1, 1, 0.3, 8], np.float32)
COMPILED = [False, True]


def sets_of(*sets: set[int]) -> NDArray[np.int32]:
    """Return sets of word codes as an array."""
    width = max(1, *map(len, sets))
    return np.array([sorted(codes) + [-1] * (width - len(codes)) for codes in sets], np.int32)


def align(left: set[int], right: set[int], *, is_compiled: bool) -> Alignment:
    """Align one pair of sets."""
    return align_words(sets_of(left), sets_of(right), WordSimilarity(WORDS, is_compiled=is_compiled), WEIGHTS)


def naive(left: set[int], right: set[int]) -> tuple[float, float, float, int]:
    """Align word by word as the documentation puts it."""
    similarity = WordSimilarity(WORDS, is_compiled=False)
    smaller, larger = sorted((left, right), key=lambda codes: (len(codes), sorted(codes)))
    free_smaller, free_larger = set(smaller), set(larger)
    chosen = []
    while free_smaller and free_larger:
        cells = [
            (-float(similarity(np.array([a], np.int32), np.array([b], np.int32))[0]), a, b)
            for a in free_smaller
            for b in free_larger
        ]
        value, first, second = min(cells)
        chosen.append((-value, float(min(WEIGHTS[first], WEIGHTS[second])), first == second))
        free_smaller.remove(first)
        free_larger.remove(second)
    if not chosen:
        return 0.0, 0.0, 0.0, 0
    total = sum(weight for _, weight, _ in chosen)
    return (
        min(value for value, _, _ in chosen),
        sum(value * weight for value, weight, _ in chosen) / total,
        sum(weight for _, weight, is_equal in chosen if is_equal),
        sum(is_equal for _, _, is_equal in chosen),
    )


code_sets = st.sets(st.integers(0, len(WORDS) - 1), max_size=5)


@pytest.mark.parametrize("is_compiled", COMPILED)
@given(sets=st.lists(st.tuples(code_sets, code_sets), min_size=1, max_size=8))
def test_rule(is_compiled: bool, sets: list[tuple[set[int], set[int]]]) -> None:  # noqa: FBT001 # parametrized
    """Alignments follow the documented rule, whatever other pairs are aligned in the same call."""
    left, right = (sets_of(*side) for side in zip(*sets, strict=True))
    aligned = align_words(left, right, WordSimilarity(WORDS, is_compiled=is_compiled), WEIGHTS)
    for row, (first, second) in enumerate(sets):
        lowest, mean, shared, n_exact = naive(first, second)
        assert aligned.lowest[row] == pytest.approx(lowest, abs=1e-6)
        assert aligned.mean[row] == pytest.approx(mean, abs=1e-6)
        assert aligned.shared_weight[row] == pytest.approx(shared, abs=1e-6)
        assert (aligned.n_exact[row], aligned.n_left[row], aligned.n_right[row]) == (n_exact, len(first), len(second))
        assert aligned.n_aligned[row] == min(len(first), len(second))


@given(code_sets, code_sets)
def test_executors_and_sides_agree(left: set[int], right: set[int]) -> None:
    """Both executors give the same to the last bit, whichever set comes first."""
    results = {
        (*aligned.lowest.tolist(), *aligned.mean.tolist(), *aligned.shared_weight.tolist(), *aligned.n_exact.tolist())
        for is_compiled in COMPILED
        for aligned in (align(left, right, is_compiled=is_compiled), align(right, left, is_compiled=is_compiled))
    }
    assert len(results) == 1


@pytest.mark.parametrize("is_compiled", COMPILED)
def test_ties(is_compiled: bool) -> None:  # noqa: FBT001 # parametrized
    """Of equal similarities the smaller word of the first set is taken, so that a second choice may be worse."""
    aligned = align({0, 3}, {1, 2}, is_compiled=is_compiled)
    assert aligned.lowest.tolist() == align({1, 2}, {0, 3}, is_compiled=is_compiled).lowest.tolist()
    assert aligned.n_exact.tolist() == [0]


@pytest.mark.parametrize("is_compiled", COMPILED)
def test_empty_sets(is_compiled: bool) -> None:  # noqa: FBT001 # parametrized
    """An empty set aligns with nothing; no pairs give empty columns."""
    aligned = align(set(), {0, 1}, is_compiled=is_compiled)
    assert (aligned.lowest.tolist(), aligned.mean.tolist(), aligned.n_aligned.tolist()) == ([0.0], [0.0], [0])
    nothing = np.zeros((0, 2), np.int32)
    assert align_words(nothing, nothing, WordSimilarity(WORDS, is_compiled=is_compiled)).lowest.shape == (0,)


@pytest.mark.parametrize("is_compiled", COMPILED)
def test_weights_default_to_one(is_compiled: bool) -> None:  # noqa: FBT001 # parametrized
    """Without weights every word counts the same."""
    sets = sets_of({0, 4}), sets_of({0, 5})
    aligned = align_words(*sets, WordSimilarity(WORDS, is_compiled=is_compiled))
    assert aligned.shared_weight.tolist() == [1.0]
    assert aligned.mean[0] == pytest.approx((1 + aligned.lowest[0]) / 2)
