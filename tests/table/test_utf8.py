"""Strings as UTF-8 bytes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from custid.table.packed import PackedStrings
from custid.table.utf8 import Utf8Strings

# Characters of one to four bytes, a lone surrogate and NUL; few of them, so that strings share long beginnings.
texts = st.lists(st.text(st.sampled_from("\0abé€\ud800\ue000😀"), max_size=20), max_size=20)


def _bytes_of(strings: Utf8Strings) -> list[bytes]:
    return [strings.data[low:high].tobytes() for low, high in pairwise(strings.offsets.tolist())]


@given(texts)
def test_bytes_are_those_that_python_encodes(values: list[str]) -> None:
    """Each string has its own bytes."""
    strings = Utf8Strings.of(values)
    assert _bytes_of(strings) == [value.encode("utf-8", "surrogatepass") for value in values]
    assert len(strings) == len(values)


@given(texts, st.data())
def test_strings_are_a_sequence(values: list[str], data: st.DataObject) -> None:
    """Iterated, indexed, sliced or taken in any order, each string is itself again."""
    strings = Utf8Strings.of(values)
    assert list(strings) == values
    assert [strings[place] for place in range(-len(values), len(values))] == 2 * values
    assert strings[1::2] == tuple(values[1::2])
    places = data.draw(st.lists(st.sampled_from(range(len(values))))) if values else []
    assert list(strings.taken(np.array(places, np.int64))) == [values[place] for place in places]


def test_many_strings_are_made_piece_by_piece() -> None:
    """Pieces of ASCII and pieces with other characters give the strings that were packed."""
    values = [f"{'é' if 4_000 < number < 5_000 else 'e'}{number}" for number in range(13_000)]
    assert list(Utf8Strings.of(values)) == values


@given(texts)
def test_order_is_that_of_python(values: list[str]) -> None:
    """Strings are sorted by code points, equal ones stay in their order, and the first of equals is new."""
    order, is_new = Utf8Strings.of(values).order()
    expected = sorted(range(len(values)), key=values.__getitem__)
    assert order.tolist() == expected
    assert [values[place] for place in order[is_new]] == sorted(set(values))


def test_order_of_many_strings() -> None:
    """Strings of many lengths with long common beginnings are sorted as Python sorts them."""
    rng = np.random.default_rng(0)
    values = ["0612" * int(n) + str(tail) for n, tail in zip(rng.integers(0, 9, 3000), rng.integers(0, 500, 3000))]
    assert [values[place] for place in Utf8Strings.of(values).order().order] == sorted(values)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6)), st.integers(0, 3))
def test_strings_of_arrow(values: list[str], n_skipped: int) -> None:
    """The strings of an Arrow array, or of a part of one, have the bytes that Python gives them."""
    array = pa.array(values, pa.string()).slice(n_skipped)
    strings = Utf8Strings.of_array(array)
    assert _bytes_of(strings) == [value.encode() for value in values[n_skipped:]]
    assert [array[int(place)].as_py() for place in strings.order().order] == sorted(values[n_skipped:])


@given(texts)
def test_code_points_are_those_of_python(values: list[str]) -> None:
    """Packed from their bytes, strings are what they are packed one by one."""
    packed, expected = Utf8Strings.of(values).packed(), PackedStrings.from_strings(values)
    assert packed.data.tolist() == expected.data.tolist()
    assert packed.offsets.tolist() == expected.offsets.tolist()
