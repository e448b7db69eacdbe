"""Bounds from rows of numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.signatures import signature_rows
from custid.kernels.rows import greatest_similarity, least_errors, length_of, start_of
from custid.table.packed import PackedStrings
from tests.oracles import strings as oracle

values = st.text("ab1é", max_size=7) | st.text(max_size=90)


@given(st.lists(values, min_size=1))
def test_places_tell_where_strings_stand(strings: list[str]) -> None:
    """Start and length of a row are those of the string; further columns follow."""
    packed = PackedStrings.from_strings(strings)
    rows = signature_rows(packed, np.arange(len(strings), dtype=np.uint64))
    assert [int(start_of(place)) for place in rows[:, 1]] == packed.offsets[:-1].tolist()
    assert [int(length_of(place)) for place in rows[:, 1]] == [len(string) for string in strings]
    assert rows[:, 2].tolist() == list(range(len(strings)))
    assert rows.ctypes.data % 64 == 0


@given(values, values)
def test_bounds_hold(left: str, right: str) -> None:
    """No two strings have fewer errors than the lower bound, or are more alike than the upper one allows."""
    rows = signature_rows(PackedStrings.from_strings([left, right]))
    lengths = len(left), len(right)
    assert least_errors(rows[0, 0], rows[1, 0], *lengths) <= oracle.osa_distance(left, right)
    if left and right:
        bound = greatest_similarity(rows[0, 0], rows[1, 0], *lengths)
        assert oracle.jaro_winkler_similarity(left, right) <= bound + 0.4 * (1.0 - bound) + 1e-9
