"""Files of records."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custid.model import Person, Record
from custid.serde import RefusedLine, iterate_json_lines, read_json_lines, to_json, write_json_lines
from custid.testing.model_strategies import records
from tests.serde.examples import stated, zoe


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(written=st.lists(records(), max_size=3))
def test_file_gives_back_its_records(tmp_path: Path, written: list[Record]) -> None:
    """The records of a file are those that were written, in their order."""
    path = tmp_path / "records.jsonl"
    assert write_json_lines(written, path) == len(written)
    read = read_json_lines(path)
    assert (list(read.records), read.refused) == (written, ())


def test_bad_lines_are_reported_and_good_ones_read(tmp_path: Path) -> None:
    """Each line that is not blank is a record or is refused, with its number and all its faults."""
    good = to_json(zoe())
    bad = good.replace('"key": "7"', '"key": 7, "x": 1')
    lines = [b"\xef\xbb\xbf" + good.encode(), b"", bad.encode(), b"{", b"\xff", good.encode()]
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"\r\n".join(lines))
    read = read_json_lines(path)
    assert read.records == (zoe(), zoe())
    assert read.refused == (
        RefusedLine(line=3, faults=("record.key: expected text, got int", "record.x: unknown field")),
        RefusedLine(line=4, faults=("document: expected JSON, got other text at line 1, column 2.",)),
        RefusedLine(line=5, faults=("document: expected UTF-8, got other bytes.",)),
    )
    assert [isinstance(each, Record) for each in iterate_json_lines(path)] == [True, False, False, False, True]


def test_separators_of_unicode_end_no_line(tmp_path: Path) -> None:
    """A note may hold line separators and line feeds."""
    record = Record(source="till", key="7", party=Person(notes=stated("a\u2028b\x85c\nd\re")))
    path = tmp_path / "records.jsonl"
    write_json_lines([record, record], path)
    assert read_json_lines(path).records == (record, record)
