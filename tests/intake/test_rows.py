"""`custid.intake._rows`."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import EmptyInputError, InputError, UnsupportedInputError
from custid.intake._rows import read_json, read_rows


def test_differing_keys() -> None:
    """Rows with differing keys give the union of the columns, null where a row has none."""
    intake = read_rows(iter([{"a": 1}, {"b": "x"}, {"c": None, "a": 2.0}]))
    assert intake.table.to_pydict() == {"a": ["1", None, "2"], "b": [None, "x", None], "c": [None, None, None]}
    assert {field.type for field in intake.table.schema} == {pa.string()}


def test_nested_values() -> None:
    """A row with a nested value is refused by number and column, without its content."""
    intake = read_rows([{"a": 1}, {"a": 2, "b": ["secret"]}, {"a": 3}])
    assert intake.table.to_pydict() == {"a": ["1", "3"]}
    assert intake.line_numbers.tolist() == [1, 3]
    (refused,) = intake.refused
    assert (refused.line_number, refused.reason) == (2, "nested_value")
    assert "'b'" in refused.message
    assert "secret" not in refused.message


@pytest.mark.parametrize("rows", [[], [{}], [{"a": []}]])
def test_no_column(rows: list[dict[str, Any]]) -> None:
    """Rows without any column are no table."""
    with pytest.raises(EmptyInputError, match="expected rows with at least one column"):
        read_rows(rows)


def test_rows_of_another_kind() -> None:
    """A row that is no mapping is an error that names it."""
    with pytest.raises(UnsupportedInputError, match="row 2: expected a mapping of column names to values, got tuple"):
        read_rows([{"a": 1}, ("x",)])


def test_odd_keys() -> None:
    """Keys that are no text become text."""
    assert read_rows([{1: "x", None: "y"}]).table.column_names == ["1", "column_2"]


def test_json_lines() -> None:
    """Numbers keep their digits, NaN is null, bad lines are refused by number."""
    data = (
        b'{"a": "0012", "b": 12345678901234567890123}\r\n\r\n'
        b'{"a": 75001.0, "b": NaN}\n{"a": \n[1]\n{"a": {"x": 1}}\n{"a": 1.50, "b": 1e3}\n{"a": true, "b": 1e999}'
    )
    intake = read_json(data)
    assert intake.table.to_pydict() == {
        "a": ["0012", "75001", "1.50", "true"],
        "b": ["12345678901234567890123", None, "1000", "1e999"],
    }
    assert intake.line_numbers.tolist() == [1, 3, 7, 8]
    assert [(row.line_number, row.reason) for row in intake.refused] == [
        (4, "invalid_json"),
        (5, "not_an_object"),
        (6, "nested_value"),
    ]


def test_json_array() -> None:
    """An array of objects is read, its rows numbered by place."""
    intake = read_json(b' [\n {"a": "x"}, 7,\n {"a": "y"}]\n')
    assert intake.table.to_pydict() == {"a": ["x", "y"]}
    assert intake.line_numbers.tolist() == [1, 3]
    assert intake.refused[0].line_number == 2


def test_damaged_json_array() -> None:
    """An array that stops being JSON is an error that names the line."""
    with pytest.raises(InputError, match="stops being JSON on line 2"):
        read_json(b'[{"a": 1},\n{"a": }]')


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000])
def test_deeply_nested_json(data: bytes) -> None:
    """JSON nested without end is refused, not a crash."""
    with pytest.raises(
        InputError, match=r"nested too deeply|All 1 rows were refused; row 1: the line is not valid JSON"
    ):
        read_json(data)


def test_json_in_another_encoding() -> None:
    """JSON lines may be in UTF-16."""
    assert read_json('{"nom": "Zoé"}\n'.encode("utf-16")).table.to_pydict() == {"nom": ["Zoé"]}


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.integers() | st.text(), min_size=1), min_size=1))
def test_rows_round_trip(rows: list[dict[str, Any]]) -> None:
    """Each row comes back with the text of each of its values."""
    intake = read_rows(rows)
    for row, text in zip(rows, intake.table.to_pylist(), strict=True):
        for key, value in text.items():
            expected = row.get(key)
            assert (value or "") == ("" if expected is None else str(expected).replace("\0", ""))
