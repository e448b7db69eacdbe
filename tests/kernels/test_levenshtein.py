"""The kernels of the Levenshtein distance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.kernels.edit_distance import edit_distance
from custid.kernels.levenshtein import (
    levenshtein_distance,
    levenshtein_distance_pairs,
    levenshtein_similarity_pairs,
)
from custid.table.packed import PackedStrings
from tests.golden import golden_rows
from tests.oracles import strings as oracle

strings = st.text("ab-é\U0001f600", max_size=12) | st.text("ab\U0001f600", min_size=60, max_size=140)


def distance(left: str, right: str) -> int:
    """Call the kernel of one pair as the kernel over pairs does."""
    packed = PackedStrings.from_strings([left, right])
    middle = packed.offsets[1]
    return int(levenshtein_distance(packed.data[:middle], packed.data[middle:]))


@pytest.mark.parametrize(("left", "right", "expected"), golden_rows("levenshtein"))
def test_published_examples(left: str, right: str, expected: str) -> None:
    """Published distances are met."""
    assert distance(left, right) == int(expected)


@pytest.mark.parametrize(("left", "right", "expected"), [("", "", 0), ("", "abc", 3), ("ab", "ba", 2), ("a", "b", 1)])
def test_small_cases(left: str, right: str, expected: int) -> None:
    """Cases that can be counted by hand, both ways round."""
    assert distance(left, right) == distance(right, left) == expected


@pytest.mark.parametrize("length", [62, 63, 64, 65, 126, 127, 190])
def test_nothing_in_common_at_the_word_border(length: int) -> None:
    """Strings without a common character are as far apart as the longer is long."""
    assert distance("a" * length, "b" * (length + 7)) == distance("a" * (length + 7), "b" * length) == length + 7


@given(strings, strings, st.integers(0, 160), st.booleans())
@example("", "", 0, False)
@example("ab" * 40, "ba" * 40, 80, True)
@example("ab" * 63, "xba" + "ab" * 62, 4, True)
def test_distance_up_to_a_number(left: str, right: str, at_most: int, has_swaps: bool) -> None:  # noqa: FBT001  # drawn
    """Up to the number asked for the distance is the papers', beyond it is one more than the number."""
    packed = PackedStrings.from_strings([left, right])
    middle = int(packed.offsets[1])
    found = edit_distance(packed.data, 0, middle, packed.data, middle, len(right), at_most, has_swaps)
    metric = oracle.osa_distance if has_swaps else oracle.levenshtein_distance
    assert found == min(metric(left, right), at_most + 1)


@given(st.text("abc", max_size=20), st.text("abc", max_size=20), st.integers(0, 3))
def test_small_numbers_of_edits(left: str, right: str, at_most: int) -> None:
    """What is set aside by the diagonals alone is farther apart than asked for."""
    packed = PackedStrings.from_strings([left, right])
    middle = int(packed.offsets[1])
    found = edit_distance(packed.data, 0, middle, packed.data, middle, len(right), at_most, False)
    assert found == min(oracle.levenshtein_distance(left, right), at_most + 1)


def test_pairs_agree_with_single_calls() -> None:
    """The kernel over pairs writes what the kernel of one pair returns."""
    names = ["MARTHA", "", "MARHTA", "DUANE" * 14, "DWAYNE" * 14]
    packed = PackedStrings.from_strings(names)
    left_idx, right_idx = (grid.ravel() for grid in np.meshgrid(np.arange(5), np.arange(5)))
    out = np.full(25, -1, dtype=np.int64)
    levenshtein_distance_pairs(packed.data, packed.offsets, left_idx, right_idx, out)
    assert out.tolist() == [distance(names[i], names[j]) for i, j in zip(left_idx, right_idx, strict=True)]


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
