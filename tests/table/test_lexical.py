"""Sorting by several keys."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.table.lexical import lexical_order


@given(st.lists(st.tuples(*[st.integers(-1, 2)] * 3), max_size=30))
def test_order_is_that_of_a_stable_sort_by_all_keys(rows: list[tuple[int, int, int]]) -> None:
    """Items are in the order of their keys, and equal ones in the order in which they stand."""
    keys = np.array(rows, np.int64).reshape(-1, 3)
    order, is_new = lexical_order(len(rows), 3, lambda number, items: keys[items, number])
    expected = sorted(range(len(rows)), key=rows.__getitem__)
    assert order.tolist() == expected
    assert is_new.tolist() == [
        place == 0 or rows[item] != rows[expected[place - 1]] for place, item in enumerate(expected)
    ]


def test_later_keys_are_asked_for_of_ties_alone() -> None:
    """What the first key tells apart has no say in the second one."""
    asked: list[list[int]] = []
    keys = np.array([[3, 1, 3, 2], [0, 0, 0, 0], [9, 9, 8, 9]])

    def key(number: int, items: NDArray[np.int64]) -> NDArray[np.int64]:
        asked.append(sorted(items.tolist()))
        return np.asarray(keys[number, items], np.int64)

    assert lexical_order(4, 3, key).order.tolist() == [1, 3, 2, 0]
    assert asked == [[0, 1, 2, 3], [0, 2], [0, 2]]
