"""Public holidays, by the law of a country."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

__all__ = ["easter_sunday", "french_holidays"]


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar.

    Parameters
    ----------
    year : int
        From 1583 on.

    Returns
    -------
    date
        The day.

    Notes
    -----
    The anonymous algorithm of 1876 ("Butcher's"); see Meeus, J. (1998), Astronomical Algorithms, 2nd edition, chapter
    8.

    Examples
    --------
    >>> easter_sunday(2026).isoformat()
    '2026-04-05'
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, left_over = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    leaps_of_century, years_left = divmod(of_century, 4)
    to_sunday = (32 + 2 * left_over + 2 * leaps_of_century - epact - years_left) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def french_holidays(year: int) -> frozenset[date]:
    """Return the public holidays of metropolitan France.

    Parameters
    ----------
    year : int
        From 1983 on.

    Returns
    -------
    frozenset of date
        Eleven days, fewer where two fall together.  Those that only some departments have (Alsace, Moselle, overseas)
        are not among them.

    Notes
    -----
    Code du travail, article L3133-1.
    """
    easter = easter_sunday(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (easter + timedelta(days=days) for days in (1, 39, 50))
    return frozenset({*(date(year, month, day) for month, day in fixed), *moving})
