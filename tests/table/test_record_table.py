"""The record table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ShapeMismatchError
from custid.table import RecordTable, build_record_table
from custid.table.hashing import string_hashes
from custid.table.views import FIRST_DAY, LAST_DAY, UNKNOWN_DAY, RowTimes
from tests.record_tables import table_of

cells = st.one_of(
    st.sampled_from(("", "a", "b", "zoé")), st.lists(st.sampled_from(("", "a", "b", "c")), max_size=3).map(tuple)
)
rows = st.lists(st.tuples(cells, cells, st.integers(0, 2)), max_size=8)
Rows = list[tuple[str | tuple[str, ...], str | tuple[str, ...], int]]


def columns_of(made: Rows) -> dict[str, list[str | tuple[str, ...]]]:
    """Return the two attributes of some rows."""
    return {"city": [row[0] for row in made], "email": [row[1] for row in made]}


def built(made: Rows) -> RecordTable:
    """Return the table of some rows, each with its source."""
    return table_of(columns_of(made), [row[2] for row in made])


def content(row: tuple[str | tuple[str, ...], str | tuple[str, ...], int]) -> tuple[object, ...]:
    """Return what a row says."""
    return (*(frozenset((cell,) if isinstance(cell, str) else cell) - {""} for cell in row[:2]), row[2])


def decoded(table: RecordTable, unit: int) -> tuple[object, ...]:
    """Return what a unit says."""
    said = []
    for name in ("city", "email"):
        codes = table.columns[name].codes[unit].tolist() if name in table.columns else []
        said.append(frozenset(table.columns[name].vocabulary[code] for code in codes if code >= 0))
    return (*said, int(table.source_of_unit[unit]))


@given(rows)
def test_rows_of_equal_content_are_one_unit(made: Rows) -> None:
    """Units are the distinct contents, and each row's unit says what the row says."""
    table = built(made)
    assert table.n_rows == len(made)
    assert table.n_units == len({content(row) for row in made})
    assert [decoded(table, unit) for unit in table.unit_of_row.tolist()] == [content(row) for row in made]
    assert table.n_copies.tolist() == np.bincount(table.unit_of_row, minlength=table.n_units).tolist()


@given(rows.flatmap(lambda made: st.tuples(st.just(made), st.permutations(range(len(made))))))
def test_order_of_rows_does_not_matter(drawn: tuple[Rows, list[int]]) -> None:
    """Rows in another order give the same units, codes and hashes."""
    made, order = drawn
    table, shuffled = built(made), built([made[row] for row in order])
    assert shuffled.unit_of_row.tolist() == table.unit_of_row[order].tolist()
    assert shuffled.content_hash.tolist() == table.content_hash.tolist()
    assert shuffled.n_copies.tolist() == table.n_copies.tolist()
    assert shuffled.columns.keys() == table.columns.keys()
    for name, column in table.columns.items():
        assert list(shuffled.columns[name].vocabulary) == list(column.vocabulary)
        assert shuffled.columns[name].codes.tolist() == column.codes.tolist()
        assert shuffled.columns[name].counts.tolist() == column.counts.tolist()


@given(rows)
def test_order_of_columns_does_not_matter(made: Rows) -> None:
    """Attributes, and the values inside a cell, in another order give the same table."""
    columns = columns_of(made)
    backward = {
        name: [cell if isinstance(cell, str) else cell[::-1] for cell in cells]
        for name, cells in reversed(columns.items())
    }
    table, other = table_of(columns), table_of(backward)
    assert list(other.columns) == list(table.columns) == sorted(table.columns)
    assert other.unit_of_row.tolist() == table.unit_of_row.tolist()
    assert other.content_hash.tolist() == table.content_hash.tolist()


@given(rows)
def test_columns_keep_their_promises(made: Rows) -> None:
    """Vocabularies are sorted and in use; codes ascend, are distinct and end in -1; counts count units."""
    for column in built(made).columns.values():
        assert list(column.vocabulary) == sorted(set(column.vocabulary))
        assert column.hashes.tolist() == string_hashes(column.vocabulary).tolist()
        for row in column.codes.tolist():
            present = [code for code in row if code >= 0]
            assert present == sorted(set(present)) == row[: len(present)]
        assert column.n_values == column.codes.shape[1]
        in_use = column.codes[column.codes >= 0]
        assert column.counts.tolist() == np.bincount(in_use, minlength=len(column.vocabulary)).tolist()
        assert column.counts.min() > 0
        assert (column.codes[:, -1] >= 0).any()


@given(rows, rows)
def test_the_hash_of_a_content_is_the_same_in_every_table(made: Rows, others: Rows) -> None:
    """What other rows say, and how many values they have, changes no content hash."""
    small, large = built(made), built(made + others)
    alone = small.content_hash[small.unit_of_row].tolist()
    assert large.content_hash[large.unit_of_row].tolist()[: len(made)] == alone


@given(rows)
def test_contents_have_hashes_of_their_own(made: Rows) -> None:
    """Two units differ in their content hash."""
    table = built(made)
    assert len(set(table.content_hash.tolist())) == table.n_units


def test_the_attribute_is_part_of_the_content() -> None:
    """One value under two attributes is two contents."""
    hashes = [table_of({name: ["paris"]}).content_hash[0] for name in ("city", "birth_place")]
    assert hashes[0] != hashes[1]


