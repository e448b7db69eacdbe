"""Dates, full and partial."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from custid.standardize.locales import LOCALES
from custid.standardize.placeholders import (
    MISSING,
    PLACEHOLDER,
    is_placeholder_date,
    placeholder_words,
)
from custid.standardize.text import fold, visible, without_decimal_tail
from custid.standardize.values import Standardized

__all__ = ["WrittenDate", "is_day_first", "read_date", "standardize_date"]

_MAX_LENGTH: Final = 80
_MIN_YEAR: Final = 1000
_MAX_YEAR: Final = 2100
_MONTHS_PER_YEAR: Final = 12
_DAYS_PER_MONTH: Final = 31
_LEAP_YEAR: Final = 2000

_TIME: Final = re.compile(
    r"(?<=[\d.])(?:[ T]\s*|,\s+)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?$"
)
_UNKNOWN_FIELD: Final = re.compile(r"(?<![\w?*])(?:[xX?*_]{4}|[xX?*_]{1,2})(?![\w?*])")
_YEAR_FIRST: Final = re.compile(r"(\d{4})\s?([-/. ])\s?(\d{1,2})(?:\s?\2\s?(\d{1,2}))?")
_COMPACT: Final = re.compile(r"(\d{4})(?:(\d{2})(\d{2}))?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4})")
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})\s?[-/. ]\s?(\d{4})")
_SHORT_YEAR: Final = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{2})")
_PIECES: Final = re.compile(r"[a-z]+|\d+")

_MONTHS: Final = {name: number for pack in LOCALES for name, number in pack.months.items()}
_NOISE: Final = frozenset[str]().union(*(pack.weekdays | pack.date_words for pack in LOCALES)) - _MONTHS.keys()
_PLACEHOLDERS: Final = placeholder_words("date")

_INVALID: Final = Standardized("", "invalid_date")


class WrittenDate(NamedTuple):
    """What a text says of a date, whether or not the calendar has it.

    Attributes
    ----------
    year : int
        Four digits; 0 where it is not known.
    month, day : int
        Up to two digits as written, which may exceed what a year or a month has; 0 where it is not known.
    issue : str
        ``"ambiguous_day_month"`` where the order of day and month was assumed; ``"two_digit_year"`` where the year is
        left out for want of a century; ``"placeholder"`` or ``"unparsable"`` where nothing was read, and all numbers
        are 0.
    """

    year: int = 0
    month: int = 0
    day: int = 0
    issue: str = ""


_PLACEHOLDER: Final = WrittenDate(issue="placeholder")
_TWO_DIGIT_YEAR: Final = WrittenDate(issue="two_digit_year")
_UNPARSABLE: Final = WrittenDate(issue="unparsable")


def standardize_date(raw: str, *, day_first: bool | None = None) -> Standardized:
    """Return the canonical form of a date.

    Reads ISO dates (also compact ``YYYYMMDD``), numeric dates with the year last, and English or French month names; a
    time of day is dropped.  The century of a year of two digits is never guessed: day and month are kept.  Compact
    dates without century and spreadsheet serial numbers are not read.

    Parameters
    ----------
    raw : str
        Any string.
    day_first : bool, optional
        Order of a numeric date whose year is last, where both orders are possible.  By default the day is read first,
        and reported.

    Returns
    -------
    Standardized
        ``YYYY-MM-DD``, or what is known of it: ``YYYY-MM``, ``YYYY``, ``XXXX-MM-DD``; empty for a missing value and
        with the issues ``"placeholder"`` and ``"unparsable"``.  Issues ``"ambiguous_day_month"`` and
        ``"two_digit_year"`` (where there is a day) go with a value, and so does ``"invalid_date"`` (no day of the
        calendar, or a year not in 1000 to 2100) where all digits are there: a date with one wrong digit still tells its
        owner from others.

    Notes
    -----
    Zeros and ``XX`` in the place of a day or a month mean that it is not known.

    Examples
    --------
    >>> [standardize_date(raw).value for raw in ("12 janvier 1980", "19490705", "1980-05-00")]
    ['1980-01-12', '1949-07-05', '1980-05']
    >>> standardize_date("03/04/1980"), standardize_date("25/12/79").value
    (Standardized(value='1980-04-03', issue='ambiguous_day_month'), 'XXXX-12-25')
    """
    text = visible(raw)
    return _checked(read_date(text, day_first=day_first)) if text else MISSING


def read_date(text: str, *, day_first: bool | None = None) -> WrittenDate:
    """Return the year, month and day that a text names.

    Parameters
    ----------
    text : str
        What ``custid.standardize.text.visible`` returns, not empty.
    day_first : bool, optional
        Order of a numeric date whose year is last, as for `standardize_date`.

    Returns
    -------
    WrittenDate
        The numbers, not held against the calendar.

    Examples
    --------
    >>> read_date("31 juin 1984")
    WrittenDate(year=1984, month=6, day=31, issue='')
    """
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    return _read(text, day_first=day_first) if match is None else _year_first(match)


def is_day_first(values: Iterable[str]) -> bool | None:
    """Tell whether the numeric dates of a column are written with the day first.

    Parameters
    ----------
    values : iterable of str
        Raw values of one column; distinct ones are enough.

    Returns
    -------
    bool or None
        True if some first number exceeds 12; False if only second numbers do; None if neither is seen.

    Examples
    --------
    >>> is_day_first(["03/04/1980", "25/12/1979"]), is_day_first(["12/25/1979"]), is_day_first(["1979-12-25"])
    (True, False, None)
    """
    is_month_first = False
    for raw in values:
        text = _TIME.sub("", visible(raw)[:_MAX_LENGTH])
        match = _YEAR_LAST.fullmatch(text) or _SHORT_YEAR.fullmatch(text)
        if match is not None:
            first, second = int(match[1]), int(match[3])
            if first > _DAYS_PER_MONTH:
                continue  # the year is first
            if first > _MONTHS_PER_YEAR >= second:
                return True
            is_month_first = is_month_first or second > _MONTHS_PER_YEAR >= first
    return False if is_month_first else None


def _year_first(match: re.Match[str]) -> WrittenDate:
    if match.re is _COMPACT:
        year, month, day = match.groups("0")
    else:
        year, _, month, day = match.groups("0")
    return WrittenDate(int(year), int(month), int(day))


def _read(text: str, *, day_first: bool | None) -> WrittenDate:
    """Read a date that is not plainly ISO."""
    if len(text) > _MAX_LENGTH:
        return _UNPARSABLE
    folded = fold(text)
    if not folded or folded in _PLACEHOLDERS:
        return _PLACEHOLDER
    text = _TIME.sub("", without_decimal_tail(text))
    if text.startswith("--"):
        text = "0000-" + text[2:]
    if not text.isdigit():
        text = _UNKNOWN_FIELD.sub(lambda unknown: "0" * len(unknown[0]), text)
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _year_first(match)
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), int(match[3]), int(match[4]), day_first=day_first)
    if match := _MONTH_YEAR.fullmatch(text):
        return WrittenDate(int(match[2]), int(match[1]))
    if match := _SHORT_YEAR.fullmatch(text):
        return _short_year(int(match[1]), int(match[3]), int(match[4]), day_first=day_first)
    return _written(fold(text))


def _year_last(first: int, second: int, year: int, *, day_first: bool | None) -> WrittenDate:
    """Read a date of two numbers and a year."""
    is_swapped = second > _MONTHS_PER_YEAR >= first or (day_first is False and first <= _MONTHS_PER_YEAR)
    day, month = (second, first) if is_swapped else (first, second)
    is_open = day_first is None and first != second and 0 < first <= _MONTHS_PER_YEAR and 0 < second <= _MONTHS_PER_YEAR
    return WrittenDate(year, month, day, "ambiguous_day_month" if is_open else "")


def _short_year(first: int, second: int, third: int, *, day_first: bool | None) -> WrittenDate:
    """Read a date of which the year has two digits: the last ones, unless the first can be nothing else."""
    if first > _DAYS_PER_MONTH:
        return _without_century(first, second, third)
    _, month, day, _ = _year_last(first, second, third, day_first=day_first)
    return _without_century(third, month, day)


def _without_century(year: int, month: int, day: int) -> WrittenDate:
    """Return the day and the month of a date whose year has two digits; nothing where one of them is not known."""
    if any(is_placeholder_date(f"{century}{year:02d}-{month:02d}-{day:02d}") for century in (19, 20)):
        return _PLACEHOLDER
    return WrittenDate(0, month, day, _TWO_DIGIT_YEAR.issue) if month and day else _TWO_DIGIT_YEAR


def _written(folded: str) -> WrittenDate:
    """Read a date whose month is a word."""
    pieces = [piece for piece in _PIECES.findall(folded) if piece not in _NOISE]
    months = [_MONTHS[piece] for piece in pieces if piece in _MONTHS]
    numbers = [piece for piece in pieces if piece.isdigit()]
    if len(months) != 1 or len(pieces) != len(numbers) + 1 or not numbers:
        return _UNPARSABLE
    years = [int(number) for number in numbers if len(number) == 4]
    days = [int(number) for number in numbers if len(number) <= 2]
    if len(years) + len(days) != len(numbers) or len(years) > 1 or len(days) > 2:
        return _UNPARSABLE
    if not years and (len(days) > 1 or days[0] > _DAYS_PER_MONTH):
        if len(days) == 1:
            return _TWO_DIGIT_YEAR
        year, day = days if days[0] > _DAYS_PER_MONTH else days[::-1]
        return _without_century(year, months[0], day)
    if len(days) > 1:
        return _UNPARSABLE
    return WrittenDate(years[0] if years else 0, months[0], days[0] if days else 0)


def _checked(written: WrittenDate) -> Standardized:
    """Return the canonical form of a written date."""
    year, month, day, issue = written
    if issue and not day:
        return Standardized("", issue)
    if is_placeholder_date(f"{year:04d}-{month:02d}-{day:02d}"):
        return PLACEHOLDER
    if not day and year:
        if not _MIN_YEAR <= year <= _MAX_YEAR or month > _MONTHS_PER_YEAR:
            return _INVALID
        return Standardized(f"{year:04d}-{month:02d}" if month else f"{year:04d}")
    text = f"{year:04d}-{month:02d}-{day:02d}"
    if year and not _MIN_YEAR <= year <= _MAX_YEAR:
        return Standardized(text, issue or _INVALID.issue)
    try:
        dt.date(year or _LEAP_YEAR, month, day)
    except ValueError:
        return Standardized(text, issue or _INVALID.issue) if year else _INVALID
    return Standardized(text if year else f"XXXX-{month:02d}-{day:02d}", issue)
