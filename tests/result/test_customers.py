"""`custid.result.customers`."""

from __future__ import annotations

from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.result import customers
from custid.result.customers import best_values, source_lists
from tests.oracles.customers import best_texts


def _column(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def _codes(*rows: tuple[int, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.array(rows, np.int32)


def test_the_value_of_most_rows_is_the_best() -> None:
    """What two rows say beats what one row says, however long."""
    codes = _codes((0,), (0,), (1,))
    found = best_values(np.zeros(3, np.int64), 1, codes, [(0, 0, _column("Zoe", "ZOE", "Zoé-Marguerite"))])
    assert found.to_pylist() == ["ZOE"]


def test_of_equally_frequent_values_the_longest_is_the_best() -> None:
    """A fuller text tells more; among equally long ones the first in the alphabet is taken."""
    codes = _codes((0,), (1,), (2,))
    found = best_values(np.zeros(3, np.int64), 1, codes, [(0, 0, _column("Z.", "Zoé", "Zoa"))])
    assert found.to_pylist() == ["Zoa"]


def test_a_customer_without_a_value_has_none() -> None:
    """Missing stays missing."""
    codes = _codes((-1,), (0,), (-1,))
    found = best_values(np.array([0, 1, 2]), 3, codes, [(0, 0, _column("N/A", "Roy", None))])
    assert found.to_pylist() == [None, "Roy", None]
    assert best_values(np.arange(1), 1, _codes((-1,)), []).to_pylist() == [None]


def test_columns_of_several_sources_lie_over_each_other() -> None:
    """Each piece covers its own rows of a slot; pieces of a slot need not begin at row 0."""
    codes = _codes((0, 1), (2, -1), (-1, 1))
    pieces = [(0, 0, _column("a", "c")), (1, 0, _column("bb", None)), (1, 2, _column("BB"))]
    found = best_values(np.array([0, 1, 0]), 2, codes, pieces)
    assert found.to_pylist() == ["BB", "c"]


def test_a_code_without_raw_text_is_passed_over() -> None:
    """Names split off from a whole name are not what a source has written."""
    codes = _codes((0,), (1,))
    found = best_values(np.zeros(2, np.int64), 1, codes, [(0, 0, _column(None, "Ann"))])
    assert found.to_pylist() == ["Ann"]


def test_the_canonical_value_may_stand_in() -> None:
    """A value put together from several columns is shown in its canonical form."""
    codes = _codes((0,), (0,), (1,))
    pieces = [(0, 2, _column("4 mars 1980"))]
    found = best_values(np.zeros(3, np.int64), 1, codes, pieces, ("1980-03-04", "1980-03-05"))
    assert found.to_pylist() == ["1980-03-04"]


def test_no_customers_have_no_values() -> None:
    """An empty table gives an empty column."""
    none = np.zeros(0, np.int64)
    assert best_values(none, 0, np.zeros((0, 1), np.int32), [(0, 0, _column())]).to_pylist() == []
    assert source_lists(none, 0, none.astype(np.int32), ()).to_pylist() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["Zoe", "ZOE", "zoé", "Ann", "ANN ", None, "Bo"])),
        min_size=1,
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_the_best_value_is_one_of_the_customer_whatever_the_order(
    rows: list[tuple[int, str | None]], random: Random
) -> None:
    """The best value is the text of a row of the customer, and shuffled rows give the same."""
    canonical = {"Zoe": 0, "ZOE": 0, "zoé": 0, "Ann": 1, "ANN ": 1, "Bo": 2}

    def best(chosen: list[tuple[int, str | None]]) -> list[str | None]:
        codes = np.array([[canonical.get(text or "", -1)] for _, text in chosen], np.int32)
        column = _column(*(text for _, text in chosen))
        found: list[str | None] = best_values(
            np.array([customer for customer, _ in chosen]), 4, codes, [(0, 0, column)]
        ).to_pylist()
        return found

    expected = best(rows)
    for customer, value in enumerate(expected):
        texts = [text for owner, text in rows if owner == customer and text is not None]
        assert value in texts if texts else value is None
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert best(shuffled) == expected


_cells = st.tuples(st.integers(-1, 3), st.sampled_from(["a", "b", "aé", "ab", "\ue000", "😀", "a\0", None]))


@pytest.mark.parametrize("largest_key", [1 << 62, 1])
@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.tuples(_cells, _cells)), max_size=15),
    vocabulary=st.sampled_from([None, ("v", "a", "", "é")]),
)
def test_the_best_value_is_that_of_the_plain_way(
    largest_key: int,
    rows: list[tuple[int, tuple[tuple[int, str | None], ...]]],
    vocabulary: tuple[str, ...] | None,
) -> None:
    """Every customer gets the value that a look at each of its rows gives, however large the numbers become."""
    codes = np.array([[code for code, _ in cells] for _, cells in rows], np.int32).reshape(-1, 2)
    pieces = [(slot, 0, _column(*(cells[slot][1] for _, cells in rows))) for slot in (0, 1)]
    held = [
        [
            (code, vocabulary[code] if text is None and vocabulary is not None and code >= 0 else text)
            for code, text in cells
        ]
        for _, cells in rows
    ]
    customer = np.array([owner for owner, _ in rows], np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(customers, "_LARGEST_KEY", largest_key)
        found = best_values(customer, 3, codes, pieces, vocabulary)
    assert found.to_pylist() == best_texts(customer.tolist(), 3, held)


def test_sources_of_a_customer_are_listed_once_and_sorted() -> None:
    """Each customer has the names of the sources that know it."""
    found = source_lists(np.array([0, 1, 0, 0]), 2, np.array([1, 0, 0, 1], np.int32), ("crm", "shop"))
    assert found.to_pylist() == [["crm", "shop"], ["crm"]]
