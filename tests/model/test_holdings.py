"""custid.model.holdings."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model import Holding, PartialDate, Record, upcoming
from tests.survivorship.statements import person_record, stated


def owner(expires: str, key: str = "1", kind: str = "warranty", **facts: Any) -> Record:
    holding = Holding(kind=kind, product="car", serial=f"s{key}", expires=PartialDate(expires))
    return person_record("crm", key, holdings=[stated(holding, record=key, **facts)])


def found(records: list[Record], kind: str = "", **options: Any) -> list[str]:
    return [record.key for record, _ in upcoming(records, kind, **options)]


def test_warranties_that_end_within_thirty_days() -> None:
    """The last day counts, the day after does not, and what has ended is past."""
    records = [owner("2024-03-31", "a"), owner("2024-04-30", "b"), owner("2024-05-01", "c"), owner("2024-03-30", "d")]
    assert found(records, "warranty", at=date(2024, 3, 31), days=30) == ["a", "b"]
    assert found(records, "vehicle", at=date(2024, 3, 31), days=30) == []


@pytest.mark.parametrize(
    ("at", "months", "last"),
    [
        (date(2024, 1, 31), 1, "2024-02-29"),
        (date(2023, 1, 31), 1, "2023-02-28"),
        (date(2023, 12, 31), 2, "2024-02-29"),
        (date(2024, 2, 29), 12, "2025-02-28"),
        (date(2024, 11, 30), 1, "2024-12-30"),
    ],
)
def test_months_end_where_the_calendar_ends_them(at: date, months: int, last: str) -> None:
    """A month from the 31st is the last day of a shorter month, never a day of the next one."""
    day_after = date.fromordinal(date.fromisoformat(last).toordinal() + 1).isoformat()
    assert found([owner(last, "in"), owner(day_after, "out")], at=at, months=months) == ["in"]


def test_a_date_known_in_part_counts_if_a_day_of_it_does() -> None:
    """An expiry in March is upcoming as soon as a day of March is; without a year nothing can be said."""
    records = [owner("2024-03", "a"), owner("XXXX-03-01", "b"), owner("2024-05", "c")]
    assert found(records, at=date(2024, 2, 15), days=20) == ["a"]
    assert found(records, at=date(2024, 3, 15), days=0) == ["a"]


def test_what_was_sold_does_not_end() -> None:
    """A holding that the party no longer has, or has under another expiry, is left out."""
    assert found([owner("2024-03-31", valid=("", "2024-01-01"))], at=date(2024, 3, 31), days=9) == []
    extended = person_record("crm", "1", holdings=[*owner("2024-03-31").holdings, *owner("2026-03-31", day=1).holdings])
    assert found([extended], at=date(2024, 3, 31), days=9) == []
    lasting = Holding(kind="car", product="x")
    assert found([person_record(holdings=[stated(lasting)])], at=date(2024, 3, 31), days=9) == []


def test_the_soonest_comes_first_whatever_the_order() -> None:
    """Results are in the order of their ends."""
    records = [owner("2024-04-03", "a"), owner("2024-04-01", "c"), owner("2024-04-01", "b")]
    assert found(records, at=date(2024, 4, 1), days=5) == ["b", "c", "a"]
    assert found(records[::-1], at=date(2024, 4, 1), days=5) == ["b", "c", "a"]


def test_spans_that_cannot_be_are_refused() -> None:
    """Days and months are not negative, and the calendar ends with the year 9999."""
    with pytest.raises(ConfigurationError, match="0 or more"):
        upcoming([], at=date(2024, 1, 1), days=-1)
    for days, months in ((0, 120_000), (5_000_000, 0), (10**12, 0)):
        with pytest.raises(ConfigurationError, match="before the year 10000"):
            upcoming([], at=date(2024, 1, 1), days=days, months=months)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 40), st.integers(0, 40))
def test_longer_spans_hold_shorter_ones(at: date, months: int, days: int) -> None:
    """What ends within some months ends within more of them, and a month is 28 to 31 days."""
    record = owner(date.fromordinal(at.toordinal() + days).isoformat())
    if found([record], at=at, months=months):
        assert found([record], at=at, months=months + 1)
        assert days <= 31 * months
    else:
        assert days > 28 * months
