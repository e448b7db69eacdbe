"""Dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.standardize.date import is_day_first, standardize_date


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1980-01-12", "1980-01-12"),
        ("1980-1-2", "1980-01-02"),
        ("1980/01/12", "1980-01-12"),
        ("1980.01.12", "1980-01-12"),
        ("19490705", "1949-07-05"),
        ("19490705.0", "1949-07-05"),
        ("1980-01", "1980-01"),
        ("1980/1", "1980-01"),
        ("1980", "1980"),
        ("1980.0", "1980"),
        ("01/1980", "1980-01"),
        ("1980-05-00", "1980-05"),
        ("1980-00-00", "1980"),
        ("1980-05-XX", "1980-05"),
        ("XX/05/1980", "1980-05"),
        ("??/??/1980", "1980"),
        ("XXXX-05-12", "XXXX-05-12"),
        ("0000-05-12", "XXXX-05-12"),
        ("--05-12", "XXXX-05-12"),
        ("--02-29", "XXXX-02-29"),
        ("25/12/1979", "1979-12-25"),
        ("25.12.1979", "1979-12-25"),
        ("25-12-1979", "1979-12-25"),
        ("25 12 1979", "1979-12-25"),
        ("12/25/1979", "1979-12-25"),
        ("5/5/1980", "1980-05-05"),
        ("12 janvier 1980", "1980-01-12"),
        ("1er août 1980", "1980-08-01"),
        ("le lundi 3 mars 1980", "1980-03-03"),
        ("12 févr. 1980", "1980-02-12"),
        ("12 Jan 1980", "1980-01-12"),
        ("12-Jan-1980", "1980-01-12"),
        ("12JAN1980", "1980-01-12"),
        ("January 12, 1980", "1980-01-12"),
        ("the 12th of January, 1980", "1980-01-12"),
        ("Sat 12 Jan 1980", "1980-01-12"),
        ("1980 Jan 12", "1980-01-12"),
        ("juillet 1980", "1980-07"),
        ("Sept. 1980", "1980-09"),
        ("12 January", "XXXX-01-12"),
        ("1980-01-12 00:00:00", "1980-01-12"),
        ("1980-01-12T00:00:00Z", "1980-01-12"),
        ("1980-01-12T10:00:00.123+02:00", "1980-01-12"),
        ("25/12/1979 00:00", "1979-12-25"),
        ("12/25/1979 12:00:00 AM", "1979-12-25"),
        ("12 Jan 1980, 10:00", "1980-01-12"),
        ("\u200e1980-01-12", "1980-01-12"),
        ("\uff11\uff19\uff18\uff10-01-12", "1980-01-12"),
    ],
)
def test_dates(raw: str, expected: str) -> None:
    """Dates are read in both languages and all usual orders, as far as they are known."""
    assert standardize_date(raw) == (expected, "")


@pytest.mark.parametrize(
    ("raw", "issue"),
    [
        ("", ""),
        (" ", ""),
        ("0800", "invalid_date"),
        ("1980-13", "invalid_date"),
        ("--02-30", "invalid_date"),
        ("Jan 80", "two_digit_year"),
        ("00/01/80", "two_digit_year"),
        ("31/02/80", "invalid_date"),
        ("80-13-40", "invalid_date"),
        ("01/01/70", "placeholder"),
        ("01.01.00", "placeholder"),
        ("490705", "unparsable"),
        ("29221", "unparsable"),
        ("soon", "unparsable"),
        ("janvier", "unparsable"),
        ("12 13 Jan 1980", "unparsable"),
        ("Jan 1980 1981", "unparsable"),
        ("Jan 198", "unparsable"),
        ("Jan Feb 1980", "unparsable"),
        ("1" * 200, "unparsable"),
        ("-0050-01-0", "unparsable"),
        ("N/A", "placeholder"),
        ("inconnue", "placeholder"),
        ("--", "placeholder"),
        ("jj/mm/aaaa", "placeholder"),
        ("1900-01-01", "placeholder"),
        ("01/01/1900", "placeholder"),
        ("1900-01-01 00:00:00", "placeholder"),
        ("1970-01-01", "placeholder"),
        ("0001-01-01", "placeholder"),
        ("1111-11-11", "placeholder"),
        ("9999-12-31", "placeholder"),
        ("00/00/0000", "placeholder"),
        ("XX/XX/XXXX", "placeholder"),
    ],
)
def test_no_dates(raw: str, issue: str) -> None:
    """What is no date has no value, and says why."""
    assert standardize_date(raw) == ("", issue)


@pytest.mark.parametrize(
    ("raw", "day_first", "expected"),
    [
        ("12/01/80", None, "XXXX-01-12"),
        ("12/01/80", False, "XXXX-12-01"),
        ("12/25/79", None, "XXXX-12-25"),
        ("25.12.79 00:00", False, "XXXX-12-25"),
        ("80-01-12", None, "XXXX-01-12"),
        ("12 Jan 80", None, "XXXX-01-12"),
        ("80 janv. 12", None, "XXXX-01-12"),
        ("29/02/80", None, "XXXX-02-29"),
    ],
)
def test_years_of_two_digits(raw: str, day_first: bool | None, expected: str) -> None:  # noqa: FBT001
    """The century is not guessed; the day and the month still tell their owner from others."""
    assert standardize_date(raw, day_first=day_first) == (expected, "two_digit_year")


def test_years_in_front_do_not_tell_the_order_of_days() -> None:
    """A first number that is no day is a year, and says nothing of days and months."""
    assert is_day_first(["80-01-12", "79-12-25"]) is None


@pytest.mark.parametrize(
    ("day_first", "expected"),
    [
        (None, ("1980-04-03", "ambiguous_day_month")),
        (True, ("1980-04-03", "")),
        (False, ("1980-03-04", "")),
    ],
)
def test_ambiguous_order(day_first: bool | None, expected: tuple[str, str]) -> None:  # noqa: FBT001
    """Where both orders are possible the day comes first, with an issue, unless the caller says."""
    assert standardize_date("03/04/1980", day_first=day_first) == expected


@pytest.mark.parametrize(
    ("raw", "day_first", "expected"),
    [("25/12/1979", False, "1979-12-25"), ("12/25/1979", True, "1979-12-25"), ("00/05/1980", False, "1980-00-05")],
)
def test_impossible_order(raw: str, day_first: bool, expected: str) -> None:  # noqa: FBT001
    """An order that no calendar has gives way to the one that it has, if any."""
    assert standardize_date(raw, day_first=day_first).value == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        (["1980-01-12", "", "03/04/1980", "x"], None),
        (["25/12/1979"], True),
        (["12/25/1979"], False),
        (["12/25/1979", "25/12/1979"], True),
        (["25/12/79"], True),
        (["12/25/1979 00:00"], False),
        (["99/99/1979"], None),
    ],
)
def test_is_day_first(values: list[str], expected: bool | None) -> None:  # noqa: FBT001
    """The order of a column shows where one number exceeds twelve."""
    assert is_day_first(values) is expected


@settings(deadline=None)
@given(st.dates(dt.date(1000, 1, 2), dt.date(2098, 12, 30)))
def test_every_day_of_the_calendar(day: dt.date) -> None:
    """Every day is read from the ISO, the compact and the day-first form alike."""
    iso = standardize_date(day.isoformat())
    assert iso.value in {day.isoformat(), ""}
    assert (iso.issue == "placeholder") == (not iso.value)
    assert standardize_date(day.isoformat().replace("-", "")) == iso
    assert standardize_date(f"{day.day}/{day.month}/{day.year}", day_first=True) == iso
    assert standardize_date(f"{day.month}/{day.day}/{day.year}", day_first=False) == iso


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("1980-02-30", "1980-02-30"),
        ("19490735", "1949-07-35"),
        ("13/13/1980", "1980-13-13"),
        ("31/04/1980", "1980-04-31"),
        ("0895-01-01", "0895-01-01"),
        ("2101-01-01", "2101-01-01"),
        ("1980-00-12", "1980-00-12"),
    ],
)
def test_impossible_dates_keep_their_digits(raw: str, digits: str) -> None:
    """A date that no calendar has keeps its digits, since one wrong digit still tells people apart; it is reported."""
    assert standardize_date(raw) == (digits, "invalid_date")
