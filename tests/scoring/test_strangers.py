"""Random pairs and u probabilities."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.comparison import ComparisonOutput
from custid.errors import ShapeMismatchError
from custid.scoring.strangers import n_pairs_needed, random_pairs, u_probabilities


def pairs(n_units: int, n_wanted: int, seed: int = 1, sources: list[int] | None = None) -> list[tuple[int, int]]:
    """Return pairs in their order."""
    left, right = random_pairs(n_units, n_wanted, seed, None if sources is None else np.array(sources, np.int32))
    assert left.dtype == right.dtype == np.int32
    return list(zip(left.tolist(), right.tolist(), strict=True))


@given(st.integers(0, 12), st.integers(0, 90), st.integers(0, 5))
def test_pairs_are_pairs(n_units: int, n_wanted: int, seed: int) -> None:
    """Pairs are distinct, ascending, of two units each, and no more than wanted."""
    found = pairs(n_units, n_wanted, seed)
    assert found == sorted(set(found))
    assert all(0 <= left < right < n_units for left, right in found)
    assert len(found) <= max(n_wanted, 0)


@pytest.mark.parametrize("n_units", [0, 1, 2, 7])
def test_few_units(n_units: int) -> None:
    """Where there are no more pairs than wanted, all are taken."""
    assert pairs(n_units, 21) == list(combinations(range(n_units), 2))


@pytest.mark.parametrize(
    ("n_units", "at_most", "n_expected"),
    [(0, 200_000, 20_000), (312, 200_000, 20_000), (1_000, 200_000, 64_000), (5_000, 200_000, 200_000), (9, 5, 5)],
)
def test_pairs_needed(n_units: int, at_most: int, n_expected: int) -> None:
    """Few records take fewer random pairs, down to a number below which the pseudo-pairs would count."""
    assert n_pairs_needed(n_units, at_most) == n_expected


def test_pairs_across_sources() -> None:
    """Where sources are given, pairs are of two of them."""
    sources = [0, 1, 0, 1, 2]
    across = [(left, right) for left, right in combinations(range(5), 2) if sources[left] != sources[right]]
    assert pairs(5, 100, sources=sources) == across
    many = [number % 3 for number in range(200)]
    assert all(many[left] != many[right] for left, right in pairs(200, 500, sources=many))


def test_the_seed_decides() -> None:
    """One seed gives one sample, another seed another one."""
    assert pairs(1000, 500, seed=4) == pairs(1000, 500, seed=4)
    assert pairs(1000, 500, seed=4) != pairs(1000, 500, seed=5)


def test_all_units_are_drawn_alike() -> None:
    """Every unit stands in about as many pairs as any other, on either side taken together."""
    counts = np.bincount(np.array(pairs(100, 4_000)).ravel(), minlength=100)
    # Some 2,700 of 4,950 pairs are drawn: 55 per unit, give or take five in two cases of three.
    assert 35 <= counts.min() <= counts.max() <= 75


def test_sources_of_other_units() -> None:
    """There is one source per unit."""
    with pytest.raises(ShapeMismatchError, match="expected one source for each of 4 units, got 2"):
        pairs(4, 10, sources=[0, 1])


def outputs(*n_levels: int) -> list[ComparisonOutput]:
    """Return outputs with so many levels."""
    return [
        ComparisonOutput(name=f"o{place}", attribute="city", levels=tuple(f"l{level}" for level in range(count)))
        for place, count in enumerate(n_levels)
    ]


def test_shares_by_hand() -> None:
    """Counts and one hundred pseudo-pairs, one at each level above else, give the shares; null is left out."""
    levels = np.array([[0, 1], [0, -1], [2, 1], [-1, 0]], np.int8)
    three, two = u_probabilities(outputs(3, 2), levels)
    assert three == pytest.approx(np.array([98 + 2, 1, 1 + 1]) / 103)
    assert two == pytest.approx(np.array([99 + 1, 1 + 2]) / 103)


def test_no_random_pairs() -> None:
    """Without pairs the pseudo-pairs remain."""
    (shares,) = u_probabilities(outputs(3), np.zeros((0, 1), np.int8))
    assert shares == pytest.approx([0.98, 0.01, 0.01])


def test_many_levels() -> None:
    """Every level is possible, whatever their number."""
    (shares,) = u_probabilities(outputs(120), np.zeros((0, 1), np.int8))
    assert shares.min() > 0
    assert shares.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("levels", [np.zeros((3, 1), np.int8), np.zeros(3, np.int8)])
def test_levels_that_do_not_fit(levels: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> None:
    """There is one column of levels per output."""
    with pytest.raises(ShapeMismatchError, match="expected one column for each of 2 outputs"):
        u_probabilities(outputs(2, 2), levels)
