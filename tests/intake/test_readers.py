"""`custid.intake.readers`."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from custid.errors import ConfigurationError, EmptyInputError, InputError, UnsupportedInputError
from custid.intake.readers import read

TABLE = pa.table({"nom": ["Zoé", None, "Bob"], "cp": ["00123", "75001", None]})
TEXT = "nom,cp\nZoé,00123\n,75001\nBob,\n".encode()


def _zstd_file(path: Path, data: bytes) -> None:
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(data)


def _write_parquet(path: Path) -> None:
    pq.write_table(TABLE, path)


def _write_feather(path: Path) -> None:
    feather.write_feather(TABLE, path)


def _write_stream(path: Path) -> None:
    with pa.ipc.new_stream(path, TABLE.schema) as writer:
        writer.write_table(TABLE)


def _write_json(path: Path) -> None:
    path.write_text('{"nom": "Zoé", "cp": "00123"}\n{"cp": "75001"}\n{"nom": "Bob"}\n', encoding="utf-8")


_WRITERS: list[tuple[str, Callable[[Path], Any]]] = [
    ("a.csv", lambda path: path.write_bytes(TEXT)),
    ("a.tsv", lambda path: path.write_bytes(TEXT.replace(b",", b"\t"))),
    ("a.txt", lambda path: path.write_bytes(TEXT.replace(b",", b"|"))),
    ("a", lambda path: path.write_bytes(TEXT)),
    ("a.csv.gz", lambda path: path.write_bytes(gzip.compress(TEXT))),
    ("a.csv.bz2", lambda path: path.write_bytes(bz2.compress(TEXT))),
    ("a.csv.xz", lambda path: path.write_bytes(lzma.compress(TEXT))),
    ("a.csv.zst", lambda path: _zstd_file(path, TEXT)),
    ("a.csv.GZ", lambda path: path.write_bytes(gzip.compress(TEXT[:20]) + gzip.compress(TEXT[20:]))),
    ("a.parquet", _write_parquet),
    ("a.feather", _write_feather),
    ("a.arrow", _write_feather),
    ("a.ipc", _write_stream),
    ("a.jsonl", _write_json),
    ("a.ndjson", _write_json),
    ("a.json", _write_json),
]


@pytest.mark.parametrize(("name", "write"), _WRITERS, ids=[name for name, _ in _WRITERS])
def test_files(tmp_path: Path, name: str, write: Callable[[Path], Any]) -> None:
    """Each format gives the same table, named after the file without its endings."""
    write(tmp_path / name)
    for path in (tmp_path / name, str(tmp_path / name)):
        intake = read(path)
        assert intake.table.to_pylist() == TABLE.to_pylist()
        assert {field.type for field in intake.table.schema} == {pa.string()}
        assert intake.name == "a"
        assert not intake.refused
        assert not intake.warnings


def test_names(tmp_path: Path) -> None:
    """The name of a source is as asked for, else that of the file, else ``rows``."""
    path = tmp_path / "shop.2024.csv"
    path.write_bytes(TEXT)
    assert [read(path).name, read(path, source="crm").name] == ["shop.2024", "crm"]
    assert [read(TABLE).name, read(TABLE, source="crm").name] == ["rows", "crm"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: TABLE,
        lambda: TABLE.to_batches()[0],
        TABLE.to_reader,
        lambda: _Stream(),  # noqa: PLW0108 - the class comes later
        TABLE.to_pylist,
        lambda: (row for row in TABLE.to_pylist()),
    ],
    ids=["table", "batch", "reader", "stream", "list", "generator"],
)
def test_objects(make: Callable[[], Any]) -> None:
    """Each kind of object gives the same table, its rows numbered from 1."""
    intake = read(make())
    assert intake.table.to_pylist() == TABLE.to_pylist()
    assert intake.line_numbers.tolist() == [1, 2, 3]


class _Stream:
    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return TABLE.__arrow_c_stream__(requested_schema)


def test_pandas() -> None:
    """A pandas frame is read: mixed columns, floats for missing integers, repeated names, any index."""
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame(
        {
            "mixed": ["a", 7, None],
            "phone": [612345678, None, 7],
            "born": pandas.to_datetime(["1984-06-12", None, "1990-01-01"]),
            "kind": pandas.Categorical(["x", "y", "x"]),
            "number": pandas.array([1, None, 3], dtype="Int64"),
            "month": pandas.PeriodIndex(["2020-01", "2020-02", "2020-03"], freq="M"),
            "seen": [pandas.NaT, pandas.NA, date(2020, 1, 2)],
        },
        index=[5, 5, 9],
    )
    frame = pandas.concat([frame, frame[["mixed"]]], axis=1)
    assert read(frame).table.to_pydict() == {
        "mixed": ["a", "7", None],
        "phone": ["612345678", None, "7"],
        "born": ["1984-06-12", None, "1990-01-01"],
        "kind": ["x", "y", "x"],
        "number": ["1", None, "3"],
        "month": ["2020-01", "2020-02", "2020-03"],
        "seen": [None, None, "2020-01-02"],
        "mixed_2": ["a", "7", None],
    }


def test_pandas_dates_beside_a_time() -> None:
    """The dates of a pandas frame are the dates that they are, whatever time stands in another row."""
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"born": pandas.to_datetime(["1984-06-12 00:00", "1990-01-01 07:00"])})
    assert read(frame).table["born"].to_pylist() == ["1984-06-12", "1990-01-01 07:00:00"]


def test_pandas_with_nested_values() -> None:
    """A pandas column of lists is an error that names it."""
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    with pytest.raises(UnsupportedInputError, match="column 'a': expected single values, got lists or mappings"):
        read(pandas.DataFrame({"a": [[1], [2]]}))


def test_polars() -> None:
    """A polars frame is read."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.DataFrame(
        {"a": ["x", ""], "b": [1.0, None], "c": [date(1984, 6, 12), None]},
        schema_overrides={"a": polars.Categorical},
    )
    assert read(frame).table.to_pydict() == {"a": ["x", None], "b": ["1", None], "c": ["1984-06-12", None]}


