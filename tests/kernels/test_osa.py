"""The kernels of the optimal string alignment distance."""

from __future__ import annotations

import pytest

from custid.kernels.osa import osa_distance
from custid.table.packed import PackedStrings
from tests.golden import golden_rows
from tests.oracles import strings as oracle


def distance(left: str, right: str) -> int:
    """Call the kernel of one pair as the kernel over pairs does."""
    packed = PackedStrings.from_strings([left, right])
    middle = packed.offsets[1]
    return int(osa_distance(packed.data[:middle], packed.data[middle:]))


@pytest.mark.parametrize(("left", "right", "expected"), golden_rows("osa"))
def test_published_examples(left: str, right: str, expected: str) -> None:
    """Published distances are met."""
    assert distance(left, right) == int(expected)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1), ("abab", "baba", 2), ("xab", "xba", 1)],
)
def test_small_cases(left: str, right: str, expected: int) -> None:
    """Cases that can be counted by hand, both ways round."""
    assert distance(left, right) == distance(right, left) == expected


@pytest.mark.parametrize("n_filler", [58, 59, 60, 61, 62, 130])
def test_word_border(n_filler: int) -> None:
    """Strings up to, at and beyond the 63 code points of a word follow the recurrence alike."""
    left, right = "MARTHA" + "éa" * (n_filler // 2) + "ab", "XMARHTA" + "aé" * (n_filler // 2) + "ba"
    assert distance(left, right) == oracle.osa_distance(left, right)


@pytest.mark.parametrize("length", [62, 63, 64, 65])
def test_nothing_in_common_at_the_word_border(length: int) -> None:
    """Strings without a common character are as far apart as the longer is long."""
    assert distance("a" * length, "b" * (length + 7)) == length + 7
