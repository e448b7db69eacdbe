"""Which statements are old, and which nobody has checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen

from custid.errors import ConfigurationError
from custid.model import Record, Stated

__all__ = ["Staleness", "is_verified", "stale"]


@frozen(kw_only=True)
class Staleness:
    """A statement that wants to be looked at again.

    Attributes
    ----------
    source, key : str
        The record.
    attribute : str
        Name of the attribute.
    confirmed_at : datetime
        When it was last said, seen or checked.
    is_verified : bool
        Whether a check of it still holds.
    stated : Stated
        The statement.
    """

    source: str
    key: str
    attribute: str
    confirmed_at: datetime
    is_verified: bool
    stated: Stated[Any] = field(repr=False)


def is_verified(stated: Stated[Any], *, at: datetime, holds_for: timedelta | None = None) -> bool:
    """Tell whether a statement has been checked and the check still holds.

    Parameters
    ----------
    stated : Stated
        The statement.
    at : datetime
        The moment asked about, with a time zone; later checks do not count.
    holds_for : timedelta, optional
        For how long a check holds; for ever when not given.

    Returns
    -------
    bool
        False where nobody has checked it.
    """
    return any(check.at <= at and (holds_for is None or at - check.at <= holds_for) for check in stated.by.verified)


def stale(
    records: Iterable[Record],
    *,
    at: datetime,
    older_than: timedelta,
    attributes: Iterable[str] | None = None,
    holds_for: timedelta | None = None,
    is_unverified: bool = False,
) -> tuple[Staleness, ...]:
    """Return the statements that nobody has said, seen or checked for long.

    Parameters
    ----------
    records : iterable of Record
        Records of any parties.
    at : datetime
        The moment asked about, with a time zone.
    older_than : timedelta
        Age from which on a statement is listed; 0 lists all.
    attributes : iterable of str, optional
        Names of the attributes that count; all when not given.
    holds_for : timedelta, optional
        For how long a check holds; for ever when not given.
    is_unverified : bool
        List only those of which no check holds.

    Returns
    -------
    tuple of Staleness
        The oldest first.  Statements that no longer hold on that day are history, and are not listed.

    Raises
    ------
    ConfigurationError
        If the moment has no time zone, or the age is negative.
    """
    if at.utcoffset() is None or older_than < timedelta():
        raise ConfigurationError("stale: expected a moment with a time zone and an age of 0 or more, got others.")
    wanted = None if attributes is None else set(attributes)
    found = []
    for record in records:
        for declared, stated in record.statements():
            if wanted is not None and declared.name not in wanted:
                continue
            checks = [check.at for check in stated.by.verified if check.at <= at]
            confirmed = max([stated.by.observed_at, *checks])
            holds = is_verified(stated, at=at, holds_for=holds_for)
            if stated.valid.contains(at.date()) and at - confirmed >= older_than and not (is_unverified and holds):
                found.append(
                    Staleness(
                        source=record.source,
                        key=record.key,
                        attribute=declared.name,
                        confirmed_at=confirmed,
                        is_verified=holds,
                        stated=stated,
                    )
                )
    return tuple(sorted(found, key=lambda each: (each.confirmed_at, each.source, each.key, each.attribute)))
