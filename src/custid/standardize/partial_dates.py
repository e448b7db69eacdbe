"""Dates of customers as typed values: of days, months and years as far as they are known."""

from __future__ import annotations

import re
from typing import Final

from custid.errors import ModelError
from custid.model.dates import PartialDate
from custid.model.statements import Issue
from custid.standardize.date import WrittenDate, read_date
from custid.standardize.placeholders import is_placeholder_date
from custid.standardize.text import visible
from custid.standardize.values import Parsed

__all__ = ["parse_date"]

# The calendar in use, and what a customer or a contract can have seen of it; see standardize_date.
_FIRST_PLAUSIBLE_YEAR: Final = 1000
_LAST_PLAUSIBLE_YEAR: Final = 2100

_EDTF_LIKE: Final = re.compile(r"[0-9X]{4}(?:-[0-9X]{2}){0,2}[?~%]?")
_QUALIFIED: Final = re.compile(r"(.*\d)\s*([?~%])")


def parse_date(raw: str, *, day_first: bool | None = True) -> Parsed[PartialDate]:
    """Return the date that a text names, as far as it names it.

    Reads what `standardize_date` reads, and the Extended Date/Time Format itself with its ``X``, ``?``, ``~`` and
    ``%``.

    Parameters
    ----------
    raw : str
        Any string.
    day_first : bool or None
        Order of a numeric date whose year is last, where both orders are possible.  None reads the day first, and
        reports it.

    Returns
    -------
    Parsed of PartialDate
        One date or none.  With a value go the issues ``"ambiguous_day_month"``, ``"two_digit_year"`` (the year is left
        out for want of a century) and ``"suspicious_date"`` (a date that forms fill in for an unknown one, such as
        1 January 1900, or a year not in 1000 to 2100); without one ``"placeholder"``, ``"two_digit_year"`` (where no
        day is said), ``"invalid_date"`` (a day that no calendar has) and ``"unparsable"``.

    Examples
    --------
    >>> [str(parse_date(raw).value) for raw in ("12/06/1984", "juin 1984", "25 décembre", "XX/12/1984", "1984-06~")]
    ['1984-06-12', '1984-06', 'XXXX-12-25', '1984-12', '1984-06~']
    >>> str(parse_date("12/06/84").value), parse_date("12/06/84").issues
    ('XXXX-06-12', (Issue(code='two_digit_year', detail=''),))
    """
    text = visible(raw)
    if not text:
        return Parsed((), raw)
    if _EDTF_LIKE.fullmatch(text) and (date := _date(text)) is not None and date.n_known_digits:
        return _judged(date, raw, "")
    qualified = _QUALIFIED.fullmatch(text)
    text, qualifier = qualified.groups() if qualified is not None else (text, "")
    written = read_date(text, day_first=day_first)
    numbers = _edtf(written)
    if not numbers:
        return Parsed((), raw, (Issue(written.issue or "placeholder"),))
    date = _date(numbers + qualifier)
    if date is not None:
        return _judged(date, raw, written.issue)
    is_filler = is_placeholder_date(f"{written.year:04d}-{written.month:02d}-{written.day:02d}")
    return Parsed((), raw, (Issue("placeholder" if is_filler else "invalid_date"),))


def _edtf(written: WrittenDate) -> str:
    """Return year, month and day with ``X`` for what is not known; empty where nothing is."""
    year, month, day, _ = written
    if not (year or month or day):
        return ""
    text = f"{year:04d}" if year else "XXXX"
    if month or day:
        text += f"-{month:02d}" if month else "-XX"
    return text + f"-{day:02d}" if day else text


def _date(text: str) -> PartialDate | None:
    try:
        return PartialDate(text)
    except ModelError:
        return None


def _judged(date: PartialDate, raw: str, issue: str) -> Parsed[PartialDate]:
    year = date.year
    is_filler = is_placeholder_date(date.text.rstrip("?~%"))
    is_implausible = year is not None and not _FIRST_PLAUSIBLE_YEAR <= year <= _LAST_PLAUSIBLE_YEAR
    codes = (issue, "suspicious_date" if is_filler or is_implausible else "")
    return Parsed((date,), raw, tuple(Issue(code) for code in codes if code))
