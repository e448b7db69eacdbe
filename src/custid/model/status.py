"""Prospect, customer, former customer: derived from dated roles and holdings, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from attrs import frozen

from custid.model.facts import PartyKey
from custid.model.parties import Record
from custid.model.validity import standing
from custid.model.vocabularies import ROLE_KINDS, Kind

__all__ = ["CustomerKind", "CustomerStatus", "customer_since", "status_at", "status_history"]

_DAY = timedelta(days=1)


class CustomerKind(StrEnum):
    """What a party is to the company."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    FORMER_CUSTOMER = "former_customer"


@frozen(kw_only=True)
class CustomerStatus:
    """What a party is to the company, and since when.

    Attributes
    ----------
    kind : CustomerKind
        Prospect, customer or former customer.
    since : date or None
        The first day; None before anything is known of the party.
    """

    kind: CustomerKind
    since: date | None


def status_at(records: Iterable[Record], at: date, *, role_kinds: Mapping[str, Kind] = ROLE_KINDS) -> CustomerStatus:
    """Return what a party is on a day.

    A party is a customer while it holds a role that makes one (``Kind.is_customer``) or a product; a former customer
    when all of them have ended; a prospect before, and where there are none.

    Parameters
    ----------
    records : iterable of Record
        All records of one party.
    at : date
        The day.
    role_kinds : mapping of str to Kind
        Kinds of roles; one that is not among them makes no customer.

    Returns
    -------
    CustomerStatus
        Status and its first day.

    Notes
    -----
    A role counts where one of the records' own keys holds it, from the start of its period, or else from the day on
    which it was seen.  A holding counts from the start of its period, else from its acquisition, up to the end of its
    period, else up to its expiry.
    """
    past = [status for status in status_history(records, role_kinds=role_kinds) if status.since and status.since <= at]
    return past[-1] if past else CustomerStatus(kind=CustomerKind.PROSPECT, since=None)


def status_history(
    records: Iterable[Record], *, role_kinds: Mapping[str, Kind] = ROLE_KINDS
) -> tuple[CustomerStatus, ...]:
    """Return what a party has been and, where ends are known, will be.

    Parameters
    ----------
    records : iterable of Record
        All records of one party.
    role_kinds : mapping of str to Kind
        Kinds of roles.

    Returns
    -------
    tuple of CustomerStatus
        Oldest first; empty without records that state anything.
    """
    records = tuple(records)
    spans = _merged(_customer_spans(records, role_kinds))
    seen = [statement.by.observed_at.date() for record in records for _, statement in record.statements()]
    history = []
    if seen and (not spans or min(seen) < spans[0][0]):
        history.append(CustomerStatus(kind=CustomerKind.PROSPECT, since=min(seen)))
    for first, last in spans:
        history.append(CustomerStatus(kind=CustomerKind.CUSTOMER, since=first))
        if last < date.max:
            history.append(CustomerStatus(kind=CustomerKind.FORMER_CUSTOMER, since=last + _DAY))
    return tuple(history)


def customer_since(records: Iterable[Record], *, role_kinds: Mapping[str, Kind] = ROLE_KINDS) -> date | None:
    """Return the first day on which a party was a customer.

    Parameters
    ----------
    records : iterable of Record
        All records of one party.
    role_kinds : mapping of str to Kind
        Kinds of roles.

    Returns
    -------
    date or None
        None for a party that never was one.
    """
    spans = _customer_spans(tuple(records), role_kinds)
    return min((first for first, _ in spans), default=None)


def _customer_spans(records: tuple[Record, ...], role_kinds: Mapping[str, Kind]) -> list[tuple[date, date]]:
    """Return first and last days of everything that makes the party a customer."""
    mine = {PartyKey(record.source, record.key) for record in records}
    roles = standing(
        (statement for record in records for statement in record.roles), lambda role: (role.kind, role.target)
    )
    holdings = standing(
        (statement for record in records for statement in record.holdings),
        lambda holding: (holding.kind, holding.serial or holding.product),
    )
    spans = []
    for role in roles:
        kind = role_kinds.get(role.value.kind)
        if kind is not None and kind.is_customer and mine.intersection(role.value.holders):
            seen = role.by.observed_at.date()
            spans.append(
                (role.valid.first_day if role.valid.start else min(seen, role.valid.last_day), role.valid.last_day)
            )
    for holding in holdings:
        acquired, expires = holding.value.acquired, holding.value.expires
        last = holding.valid.last_day
        if holding.valid.end is None and expires is not None and expires.latest is not None:
            last = expires.latest
        first = min(holding.by.observed_at.date(), last)
        if holding.valid.start is not None:
            first = holding.valid.first_day
        elif acquired is not None and acquired.earliest is not None:
            first = acquired.earliest
        spans.append((first, last))
    # Two sources may date one thing so differently that it would end before it begins: such a span says nothing.
    return [(first, last) for first, last in spans if first <= last]


def _merged(spans: list[tuple[date, date]]) -> list[tuple[date, date]]:
    merged: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if merged and (merged[-1][1] == date.max or first <= merged[-1][1] + _DAY):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
