"""Results of pairs that are computed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.comparison import remembered as module
from custid.comparison.remembered import RememberedPairs, once_per_distinct, remembered


class Counted:
    """Adds the squares of two codes and keeps the pairs it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def __call__(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[Any]:
        """Return the sums and note what was asked for."""
        self.asked += zip(left.tolist(), right.tolist(), strict=True)
        return (left * left + right * right).astype(np.int8)


pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30)


@given(pairs, pairs)
def test_each_pair_is_computed_once(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    """Over several calls no pair is computed twice, in neither order, and every result is right."""
    function = Counted()
    kept = RememberedPairs(function, 7, np.int8)
    for asked in (first, second, first):
        left, right = np.array(asked, np.int32).reshape(-1, 2).T
        assert kept(left, right).tolist() == [a * a + b * b for a, b in asked]
    assert len(function.asked) == len({frozenset(pair) for pair in first + second})


@given(pairs)
def test_distinct_pairs_of_a_call(asked: list[tuple[int, int]]) -> None:
    """Without a table each distinct pair of a call is computed once."""
    function = Counted()
    left, right = np.array(asked, np.int32).reshape(-1, 2).T
    assert once_per_distinct(function, left, right).tolist() == [a * a + b * b for a, b in asked]
    assert len(function.asked) == len({frozenset(pair) for pair in asked})


def test_many_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the table would be too large, costly functions see distinct pairs and cheap ones all."""
    monkeypatch.setattr(module, "_MAX_CELLS", 48)
    left, right = np.array([1, 1, 2], np.int32), np.array([2, 2, 1], np.int32)
    costly, cheap, small = Counted(), Counted(), Counted()
    assert remembered(costly, 7, np.int8)(left, right).tolist() == [5, 5, 5]
    assert remembered(cheap, 7, np.int8, is_costly=False)(left, right).tolist() == [5, 5, 5]
    assert (len(costly.asked), len(cheap.asked)) == (1, 3)
    assert isinstance(remembered(small, 6, np.int8), RememberedPairs)


def test_threads() -> None:
    """Threads that ask for the same pairs at the same time all get them."""
    kept = RememberedPairs(Counted(), 7, np.int8)
    left, right = (grid.ravel().astype(np.int32) for grid in np.meshgrid(np.arange(7), np.arange(7)))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: kept(left, right).tolist(), range(40)))
    assert results == [(left * left + right * right).tolist()] * 40
