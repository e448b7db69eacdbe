"""Dates that may be known in part, and periods between them."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import cached_property
from itertools import zip_longest
from typing import Self

from attrs import field, frozen

from custid.errors import ModelError
from custid.model._checks import instance_of
from custid.model.ordering import text_of_parts

__all__ = ["PartialDate", "Period"]

_EDTF = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX|XXXX)"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?(?P<qualifier>[?~%]?)"
)
_PARTS = ("year", "month", "day")
_OPEN = {None, "X"}
# Any leap year: where the year is unknown, 29 February exists.
_SOME_LEAP_YEAR = 2000


@frozen(order=False)
class PartialDate:
    """A date of the calendar of which parts may be unknown.

    Written after ISO 8601-2:2019, the Extended Date/Time Format, level 1: digits that are not known are ``X``, and a
    date as a whole is uncertain (``?``), approximate (``~``) or both (``%``).  Of level 2 it takes a month and a day
    beside a year that is not fully known: ``XXXX-12-25`` is a birthday without a year.  Seasons, years before 1 and
    years of five digits are left out: no customer needs them.

    Attributes
    ----------
    text : str
        For example ``"1984-06-12"``, ``"1984-06"``, ``"198X"``, ``"1984-XX-12"``, ``"XXXX-12-25"`` or ``"1984-06~"``.

    Raises
    ------
    ModelError
        If the text is no such date, or no calendar has it.

    Examples
    --------
    >>> PartialDate("1984-06~").is_compatible(PartialDate("1984-06-12"))
    True
    >>> PartialDate("XXXX-02-29").age_at(date(2024, 3, 1)) is None
    True
    """

    text: str = field()

    @text.validator
    def _check(self, _attribute: object, value: object) -> None:
        found = _EDTF.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ModelError(
                "PartialDate.text: expected a date like 1999-12-31, 1999-12, 199X or XXXX-12-25, got another value.",
                hint="Read dates that people wrote with custid.standardize.parse_date.",
            )
        if not _exists(*(found[name] for name in _PARTS)):
            raise ModelError("PartialDate.text: expected a day that the calendar has, got another one.")

    @classmethod
    def of(cls, day: date) -> Self:
        """Return a date that is known to the day.

        Parameters
        ----------
        day : date
            Any day.

        Returns
        -------
        PartialDate
            That day.
        """
        return cls(day.isoformat())

    def __str__(self) -> str:
        return self.text

    def _part(self, name: str) -> str | None:
        found = _EDTF.fullmatch(self.text)
        return found[name] if found is not None else None

    @property
    def year(self) -> int | None:
        """The year; None where a digit of it is unknown."""
        return _number(self._part("year"))

    @property
    def month(self) -> int | None:
        """The month, 1 to 12; None where it is unknown."""
        return _number(self._part("month"))

    @property
    def day(self) -> int | None:
        """The day of the month, 1 to 31; None where it is unknown."""
        return _number(self._part("day"))

    @property
    def is_uncertain(self) -> bool:
        """True where the source doubts the date."""
        return self.text[-1] in "?%"

    @property
    def is_approximate(self) -> bool:
        """True where the date is an estimate."""
        return self.text[-1] in "~%"

    @property
    def is_exact(self) -> bool:
        """True where year, month and day are known without doubt."""
        return None not in {self.year, self.month, self.day} and self.text[-1] not in "?~%"

    @property
    def earliest(self) -> date | None:
        """The first day that it can be; None where nothing is known of the year."""
        return self._edge(is_last=False)

    @property
    def latest(self) -> date | None:
        """The last day that it can be; None where nothing is known of the year."""
        return self._edge(is_last=True)

    def _edge(self, *, is_last: bool) -> date | None:
        found = _EDTF.fullmatch(self.text)
        written = found["year"] if found is not None else "XXXX"
        if found is None or written == "XXXX":
            return None
        known_month, known_day = _number(found["month"]), _number(found["day"])
        step = -1 if is_last else 1
        years = range(max(int(written.replace("X", "0")), 1), int(written.replace("X", "9")) + 1)[::step]
        months = (range(1, 13) if known_month is None else range(known_month, known_month + 1))[::step]
        # The first that the calendar has: 29 February and the 31st do not exist everywhere.
        return next(
            (
                date(year, month, known_day or (_days_of(year, month) if is_last else 1))
                for year in years
                for month in months
                if (known_day or 1) <= _days_of(year, month)
            ),
            None,
        )

    def is_compatible(self, other: PartialDate) -> bool:
        """Tell whether one day can be both dates, whatever their doubts.

        Parameters
        ----------
        other : PartialDate
            Another date.

        Returns
        -------
        bool
            True where no known digit of one contradicts the other, and the calendar has a day with the digits of both.
        """
        if self.text == other.text:
            return True
        both = [_overlaid(self._part(name), other._part(name)) for name in _PARTS]
        return "" not in both and _exists(*both)

    def refines(self, other: PartialDate) -> bool:
        """Tell whether this date says all that another one says, and more.

        Parameters
        ----------
        other : PartialDate
            Another date.

        Returns
        -------
        bool
            True for ``1984-06-12`` and ``1984-06``; False for equal dates, and for ``19XX-06-12`` and ``198X``, of
            which each knows a digit that the other one does not.
        """
        mine, theirs = [self._part(name) or "" for name in _PARTS], [other._part(name) or "" for name in _PARTS]
        says_all = all(
            a == b for m, t in zip(mine, theirs, strict=True) for a, b in zip_longest(m, t) if b not in _OPEN
        )
        return says_all and self.n_known_digits > other.n_known_digits

    @property
    def n_known_digits(self) -> int:
        """How many digits are known, 0 to 8."""
        return sum(character.isdecimal() for character in self.text)

    def age_at(self, day: date) -> int | None:
        """Return the completed years on a day.

        Someone born on 29 February is a year older on 1 March of a common year.

        Parameters
        ----------
        day : date
            The day.

        Returns
        -------
        int or None
            None where the known parts leave two ages possible, or the date lies after the day.
        """
        if self.earliest is None or self.latest is None:
            return None
        ages = {_age(self.earliest, day), _age(self.latest, day)}
        age = ages.pop()
        return age if not ages and age >= 0 else None


@frozen
class Period:
    """A span of time in which a statement holds: from a date on, up to another one.

    Attributes
    ----------
    start : PartialDate or None
        The first day; None where it is not known or there is none.
    end : PartialDate or None
        The day after the last; None where it is not known or there is none.

    Raises
    ------
    ModelError
        If it ends before it begins, or a bound has no year.

    Examples
    --------
    >>> home = Period(PartialDate("2010"), PartialDate("2014-07-01"))
    >>> home.contains(date(2014, 6, 30)), home.contains(date(2014, 7, 1))
    (True, False)
    """

    start: PartialDate | None = field(default=None, validator=instance_of(PartialDate, type(None)))
    end: PartialDate | None = field(default=None, validator=instance_of(PartialDate, type(None)))

    def __attrs_post_init__(self) -> None:
        for name, bound in (("start", self.start), ("end", self.end)):
            if bound is not None and bound.earliest is None:
                raise ModelError(f"Period.{name}: expected a date with a year, got one without.")
        first, last = self.first_day, self.last_day
        if self.start is not None and self.end is not None and last < first:
            raise ModelError("Period: expected an end after the start, got one before it.")

    @property
    def is_unbounded(self) -> bool:
        """True where neither bound is known."""
        return self.start is None and self.end is None

    @property
    def first_day(self) -> date:
        """The first day on which it can hold."""
        return date.min if self.start is None or self.start.earliest is None else self.start.earliest

    @property
    def last_day(self) -> date:
        """The last day on which it can hold; of an end known in part, any day but the very last counts."""
        if self.end is None or self.end.latest is None:
            return date.max
        return self.end.latest - timedelta(days=1) if self.end.latest > date.min else date.min

    def contains(self, day: date) -> bool:
        """Tell whether it can hold on a day; where a bound is known in part, doubt counts as yes.

        Parameters
        ----------
        day : date
            The day.

        Returns
        -------
        bool
            True from the start up to, and without, the end.
        """
        return self.first_day <= day <= self.last_day

    def overlaps(self, other: Period) -> bool:
        """Tell whether two periods can have a day in common.

        Parameters
        ----------
        other : Period
            Another period.

        Returns
        -------
        bool
            True where a day can lie in both.
        """
        return max(self.first_day, other.first_day) <= min(self.last_day, other.last_day)

    @cached_property
    def _sort_text(self) -> str:
        return text_of_parts(self)


def _number(part: str | None) -> int | None:
    return int(part) if part is not None and part.isdecimal() else None


def _overlaid(mine: str | None, theirs: str | None) -> str | None:
    """Return a part with the digits that are known of either writing; empty where two of them differ."""
    if mine is None or theirs is None:
        return mine or theirs
    if any(a != b and "X" not in {a, b} for a, b in zip(mine, theirs, strict=True)):
        return ""
    return "".join(b if a == "X" else a for a, b in zip(mine, theirs, strict=True))


def _exists(year: str | None, month: str | None, day: str | None) -> bool:
    """Tell whether the calendar has a day with these parts; every ten years hold a leap year."""
    known_year, known_month, known_day = _number(year), _number(month), _number(day)
    if known_year == 0 or (known_month is not None and not 1 <= known_month <= 12):
        return False
    last = 31 if known_month is None else _days_of(known_year, known_month)
    return known_day is None or 1 <= known_day <= last


def _days_of(year: int | None, month: int) -> int:
    return calendar.monthrange(year or _SOME_LEAP_YEAR, month)[1]


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
