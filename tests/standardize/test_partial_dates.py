"""Dates as typed values."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.model import PartialDate
from custid.standardize import parse_date, standardize_date


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("1984", "1984"),
        ("1984.0", "1984"),
        ("06/1984", "1984-06"),
        ("juin 1984", "1984-06"),
        ("June 1984", "1984-06"),
        ("12 juin 1984", "1984-06-12"),
        ("12/06/1984", "1984-06-12"),
        ("12/06/1984 00:00", "1984-06-12"),
        ("19840612", "1984-06-12"),
        ("25 décembre", "XXXX-12-25"),
        ("--12-25", "XXXX-12-25"),
        ("XX/12/1984", "1984-12"),
        ("12/XX/1984", "1984-XX-12"),
        ("??/??/1984", "1984"),
        ("1984-06-00", "1984-06"),
        ("1984-00-12", "1984-XX-12"),
        ("00/06/0000", "XXXX-06"),
        ("12/06/1984 ?", "1984-06-12?"),
        ("juin 1984~", "1984-06~"),
        ("\u200e1984-06-12", "1984-06-12"),
        ("١٩٨٤", "1984"),
        *((text, text) for text in ("198X", "19XX", "1984-XX-12", "XXXX-12-25", "1984-06~", "1984?", "1984-06-12%")),
    ],
)
def test_dates(raw: str, text: str) -> None:
    """A date is read as far as it is known."""
    read = parse_date(raw)
    assert (read.values, read.issues, read.raw) == ((PartialDate(text),), (), raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("31/06/1984", "invalid_date"),
        ("1984-02-30", "invalid_date"),
        ("1984-13", "invalid_date"),
        ("30 février", "invalid_date"),
        ("juin 84", "two_digit_year"),
        ("bientôt", "unparsable"),
        ("30845", "unparsable"),
        ("1" * 200, "unparsable"),
        ("N/A", "placeholder"),
        ("XXXX", "placeholder"),
        ("XX/XX/XXXX", "placeholder"),
        ("00/00/0000", "placeholder"),
        ("9999-99-99", "placeholder"),
        ("--", "placeholder"),
    ],
)
def test_no_dates(raw: str, code: str) -> None:
    """What is no date has no value and says why."""
    read = parse_date(raw)
    assert (read.values, [issue.code for issue in read.issues], read.raw) == ((), [code], raw)


@pytest.mark.parametrize("raw", ["12/06/84", "12 juin 84", "84-06-12"])
def test_years_of_two_digits(raw: str) -> None:
    """The century is not guessed: the day is kept, and what was left out is reported."""
    read = parse_date(raw)
    assert (str(read.value), [issue.code for issue in read.issues]) == ("XXXX-06-12", ["two_digit_year"])


@pytest.mark.parametrize("raw", ["1900-01-01", "01/01/1970", "1970-01-01~", "0800", "9999-12-31", "2101-01-01"])
def test_suspicious_dates(raw: str) -> None:
    """Dates that forms fill in, and years that nobody has seen, are kept and reported."""
    read = parse_date(raw)
    assert read.value is not None
    assert [issue.code for issue in read.issues] == ["suspicious_date"]


@pytest.mark.parametrize("raw", ["", " ", "\u200b"])
def test_nothing(raw: str) -> None:
    """A blank is no date and no issue."""
    assert (parse_date(raw).values, parse_date(raw).issues) == ((), ())


@pytest.mark.parametrize(
    ("day_first", "text", "codes"),
    [(True, "1984-04-03", []), (False, "1984-03-04", []), (None, "1984-04-03", ["ambiguous_day_month"])],
)
def test_order(day_first: bool | None, text: str, codes: list[str]) -> None:  # noqa: FBT001
    """The order of a numeric date is the caller's; one that nobody knows is reported."""
    read = parse_date("03/04/1984", day_first=day_first)
    assert (str(read.value), [issue.code for issue in read.issues]) == (text, codes)


@given(st.dates(dt.date(1, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d"]))
def test_every_day(day: dt.date, form: str) -> None:
    """Every day of the calendar is read from the usual forms."""
    # Not every platform's %Y has four digits.
    written = day.strftime(form.replace("%Y", f"{day.year:04d}"))
    assert parse_date(written).values == (PartialDate.of(day),)


@given(st.text("0123456789X/-. ?~%juindec", max_size=12), st.sampled_from([True, False, None]))
def test_one_way_of_reading(raw: str, day_first: bool | None) -> None:  # noqa: FBT001
    """Where both readers have a value without doubt, the match key and the typed date are the same."""
    key, read = standardize_date(raw, day_first=day_first), parse_date(raw, day_first=day_first)
    if key.value and key.issue != "invalid_date" and read.value is not None:
        assert read.value.text.rstrip("?~%") in {key.value, raw.strip().rstrip("?~%")}
    if key.value and key.issue != "invalid_date":
        assert read.value is not None
