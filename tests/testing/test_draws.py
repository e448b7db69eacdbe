"""Random choices."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from custid.testing._draws import Draws, Weighted


@given(st.integers(0, 2**32), st.integers(1, 1000))
def test_numbers_are_in_range(seed: int, end: int) -> None:
    """Draws stay within their bounds."""
    draws = Draws(seed)
    assert 0 <= draws.below(end) < end
    assert 5 <= draws.between(5, 5 + end) <= 5 + end
    assert abs(draws.bell(0.0, 1.0)) <= 3.5
    assert len(draws.digits(8)) == 8


@given(st.lists(st.integers()), st.integers(0, 2**32))
def test_shuffling_keeps_everything(items: list[int], seed: int) -> None:
    """Shuffled items are the same items."""
    assert sorted(Draws(seed).shuffled(items)) == sorted(items)


def test_weights_are_followed() -> None:
    """An item of three times the weight is drawn about three times as often."""
    draws, table = Draws(1), Weighted("ab", (3.0, 1.0))
    counts = Counter(draws.weighted(table) for _ in range(4000))
    assert abs(counts["a"] - 3000) < 150


def test_ranks_fall() -> None:
    """Weights by rank fall as one over rank and offset."""
    table = Weighted.by_rank("abc", 1.0)
    assert table.cumulative == (1.0, 1.5, 1.5 + 1 / 3)


def test_the_bell_has_its_spread() -> None:
    """The bell's mean and standard deviation are those asked for."""
    draws = Draws(1)
    values = [draws.bell(10.0, 2.0) for _ in range(20_000)]
    mean = sum(values) / len(values)
    assert abs(mean - 10.0) < 0.1
    assert abs((sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5 - 2.0) < 0.1


def test_any_number_of_draws() -> None:
    """A seed gives the same draws beyond the first block."""
    first, second = Draws(5), Draws(5)
    assert [first.uniform() for _ in range(70_000)] == [second.uniform() for _ in range(70_000)]
