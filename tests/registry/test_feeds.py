"""What rows of a source mean does not depend on how many come together."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import InputError
from custid.intake import Schema, read
from custid.registry.contents import Content
from custid.registry.feeds import Feed
from custid.registry.payloads import payloads_of, table_of_payloads
from custid.registry.record_keys import RecordKey, checked_record_keys
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row
from tests.registry.matched import SOURCE, feed, rows

_TEXTS = st.text(max_size=8)
_VALUES = st.one_of(_TEXTS, st.none(), st.integers(), st.booleans(), st.lists(_TEXTS, max_size=2))


@pytest.mark.parametrize("kind", ["persons", "organizations"])
def test_rows_one_by_one(kind: str) -> None:
    """Each of many rows means what it means alone, and the same when its content is read again."""
    table = read(list(rows(kind))).table
    many = feed(kind).read(table)
    alone = [Row(*feed(kind).reader.read(row)) for row in table.to_pylist()]
    assert list(many.rows.values()) == alone
    assert feed(kind).rows_of(many.contents) == many.rows
    few = list(many.contents.items())[:3]
    assert list(feed(kind).rows_of(dict(few)).values()) == alone[:3]


def test_rows_beside_joint_holders() -> None:
    """A row that names several persons does not change what the others say."""
    persons = [dict(row) for row in rows("persons")]
    joint = persons[0] | {"record_id": "joint", "given_name": "Jean et Marie", "family_name": "Petit"}
    together = feed("persons").read(read([*persons, joint]).table).rows
    assert [together[key].naming for key in together][-1] == 2
    assert {key: row for key, row in together.items() if key.key != "joint"} == (
        feed("persons").read(read(persons).table).rows
    )


def test_rows_of_which_nothing_is_known() -> None:
    """Rows without any column that is evidence say nothing."""
    nothing = Feed(source=SOURCE, schema=Schema(columns={"note": None}, record_key="id"))
    table = pa.table({"id": [str(number) for number in range(100)], "note": ["x"] * 100})
    assert set(nothing.read(table).rows.values()) == {Row()}
    assert nothing.columns_of(['{"note":"x"}'] * 2).rows() == [Row(), Row()]


@given(st.lists(st.dictionaries(_TEXTS, st.none() | _TEXTS, max_size=4), max_size=5), st.sampled_from([1, 80]))
def test_payloads_are_those_of_contents(stated: list[dict[str, str | None]], times: int) -> None:
    """Many rows or few have the contents that they have one by one."""
    names = sorted({name for row in stated for name in row})
    table = pa.table({name: pa.array([row.get(name) for row in stated] * times, pa.string()) for name in names})
    expected = [Content.of({name: text for name, text in row.items() if text is not None}) for row in stated]
    assert payloads_of(table) == ([each.payload for each in expected] * times if names else [])


@given(st.lists(st.dictionaries(_TEXTS, _VALUES, max_size=4), max_size=4))
def test_columns_of_payloads(stated: list[dict[str, Any]]) -> None:
    """The asked columns of contents are there as texts, whatever stands in them and in the others."""
    names = sorted({name for row in stated for name in row})[:2]
    found = table_of_payloads([Content.of(row).payload for row in stated], names)
    assert found.num_rows == len(stated)
    for name in names:
        texts = [row.get(name) for row in stated]
        assert found.column(name).to_pylist() == [text if text is None else str(text) for text in texts]


_ROWS = st.lists(
    st.builds(
        lambda values, kind: Row(tuple((name, tuple(sorted(values[name]))) for name in sorted(values)), kind, kind + 1),
        st.dictionaries(st.sampled_from("abc"), st.sets(st.sampled_from("uvwxyz"), min_size=1), max_size=3),
        st.integers(-1, 1),
    ),
    max_size=40,
)


@given(_ROWS)
def test_rows_as_columns(stated: list[Row]) -> None:
    """Rows come back from their columns, all or some of them."""
    columns = RowColumns.of(stated)
    assert len(columns) == len(stated)
    assert columns.rows() == stated
    places = list(range(len(stated)))[::-2]
    assert columns.rows(pa.array(places, pa.int64()).to_numpy()) == [stated[place] for place in places]


def test_values_of_many_columns() -> None:
    """Rows of so many columns that no number holds all their codes come back as they were."""
    texts = tuple(f"{number:05}" for number in range(20_000))
    stated = [Row((("a", texts[start : start + 7]),)) for start in (0, 5, 0, *range(1_000, 1_030))]
    vocabulary = Row((("a", texts),))
    assert RowColumns.of([*stated, vocabulary]).rows() == [*stated, vocabulary]


def test_keys_of_many_records() -> None:
    """Keys are checked together as they are one by one."""
    assert checked_record_keys("s", ["1", "2"]) == (RecordKey("s", "1"), RecordKey("s", "2"))
    assert checked_record_keys("s", []) == ()
    for wrong in ("", "x" * 1_025, "\0", "\ud800"):
        with pytest.raises(InputError, match="record key: key: expected"):
            checked_record_keys("s", ["1", wrong])
    with pytest.raises(InputError, match="record key: source: expected"):
        checked_record_keys("", ["1"])


def test_payloads_are_json() -> None:
    """A name or text with quotes, backslashes and characters beyond ASCII is read back as it was."""
    odd = 'a"b\\c\x7f\té\U0001f600'
    table = pa.table({odd: [odd, None] * 50})
    assert [json.loads(each) for each in payloads_of(table)] == [{odd: odd}, {}] * 50


def test_a_feed_is_read_from_its_setting_once() -> None:
    """The same setting gives the same feed, and each source its own."""
    setting = feed("persons").to_json()
    assert Feed.from_json("a", setting) is Feed.from_json("a", setting)
    assert Feed.from_json("b", setting) == Feed(source="b", schema=feed("persons").schema)
