"""What has happened to customers: events that were stated, and events that follow from dates and statements.

Triggers are a function of the records and of a span of days.  Two spans that meet have no trigger in common, and
together have those of both, so that a reader who keeps the last day it has dealt with acts on each event once.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from attrs import frozen

from custid.errors import ConfigurationError
from custid.model import ContactPoint, Person, PostalAddress, Record, Stated, standing, timeline
from custid.survivorship import canonical_form

__all__ = ["TRIGGERS", "Trigger", "TriggerKind", "triggers"]

_MAJORITY: Final = 18


class TriggerKind(StrEnum):
    """What is looked for."""

    MOVED = "moved"
    CAME_OF_AGE = "came_of_age"
    HOLDING_ENDS = "holding_ends"
    SILENT = "silent"
    LIFE_EVENT = "life_event"


TRIGGERS: Final = tuple(TriggerKind)
"""All kinds of triggers."""


@frozen(kw_only=True, order=True)
class Trigger:
    """One event.

    Attributes
    ----------
    on : date
        The day on which it comes to bear.
    kind : TriggerKind
        What it is.
    source, key : str
        The record that it follows from.
    about : str
        Kind of the life event, kind of the holding; empty for others.  No value of the customer.
    """

    on: date
    kind: TriggerKind
    source: str
    key: str
    about: str = ""


def triggers(
    records: Iterable[Record],
    *,
    after: date,
    until: date,
    kinds: Iterable[TriggerKind] = TRIGGERS,
    ends_ahead: int = 0,
    silent_for: int = 30,
) -> tuple[Trigger, ...]:
    """Return what has happened to one customer in some days.

    Parameters
    ----------
    records : iterable of Record
        All records of one customer.
    after, until : date
        The last day that was dealt with before, and the last day looked at.
    kinds : iterable of TriggerKind
        What is looked for.
    ends_ahead : int
        How many days before the end of a holding it is told of.
    silent_for : int
        After how many days without any interaction a customer counts as silent, 1 or more.

    Returns
    -------
    tuple of Trigger
        By day, each once however many records state it.

    Raises
    ------
    ConfigurationError
        If the days are in the wrong order, or a number of days is out of range.

    Notes
    -----
    A *move* is a postal address, said on that day, that no record has stated before; the first address is none.
    Somebody *comes of age* on his eighteenth birthday, on 1 March where he was born on 29 February and the year is
    common; a date of birth that is not known to the day triggers nothing.  A *holding ends* on its last day at the
    latest.  *Silent* is the day on which ``silent_for`` days have passed since an interaction without another one; a
    later one does not undo it.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> from custid.model import PartialDate, Provenance
    >>> seen = datetime(2024, 3, 1, tzinfo=timezone.utc)
    >>> by = Provenance(source="till", record="7", observed_at=seen, recorded_at=seen)
    >>> person = Person(birth_dates=(Stated(PartialDate("2008-09-02"), by),))
    >>> record = Record(source="till", key="7", party=person)
    >>> [(each.on.isoformat(), each.kind.value) for each in triggers(
    ...     [record], after=date(2026, 8, 31), until=date(2026, 9, 30))]
    [('2026-09-02', 'came_of_age')]
    """
    if until < after or ends_ahead < 0 or silent_for < 1:
        raise ConfigurationError(
            "triggers: expected until not before after, ends_ahead from 0 on and silent_for from 1 on, got others."
        )
    held = tuple(record for record in records if not record.is_restricted)
    found: set[Trigger] = set()
    finders = {
        TriggerKind.MOVED: lambda: _moves(held),
        TriggerKind.CAME_OF_AGE: lambda: _birthdays(held),
        TriggerKind.HOLDING_ENDS: lambda: _ends(held, ends_ahead),
        TriggerKind.SILENT: lambda: _silences(held, silent_for),
        TriggerKind.LIFE_EVENT: lambda: _life_events(held),
    }
    for kind in dict.fromkeys(map(TriggerKind, kinds)):
        found.update(each for each in finders[kind]() if after < each.on <= until)
    return _once(found)


def _once(found: set[Trigger]) -> tuple[Trigger, ...]:
    """Keep one of the triggers that several records state."""
    kept: dict[tuple[date, TriggerKind, str], Trigger] = {}
    for each in sorted(found):
        kept.setdefault((each.on, each.kind, each.about), each)
    return tuple(sorted(kept.values()))


def _moves(records: tuple[Record, ...]) -> Iterator[Trigger]:
    stated = sorted(
        (each.by.observed_at, each.by.recorded_at, record.source, record.key, canonical_form(each.value))
        for record in records
        for each in record.party.contacts
        if _is_postal(each)
    )
    known: set[str] = set()
    for observed, _, source, key, form in stated:
        if known and form not in known:
            yield Trigger(on=observed.date(), kind=TriggerKind.MOVED, source=source, key=key)
        known.add(form)


def _is_postal(stated: Stated[Any]) -> bool:
    return isinstance(stated.value, ContactPoint) and isinstance(stated.value.point, PostalAddress)


def _birthdays(records: tuple[Record, ...]) -> Iterator[Trigger]:
    for record in records:
        if not isinstance(record.party, Person):
            continue
        for each in record.party.birth_dates:
            born, latest = each.value.earliest, each.value.latest
            if born is not None and born == latest and born.year + _MAJORITY <= date.max.year:
                yield Trigger(
                    on=_years_later(born, _MAJORITY),
                    kind=TriggerKind.CAME_OF_AGE,
                    source=record.source,
                    key=record.key,
                )


def _years_later(day: date, years: int) -> date:
    year = day.year + years
    if day.month == 2 and day.day > calendar.monthrange(year, 2)[1]:
        return date(year, 3, 1)
    return day.replace(year=year)


def _ends(records: tuple[Record, ...], ahead: int) -> Iterator[Trigger]:
    for record in records:
        for each in standing(record.holdings, lambda holding: (holding.kind, holding.serial or holding.product)):
            end = each.value.expires
            last = None if end is None else end.latest
            if last is not None and last.toordinal() - ahead >= 1:
                yield Trigger(
                    on=last - timedelta(days=ahead),
                    kind=TriggerKind.HOLDING_ENDS,
                    source=record.source,
                    key=record.key,
                    about=each.value.kind,
                )


def _silences(records: tuple[Record, ...], days: int) -> Iterator[Trigger]:
    ordered = timeline(records)
    for place, each in enumerate(ordered):
        day = each.value.at.date()
        if days > (date.max - day).days:
            continue
        on = day + timedelta(days=days)
        following = ordered[place + 1].value.at.date() if place + 1 < len(ordered) else date.max
        if following > on:
            yield Trigger(on=on, kind=TriggerKind.SILENT, source=each.by.source, key=each.by.record)


def _life_events(records: tuple[Record, ...]) -> Iterator[Trigger]:
    for record in records:
        for each in record.life_events:
            on = each.value.at.earliest
            if on is not None and on == each.value.at.latest:
                yield Trigger(
                    on=on, kind=TriggerKind.LIFE_EVENT, source=record.source, key=record.key, about=each.value.kind
                )