def test_duckdb() -> None:
    """A DuckDB relation is read."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    with duckdb.connect() as connection:
        relation = connection.sql("select '00123' as cp, 7::hugeint as n, date '1984-06-12' as born, null as x")
        intake = read(relation)
    assert intake.table.to_pylist() == [{"cp": "00123", "n": "7", "born": "1984-06-12", "x": None}]


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (7, "expected a table, got int"),
        (b"a,b", "expected a table, got bytes"),
        ({"a": [1]}, r"got dict.* Hint: For a mapping of columns give pyarrow.table"),
        (["a", "b"], "row 1: expected a mapping of column names to values, got str"),
        (pa.chunked_array([["a"]]), "expected columns with names, got one without"),
    ],
)
def test_other_objects(data: object, match: str) -> None:
    """What is no table is refused with what to give."""
    with pytest.raises(UnsupportedInputError, match=match):
        read(data)


def test_empty_file(tmp_path: Path) -> None:
    """An empty file is an error that names it."""
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(EmptyInputError, match=r"file 'empty\.csv': expected a header, got an empty file"):
        read(path)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is the error that Python has for it."""
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a.csv.gz", gzip.compress(TEXT, mtime=0)[:-12], "the gzip data is damaged or cut off"),
        ("a.csv.xz", lzma.compress(TEXT)[:-4], "the xz data is damaged or cut off"),
        ("a.csv.bz2", b"BZh9" + b"x" * 50, "the bzip2 data is damaged or cut off"),
        ("a.csv.zst", b"\x28\xb5\x2f\xfd" + b"x" * 50, "the zstd data is damaged or cut off"),
        ("a.parquet", b"PAR1" + b"x" * 50, "expected Parquet or Arrow data"),
        ("a.parquet", TEXT, "expected Parquet or Arrow data"),
        ("a.arrow", TEXT, "expected Parquet or Arrow data"),
    ],
)
def test_damaged_files(tmp_path: Path, name: str, content: bytes, match: str) -> None:
    """A damaged file is an error that names it."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=match):
        read(tmp_path / name)


def _texts_at(*places: int) -> pa.Array:
    """Return texts that stand at some places of three bytes."""
    offsets = pa.py_buffer(struct.pack(f"<{len(places)}i", *places))
    return pa.Array.from_buffers(pa.string(), len(places) - 1, [None, offsets, pa.py_buffer(b"abc")])


_OUTSIDE = [
    _texts_at(0, 3, 1, 3),
    _texts_at(0, 1 << 20, 3),
    pa.DictionaryArray.from_arrays(pa.array([0, 7], pa.int8()), pa.array(["a", "b"]), safe=False),
]


@pytest.mark.parametrize("column", _OUTSIDE, ids=["negative length", "behind the end", "no such value"])
def test_arrow_data_that_lead_outside(tmp_path: Path, column: pa.Array) -> None:
    """Arrow data of which a place lies outside is damaged: what happens to stand there in memory is no value."""
    batch = pa.RecordBatch.from_arrays([column], ["name"])
    with pa.ipc.new_stream(tmp_path / "a.arrows", batch.schema) as writer:
        writer.write_batch(batch)
    with pytest.raises(InputError, match="expected Parquet or Arrow data"):
        read(tmp_path / "a.arrows")


def test_parquet_in_a_partition(tmp_path: Path) -> None:
    """The folder of a Parquet file adds no column."""
    (tmp_path / "shop=a").mkdir()
    _write_parquet(tmp_path / "shop=a" / "x.parquet")
    assert read(tmp_path / "shop=a" / "x.parquet").table.column_names == ["nom", "cp"]


def test_names_of_files_that_are_no_utf8(tmp_path: Path) -> None:
    """A file from an old archive, whose name is Latin-1, is read; its source has a name that every table holds."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    path.write_text("name\nZoe\n", encoding="utf-8")
    assert read(path).name == "caf\ufffd"
    with pytest.raises(ConfigurationError, match="half of a surrogate pair"):
        read(path, source="caf\udce9")


@pytest.mark.parametrize("name", ["a\0b.csv", "\ud800.csv"], ids=["a NUL", "half of a pair"])
def test_names_that_no_file_has(name: str) -> None:
    """A name that the system cannot write is refused in words of custid."""
    with pytest.raises(InputError, match="name that the system can write"):
        read(name)
