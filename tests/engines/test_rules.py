"""Rules over the values of two records."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.comparer import PairComparer
from custid.comparison.comparison import BindingContext
from custid.comparison.library import default_comparisons
from custid.comparison.string_metrics import Executor
from custid.engines.constraints import DefiniteMatch, DefiniteNonMatch, Different, Rule, Same, YearsApart
from custid.engines.rules import RuleBook
from custid.table import RecordTable
from tests.record_tables import table_of


def book_of(table: RecordTable, *rules: Rule, is_compared: bool = True) -> RuleBook:
    """Return the rules bound to a table, with the built-in comparisons or none."""
    context = BindingContext(
        rarity=lambda _attribute, values: np.zeros(len(values), np.float32),
        is_known=lambda _attribute, values: np.ones(len(values), np.bool_),
        executor=Executor.RAPIDFUZZ,
    )
    comparer = PairComparer(table, default_comparisons(table) if is_compared else (), context)
    return RuleBook(rules, table.columns, comparer)


def holds(table: RecordTable, *rules: Rule, is_compared: bool = True) -> int:
    """Return which rule holds for the first two rows."""
    units = table.unit_of_row[:2].astype(np.int32)
    both_ways = [
        book_of(table, *rules, is_compared=is_compared).first_that_holds(units[[one]], units[[1 - one]])[0]
        for one in (0, 1)
    ]
    assert both_ways[0] == both_ways[1]
    return int(both_ways[0])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("a@b.example", "a@b.example", 0), ("a@b.example", "b@b.example", -1), ("", "", -1), ("a@b.example", "", -1)],
)
def test_same(one: str, other: str, expected: int) -> None:
    """A value in common is enough; no value is none."""
    table = table_of({"email": [(one, "c@c.example"), (other,)], "city": ["a", "b"]})
    assert holds(table, DefiniteMatch(name="r", when=(Same("email"),))) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("emma", "julie", 0), ("emma", "ema", -1), ("emma", "", -1), ("emma", "emma", -1)]
)
def test_different(one: str, other: str, expected: int) -> None:
    """What the comparison finds alike is not different, and neither is what is missing."""
    table = table_of({"given_name": [one, other], "city": ["a", "b"]})
    assert holds(table, DefiniteNonMatch(name="r", when=(Different("given_name"),))) == expected


@pytest.mark.parametrize(("other", "expected"), [("ema", 0), ("", -1), ("emma", -1)])
def test_different_without_a_comparison(other: str, expected: int) -> None:
    """Where nothing compares the attribute, values that are not equal are different."""
    table = table_of({"given_name": ["emma", other], "city": ["a", "b"]})
    assert holds(table, DefiniteNonMatch(name="r", when=(Different("given_name"),)), is_compared=False) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1950-02-03", "1980-07-21", 0),
        ("1950-02-03", "1970-02-03", -1),
        ("1950-02-03", "1970-02-04", 0),
        ("1950", "1971-01-01", 0),
        ("1950", "1970-12-31", -1),
        ("1950-06", "1970-07-01", 0),
        ("1950-06", "1970-06-30", -1),
        ("XXXX-02-03", "1980-07-21", -1),
        ("1950-02-03", "", -1),
    ],
)
def test_years_apart(one: str, other: str, expected: int) -> None:
    """Dates are compared day by day, and as far as they are known."""
    table = table_of({"birth_date": [one, other], "city": ["a", "b"]})
    assert holds(table, DefiniteNonMatch(name="r", when=(YearsApart("birth_date", more_than=20),))) == expected


def test_years_apart_of_several_dates() -> None:
    """One date that is near is enough for two records not to be apart."""
    rule = DefiniteNonMatch(name="r", when=(YearsApart("birth_date", more_than=20),))
    near = table_of({"birth_date": [("1950-01-01", "1999-01-01"), ("1998-01-01",)], "city": ["a", "b"]})
    far = table_of({"birth_date": [("1950-01-01", "1960-01-01"), ("1998-01-01",)], "city": ["a", "b"]})
    assert (holds(near, rule), holds(far, rule)) == (-1, 0)


@given(st.dates(date(1900, 1, 1)), st.dates(date(1900, 1, 1)), st.integers(0, 150))
def test_years_apart_is_what_the_calendar_says(one: date, other: date, years: int) -> None:
    """The later date is after the earlier one's day so many years later."""
    if one == other:
        return
    earlier, later = sorted((one, other))
    expected = (later.year - years, later.month, later.day) > (earlier.year, earlier.month, earlier.day)
    table = table_of({"birth_date": [one.isoformat(), other.isoformat()], "city": ["a", "b"]})
    rule = DefiniteNonMatch(name="r", when=(YearsApart("birth_date", more_than=years),))
    assert (holds(table, rule, is_compared=False) == 0) == expected


def test_all_conditions_have_to_hold_and_the_first_rule_counts() -> None:
    """Of two rules that hold the first one is told."""
    table = table_of({"email": ["a@b.example"] * 2, "given_name": ["emma", "julie"]})
    both = DefiniteMatch(name="both", when=(Same("email"), Same("given_name")))
    one, again = (DefiniteMatch(name=name, when=(Same("email"),)) for name in ("one", "again"))
    assert holds(table, both, one, again) == 1


def test_attribute_without_a_value() -> None:
    """A rule over what no record has holds for none."""
    table = table_of({"city": ["a", "b"]})
    rules = (
        DefiniteMatch(name="m", when=(Same("email"),)),
        DefiniteNonMatch(name="n", when=(YearsApart("birth_date", more_than=1), Different("given_name"))),
    )
    assert holds(table, *rules) == -1
