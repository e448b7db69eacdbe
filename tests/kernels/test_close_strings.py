"""The kernels of metrics that are exact where strings are close."""

from __future__ import annotations

import numpy as np
import pytest

from custid.comparison.signatures import character_signatures
from custid.kernels.close_strings import StringTable, errors_pairs, similarity_pairs
from custid.table.packed import PackedStrings

PACKED = PackedStrings.from_strings(["martha", "marhta", "", "dwayne", "duane"])
STRINGS = StringTable(PACKED.data, PACKED.offsets, character_signatures(PACKED))
LEFT, RIGHT = np.array([0, 0, 2, 2, 3], np.int32), np.array([1, 3, 2, 0, 4], np.int32)


def test_errors_up_to_a_number() -> None:
    """Distances above the greatest one asked for are cut."""
    out = np.full(5, -1, np.int8)
    errors_pairs(STRINGS, LEFT, RIGHT, 2, out)
    assert out.tolist() == [1, 3, 0, 3, 2]


def test_similarity_from_a_number_on() -> None:
    """Similarities below the least one asked for are zero; two empty strings are equal."""
    out = np.full(5, -1, np.float32)
    similarity_pairs(STRINGS, LEFT, RIGHT, 0.83, out)
    assert out.tolist() == pytest.approx([0.9611, 0.0, 1.0, 0.0, 0.84], abs=1e-4)
