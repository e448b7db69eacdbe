"""Cells that a spreadsheet could run are guarded, and come back as they were."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.review._cells import NEEDS_GUARD, guarded, unguarded

_TEXTS = st.text("'=+-@\t\r\n a1é\uff1d\uff0b\uff0d\uff20", max_size=6) | st.text(max_size=6)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+33639980001", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A1"],
)
def test_a_formula_is_guarded(cell: str) -> None:
    """What a spreadsheet takes for a formula gets an apostrophe."""
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Zoé", "'tis", "1-2", " =1", "a=b"])
def test_other_cells_stay(cell: str) -> None:
    """What no spreadsheet runs is written as it is."""
    assert guarded(cell) == cell


@given(_TEXTS)
def test_a_guard_comes_off_again(text: str) -> None:
    """Every cell is read as it was before it was guarded, and none that is guarded can be run."""
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(st.lists(_TEXTS, min_size=1))
def test_columns_and_cells_are_guarded_alike(texts: list[str]) -> None:
    """Arrow finds the same cells as Python does."""
    found = pc.match_substring_regex(pa.array(texts, pa.string()), NEEDS_GUARD).to_pylist()
    assert found == [re.match(NEEDS_GUARD, text) is not None for text in texts]
