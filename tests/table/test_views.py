"""Records seen on a day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.errors import ShapeMismatchError
from custid.table import RecordTable, build_record_table
from custid.table.views import FIRST_DAY, LAST_DAY, UNKNOWN_DAY, RowTimes

# A row: the day observed, and up to two values, each with its first and last day.
days = st.integers(1, 12)
bounds = st.tuples(st.just(FIRST_DAY) | days, st.just(LAST_DAY) | days).filter(lambda period: period[0] <= period[1])
values = st.tuples(st.sampled_from("abc"), bounds)
Row = tuple[int, list[tuple[str, tuple[int, int]]]]
rows = st.lists(st.tuples(days | st.just(UNKNOWN_DAY), st.lists(values, max_size=2)), min_size=1, max_size=6)


def built(made: list[Row]) -> RecordTable:
    """Return the table of some rows."""
    codes = np.full((len(made), 2), -1, np.int32)
    periods = np.empty((len(made), 2, 2), np.int32)
    periods[...] = FIRST_DAY, LAST_DAY
    for number, (_, held) in enumerate(made):
        for place, (value, period) in enumerate(held):
            codes[number, place] = "abc".index(value)
            periods[number, place] = period
    observed = np.array([day for day, _ in made], np.int32)
    times = RowTimes(observed_day=observed, periods={"city": periods})
    return build_record_table({"city": (list("abc"), codes)}, len(made), times=times)


def said(table: RecordTable, row: NDArray[np.int32]) -> set[str]:
    """Return the values of a row of the table of units and views."""
    assert table.seen is not None
    if "city" not in table.columns:
        return set()
    column = table.seen.columns["city"]
    return {column.vocabulary[code] for code in column.codes[int(row)].tolist() if code >= 0}


@given(rows)
@settings(max_examples=200)
def test_a_unit_shows_what_holds_on_the_day_of_the_other(made: list[Row]) -> None:
    """Seen by another unit, a unit has exactly the values that hold on the other's day; all where nothing tells it."""
    table = built(made)
    if table.views is None:
        assert not any(period != (FIRST_DAY, LAST_DAY) for _, held in made for _, period in held)
        return
    for seen_row, (_, held) in enumerate(made):
        for by_row, (day, _) in enumerate(made):
            units = table.unit_of_row[[seen_row]].astype(np.int32)
            by = table.unit_of_row[[by_row]].astype(np.int32)
            expected = {value for value, (first, last) in held if day == UNKNOWN_DAY or first <= day <= last}
            assert said(table, table.views.seen(units, by)[0]) == expected


@given(rows.flatmap(lambda made: st.tuples(st.just(made), st.permutations(range(len(made))))))
def test_order_of_rows_does_not_matter(drawn: tuple[list[Row], list[int]]) -> None:
    """Rows in another order give the same units, views and hashes."""
    made, order = drawn
    table, shuffled = built(made), built([made[row] for row in order])
    assert table.content_hash.tolist() == shuffled.content_hash.tolist()
    assert table.unit_of_row[order].tolist() == shuffled.unit_of_row.tolist()
    if table.views is None or shuffled.views is None:
        assert table.views is shuffled.views
        return
    assert table.views.first_day.tolist() == shuffled.views.first_day.tolist()
    assert table.views.unit_of_view.tolist() == shuffled.views.unit_of_view.tolist()


def test_rows_of_other_times_are_other_units() -> None:
    """Equal values that hold at other times, or were observed on other days, are other contents."""
    made: list[Row] = [
        (5, [("a", (1, 4))]),
        (5, [("a", (1, 4))]),
        (6, [("a", (1, 4))]),
        (5, [("a", (1, 5))]),
    ]
    table = built(made)
    assert (table.n_units, len(set(table.content_hash.tolist()))) == (3, 3)


@given(rows)
def test_rows_are_one_unit_where_values_and_times_are(made: list[Row]) -> None:
    """Two rows are one unit if they state the same values of the same periods on the same day, and only then."""
    table = built(made)
    is_dated = any(period != (FIRST_DAY, LAST_DAY) for _, held in made for _, period in held)

    def content(day: int, held: list[tuple[str, tuple[int, int]]]) -> object:
        stated = {period for _, period in held} - {(FIRST_DAY, LAST_DAY)}
        # Of a row without dated values, saying one twice is saying it once; so it is of each value and period.
        return (day if is_dated else 0, frozenset(held) if stated else frozenset(value for value, _ in held))

    contents = [content(*row) for row in made]
    for left, one in enumerate(contents):
        for right, other in enumerate(contents):
            assert (table.unit_of_row[left] == table.unit_of_row[right]) == (one == other)


def test_a_period_belongs_to_its_value() -> None:
    """Equal values and equal periods, but of the other value each, are two contents; the order of values is none."""
    always, once = (FIRST_DAY, LAST_DAY), (1, 4)
    table = built([(5, [("a", once), ("b", always)]), (5, [("b", once), ("a", always)])])
    assert table.n_units == 2
    table = built([(5, [("a", once), ("b", always)]), (5, [("b", always), ("a", once)])])
    assert table.n_units == 1


def test_other_rows_do_not_change_the_hash_of_a_unit() -> None:
    """A dated row has one hash, however many values other rows have."""
    row: Row = (5, [("a", (1, 4))])
    alone, beside = built([row]), built([row, (5, [("b", (1, 4)), ("c", (2, 3))])])
    assert alone.content_hash[0] == beside.content_hash[beside.unit_of_row[0]]


def test_units_without_dated_values_have_no_view() -> None:
    """What always holds is seen as it is."""
    table = built([(5, [("a", (FIRST_DAY, LAST_DAY))]), (7, [("b", (3, 4))])])
    assert table.views is not None
    undated = int(table.unit_of_row[0])
    assert undated not in table.views.unit_of_view.tolist()
    assert table.views.seen(np.array([undated], np.int32), np.array([undated], np.int32)).tolist() == [undated]


def test_without_times_there_are_no_views() -> None:
    """A table of rows without times has neither views nor a second table."""
    table = build_record_table({"city": (["a"], np.zeros((2, 1), np.int32))}, 2)
    assert (table.views, table.seen) == (None, None)


def test_periods_have_the_shape_of_codes() -> None:
    """Periods of another number of columns are refused."""
    times = RowTimes(observed_day=np.zeros(2, np.int32), periods={"city": np.zeros((2, 3, 2), np.int32)})
    with pytest.raises(ShapeMismatchError, match="attribute 'city': expected periods of shape"):
        build_record_table({"city": (["a"], np.zeros((2, 1), np.int32))}, 2, times=times)


def test_rows_of_two_kinds_are_two_units() -> None:
    """Equal values of a person and of an organization are other contents, whatever the order of the rows."""
    codes = np.zeros((3, 1), np.int32)
    kinds = np.array([1, 0, 1], np.int8)
    table = build_record_table({"city": (["a"], codes)}, 3, kind_of_row=kinds)
    assert table.kind_of_unit.tolist() == [0, 1]
    assert table.unit_of_row.tolist() == [1, 0, 1]
    with pytest.raises(ShapeMismatchError, match="kinds: expected one number"):
        build_record_table({"city": (["a"], codes)}, 3, kind_of_row=kinds[:2])
