"""The kernels of the Levenshtein distance."""

from __future__ import annotations

import pytest

from custid.kernels.levenshtein import levenshtein_distance
from custid.table.packed import PackedStrings
from tests.golden import golden_rows


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
