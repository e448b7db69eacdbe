"""The Jaro-Winkler kernels."""

from __future__ import annotations

import numpy as np
import pytest

from custid.kernels.jaro_winkler import jaro_winkler_similarity, jaro_winkler_similarity_pairs, similarity_from
from custid.table.packed import PackedStrings
from tests.golden import golden_rows
from tests.oracles import strings as oracle


def similarity(left: str, right: str) -> float:
    """Call the kernel of one pair as the kernel over pairs does."""
    packed = PackedStrings.from_strings([left, right])
    middle = packed.offsets[1]
    return float(jaro_winkler_similarity(packed.data[:middle], packed.data[middle:]))


@pytest.mark.parametrize(("left", "right", "expected"), golden_rows("jaro_winkler"))
def test_published_examples(left: str, right: str, expected: str) -> None:
    """Published values are met to the printed digits."""
    assert similarity(left, right) == pytest.approx(float(expected), abs=0.0005)


@pytest.mark.parametrize(("left", "right", "expected"), golden_rows("jaro_winkler"))
def test_strings_inside_an_array(left: str, right: str, expected: str) -> None:
    """Strings that stand among others are as alike as alone, and 0 where they are less alike than asked for."""
    packed = PackedStrings.from_strings(["before", left, "between", right, "behind"])
    starts = packed.offsets.tolist()
    places = (packed.data, starts[1], len(left), packed.data, starts[3], len(right))
    assert similarity_from(*places, 0.0) == similarity(left, right)
    assert similarity_from(*places, float(expected) + 0.001) == 0.0


def test_two_empty_strings_are_equal() -> None:
    """Two empty strings have similarity 1."""
    assert similarity("", "") == 1.0


@pytest.mark.parametrize(("left", "right"), [("", "a"), ("a", ""), ("ab", "xy"), ("a", "b")])
def test_nothing_in_common(left: str, right: str) -> None:
    """Strings without a matched character have similarity 0."""
    assert similarity(left, right) == 0.0


def test_no_boost_up_to_the_threshold() -> None:
    """A Jaro similarity of 0.7 or less is left as it is, however long the common prefix."""
    assert similarity("abcdefgh", "abcdxxxxxxxx") == pytest.approx((4 / 8 + 4 / 12 + 1) / 3)


def test_prefix_counts_up_to_four() -> None:
    """The fifth agreeing character adds nothing to the boost."""
    jaro = (9 / 10 + 9 / 10 + 1) / 3
    assert similarity("abcdefghij", "abcdefghix") == pytest.approx(jaro + 0.4 * (1 - jaro))


def test_odd_number_out_of_order_is_halved_downward() -> None:
    """Three characters out of order count as one transposition."""
    jaro = (9 / 9 + 9 / 9 + 8 / 9) / 3
    assert similarity("abcdefghi", "cabdefghi") == pytest.approx(jaro)


@pytest.mark.parametrize("n_filler", [58, 59, 60, 61, 200])
def test_word_border(n_filler: int) -> None:
    """Strings up to, at and beyond the 64 code points of a word follow the paper alike."""
    left, right = "MARTHA" + "é" * n_filler, "MARHTA" + "é" * (n_filler - 1) + "x"
    assert similarity(left, right) == pytest.approx(oracle.jaro_winkler_similarity(left, right), abs=1e-12)


def test_pairs_agree_with_single_calls() -> None:
    """The kernel over pairs writes what the kernel of one pair returns."""
    names = ["MARTHA", "", "MARHTA", "DUANE" * 20, "DWAYNE" * 20]
    packed = PackedStrings.from_strings(names)
    left_idx, right_idx = (grid.ravel() for grid in np.meshgrid(np.arange(5), np.arange(5)))
    out = np.full(25, np.nan)
    jaro_winkler_similarity_pairs(packed.data, packed.offsets, left_idx, right_idx, 0.0, out)
    assert out.tolist() == [similarity(names[i], names[j]) for i, j in zip(left_idx, right_idx, strict=True)]
