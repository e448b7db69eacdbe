"""Dates known in part, and periods."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custid.errors import ModelError
from custid.model import PartialDate, Period

DAYS = st.dates(dt.date(1, 1, 1))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """Return a date of which any parts may be unknown."""
    day = draw(DAYS)
    year = f"{day.year:04d}"
    year = draw(st.sampled_from([year, year, year[:3] + "X", year[:2] + "XX", "XXXX"]))
    month = draw(st.sampled_from([f"-{day.month:02d}", "-XX"]))
    rest = draw(st.sampled_from(["", month, f"{month}-{day.day:02d}", f"{month}-XX"]))
    return PartialDate(year + rest + draw(st.sampled_from(["", "?", "~", "%"])))


@pytest.mark.parametrize(
    "text",
    [
        "", "84", "198", "19840", "1984-6", "1984-13", "1984-00", "1984-06-31", "1985-02-29", "XXXX-02-30",
        "1984-XX-32", "0000", "0000-01-01", "19X4", "X984", "1984-X2", "1984-0X", "1984-06-1X", "?1984", "1984??",
        "1984-06 ", "1984/06", "١٩٨٤", "1984\n", "1984-06-12T10:00", "-1984", "Y19840", "1984-21", "1984..",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    """A text that is no date of the calendar, as far as it is known, is refused, and not repeated."""
    with pytest.raises(ModelError, match=r"PartialDate\.text: expected a da") as refusal:
        PartialDate(text)
    assert text not in {"19X4", "X984"} or text not in str(refusal.value)


@pytest.mark.parametrize("value", [None, 1984, dt.date(1984, 6, 12), b"1984"])
def test_only_text(value: object) -> None:
    """A date is made of its text; days of the calendar have a way of their own."""
    with pytest.raises(ModelError):
        PartialDate(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "parts", "earliest", "latest", "n_known"),
    [
        ("1984-06-12", (1984, 6, 12), "1984-06-12", "1984-06-12", 8),
        ("1984-06", (1984, 6, None), "1984-06-01", "1984-06-30", 6),
        ("1984-02", (1984, 2, None), "1984-02-01", "1984-02-29", 6),
        ("1984", (1984, None, None), "1984-01-01", "1984-12-31", 4),
        ("198X", (None, None, None), "1980-01-01", "1989-12-31", 3),
        ("19XX", (None, None, None), "1900-01-01", "1999-12-31", 2),
        ("000X", (None, None, None), "0001-01-01", "0009-12-31", 3),
        ("1984-XX-31", (1984, None, 31), "1984-01-31", "1984-12-31", 6),
        ("1985-XX-30", (1985, None, 30), "1985-01-30", "1985-12-30", 6),
        ("198X-02-29", (None, 2, 29), "1980-02-29", "1988-02-29", 7),
        ("190X-02-29", (None, 2, 29), "1904-02-29", "1908-02-29", 7),
        ("199X-02", (None, 2, None), "1990-02-01", "1999-02-28", 5),
        ("9999-12-31", (9999, 12, 31), "9999-12-31", "9999-12-31", 8),
        ("XXXX-12-25", (None, 12, 25), None, None, 4),
        ("XXXX", (None, None, None), None, None, 0),
    ],
)
def test_parts_and_bounds(
    text: str, parts: tuple[int | None, ...], earliest: str | None, latest: str | None, n_known: int
) -> None:
    """A date knows its parts, its first and last day, and how much of it is known."""
    date = PartialDate(text)
    assert (date.year, date.month, date.day) == parts
    assert (date.earliest and date.earliest.isoformat(), date.latest and date.latest.isoformat()) == (earliest, latest)
    assert date.n_known_digits == n_known
    assert str(date) == text


@pytest.mark.parametrize(
    ("text", "is_uncertain", "is_approximate", "is_exact"),
    [
        ("1984-06-12", False, False, True),
        ("1984-06-12?", True, False, False),
        ("1984-06-12~", False, True, False),
        ("1984-06-12%", True, True, False),
        ("1984-06", False, False, False),
        ("198X-06-12", False, False, False),
    ],
)
def test_doubts(text: str, *, is_uncertain: bool, is_approximate: bool, is_exact: bool) -> None:
    """The qualifier says whether a date is doubted, estimated or both; an exact date is neither and has all parts."""
    date = PartialDate(text)
    assert (date.is_uncertain, date.is_approximate, date.is_exact) == (is_uncertain, is_approximate, is_exact)


@pytest.mark.parametrize(
    ("one", "other", "is_compatible"),
    [
        ("1984-06-12", "1984-06-12", True),
        ("1984-06-12", "1984-06-12?", True),
        ("1984-06-12", "1984-06", True),
        ("1984-06-12", "198X", True),
        ("1984-06-12", "1984-XX-12", True),
        ("1984-06-12", "XXXX-06-12", True),
        ("1984-06", "XXXX-XX-12", True),
        ("198X", "XXXX-02-29", True),
        ("1984-06-12", "1984-06-13", False),
        ("1984-06-12", "1984-07", False),
        ("1984-06-12", "197X", False),
        ("1984", "1985", False),
        ("1983", "XXXX-02-29", False),
        ("1984-06", "XXXX-XX-31", False),
        ("1984-02", "1984-XX-30", False),
    ],
)
def test_compatibility(one: str, other: str, *, is_compatible: bool) -> None:
    """Two dates are compatible where one day of the calendar can be both."""
    assert PartialDate(one).is_compatible(PartialDate(other)) is is_compatible
    assert PartialDate(other).is_compatible(PartialDate(one)) is is_compatible


@given(partial_dates(), partial_dates())
def test_compatibility_is_symmetric_and_reflexive(one: PartialDate, other: PartialDate) -> None:
    """Compatibility does not depend on the order, and every date is compatible with itself."""
    assert one.is_compatible(one)
    assert one.is_compatible(other) == other.is_compatible(one)


@given(partial_dates())
def test_bounds_are_days_that_it_can_be(date: PartialDate) -> None:
    """The first and the last day are compatible with the date, in this order, and there is none outside of them."""
    assume(date.earliest is not None)
    assert date.earliest is not None
    assert date.latest is not None
    assert date.earliest <= date.latest
    for edge in (date.earliest, date.latest):
        assert PartialDate.of(edge).is_compatible(date)
    if date.earliest > dt.date.min:
        assert not PartialDate.of(date.earliest - dt.timedelta(days=1)).is_compatible(date)
    if date.latest < dt.date.max:
        assert not PartialDate.of(date.latest + dt.timedelta(days=1)).is_compatible(date)


@given(DAYS, partial_dates())
def test_a_day_is_compatible_with_what_it_is_within(day: dt.date, date: PartialDate) -> None:
    """A day that is compatible with a date lies between its bounds."""
    if PartialDate.of(day).is_compatible(date) and date.earliest is not None and date.latest is not None:
        assert date.earliest <= day <= date.latest


@given(DAYS)
def test_days_are_exact(day: dt.date) -> None:
    """A date made of a day is known to the day."""
    date = PartialDate.of(day)
    assert date.is_exact
    assert (date.earliest, date.latest, date.n_known_digits) == (day, day, 8)


@pytest.mark.parametrize(
    ("one", "other", "refines"),
    [
        ("1984-06-12", "1984-06", True),
        ("1984-06", "1984", True),
        ("1984", "198X", True),
        ("1984-06", "1984-06-12", False),
        ("1984-06", "1984-06", False),
        ("1984-06", "1984-06?", False),
        ("1985-06-12", "1984-06", False),
        ("19XX-06-12", "198X", False),
        ("1984-XX-12", "1984-06", False),
        ("1984-06-12", "19XX-06-12", True),
        ("1984-06", "1984-XX", True),
    ],
)
def test_refinement(one: str, other: str, *, refines: bool) -> None:
    """A date refines another one that it agrees with and that knows less."""
    assert PartialDate(one).refines(PartialDate(other)) is refines


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("1984-06-12", dt.date(2024, 6, 11), 39),
        ("1984-06-12", dt.date(2024, 6, 12), 40),
        ("1984-06-12", dt.date(1984, 6, 12), 0),
        ("1984-06-12", dt.date(1984, 6, 11), None),
        ("2004-02-29", dt.date(2022, 2, 28), 17),
        ("2004-02-29", dt.date(2022, 3, 1), 18),
        ("2004-02-29", dt.date(2024, 2, 28), 19),
        ("2004-02-29", dt.date(2024, 2, 29), 20),
        ("1984-06", dt.date(2024, 5, 31), 39),
        ("1984-06", dt.date(2024, 6, 15), None),
        ("1984-06", dt.date(2024, 6, 30), 40),
        ("1984", dt.date(2024, 12, 31), 40),
        ("1984", dt.date(2024, 6, 1), None),
        ("1984-06", dt.date(1984, 6, 15), None),
        ("1984-06-12?", dt.date(2024, 6, 12), 40),
        ("198X", dt.date(2024, 6, 12), None),
        ("XXXX-06-12", dt.date(2024, 6, 12), None),
    ],
)
def test_age(born: str, day: dt.date, age: int | None) -> None:
    """The age is the completed years; it is not known where two are possible; 29 February counts on 1 March."""
    assert PartialDate(born).age_at(day) == age


def period(start: str = "", end: str = "") -> Period:
    return Period(PartialDate(start) if start else None, PartialDate(end) if end else None)


def test_periods_are_half_open() -> None:
    """A period holds its first day, and not the day that it ends on: two that follow each other share no day."""
    first, second = period("2010-01-01", "2014-07-01"), period("2014-07-01")
    assert first.contains(dt.date(2010, 1, 1))
    assert not first.contains(dt.date(2009, 12, 31))
    assert first.contains(dt.date(2014, 6, 30))
    assert not first.contains(dt.date(2014, 7, 1))
    assert second.contains(dt.date(2014, 7, 1))
    assert not first.overlaps(second)
    assert not second.overlaps(first)


def test_bounds_known_in_part_doubt_for_it() -> None:
    """Where a bound is known in part, any day that may lie within counts as within."""
    home = period("2010", "2014")
    assert (home.first_day, home.last_day) == (dt.date(2010, 1, 1), dt.date(2014, 12, 30))
    assert home.overlaps(period("2014", "2015"))
    assert not home.overlaps(period("2015"))


def test_unbounded() -> None:
    """Without bounds a period holds every day."""
    always = Period()
    assert always.is_unbounded
    assert (always.first_day, always.last_day) == (dt.date.min, dt.date.max)
    assert always.contains(dt.date.min)
    assert always.contains(dt.date.max)
    assert not period("2010").is_unbounded
    assert not period(end="2010").is_unbounded
    assert not period(end="2010").contains(dt.date(2010, 12, 31))


@pytest.mark.parametrize(
    ("start", "end"), [("2014", "2013"), ("2014-07-01", "2014-07-01"), ("2014-07-02", "2014-07-01")]
)
def test_an_end_comes_after_the_start(start: str, end: str) -> None:
    """A period that can hold no day is refused."""
    with pytest.raises(ModelError, match="Period: expected an end after the start"):
        period(start, end)


@pytest.mark.parametrize("bounds", [("XXXX-12-25", ""), ("", "XXXX-12-25")])
def test_bounds_have_a_year(bounds: tuple[str, str]) -> None:
    """A bound without a year orders nothing."""
    with pytest.raises(ModelError, match=r"Period\.(start|end): expected a date with a year"):
        period(*bounds)


def test_bounds_are_dates() -> None:
    """A bound is a partial date, and no day of another type."""
    with pytest.raises(ModelError, match=r"Period\.start: expected PartialDate or NoneType, got date"):
        Period(dt.date(2010, 1, 1))  # type: ignore[arg-type]


@given(st.lists(DAYS, min_size=5, max_size=5, unique=True))
def test_overlap_is_to_share_a_day(days: list[dt.date]) -> None:
    """Two periods overlap where the later start is a day of both."""
    *bounds, day = days
    a, b, c, d = (PartialDate.of(bound) for bound in (*sorted(bounds[:2]), *sorted(bounds[2:])))
    one, other = Period(a, b), Period(c, d)
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(other) == (one.contains(other.first_day) or other.contains(one.first_day))
    assert not (one.contains(day) and other.contains(day)) or one.overlaps(other)
