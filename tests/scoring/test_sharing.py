"""How surprising it is that many share one value."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.scoring.sharing import expected_as_many, poisson_tail


def test_what_two_share_says_nothing() -> None:
    """Values of one or two customers are never surprising."""
    assert np.isinf(expected_as_many(np.array([1, 2, 2, 1]), 0.05)).all()


def test_forty_stand_out_in_any_population() -> None:
    """A value of forty customers is surprising, alone or among thousands of families."""
    assert expected_as_many(np.array([40]), 0.05)[0] < 1e-9
    families = np.repeat([1, 2, 3, 4, 5, 6], [50_000, 5_000, 2_000, 900, 300, 80])
    expected = expected_as_many(np.append(families, 40), 0.05)
    assert expected[-1] < 0.01
    assert (expected[:-1] > 0.05).all()


def test_one_ring_does_not_hide_another() -> None:
    """Fifty values of forty customers stand out together, though each makes the others less surprising."""
    counts = np.repeat([1, 2, 3, 40], [5_000, 300, 30, 50])
    assert (expected_as_many(counts, 0.05)[-50:] < 0.05).all()


def test_chance_alone_is_rarely_flagged() -> None:
    """Where customers come to values by chance, one population in twenty has a value that is flagged, at most."""
    generator = np.random.default_rng(3)
    flagged = 0
    for _ in range(200):
        counts = generator.poisson(generator.gamma(0.3, 0.4, 2_000)) + 1
        flagged += int((expected_as_many(counts, 0.05) <= 0.05).any())
    assert flagged <= 200 * 0.05


@given(st.integers(0, 60), st.floats(0, 40))
def test_tails_are_those_of_the_sum(least: int, mean: float) -> None:
    """The tail is what the terms below leave."""
    below = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(least))
    assert poisson_tail(least, mean) == pytest.approx(1.0 - below, abs=1e-9)


@given(st.integers(1, 5_000), st.floats(700, 5_000))
def test_tails_of_large_means_are_no_accidents(least: int, mean: float) -> None:
    """However small the terms far from the mean are, the tail falls with the number and is one half or so at the mean.

    Within a third of the mean or one the median of a Poisson variable lies (Choi 1994).
    """
    tail = poisson_tail(least, mean)
    assert 0.0 <= poisson_tail(least + 1, mean) <= tail <= 1.0
    if least <= mean - 1:
        assert tail >= 0.5
    if least >= mean + 2:
        assert tail <= 0.5
