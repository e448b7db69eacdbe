"""Who has been kept for too long, and who is erased for it (article 5(1)(e) GDPR)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from custid.errors import ConfigurationError
from custid.registry.erasure import Erasure
from custid.registry.events import EventKind, HistoryEntry
from custid.registry.identifiers import CustomerId
from custid.registry.resolution import Customer

__all__ = ["Overdue", "Retention", "deadline", "has_said_no", "kind_by_holdings", "last_heard"]

_MOST_YEARS: Final = 1_000
_LEAP: Final = (2, 29)
_NO: Final = frozenset({"objected", "refused", "withdrawn"})


@frozen(kw_only=True)
class Overdue:
    """A customer whose time is over.

    Attributes
    ----------
    customer : CustomerId
        The identifier.
    kind : str
        The kind of customer, which names the rule.
    last : datetime
        When the person was heard of last.
    due : datetime
        When the time was over.
    """

    customer: CustomerId
    kind: str
    last: datetime
    due: datetime


@frozen(kw_only=True)
class Retention:
    """Who has been kept for too long.

    Attributes
    ----------
    at : datetime
        The moment that counts.
    overdue : tuple of Overdue
        By identifier.
    n_looked_at : int
        Customers there were.
    n_restricted : int
        Customers overdue that are kept, since one of their records is restricted.
    erasure : Erasure or None
        The proof; None for a dry run, and where nobody is overdue.
    """

    at: datetime
    overdue: tuple[Overdue, ...] = field(repr=False)
    n_looked_at: int
    n_restricted: int = 0
    erasure: Erasure | None = None


def kind_by_holdings(customer: Customer) -> str | None:
    """Return ``"prospect"`` or ``"former_customer"``, or None for who has a contract or an article.

    Typed records tell: who holds something that has not ended is a customer, who held something is a former one, all
    others are prospects.  Of rows nothing is known: None, so that they are kept.
    """
    documents = [each for each in customer.contents.values() if "schema_version" in each and "party" in each]
    if len(documents) < len(customer.records):
        return None
    holdings = [stated["value"] for each in documents for stated in each.get("holdings", ())]
    if not holdings:
        return "prospect"
    return "former_customer" if all(each.get("expires") for each in holdings) else None


def last_heard(customer: Customer, history: tuple[HistoryEntry, ...]) -> datetime:
    """Return when a person was heard of last.

    Of typed records the last interaction that came from the person; otherwise when a record came or changed.
    """
    moments = [
        datetime.fromisoformat(stated["value"]["at"])
        for each in customer.contents.values()
        for stated in _statements(each, "interactions")
        if stated["value"].get("direction") == "in"
    ]
    kinds = (EventKind.ASSIGNED, EventKind.UPDATED)
    return max(moments, default=max(each.at for each in history if each.event.kind in kinds))


def has_said_no(customer: Customer) -> bool:
    """Tell whether a person has objected to something, refused or withdrawn consent, by any typed record."""
    return any(
        stated["value"].get("status") in _NO
        for each in customer.contents.values()
        for stated in _statements(each, "consents")
    )


def _statements(content: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    held = content.get(name, ())
    return tuple(held) if isinstance(held, list) and "schema_version" in content else ()


def deadline(last: datetime, years: float) -> datetime:
    """Return the moment so many years later; parts of a year are days, 365 to the year.

    Parameters
    ----------
    last : datetime
        A moment.
    years : float
        How many, from 0 to 1000.

    Returns
    -------
    datetime
        On the same day of the year, the 28th of February for the 29th; the end of the calendar where it is later.

    Raises
    ------
    ConfigurationError
        If it is no such number.
    """
    stated: object = years
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= _MOST_YEARS:
        raise ConfigurationError(f"retention: years: expected a number from 0 to {_MOST_YEARS}, got another value.")
    whole = int(years)
    day = last.replace(day=28) if (last.month, last.day) == _LEAP else last
    try:
        return day.replace(year=day.year + whole) + timedelta(days=round((years - whole) * 365))
    except (ValueError, OverflowError):
        # A source may date something in the far future: nobody's time is over then.
        return datetime.max.replace(tzinfo=UTC)
