"""Signatures of characters."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison import signatures
from custid.comparison.signatures import character_signatures, count_missing, signature_rows
from custid.table.packed import PackedStrings

strings = st.text("abcé1\U0001f600", max_size=8) | st.text(max_size=8)


def n_unpaired(left: str, right: str) -> int:
    """Return how many characters of the left string have no partner in the right one."""
    return (Counter(left) - Counter(right)).total()


@given(strings, strings)
def test_bound(left: str, right: str) -> None:
    """Characters counted as missing are missing."""
    first, second = character_signatures(PackedStrings.from_strings([left, right]))
    missing = count_missing(np.array([first, second]), np.array([second, first]))
    assert missing[0] <= n_unpaired(left, right)
    assert missing[1] <= n_unpaired(right, left)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("anna", "ana", 1), ("jean", "paul", 3), ("ab", "abc", 0), ("", "a", 0), ("11", "1", 1)],
)
def test_letters_and_digits_are_told_apart(left: str, right: str, expected: int) -> None:
    """For up to two letters or digits of a kind the bound is exact."""
    first, second = character_signatures(PackedStrings.from_strings([left, right]))
    assert count_missing(np.array([first]), np.array([second])).tolist() == [expected]


def test_many_strings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strings made in several rounds have the signatures they have alone."""
    values = ["martha", "", "marhta", "duane", "é"]
    at_once = character_signatures(PackedStrings.from_strings(values))
    monkeypatch.setattr(signatures, "_ROWS_AT_ONCE", 2)
    assert character_signatures(PackedStrings.from_strings(values)).tolist() == at_once.tolist()


def test_no_strings() -> None:
    """No strings have no signatures."""
    assert character_signatures(PackedStrings.from_strings([])).shape == (0,)


@given(st.lists(st.text(max_size=80), max_size=20))
def test_rows_of_kernels(values: list[str]) -> None:
    """Kernels have the same signatures."""
    packed = PackedStrings.from_strings(values)
    assert signature_rows(packed)[:, 0].tolist() == character_signatures(packed).tolist()
