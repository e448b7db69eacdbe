"""Packed strings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ShapeMismatchError, UnsupportedInputError
from custid.table.packed import PackedStrings, require_strings

any_text = st.text(st.characters(exclude_categories=()))


@given(st.lists(any_text))
def test_packing_loses_nothing(strings: list[str]) -> None:
    """What is packed comes back, lone surrogates, NUL and characters beyond the basic plane included."""
    packed = PackedStrings.from_strings(strings)
    assert packed.to_strings() == strings
    assert [packed[number] for number in range(len(packed))] == strings


def test_no_strings() -> None:
    """An empty sequence packs into no code points and one offset."""
    packed = PackedStrings.from_strings([])
    assert (len(packed), packed.data.size, packed.offsets.tolist()) == (0, 0, [0])


def test_arrays_have_the_types_that_kernels_are_compiled_for() -> None:
    """Code points are 32 bits wide, offsets 64."""
    packed = PackedStrings.from_strings(["a"])
    assert (packed.data.dtype.name, packed.offsets.dtype.name) == ("uint32", "int64")


def test_arrays_are_read_only() -> None:
    """The packed code points cannot be changed."""
    packed = PackedStrings.from_strings(["a"])
    with pytest.raises(ValueError, match="read-only"):
        packed.data[0] = 0


def test_the_callers_arrays_stay_writable() -> None:
    """Building from arrays does not lock them."""
    data = np.array([97], dtype=np.uint32)
    PackedStrings(data=data, offsets=np.array([0, 1]))
    assert data.flags.writeable


def test_position_outside() -> None:
    """A position beyond the end is an index error, so that iteration ends."""
    packed = PackedStrings.from_strings(["a", "b"])
    assert (packed[-1], list(iter(packed))) == ("b", ["a", "b"])
    with pytest.raises(IndexError):
        packed[2]


def test_repr_shows_no_value() -> None:
    """The representation tells sizes only: values are customers' data."""
    assert repr(PackedStrings.from_strings(["secret"])) == "<PackedStrings: 1 strings, 6 code points>"


@pytest.mark.parametrize("offsets", [[], [0], [1, 3], [0, 4], [0, 2, 1, 3]])
def test_offsets_that_do_not_divide_the_data(offsets: list[int]) -> None:
    """Offsets have to rise from 0 to the number of code points."""
    with pytest.raises(ShapeMismatchError, match=r"'offsets' must rise from 0 to the size of 'data', 3\. Hint: Use"):
        PackedStrings(data=np.zeros(3), offsets=np.array(offsets))


def test_arrays_of_two_dimensions() -> None:
    """Tables are no packed strings."""
    with pytest.raises(ShapeMismatchError, match="one dimension each, got 2 and 1"):
        PackedStrings(data=np.zeros((1, 3)), offsets=np.array([0, 3]))


@pytest.mark.parametrize("value", [None, 5, b"bytes", float("nan")])
def test_values_that_are_no_strings(value: object) -> None:
    """A value of another type is refused by its position and type; the value is not told."""
    with pytest.raises(UnsupportedInputError, match=f"got {type(value).__name__} at position 1. Hint: A missing"):
        require_strings(["a", value])
