"""What a party has, by when it ends."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

from custid.errors import ConfigurationError
from custid.model.facts import Holding
from custid.model.ordering import sort_text
from custid.model.parties import Record
from custid.model.statements import Stated
from custid.model.validity import standing

__all__ = ["upcoming"]


def upcoming(
    records: Iterable[Record], kind: str = "", *, at: date, days: int = 0, months: int = 0
) -> tuple[tuple[Record, Stated[Holding]], ...]:
    """Return the holdings that end soon, each with the record of its owner.

    Parameters
    ----------
    records : iterable of Record
        Records of any parties.
    kind : str
        Kind of holding, for example ``"warranty"``; empty for all.
    at : date
        The first day looked at.
    days, months : int
        How far ahead, the last day included.  A month from 31 January is the last day of February.

    Returns
    -------
    tuple of (Record, Stated of Holding)
        Those that hold on the first day and whose end, or some day that it can be, lies within; soonest first.

    Raises
    ------
    ConfigurationError
        If the span is negative or ends after the year 9999.
    """
    last = _ahead(at, days=days, months=months)
    found = []
    for record in records:
        for stated in standing(record.holdings, lambda each: (each.kind, each.serial or each.product)):
            end = stated.value.expires
            if (kind in {"", stated.value.kind}) and end is not None and stated.valid.contains(at):
                earliest, latest = end.earliest, end.latest
                if earliest is not None and latest is not None and earliest <= last and latest >= at:
                    found.append((max(earliest, at), record.source, record.key, sort_text(stated), record, stated))
    return tuple(entry[-2:] for entry in sorted(found, key=lambda entry: entry[:4]))


def _ahead(day: date, *, days: int, months: int) -> date:
    if days < 0 or months < 0:
        raise ConfigurationError("upcoming: expected days and months of 0 or more, got a negative number.")
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    try:
        return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])) + timedelta(
            days
        )
    except (ValueError, OverflowError):
        raise ConfigurationError(
            "upcoming: expected a span that ends before the year 10000, got a longer one."
        ) from None
