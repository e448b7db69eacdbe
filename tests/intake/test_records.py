"""`custid.intake._records`."""

from __future__ import annotations

import csv

from hypothesis import example, given
from hypothesis import strategies as st

from custid.intake import _records
from custid.intake._delimited import read_delimited
from custid.intake._records import find_records

_PIECES = ['"', '"', ",", ",", "\n", "a", "b", " ", "\r\n", "\r", '""', '","', '"\n"', "é"]


def test_line_numbers() -> None:
    """A record is numbered by the line on which it begins, whatever ends the lines."""
    records = find_records(b'a,b\r\n1,"x\ny"\r2,z\n\n3,"w"', ",")
    assert records.line_numbers.tolist() == [1, 2, 4, 6]
    assert records.n_fields.tolist() == [2, 2, 2, 2]
    assert records.has_line_breaks


def test_unclosed_quote() -> None:
    """An unclosed quote costs its line only."""
    records = find_records(b'a,b\n1,"x\n2,"y"\n3,z\n', ",")
    assert records.line_numbers.tolist() == [1, 2, 3, 4]
    assert records.n_fields.tolist() == [2, 0, 2, 2]
    assert not records.has_line_breaks


def test_line_of_an_unclosed_quote() -> None:
    """An unclosed quote is reported on its own line, even where its record began before."""
    records = find_records(b'a,b,c\n1,"x\ny","z\n3,4,5\n', ",")
    assert records.line_numbers.tolist() == [1, 3, 4]
    assert records.n_fields.tolist() == [3, 0, 3]


def test_stray_quotes() -> None:
    """Quotes inside an unquoted field are text."""
    assert find_records(b'a 5" pipe,b\n"Bob" Smith,x\n', ",").n_fields.tolist() == [2, 2]


def test_blocks() -> None:
    """Where a text is cut into blocks does not matter."""
    for data in (b'a,b\n1,"x,\n\ny"\n' * 20, b"a,b\r\n1,2\r3,4\r\r\n\n5,6\r" * 9, b"a,b\r"):
        whole = find_records(data, ",")
        for size in (1, 2, 7, 30):
            with _block_bytes(size):
                parts = find_records(data, ",")
            assert parts.starts.tolist() == whole.starts.tolist()
            assert parts.ends.tolist() == whole.ends.tolist()
            assert parts.n_fields.tolist() == whole.n_fields.tolist()
            assert parts.line_numbers.tolist() == whole.line_numbers.tolist()


class _block_bytes:  # noqa: N801 - reads as a function
    def __init__(self, size: int) -> None:
        self._size, self._before = size, (_records._BLOCK_BYTES, _records._PIECE_BYTES)

    def __enter__(self) -> None:
        _records._BLOCK_BYTES = _records._PIECE_BYTES = self._size

    def __exit__(self, *_: object) -> None:
        _records._BLOCK_BYTES, _records._PIECE_BYTES = self._before


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
@example('"a""\n"b""\n')
@example('x,y""z,"\n')
def test_agreement_with_the_parser(body: str) -> None:
    """However quotes lie, each record read alone by the csv module has the fields that the table has."""
    data = f"x,y,z\n{body}".encode()
    intake = read_delimited(data)
    records = find_records(data, ",")
    spans = [
        data[start:end].decode()
        for start, end, n_fields in zip(records.starts[1:], records.ends[1:], records.n_fields[1:], strict=True)
        if n_fields == 3
    ]
    expected = [next(csv.reader([span])) for span in spans]
    assert [[value or "" for value in row.values()] for row in intake.table.to_pylist()] == expected
    assert len(intake.refused) == len(records.starts) - 1 - len(expected)


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_every_line_is_accounted_for(body: str) -> None:
    """Records lie one after the other, and what is between them is line ends and unclosed quotes' lines."""
    records = find_records(body.encode(), ",")
    assert (records.starts < records.ends).all()
    assert (records.starts[1:] > records.ends[:-1]).all()
    assert (records.line_numbers[1:] > records.line_numbers[:-1]).all()
