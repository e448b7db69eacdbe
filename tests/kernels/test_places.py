"""Where characters agree: machine code against its plain twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid import _jit
from custid._jit import bit_count, borrowed, highest_bit, kernel, lowest_bit, prefetch
from custid.kernels.places import agreeing, common_prefix, common_suffix, equal_to, first_places

codes = st.lists(st.sampled_from([0, 97, 98, 233, 0x1F600]), max_size=63)
words = st.integers(0, 2**64 - 1)


@kernel
def lowest(word: np.uint64) -> int:
    """Call the machine code from compiled code."""
    return lowest_bit(word)


@kernel
def highest(word: np.uint64) -> int:
    """Call the machine code from compiled code."""
    return highest_bit(word)


@kernel
def n_bits(word: np.uint64) -> int:
    """Call the machine code from compiled code."""
    return bit_count(word)


@kernel
def sum_of_prefetched(array: NDArray[np.uint32]) -> np.uint32:
    """Read an array that was asked for, beyond its end too."""
    total = np.uint32(0)
    for place in range(array.size):
        prefetch(array, place + 100)
        total += array[place]
    return total


@kernel
def sum_of_borrowed(array: NDArray[np.uint32]) -> np.uint32:
    """Read an array that counts no references."""
    total = np.uint32(0)
    for code in borrowed(array):
        total += code
    return total


def array_of(numbers: list[int], n_before: int = 0) -> NDArray[np.uint32]:
    """Return an array whose last elements are the numbers."""
    return np.array([97] * n_before + numbers, np.uint32)


@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, 31, 32, 33, 62, 63])
def test_every_place_at_every_width(n: int) -> None:
    """Each place of a string is found, at the very end of its array and without what lies before."""
    data = array_of(list(range(n)), n_before=3)
    for place in range(n):
        assert equal_to(data, 3, n, np.uint32(place)) == 1 << place
    assert equal_to(data, 3, n, np.uint32(n)) == 0
    assert agreeing(data, 3, data, 3, n) == first_places(n) == 2**n - 1


def test_what_lies_behind_the_string_is_not_seen() -> None:
    """A string's end is its end, though the array goes on."""
    data = array_of([97, 98] * 20)
    assert equal_to(data, 0, 3, np.uint32(97)) == 0b101
    assert agreeing(data, 0, data, 2, 3) == 0b111
    assert agreeing(data, 0, data, 1, -2) == 0


@given(codes, codes)
def test_agreeing_is_its_plain_twin(left: list[int], right: list[int]) -> None:
    """Machine code finds the places that the plain function finds."""
    n = min(len(left), len(right))
    first, second = array_of(left, 2), array_of(right)
    plain = _jit.plain_twins["agreeing_places"]
    assert agreeing(first, 2, second, 0, n) == plain(first, 2, second, 0, n, 64)


@given(codes, st.sampled_from([0, 97, 98, 233, 0x1F600, 0x1F601]))
def test_equal_to_is_its_plain_twin(data: list[int], code: int) -> None:
    """Machine code finds the places that the plain function finds."""
    array = array_of(data, 1)
    plain = _jit.plain_twins["equal_places"]
    assert equal_to(array, 1, len(data), np.uint32(code)) == plain(array, 1, len(data), np.uint32(code), 64)


@given(words)
def test_bits_are_their_plain_twins(word: int) -> None:
    """Machine code numbers the bits as the plain functions do, also where none is set."""
    for number in (word, word & -word, 0):
        assert lowest(np.uint64(number)) == _jit.plain_twins["lowest_bit"](np.uint64(number))
        assert highest(np.uint64(number)) == _jit.plain_twins["highest_bit"](np.uint64(number))
        assert n_bits(np.uint64(number)) == _jit.plain_twins["bit_count"](np.uint64(number))


def test_a_borrowed_array_is_the_array() -> None:
    """What is borrowed has the same elements, and the owner keeps it."""
    array = array_of([1, 2, 3])
    assert [sum_of_borrowed(array) for _ in range(3)] == [6, 6, 6]
    assert _jit.plain_twins["borrowed"](array) is array


@given(st.text("ab", max_size=70), st.text("ab", max_size=70), st.text("ab", max_size=140))
def test_common_ends(left: str, right: str, shared: str) -> None:
    """Common first and last characters are counted in strings of any length."""
    for first, second, count in (
        (shared + left, shared + right, common_prefix),
        (left + shared, right + shared, common_suffix),
    ):
        a, b = array_of([ord(letter) for letter in first]), array_of([ord(letter) for letter in second])
        step = 1 if count is common_prefix else -1
        pairs = list(zip(first[::step], second[::step], strict=False))
        expected = next((place for place, (one, other) in enumerate(pairs) if one != other), len(pairs))
        assert count(a, 0, a.size, b, 0, b.size) == expected


def test_prefetching_changes_nothing() -> None:
    """An array that was asked for ahead holds what it held."""
    assert sum_of_prefetched(array_of([1, 2, 3])) == 6
    assert _jit.plain_twins["prefetch"](array_of([1]), 7) is None
