"""What a customer has agreed to, over all records: no value survives another one, the most protective holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Any, Final

from attrs import frozen

from custid.model import Consent, ConsentStatus, Record, Stated, sort_text
from custid.model.statements import is_feedback
from custid.survivorship.contact_terms import channel_named, purpose_named

__all__ = ["PROTECTION", "ConsentChoice", "consents_of", "most_protective"]

PROTECTION: Final = (
    ConsentStatus.GIVEN,
    ConsentStatus.EXPIRED,
    ConsentStatus.REFUSED,
    ConsentStatus.WITHDRAWN,
    ConsentStatus.OBJECTED,
)
"""What a party can have said about a use of its data, the most protective last."""


@frozen
class _Day:
    """The day looked at, by some clocks; without them, each moment is dated by its own."""

    day: date
    clocks: tzinfo | None

    def of(self, moment: datetime) -> date:
        """Return the day of a moment."""
        if self.clocks is None:
            return moment.date()
        try:
            return moment.astimezone(self.clocks).date()
        except OverflowError:
            # The first or last hours of the calendar, which stand for never and for ever.
            return moment.date()


@frozen(kw_only=True)
class ConsentChoice:
    """What holds for one purpose and channel.

    Attributes
    ----------
    purpose, channel : str
        What it is about, as the statement that holds spells it; an empty channel stands for all.
    status : ConsentStatus
        What holds; ``EXPIRED`` also for a consent that was given and has ended by the day looked at.
    statement : Stated of Consent
        The statement that holds.
    runners_up : tuple of Stated of Consent
        All other ones, the latest first.
    """

    purpose: str
    channel: str
    status: ConsentStatus
    statement: Stated[Consent]
    runners_up: tuple[Stated[Consent], ...]


def most_protective(statuses: Iterable[ConsentStatus]) -> ConsentStatus | None:
    """Return the status that restricts the use of data the most.

    Parameters
    ----------
    statuses : iterable of ConsentStatus
        Any statuses.

    Returns
    -------
    ConsentStatus or None
        None where nothing was said, which is no consent.

    Examples
    --------
    >>> most_protective([ConsentStatus.GIVEN, ConsentStatus.OBJECTED]).value
    'objected'
    """
    return max(statuses, key=PROTECTION.index, default=None)


def consents_of(
    records: Iterable[Record],
    *,
    at: date | None = None,
    known_at: datetime | None = None,
    clocks: tzinfo | None = None,
) -> tuple[ConsentChoice, ...]:
    """Return what holds for each purpose and channel.

    Of each record the latest statement counts, and of two of one moment the more protective; over the records the most
    protective holds.

    Parameters
    ----------
    records : iterable of Record
        All records of one party.  From a restricted record only refusals, withdrawals and objections count: it gives
        no permission.
    at : date, optional
        The day looked at: what was said later does not count, and what has ended by then is expired.  Without it all
        statements count and nothing expires by itself.
    known_at : datetime, optional
        Only what had been recorded by then.
    clocks : tzinfo, optional
        By whose clocks ``at`` is a day; those of ``known_at`` when not given, and of each statement without either.

    Returns
    -------
    tuple of ConsentChoice
        By purpose and channel, which are the same however they are spelled
        (:mod:`custid.survivorship.contact_terms`).
    """
    on = None if at is None else _Day(at, clocks if clocks is not None or known_at is None else known_at.tzinfo)
    stated: dict[tuple[str, str], dict[tuple[str, str], dict[str, Stated[Consent]]]] = {}
    for record in records:
        for statement in record.consents:
            consent = statement.value
            if is_feedback(statement) or not _is_in_time(statement, on, known_at):
                continue
            if record.is_restricted and consent.status in {ConsentStatus.GIVEN, ConsentStatus.EXPIRED}:
                continue
            about = (purpose_named(consent.purpose), channel_named(consent.channel))
            member = (record.source, record.key)
            stated.setdefault(about, {}).setdefault(member, {})[sort_text(statement)] = statement
    return tuple(
        _choice([tuple(each.values()) for each in members.values()], on) for _, members in sorted(stated.items())
    )


def _choice(members: list[tuple[Stated[Consent], ...]], on: _Day | None) -> ConsentChoice:
    newness = {id(each): _news(each, on) for member in members for each in member}

    def news(statement: Stated[Consent]) -> tuple[Any, ...]:
        return newness[id(statement)]

    latest = [max(member, key=news) for member in members]
    holds = max(latest, key=lambda each: (PROTECTION.index(_status(each, on)), *news(each)))
    others = sorted((each for member in members for each in member if each is not holds), key=news, reverse=True)
    return ConsentChoice(
        purpose=holds.value.purpose.strip(),
        channel=holds.value.channel.strip(),
        status=_status(holds, on),
        statement=holds,
        runners_up=tuple(others),
    )


def _news(statement: Stated[Consent], on: _Day | None) -> tuple[Any, ...]:
    moment = _moment(statement)
    return moment, statement.by.recorded_at, PROTECTION.index(_status(statement, on)), sort_text(statement)


def _moment(statement: Stated[Consent]) -> datetime:
    return statement.value.at or statement.by.observed_at


def _status(statement: Stated[Consent], on: _Day | None) -> ConsentStatus:
    consent = statement.value
    has_ended = on is not None and (
        statement.valid.last_day < on.day or (consent.expires is not None and on.of(consent.expires) <= on.day)
    )
    return ConsentStatus.EXPIRED if has_ended and consent.status is ConsentStatus.GIVEN else consent.status


def _is_in_time(statement: Stated[Consent], on: _Day | None, known_at: datetime | None) -> bool:
    is_known = known_at is None or statement.by.recorded_at <= known_at
    return is_known and (on is None or (on.of(_moment(statement)) <= on.day and statement.valid.first_day <= on.day))
