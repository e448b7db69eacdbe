"""`custid.intake._arrow`."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from custid.errors import EmptyInputError, UnsupportedInputError
from custid.intake._arrow import columns_as_intake, table_as_intake


@pytest.mark.parametrize(
    ("array", "texts"),
    [
        (pa.array(["00123", "", None]), ["00123", None, None]),
        (pa.array(["x"], pa.large_string()), ["x"]),
        (
            pa.array(["x", "a long text that is not inlined"], pa.string_view()),
            ["x", "a long text that is not inlined"],
        ),
        (pa.array(["x", None]).dictionary_encode(), ["x", None]),
        (pa.array([7.0, None]).dictionary_encode(), ["7", None]),
        (pa.RunEndEncodedArray.from_arrays([2, 3], ["x", "y"]), ["x", "x", "y"]),
        (pa.nulls(2), [None, None]),
        (pa.array([1, None], pa.int64()), ["1", None]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([612345678.0, 0.5, float("nan"), None, -0.0]), ["612345678", "0.5", None, None, "0"]),
        (pa.array([1e20, float("inf")]), ["100000000000000000000", "inf"]),
        (pa.array([7.0, 0.1], pa.float32()), ["7", "0.1"]),
        (pa.array(np.array([7.0, 0.5], dtype=np.float16)), ["7", "0.5"]),
        (pa.array([Decimal("1.50")]), ["1.50"]),
        (pa.array([True, None]), ["true", None]),
        (pa.array([date(1984, 6, 12)], pa.date32()), ["1984-06-12"]),
        (pa.array([date(1984, 6, 12)], pa.date64()), ["1984-06-12"]),
        (pa.array([datetime(1984, 6, 12), None], pa.timestamp("ns")), ["1984-06-12", None]),  # noqa: DTZ001 - as frames
        (pa.array([datetime(1984, 6, 12, 7)], pa.timestamp("ns")), ["1984-06-12 07:00:00"]),  # noqa: DTZ001 - as frames
        (pa.array([1], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001"]),
        (pa.array([5], pa.time32("s")), ["00:00:05"]),
        (pa.array([b"caf\xc3\xa9", b""]), ["café", None]),
        (pa.array([b"ab"], pa.binary(2)), ["ab"]),
        (pa.array([b"ab"], pa.large_binary()), ["ab"]),
        (pa.array(["a\0b", "\0"]), ["ab", None]),
    ],
)
def test_types(array: Any, texts: list[str | None]) -> None:
    """Each flat type becomes text without loss, and null where it says nothing."""
    table = table_as_intake(pa.table({"a": array})).table
    assert table.schema.field("a").type == pa.string()
    assert table["a"].to_pylist() == texts


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1e16 / 3, 1e-7, None, float("nan"), 7.0, 1e300]),
        pa.array([0.1, 7.0, 1e20], pa.float32()),
        pa.array([0, 1, 1_000, 1_000_000, 1_000_000_000, None], pa.timestamp("ns")),
        pa.array([0, 1_000, 1_000_000, None], pa.timestamp("us", "UTC")),
        pa.array([0, 1], pa.timestamp("s")).dictionary_encode(),
    ],
)
def test_texts_are_those_of_each_value_alone(array: Any) -> None:
    """What a value is read as does not depend on the values of other rows."""
    alone = [table_as_intake(pa.table({"a": array.slice(row, 1)})).table["a"][0].as_py() for row in range(len(array))]
    assert table_as_intake(pa.table({"a": array})).table["a"].to_pylist() == alone


@pytest.mark.parametrize("start", [0, 1, 8, 50, 64])
@pytest.mark.parametrize("left_out", ["", "\0"])
def test_slices_hold_their_own_texts(start: int, left_out: str) -> None:
    """A table that is a part of another one is read as a copy of it is, be texts of it empty."""
    texts = [None if row % 7 == 3 else left_out if row % 5 == 2 else f"é{row}" * (row % 3) for row in range(100)]
    whole = pa.table({"a": pa.array(texts, pa.string()), "b": pa.array(texts).dictionary_encode()})
    table = table_as_intake(whole.slice(start)).table
    table.validate(full=True)
    assert (
        table["a"].to_pylist()
        == table["b"].to_pylist()
        == [text.strip("\0") or None if text else None for text in texts[start:]]
    )


def test_uuids() -> None:
    """The extension type of UUIDs has its usual text."""
    value = uuid.UUID(int=1)
    array = pa.ExtensionArray.from_storage(pa.uuid(), pa.array([value.bytes, None], pa.binary(16)))
    assert table_as_intake(pa.table({"a": array})).table["a"].to_pylist() == [str(value), None]


class _Grade(pa.ExtensionType):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(pa.string(), "custid.test_grade")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type: pa.DataType, serialized: bytes) -> _Grade:
        return cls()


def test_other_extension_types() -> None:
    """Another extension type is read as what it stores."""
    array = pa.ExtensionArray.from_storage(_Grade(), pa.array(["1", None]))
    assert table_as_intake(pa.table({"a": array})).table["a"].to_pylist() == ["1", None]


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.int64()), pa.struct([("x", pa.int64())]), pa.map_(pa.string(), pa.int8())]
)
def test_nested_types(kind: pa.DataType) -> None:
    """A nested column is an error that names it."""
    with pytest.raises(UnsupportedInputError, match="column 'a': expected single values"):
        table_as_intake(pa.table({"a": pa.nulls(1, kind)}))


def test_types_without_text() -> None:
    """A column whose type has no text is an error that names it."""
    array = pa.array([(1, 2, 3)], pa.month_day_nano_interval())
    with pytest.raises(UnsupportedInputError, match="column 'a': expected values that have a text"):
        table_as_intake(pa.table({"a": array}))


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.string(), pa.large_string()])
def test_undecodable_bytes(kind: pa.DataType) -> None:
    """Rows with bytes that are not UTF-8 are refused, in columns of bytes and of unchecked text."""
    raw = pa.array([b"ok", b"\xff", None], pa.large_binary() if "large" in str(kind) else pa.binary())
    array = pa.Array.from_buffers(kind, len(raw), raw.buffers())
    intake = table_as_intake(pa.table({"a": array, "b": [1, 2, 3]}))
    assert intake.table.to_pydict() == {"a": ["ok", None], "b": ["1", "3"]}
    assert intake.line_numbers.tolist() == [1, 3]
    assert [(row.line_number, row.reason) for row in intake.refused] == [(2, "invalid_text")]


def test_undecodable_bytes_in_a_dictionary() -> None:
    """Rows that take a value of bytes that are not UTF-8 are refused."""
    first = pa.DictionaryArray.from_arrays(pa.array([0, None, 1]), pa.array([b"ok", b"\xff"]))
    second = pa.DictionaryArray.from_arrays(pa.array([1, 0]), pa.array([b"ok", b"\xff"]))
    intake = table_as_intake(pa.table({"a": pa.chunked_array([first, second])}))
    assert intake.table["a"].to_pylist() == ["ok", None, "ok"]
    assert [row.line_number for row in intake.refused] == [3, 4]


def test_removed_nul_characters() -> None:
    """Removed NUL characters are reported by column."""
    assert table_as_intake(pa.table({"a": ["x\0"]})).warnings == (
        "column 'a': NUL characters were removed from 1 values.",
    )


def test_repeated_names() -> None:
    """Columns of one name are both kept."""
    table = pa.table([pa.array(["x"]), pa.array(["y"])], names=["a", "a"])
    intake = table_as_intake(table)
    assert intake.table.to_pydict() == {"a": ["x"], "a_2": ["y"]}
    assert "'a_2'" in intake.warnings[0]


def test_no_rows() -> None:
    """A table without rows keeps its columns."""
    table = table_as_intake(pa.table({"a": pa.array([], pa.float64()), "b": pa.array([], pa.timestamp("ns"))})).table
    assert (table.num_rows, table.column_names) == (0, ["a", "b"])


def test_no_columns() -> None:
    """A table without columns is an error."""
    with pytest.raises(EmptyInputError, match="expected at least one column"):
        columns_as_intake([], [])
