"""Words of values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.table.tokens import TokenTable, distinct_per_row, tokenize
from tests.record_tables import table_of


def words_of(tokens: TokenTable, codes: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> list[list[str]]:
    """Return the words that each row of codes stands for."""
    return [[tokens.vocabulary[code] for code in row if code >= 0] for row in codes.tolist()]


def test_words_of_two_attributes() -> None:
    """Each attribute has its words, the bag has those of all, each once and ascending."""
    table = table_of({"given_name": ["ann lee", "bob"], "family_name": ["lee", "ann ann"]})
    tokens = tokenize([table.columns["given_name"], table.columns["family_name"]], width=12)
    rows = table.unit_of_row
    assert tokens.vocabulary == ("ann", "bob", "lee")
    assert [words_of(tokens, slot[rows]) for slot in tokens.slots] == [[["ann", "lee"], ["bob"]], [["lee"], ["ann"]]]
    assert words_of(tokens, tokens.bag[rows]) == [["ann", "lee"], ["ann", "bob"]]
    assert tokens.counts.tolist() == [2, 1, 1]


def test_words_of_several_values() -> None:
    """The values of one unit give their words together."""
    table = table_of({"full_name": [("ann lee", "lee bo"), ""]})
    tokens = tokenize([table.columns["full_name"]], width=12)
    assert words_of(tokens, tokens.bag[table.unit_of_row]) == [["ann", "bo", "lee"], []]


def test_words_beyond_the_width() -> None:
    """Of a value the first words count; of what remains together the first ones of the alphabet."""
    table = table_of({"given_name": ["c d a"], "family_name": ["b z"]})
    tokens = tokenize([table.columns["given_name"], table.columns["family_name"]], width=2)
    assert [words_of(tokens, slot) for slot in tokens.slots] == [[["c", "d"]], [["b", "z"]]]
    assert words_of(tokens, tokens.bag) == [["b", "c"]]
    assert "a" not in tokens.vocabulary


def test_a_value_of_a_thousand_words() -> None:
    """One long value makes no wide table."""
    table = table_of({"organization_name": [" ".join(f"w{number}" for number in range(1000)), "w1"]})
    assert tokenize([table.columns["organization_name"]], width=12).bag.shape == (2, 12)


@given(
    st.lists(st.lists(st.integers(-1, 4), min_size=3, max_size=3), min_size=1, max_size=6),
    st.none() | st.integers(1, 3),
)
def test_distinct_per_row(rows: list[list[int]], width: int | None) -> None:
    """Each row becomes its distinct codes, ascending, the missing last; the input stays as it was."""
    codes = np.array(rows, np.int32)
    got = distinct_per_row(codes, width)
    assert [[code for code in row if code >= 0] for row in got.tolist()] == [
        sorted(set(row) - {-1})[:width] for row in rows
    ]
    assert all(-1 not in row[: sum(code >= 0 for code in row)] for row in got.tolist())
    assert got.dtype == np.int32
    assert got.shape[1] >= 1
    assert codes.tolist() == rows


@pytest.mark.parametrize("shape", [(0, 0), (2, 0), (0, 2), (2, 1)])
def test_distinct_of_nothing(shape: tuple[int, int]) -> None:
    """Rows without codes have one column, of missing ones."""
    assert (distinct_per_row(np.full(shape, -1, np.int32)) == -1).all()
    assert distinct_per_row(np.full(shape, -1, np.int32)).shape == (shape[0], 1)
