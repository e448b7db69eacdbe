"""`custid.comparison.local_parts`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.comparison.local_parts import LocalPartsFromNames

NAMES = {"given_name": {"anne", "jo"}, "family_name": {"petit", "le", "goff"}}


def known(attribute: str, values: Sequence[str]) -> NDArray[np.bool_]:
    """Return which values are names of the attribute."""
    return np.array([value in NAMES[attribute] for value in values], np.bool_)


@pytest.mark.parametrize(
    ("local_part", "is_spelled"),
    [
        ("anne.petit", True),
        ("annepetit", True),
        ("apetit", True),
        ("petita77", True),
        ("a.petit", True),
        ("jo+news", True),
        ("anne", True),
        ("a.p", False),
        ("1984", False),
        ("", False),
        ("starfish", False),
        ("anne.starfish", False),
        ("petitannex", False),
    ],
)
def test_what_is_spelled_from_names(local_part: str, is_spelled: bool) -> None:  # noqa: FBT001
    """Names, initials, and two of them run together are; numbers and what follows a plus sign do not matter."""
    same = np.zeros(1, np.int32)
    assert LocalPartsFromNames([local_part], known).compare(same, same)[0].tolist() == [is_spelled]


def test_numbers() -> None:
    """Numbers are compared run by run, and none is not the same as one."""
    parts = LocalPartsFromNames(["anne1petit2", "1anne.2", "anne12", "anne"], known)
    left, right = np.array([0, 0, 3, 3], np.int32), np.array([1, 2, 2, 3], np.int32)
    _, numbers_differ, has_numbers = parts.compare(left, right)
    assert numbers_differ.tolist() == [False, True, True, False]
    assert has_numbers.tolist() == [True, True, True, False]


def test_threads() -> None:
    """Threads that ask side by side get the same answers."""
    texts = [f"anne{number}" if number % 3 else f"star{number}" for number in range(500)]
    codes = np.arange(500, dtype=np.int32)
    expected = LocalPartsFromNames(texts, known).compare(codes, codes[::-1])
    parts = LocalPartsFromNames(texts, known)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: parts.compare(codes, codes[::-1]), range(8)):
            assert all(np.array_equal(mine, each) for mine, each in zip(found, expected, strict=True))


@given(st.lists(st.text(max_size=12), min_size=2, max_size=6))
def test_order_does_not_matter(texts: list[str]) -> None:
    """A pair says the same from both sides, whatever was asked before."""
    codes = np.arange(len(texts), dtype=np.int32)
    parts = LocalPartsFromNames(texts, known)
    forth = parts.compare(codes[:-1], codes[1:])
    back = LocalPartsFromNames(texts, known).compare(codes[1:], codes[:-1])
    assert all(np.array_equal(one, other) for one, other in zip(forth, back, strict=True))
