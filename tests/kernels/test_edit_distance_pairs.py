"""The kernels of edit distances over pairs."""

from __future__ import annotations

import numpy as np
import pytest

from custid.kernels.edit_distance_pairs import edit_distance_pairs, levenshtein_similarity_pairs
from custid.table.packed import PackedStrings
from tests.oracles import strings as oracle


@pytest.mark.parametrize("at_most", [0, 1, 3, 30, 200])
@pytest.mark.parametrize("has_swaps", [False, True])
def test_distances_up_to_one(at_most: int, has_swaps: bool) -> None:  # noqa: FBT001  # given
    """A distance is told up to the cut-off, and is one more than it beyond."""
    names = ["MARTHA", "", "MARHTA", "DUANE" * 14, "DWAYNE" * 14]
    packed = PackedStrings.from_strings(names)
    left_idx, right_idx = (grid.ravel() for grid in np.meshgrid(np.arange(5), np.arange(5)))
    out = np.full(25, -1, dtype=np.int64)
    edit_distance_pairs(packed.data, packed.offsets, left_idx, right_idx, at_most, has_swaps, out)
    metric = oracle.osa_distance if has_swaps else oracle.levenshtein_distance
    distances = [metric(names[i], names[j]) for i, j in zip(left_idx, right_idx, strict=True)]
    assert out.tolist() == [min(distance, at_most + 1) for distance in distances]


@pytest.mark.parametrize("at_least", [0.0, 0.2, 0.5, 0.8, 0.9, 1.0])
def test_similarities_from_one_on(at_least: float) -> None:
    """A similarity is told where it reaches the cut-off, also where it equals it."""
    names = ["", "abcde", "abcdx", "abcdefghij", "abcdefghxy", "a" * 100, "a" * 80 + "b" * 20]
    packed = PackedStrings.from_strings(names)
    left_idx, right_idx = (grid.ravel() for grid in np.meshgrid(np.arange(7), np.arange(7)))
    out = np.full(49, np.nan)
    levenshtein_similarity_pairs(packed.data, packed.offsets, left_idx, right_idx, at_least, out)
    for i, j, found in zip(left_idx, right_idx, out, strict=True):
        longer = max(len(names[i]), len(names[j]), 1)
        similarity = 1.0 - oracle.levenshtein_distance(names[i], names[j]) / longer
        assert found == (similarity if similarity >= at_least else 0.0)
