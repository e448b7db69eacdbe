"""Which statements hold: on a day, as far as was known, and after what was said later."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from typing import TypeVar

from custid.model.ordering import sort_text
from custid.model.statements import Stated

__all__ = ["current", "known", "standing"]

T = TypeVar("T")


def current(statements: Iterable[Stated[T]], at: date) -> tuple[Stated[T], ...]:
    """Return the statements that hold on a day.

    Parameters
    ----------
    statements : iterable of Stated
        For example the contact points of a party.
    at : date
        The day.

    Returns
    -------
    tuple of Stated
        In the order given; a statement without a period holds on every day.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> from custid.model import PartialDate, Period, Provenance
    >>> seen = datetime(2020, 1, 1, tzinfo=timezone.utc)
    >>> by = Provenance(source="crm", record="1", observed_at=seen, recorded_at=seen)
    >>> homes = (
    ...     Stated("Nantes", by, valid=Period(end=PartialDate("2015-07-01"))),
    ...     Stated("Lille", by, valid=Period(start=PartialDate("2015-07-01"))),
    ... )
    >>> [home.value for home in current(homes, date(2015, 6, 30))]
    ['Nantes']
    """
    return tuple(statement for statement in statements if statement.valid.contains(at))


def known(statements: Iterable[Stated[T]], at: datetime) -> tuple[Stated[T], ...]:
    """Return the statements that had been recorded by a moment.

    Parameters
    ----------
    statements : iterable of Stated
        Any statements.
    at : datetime
        The moment, with a time zone.

    Returns
    -------
    tuple of Stated
        In the order given.
    """
    return tuple(statement for statement in statements if statement.by.recorded_at <= at)


def standing(statements: Iterable[Stated[T]], about: Callable[[T], Hashable]) -> tuple[Stated[T], ...]:
    """Return the statements that no later one of the same record has superseded.

    A statement supersedes another one when one record of one source makes both, they are about the same thing, their
    periods can have a day in common, and it was recorded later (at one moment: observed later).

    Parameters
    ----------
    statements : iterable of Stated
        Any statements.
    about : callable
        What a value is about: a role without its dates, a contract, a case.

    Returns
    -------
    tuple of Stated
        In the order of their content, each once.
    """
    given = tuple(statements)
    if len(given) == 1:  # the usual case needs no order
        return given
    groups: dict[tuple[str, str, Hashable], dict[str, Stated[T]]] = {}
    for statement in given:
        place = (statement.by.source, statement.by.record, about(statement.value))
        groups.setdefault(place, {})[sort_text(statement)] = statement
    kept = {
        text: statement
        for group in groups.values()
        for text, statement in group.items()
        if not any(_supersedes(other, statement) for other in group.values())
    }
    return tuple(kept[text] for text in sorted(kept))


def _supersedes(later: Stated[T], earlier: Stated[T]) -> bool:
    mine, theirs = ((each.by.recorded_at, each.by.observed_at) for each in (later, earlier))
    return mine > theirs and later.valid.overlaps(earlier.valid)