def test_units_are_in_the_order_of_their_contents() -> None:
    """Units are sorted by source, then by the values of the attributes, missing ones first."""
    table = table_of({"city": ["b", "", "a", "a"], "email": ["x", "x", "z", "y"]}, [0, 0, 0, 0])
    assert table.unit_of_row.tolist() == [3, 0, 2, 1]


def test_many_wide_attributes() -> None:
    """Contents are told apart where all codes together do not fit one integer."""
    n_rows, n_columns = 300, 12
    columns = {
        f"attribute_{number:02d}": [f"{(row * 7 + number) % n_rows:03d}" for row in range(n_rows)]
        for number in range(n_columns)
    }
    columns["attribute_11"][1] = columns["attribute_11"][0]
    table = table_of(columns)
    assert table.n_units == n_rows
    twice = table_of({name: values * 2 for name, values in columns.items()})
    assert twice.unit_of_row.tolist() == table.unit_of_row.tolist() * 2


@pytest.mark.parametrize("n_rows", [0, 1, 3])
def test_no_attributes(n_rows: int) -> None:
    """Rows that say nothing are one unit; no rows are none."""
    table = table_of({}, n_rows=n_rows)
    assert (table.n_rows, table.n_units) == (n_rows, min(n_rows, 1))
    assert table.unit_of_row.tolist() == [0] * n_rows


def test_no_rows() -> None:
    """An attribute without rows is left out."""
    table = table_of({"city": []})
    assert (dict(table.columns), table.n_units, table.content_hash.shape) == ({}, 0, (0,))


def test_one_row() -> None:
    """One row is one unit."""
    table = table_of({"city": ["leeds"]})
    assert (table.n_units, table.columns["city"].codes.tolist(), table.n_copies.tolist()) == (1, [[0]], [1])


def test_all_missing() -> None:
    """An attribute without a value is left out, and rows without any are one unit per source."""
    table = table_of({"city": ["", "", ""], "email": ["", (), ("", "")]}, [0, 1, 1])
    assert dict(table.columns) == {}
    assert table.unit_of_row.tolist() == [0, 1, 1]


def test_unused_values_are_forgotten() -> None:
    """The vocabulary holds what rows say, not what a reader has met elsewhere."""
    table = build_record_table({"city": (["leeds", "nantes", "leeds"], np.array([[2], [-1]], np.int32))}, 2)
    assert list(table.columns["city"].vocabulary) == ["leeds"]


def test_the_callers_arrays_stay_as_they_are() -> None:
    """Building a table changes nothing that it was given."""
    codes, sources = np.array([[1, 0], [-1, 1]], np.int32), np.array([1, 0], np.int32)
    build_record_table({"city": (["b", "a"], codes)}, 2, sources)
    assert (codes.tolist(), sources.tolist()) == ([[1, 0], [-1, 1]], [1, 0])


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (np.zeros((2, 1), np.int32), "attribute 'city': expected codes of two dimensions for 3 rows"),
        (np.zeros(3, np.int32), "attribute 'city': expected codes of two dimensions for 3 rows"),
        (np.array([[0], [1], [0]], np.int32), "attribute 'city': expected codes from -1 to 0, got 0 to 1"),
        (np.array([[0], [-2], [0]], np.int32), "attribute 'city': expected codes from -1 to 0, got -2 to 0"),
    ],
)
def test_codes_that_do_not_fit(codes: np.ndarray[tuple[int, ...], np.dtype[np.int32]], message: str) -> None:
    """Codes of other rows, or outside the vocabulary, are an error that names the attribute."""
    with pytest.raises(ShapeMismatchError, match=message):
        build_record_table({"city": (["leeds"], codes)}, 3)


def test_sources_that_do_not_fit() -> None:
    """There is one source per row."""
    with pytest.raises(ShapeMismatchError, match="sources: expected one number for each of 2 rows"):
        build_record_table({}, 2, np.zeros(3, np.int32))


def test_a_source_is_hashed_by_its_name() -> None:
    """A third source that comes first in the alphabet changes no hash of the others' records."""
    codes = np.array([[0], [0], [0]], np.int32)
    values = {"city": (["paris"], codes)}
    three = build_record_table(values, 3, np.array([0, 1, 2]), source_names=["archive", "crm", "shop"])
    two = build_record_table({"city": (["paris"], codes[1:])}, 2, np.array([0, 1]), source_names=["crm", "shop"])
    assert three.content_hash[three.unit_of_row][1:].tolist() == two.content_hash[two.unit_of_row].tolist()
    assert len(set(three.content_hash.tolist())) == 3


def test_what_a_row_does_not_tell_is_not_hashed() -> None:
    """A row of no kind and no day has one hash, whether or not other rows tell theirs."""
    values = {"city": (["paris", "lyon"], np.array([[0], [1]], np.int32))}
    times = RowTimes(
        observed_day=np.array([UNKNOWN_DAY, 900], np.int32),
        periods={"city": np.array([[[FIRST_DAY, LAST_DAY]], [[FIRST_DAY, 500]]], np.int32)},
    )
    bare = build_record_table(values, 2)
    told = build_record_table(values, 2, times=times, kind_of_row=np.array([-1, 0], np.int8))
    assert told.content_hash[told.unit_of_row[0]] == bare.content_hash[bare.unit_of_row[0]]
    assert told.content_hash[told.unit_of_row[1]] != bare.content_hash[bare.unit_of_row[1]]
