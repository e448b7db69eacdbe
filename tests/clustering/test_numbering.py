"""Numbers for clusters."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.clustering._numbering import numbered_by_first_unit


@given(st.lists(st.integers(0, 9), max_size=20))
def test_labels_are_numbered_by_their_first_appearance(labels: list[int]) -> None:
    """The first label becomes 0, the next other one 1, and so on."""
    number: dict[int, int] = {}
    expected = [number.setdefault(label, len(number)) for label in labels]
    assert numbered_by_first_unit(np.array(labels, np.int64)).tolist() == expected
