"""`custid.kernels.value_codes`, and the instruction that it asks for memory with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custid import _jit
from custid._jit import kernel, prefetch
from custid.kernels.value_codes import CodeTable, OpenPairs, compare_codes, raise_levels


@kernel
def first_after_asking(array: NDArray[np.int32], place: int) -> np.int32:
    """Ask for an element, then return the first."""
    prefetch(array, place)
    first: np.int32 = array[0]
    return first


def compare(
    rows: list[list[int]], layout: list[tuple[int, int, int, int]], top: list[int]
) -> tuple[NDArray[np.int8], NDArray[np.float32], OpenPairs]:
    """Compare the first of some rows with each of the others; code 0 has 1.5 bits, code 1 2.5 bits and so on."""
    n_pairs, n_attributes = len(rows) - 1, len(top)
    table = CodeTable(
        cells=np.array(rows, np.int32).reshape(-1),
        layout=np.array(layout, np.int64),
        top=np.array(top, np.int8),
        rarity=np.arange(9, dtype=np.float32) + np.float32(1.5),
        width=len(rows[0]),
    )
    lists = np.full((4, n_attributes, 4 * n_pairs), -9, np.int32)
    found = OpenPairs(
        n_differing=np.full(n_attributes, 7),
        pair=lists[0],
        left=lists[1],
        right=lists[2],
        n_further=np.full(n_attributes, 7),
        further=lists[3],
    )
    levels, bits = np.full((n_attributes, n_pairs), 9, np.int8), np.full((n_attributes, n_pairs), 9, np.float32)
    right = np.arange(1, n_pairs + 1, dtype=np.int32)
    compare_codes(table, np.zeros(n_pairs, np.int32), right, levels, bits, found)
    return levels, bits, found


def test_codes_tell_what_is_missing_and_what_is_equal() -> None:
    """Missing is -1, equal the closest level with its rarity, and what differs is listed with its codes."""
    levels, bits, found = compare([[2, 0], [-1, 0], [2, 0], [1, 0]], [(0, 1, 0, 0)], [3])
    assert levels.tolist() == [[-1, 3, 0]]
    assert bits.tolist() == [[0.0, 3.5, 0.0]]
    assert found.n_differing.tolist() == [1]
    assert (found.pair[0, 0], found.left[0, 0], found.right[0, 0]) == (2, 2, 1)


def test_two_levels_need_no_grading() -> None:
    """What differs in an attribute of two levels is at the lower one, and in no list."""
    levels, _, found = compare([[2, 0], [1, 0], [2, 0]], [(0, 1, 0, 0)], [1])
    assert levels.tolist() == [[0, 1]]
    assert found.n_differing.tolist() == [0]


def test_any_of_several_values_may_agree() -> None:
    """The rarest value that two share counts; without one, every two values are listed."""
    rows = [[0, 1, 0], [1, 2, 0], [0, 1, 0], [3, -1, 0], [4, 5, 0], [-1, -1, 0]]
    levels, bits, found = compare(rows, [(0, 2, 0, 0)], [2])
    assert levels.tolist() == [[2, 2, 0, 0, -1]]
    assert bits.tolist() == [[2.5, 2.5, 0.0, 0.0, 0.0]]
    listed = slice(0, int(found.n_differing[0]))
    columns = (found.pair[0, listed].tolist(), found.left[0, listed].tolist(), found.right[0, listed].tolist())
    assert list(zip(*columns, strict=True)) == [
        (2, 0, 3), (2, 1, 3), (3, 0, 4), (3, 0, 5), (3, 1, 4), (3, 1, 5),
    ]  # fmt: skip


def test_values_beyond_are_told_by_attribute() -> None:
    """Pairs of which either unit has values beyond are listed for that attribute."""
    rows = [[0, 0, 0], [0, 0, 0], [1, 1, 0b10], [2, 2, 0b11]]
    _, _, found = compare(rows, [(0, 1, 0, 0), (1, 1, 1, 0)], [1, 1])
    assert found.n_further.tolist() == [1, 2]
    assert found.further[0, :1].tolist() == [2]
    assert found.further[1, :2].tolist() == [1, 2]


def test_each_pair_of_many_is_compared() -> None:
    """Pairs beyond those that are compared at a time are compared like the first ones."""
    rng = np.random.default_rng(1)
    codes = rng.integers(-1, 4, (200, 2))
    rows = [[*row, 0] for row in codes.tolist()]
    levels, bits, found = compare(rows, [(0, 1, 1, 0), (1, 1, 0, 5)], [2, 3])
    is_present, is_equal = (codes[1:] >= 0) & (codes[0] >= 0), codes[1:] == codes[0]
    expected = np.where(is_present, np.where(is_equal, [2, 3], 0), -1)
    assert (levels == expected.T[::-1]).all()
    assert (bits == np.where(is_present & is_equal, codes[1:] + np.array([1.5, 6.5]), 0).T[::-1]).all()
    for attribute in range(2):
        listed = found.pair[attribute, : found.n_differing[attribute]]
        assert listed.tolist() == np.flatnonzero((is_present & ~is_equal)[:, attribute]).tolist()


def test_levels_are_raised_to_the_greatest() -> None:
    """Of several levels for one pair the greatest stays."""
    levels = np.array([0, 0, 2], np.int8)
    raise_levels(levels, np.array([1, 1, 2], np.int32), np.array([3, 1, 1], np.int8))
    assert levels.tolist() == [0, 3, 2]


def test_asking_for_memory_changes_nothing() -> None:
    """Elements may be asked for in an array and outside it, compiled and in the plain twin."""
    array = np.array([5, 6], np.int32)
    assert [first_after_asking(array, place) for place in (0, 1, 1 << 20)] == [5, 5, 5]
    assert _jit.plain_twins["prefetch"](array, 1) is None
