"""Reading the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from custid.errors import EmptyInputError, InputError, UnsupportedInputError
from custid.evaluation import read_truth


def test_truth_from_csv(tmp_path: Path) -> None:
    """The named columns of a file are taken, in any place, and leading zeros are kept."""
    path = tmp_path / "truth.csv"
    path.write_text("note,true_id,record_id\nu,x,001\nv,x,1\n", encoding="utf-8")
    truth = read_truth(path)
    assert (truth.key.to_pylist(), truth.true_id.to_pylist()) == (["001", "1"], ["x", "x"])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_truth_from_unnamed_columns(tmp_path: Path, separator: str) -> None:
    """Without known names the first column is the key and the second the label; byte-order marks don't matter."""
    path = tmp_path / "truth.csv"
    path.write_text(f"numero{separator}client\n1{separator}x\n", encoding="utf-8-sig")
    truth = read_truth(str(path))
    assert (truth.key.to_pylist(), truth.true_id.to_pylist(), truth.source) == (["1"], ["x"], None)


def test_other_truths_are_refused() -> None:
    """Truth is a path, a table or a mapping."""
    with pytest.raises(UnsupportedInputError, match="truth: expected a path"):
        read_truth([("1", "x")])


def test_one_column_is_too_few() -> None:
    """Truth has two columns at least, beside that of the source."""
    with pytest.raises(EmptyInputError, match="expected two columns, record key and true id, got 1"):
        read_truth(pa.table({"record_key": ["1"]}))
    with pytest.raises(EmptyInputError, match="expected a record key and a true id beside the source"):
        read_truth(pa.table({"source": ["s"], "true_id": ["1"]}))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "expected a header, got an empty line"),
        (b"record_id,true_id\n1\n", "expected UTF-8 rows of 2 columns each"),
        (b"record_id,\xff\n1,2\n", "expected UTF-8, got other bytes"),
        (b"record_id,true_id\n" + b"1,x\n" * 5000 + b"2,\xff\n", "expected UTF-8 rows of 2 columns each"),
    ],
)
def test_unreadable_files(tmp_path: Path, content: bytes, problem: str) -> None:
    """A file that is no table of text is an error that says so."""
    path = tmp_path / "truth.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        read_truth(path)


def test_absent_file(tmp_path: Path) -> None:
    """A file that is not there is an error with its name."""
    with pytest.raises(InputError, match=r"truth '.*nowhere\.csv': expected a CSV file, got No such file"):
        read_truth(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("truth", "problem"),
    [
        ({("crm", "1", "x"): "a"}, "tuple of another length"),
        ({"\ud800": "a"}, "lone surrogate"),
        (pa.table({"record_key": [["1"]], "true_id": ["a"]}), "record key: expected texts"),
        (pa.table({"record_key": ["1"], "true_id": [b"\xff"]}), "true id: expected texts"),
        (pa.table([["1"], ["a"], ["b"]], names=["record_key", "true_id", "true_id"]), "one column 'true_id', got 2"),
    ],
    ids=["a triple", "a surrogate", "lists", "bytes", "a name twice"],
)
def test_keys_and_labels_of_other_kinds(truth: Any, problem: str) -> None:
    """What cannot be a key or a label is refused in words of custid, which hold no value."""
    with pytest.raises(InputError, match=problem) as raised:
        read_truth(truth)
    assert raised.value.__context__ is None


def test_a_header_of_endless_cells(tmp_path: Path) -> None:
    """A first line that no header has is refused, too."""
    path = tmp_path / "truth.csv"
    path.write_text('"' + "a" * 200_000 + '",b\n1,2\n')
    with pytest.raises(InputError, match="longer than any name"):
        read_truth(path)
