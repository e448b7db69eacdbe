"""Input made to do harm, or that nobody expected: each has a ceiling, and an error that names what to do."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import resource
import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import custid
from custid import serde
from custid._json import MOST_LEVELS, json_value
from custid.clustering import PairGraph, contract
from custid.errors import CustidError, InputError
from custid.intake import GenericPolicy, read
from custid.intake._room import MOST_COLUMNS, ROOM, within_room
from custid.registry import open_registry

ZOE = {"first_name": "Zoé", "last_name": "Lefèvre", "birth_date": "1980-03-04", "email": "zoe@courriel.example"}
ALI = {"first_name": "Ali", "last_name": "Benali", "birth_date": "1990-05-16", "email": "ali@courriel.example"}


def _customers(rows: list[dict[str, Any]]) -> list[int]:
    found: list[int] = custid.dedupe(rows).assignments["customer"].to_pylist()
    return found


# Small inputs that become large.


def test_what_grows_beyond_its_room_is_refused() -> None:
    """A gigabyte is room for anything; beyond, an input may become a hundred times its size and no more."""
    pieces = [ROOM // 4] * 5
    with pytest.raises(InputError, match=r"file 'a': expected at most 1073741824 bytes in memory.*Hint: .*plain CSV"):
        list(within_room(pieces, int, 10, "file 'a'"))
    assert sum(within_room(pieces, int, ROOM // 50, "file 'a'")) == sum(pieces)


def _zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, "zstd", asbytes=True))


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "compress"), [(".gz", gzip.compress), (".zst", _zstd)])
def test_a_decompression_bomb_is_refused(tmp_path: Path, ending: str, compress: Callable[[bytes], bytes]) -> None:
    """A file of some hundred kilobytes that would become more than a gigabyte is an error that names it."""
    _assert_refused(tmp_path / f"bomb.csv{ending}", compress)


@pytest.mark.campaign
@pytest.mark.slow
@pytest.mark.parametrize(("ending", "compress"), [(".bz2", bz2.compress), (".xz", lzma.compress)])
def test_a_slow_decompression_bomb_is_refused(tmp_path: Path, ending: str, compress: Callable[[bytes], bytes]) -> None:
    """Compressions that take their time are looked at alike."""
    _assert_refused(tmp_path / f"bomb.csv{ending}", compress)


def _assert_refused(path: Path, compress: Callable[[bytes], bytes]) -> None:
    member = compress(b"a,b\n" * (1 << 22))
    path.write_bytes(member * 66)
    assert path.stat().st_size < 4_000_000
    with pytest.raises(InputError, match=rf"file '{path.name}': expected at most \d+ bytes in memory"):
        read(path)


@pytest.mark.slow
def test_a_table_of_one_value_many_times_is_refused(tmp_path: Path) -> None:
    """A Parquet file of some hundred kilobytes in which one long value stands for millions of rows is an error."""
    path = tmp_path / "bomb.parquet"
    indices = pa.array(np.zeros(4_000_000, np.int32))
    pq.write_table(pa.table({"note": pa.DictionaryArray.from_arrays(indices, ["x" * 1_000])}), path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match=r"file 'bomb.parquet': expected at most \d+ bytes in memory"):
        read(path)


def test_rows_of_ever_other_columns_are_refused() -> None:
    """A cell for each row and each column would be needed: more columns than any table has are an error."""
    with pytest.raises(InputError, match=r"expected at most 10000 columns, got 10001\. Hint: "):
        read([{f"column {number}": 1} for number in range(MOST_COLUMNS + 1)])


@pytest.mark.parametrize("ending", [".csv", ".arrow", ".jsonl"])
def test_too_many_columns_are_refused(tmp_path: Path, ending: str) -> None:
    """A file of more than ten thousand columns is an error that says so, whatever its format."""
    path = tmp_path / f"wide{ending}"
    names = [f"c{number}" for number in range(MOST_COLUMNS + 1)]
    if ending == ".arrow":
        table = pa.table([pa.array(["1"])] * len(names), names=names)
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    else:
        row = json.dumps(dict.fromkeys(names, "1"))
        path.write_text(row if ending == ".jsonl" else f"{','.join(names)}\n{',' * (len(names) - 1)}\n")
    with pytest.raises(InputError, match=r"expected at most 10000 columns, got 10001\."):
        read(path)


def test_ten_thousand_columns_of_one_name_are_read(tmp_path: Path) -> None:
    """Columns that are called alike are numbered in one pass."""
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["a"] * MOST_COLUMNS) + "\n" + ",".join(["1"] * MOST_COLUMNS) + "\n")
    assert read(path).table.column_names[-1] == f"a_{MOST_COLUMNS}"


@pytest.mark.slow
def test_people_among_thousands_of_columns_are_found() -> None:
    """Columns of which nothing is understood are passed through, and do not keep people from being found."""
    more = {f"measure {number}": str(number) for number in range(5_000)}
    assert _customers([ZOE | more, ALI | more, ZOE | more]) == [0, 1, 0]


# Numbers, depth and types.


@pytest.mark.parametrize(
    "value",
    [10**5_000, -(10**5_000), Decimal("1E+999999999"), Decimal("1E-999999999")],
    ids=["10^5000", "-", "E+", "E-"],
)
def test_a_number_without_end_refuses_its_row(value: object) -> None:
    """A number whose digits would fill memory is refused with row and column; the other rows are read."""
    intake = read([ZOE, ZOE | {"email": value}])
    assert intake.table.num_rows == 1
    (refused,) = intake.refused
    assert (refused.line_number, refused.reason) == (2, "long_number")
    assert refused.message == "column 'email' holds a number of more than 4,000 digits."


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")]
)
def test_what_is_no_number_is_read(value: object) -> None:
    """NaN says nothing, and infinity nothing that would join anybody."""
    assert _customers([ZOE | {"phone": value}, ALI | {"phone": value}, ZOE]) == [0, 1, 0]


def test_a_column_of_all_types_is_read() -> None:
    """Numbers, truth values, bytes, texts and nothing may stand in one column."""
    values = [1, 1.5, True, None, b"Li", "Li", np.int8(3), np.float32("nan"), Decimal("1.10")]
    found = read([{"name": value} for value in values]).table["name"].to_pylist()
    assert found == ["1", "1.5", "true", None, "Li", "Li", "3", None, "1.10"]


_DEEP: dict[str, Callable[[str], object]] = {
    "a record": serde.from_json,
    "a match model": custid.TrainedMatchModel.from_json,
    "constraints": custid.Constraints.from_json,
    "a generic policy": GenericPolicy.from_json,
}


@pytest.mark.parametrize("what", _DEEP)
@pytest.mark.parametrize("levels", [100, 100_000])
def test_json_of_many_levels_is_refused(what: str, levels: int) -> None:
    """Lists within lists are an error of custid, however deep they are."""
    with pytest.raises(CustidError):
        _DEEP[what](f'{{"format": "custid.match-model", "party": {"[" * levels}{"]" * levels}}}')


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_levels_are_counted(opening: str) -> None:
    """As many levels as any document of ours could have are read, and one more is not."""
    closing = {"[": "]"}.get(opening, "}")
    inner = "1" if opening != "[" else ""
    assert json_value(opening * MOST_LEVELS + inner + closing * MOST_LEVELS)
    with pytest.raises(ValueError, match="a few levels"):
        json_value(opening * (MOST_LEVELS + 1) + inner + closing * (MOST_LEVELS + 1))


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "[Infinity]", "-Infinity", "1e999", "[-1E400]", "", "{", "1" * 5_000, b"\xff"),
        '[{"a": 1, "b": 2, "\\u0061": 1}]',
    ],
)
def test_what_is_no_json_leaves_nothing_of_it_behind(text: str | bytes) -> None:
    """The error keeps no text, neither in its message nor in what caused it."""
    with pytest.raises(ValueError, match=r"^expected [A-Za-z0-9 -]*, got [A-Za-z0-9 ,-]*$") as told:
        json_value(text)
    assert told.value.__context__ is None


def test_rows_of_nested_json_are_refused(tmp_path: Path) -> None:
    """A line of a hundred thousand brackets costs that line only."""
    path = tmp_path / "deep.jsonl"
    path.write_text(f'{json.dumps(ZOE)}\n{{"a": {"[" * 100_000}\n{json.dumps(ALI)}\n')
    intake = read(path)
    assert intake.table.num_rows == 2
    assert [each.line_number for each in intake.refused] == [2]


# Text.

_ODD = {
    "lone surrogates": "\ud800\udfff\udc80",
    "a normalization bomb": "\ufdfa" * 50_000,
    "combining marks": "e" + "\u0301" * 100_000,
    "right to left": "\u202e\u2066" * 1_000 + "Lef",
    "joiners": "\u200d" * 10_000,
    "emoji joined": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 10_000,
    "tags": "".join(chr(0xE0000 + code) for code in range(0x20, 0x7F)) * 100,
    "variation selectors": "Z\ufe0f" * 10_000,
    "unassigned and private": "\U000e1000\ue000\U0010fffd" * 1_000,
    "hangul parts": "\u1112\u1161\u11ab" * 10_000,
    "no characters": "\ufffe\uffff\U0001ffff" * 1_000,
}


@pytest.mark.parametrize("what", _ODD)
def test_odd_text_in_one_column_leaves_the_rest_to_decide(what: str) -> None:
    """Text that no name is made of joins and separates nobody."""
    rows = [ZOE, ALI, ZOE | {"city": _ODD[what]}, ALI | {"city": _ODD[what]}]
    assert _customers(rows) == [0, 1, 0, 1]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_name_is_one_in_all_forms(form: str) -> None:
    """Composed and decomposed letters are the same name."""
    folded = {name: unicodedata.normalize(form, value) for name, value in ZOE.items()}  # type: ignore[arg-type]  # a name
    assert _customers([ZOE, folded, ALI]) == [0, 0, 1]


# Names and values that are commands elsewhere.

_COMMANDS = (
    "'; DROP TABLE records; --",
    '" OR ""="',
    "../../../../tmp/custid-escaped",
    "/etc/passwd",
    "C:\\Windows\\system32",
    "a\nb\tc",
    "%s%n{0}{self.__class__}",
    "$(touch custid-escaped)",
    "-rf",
    "~root",
    "con",
    "a" * 1_000,
    "\u202egnp.exe",
)


def test_sources_keys_and_values_are_never_commands_nor_paths(tmp_path: Path) -> None:
    """A registry keeps what looks like SQL, a path or a format to the letter, and writes its own files only."""
    place = tmp_path / "place"
    place.mkdir()
    with open_registry(place / "customers.db") as registry:
        for source in _COMMANDS:
            keys = [(source, key) for key in _COMMANDS]
            registry.apply([keys], contents={keys[0]: {"name": source}})
        assert all(registry.id_of((source, key)) for source in _COMMANDS for key in _COMMANDS)
        customer = registry.id_of((_COMMANDS[0], _COMMANDS[1]))
        registry.merge((_COMMANDS[0], "-rf"), (_COMMANDS[1], "-rf"), actor=_COMMANDS[0], reason=_COMMANDS[1])
        assert len(registry.history(customer)) > len(_COMMANDS)
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files <= {f"place/customers.db{beside}" for beside in ("", "-journal", "-wal", "-shm")}


# Many of one kind.


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_records_is_clustered() -> None:
    """A path of pairs, in no order, takes neither recursion nor time that grows faster than it."""
    _assert_chain(100_000)


@pytest.mark.campaign
@pytest.mark.slow
def test_a_chain_of_a_million_records_is_clustered() -> None:
    """A path of a million pairs is one component, and clusters of two and three."""
    _assert_chain(1_000_000)


def _assert_chain(n_units: int) -> None:
    draw = np.random.default_rng(7)
    order = draw.permutation(n_units).astype(np.int32)
    ends = np.sort(np.stack([order[:-1], order[1:]]), axis=0)
    places = np.lexsort(ends[::-1])
    graph = PairGraph(
        left_idx=ends[0][places],
        right_idx=ends[1][places],
        weight_bits=np.full(n_units - 1, 8.0),
        tie_break=draw.integers(0, 2**63, n_units).astype(np.uint64),
    )
    cluster = contract(graph)
    assert n_units / 3 < len(np.unique(cluster)) < n_units / 2


_MILLION = """
import sys
import numpy as np
import pyarrow as pa
import custid

n_rows = int(sys.argv[1])
draw = np.random.default_rng(3)
letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
def words(length):
    return pa.array(["".join(each) for each in letters[draw.integers(0, 26, (n_rows, length))]])
days = draw.integers(0, 20_000, n_rows).astype("datetime64[D]")
table = pa.table({
    "first_name": words(6),
    "last_name": words(9),
    "birth_date": pa.array(days),
    "email": pa.array(["contact@courriel.example"]).take(pa.array(np.zeros(n_rows, np.int64))),
    "phone": pa.array(["02 40 41 98 76"]).take(pa.array(np.zeros(n_rows, np.int64))),
})
result = custid.dedupe(table)
print(result.n_customers, result.report.n_pairs)
"""


@pytest.mark.campaign
@pytest.mark.slow
def test_a_block_of_a_million_equal_keys_is_bounded() -> None:
    """A value that a million people share proposes no pairs of its own, joins nobody and fills no memory."""
    n_rows = 1_000_000
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_MILLION), str(n_rows)], check=True, capture_output=True, text=True
    )
    n_customers, n_pairs = map(int, done.stdout.split())
    assert n_customers > 0.999 * n_rows
    assert n_pairs <= 24 * n_rows
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 6 << 20
