"""Hours of the week at which somebody may, or wants to, be contacted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen

from custid.errors import ConfigurationError

__all__ = ["Hours", "first_common_start", "local_time"]

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MINUTES_OF_HOUR = 60


def _never(_day: date) -> bool:
    return False


def local_time(moment: datetime, time_zone: str) -> datetime:
    """Return a moment as the clocks of a time zone show it.

    Parameters
    ----------
    moment : datetime
        With a time zone.
    time_zone : str
        IANA name.

    Returns
    -------
    datetime
        The same moment.

    Raises
    ------
    ConfigurationError
        If the moment has no time zone, or the name is not known.
    """
    if moment.utcoffset() is None:
        raise ConfigurationError("at: expected a moment with a time zone, got one without.")
    try:
        return moment.astimezone(ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # Python looks for a file of that name: there may be a directory, or the name may be too long for one.
        raise ConfigurationError("time_zone: expected an IANA name such as 'Europe/Paris', got another text.") from None


@frozen(kw_only=True)
class Hours:
    """Hours of the week by the clocks of one time zone.

    Attributes
    ----------
    windows : tuple of str
        Days of the week after RFC 5545 and hours, the last minute not included: ``"MO,TU 10:00-13:00"``.
    time_zone : str
        IANA name.
    is_closed : callable
        Tells which days are left out whatever day of the week they are, public holidays for example.

    Examples
    --------
    >>> from datetime import timezone
    >>> mornings = Hours(windows=("MO,TU,WE,TH,FR 10:00-13:00",), time_zone="Europe/Paris")
    >>> mornings.contain(datetime(2026, 1, 5, 9, 30, tzinfo=timezone.utc))
    True
    >>> mornings.next_start(datetime(2026, 1, 3, 12, 0, tzinfo=timezone.utc)).isoformat()
    '2026-01-05T10:00:00+01:00'
    """

    windows: tuple[str, ...]
    time_zone: str
    is_closed: Callable[[date], bool] = field(default=_never, eq=False, repr=False)

    def contain(self, moment: datetime) -> bool:
        """Tell whether a moment, with a time zone, lies within."""
        local = local_time(moment, self.time_zone)
        minute = local.hour * _MINUTES_OF_HOUR + local.minute
        return any(start <= minute < end for start, end in self._spans_on(local.date()))

    def next_start(self, moment: datetime, *, days: int = 62) -> datetime | None:
        """Return the first moment at or after one that lies within, or None where none of the next days has any."""
        if self.contain(moment):
            return local_time(moment, self.time_zone)
        local = local_time(moment, self.time_zone)
        for ahead in range(days + 1):
            day = local.date() + timedelta(days=ahead)
            for start, _ in sorted(self._spans_on(day)):
                at = datetime(day.year, day.month, day.day, tzinfo=local.tzinfo) + timedelta(minutes=start)
                if at > local:
                    # An hour that clocks show twice comes after the moment the second time, if that is when it is.
                    return at if ahead else at.replace(fold=local.fold)
        return None

    def _spans_on(self, day: date) -> Iterator[tuple[int, int]]:
        if self.is_closed(day):
            return
        name = _DAYS[day.weekday()]
        for days, start, end in map(_read, self.windows):
            if name in days:
                yield start, end


def _read(window: str) -> tuple[frozenset[str], int, int]:
    days, _, hours = window.partition(" ")
    start, _, end = hours.partition("-")
    return frozenset(days.split(",")), _minute(start), _minute(end)


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * _MINUTES_OF_HOUR + int(minute)


def first_common_start(all_hours: Iterable[Hours], moment: datetime, *, days: int = 62) -> datetime | None:
    """Return the first moment at or after one that lies within each of several hours.

    Parameters
    ----------
    all_hours : iterable of Hours
        The hours; none leaves every moment open.
    moment : datetime
        With a time zone.
    days : int
        How far ahead is looked.

    Returns
    -------
    datetime or None
        None where there is none that soon.
    """
    wanted = tuple(all_hours)
    at: datetime | None = moment
    last = moment + timedelta(days=days)
    while at is not None and at <= last:
        starts = [each.next_start(at) for each in wanted]
        if None in starts:
            return None
        latest = max((start for start in starts if start is not None), default=at)
        if all(each.contain(latest) for each in wanted):
            return latest
        at = latest
    return None
