"""The contacts with a party in one order, whatever the order of intake, over all channels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from attrs import frozen

from custid.model.facts import Interaction, InteractionStatus
from custid.model.ordering import sort_text
from custid.model.parties import Record
from custid.model.statements import Stated

__all__ = ["Incoherence", "IncoherenceCode", "incoherences", "open_requests", "threads", "timeline"]

_CLOCK_SKEW = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
# Summer and winter time last longer than this, so that a clock that goes there and back sooner has no one time zone.
_SEASON = timedelta(days=60)

_Stated = Stated[Interaction]


class IncoherenceCode(StrEnum):
    """What can be wrong with the times of interactions."""

    REPLY_BEFORE_QUESTION = "reply_before_question"
    IN_THE_FUTURE = "in_the_future"
    MIXED_OFFSETS = "mixed_offsets"


@frozen(kw_only=True)
class Incoherence:
    """Interactions whose times cannot all be right.

    Attributes
    ----------
    code : IncoherenceCode
        What is wrong.
    stated : Stated of Interaction
        Where it shows.
    other : Stated of Interaction or None
        The interaction that it contradicts; None where it contradicts its own statement.
    """

    code: IncoherenceCode
    stated: _Stated
    other: _Stated | None = None


def timeline(records: Iterable[Record]) -> tuple[_Stated, ...]:
    """Return all interactions of a party in one order.

    Parameters
    ----------
    records : iterable of Record
        All records of one party, in any order.

    Returns
    -------
    tuple of Stated of Interaction
        By moment, then by when it was recorded, then by source and reference.  Of one interaction (one source and one
        reference) the latest statement; one without a reference is another one wherever anything differs.
    """
    latest: dict[tuple[str, str], _Stated] = {}
    for record in records:
        for stated in record.interactions:
            reference = stated.value.reference
            key = (stated.by.source, f"r{reference}" if reference else f"t{sort_text(stated)}")
            held = latest.get(key)
            if held is None or _is_newer(stated, held):
                latest[key] = stated
    return tuple(_ordered(latest.values()))


def incoherences(records: Iterable[Record]) -> tuple[Incoherence, ...]:
    """Return what is wrong with the times of a party's interactions.

    Parameters
    ----------
    records : iterable of Record
        All records of one party, in any order.

    Returns
    -------
    tuple of Incoherence
        Replies older than their questions; interactions that take place more than five minutes after they were
        recorded; and, once per source, times written with offsets that no one time zone explains, be it in summer or
        in winter.  In the order of the timeline.
    """
    ordered = timeline(records)
    questions = _by_reference(ordered)
    found = list(_mixed_offsets(ordered))
    for stated in ordered:
        if stated.value.at - stated.by.recorded_at > _CLOCK_SKEW:
            found.append(Incoherence(code=IncoherenceCode.IN_THE_FUTURE, stated=stated))
        question = _question(stated, questions)
        if question is not None and stated.value.at < question.value.at:
            found.append(Incoherence(code=IncoherenceCode.REPLY_BEFORE_QUESTION, stated=stated, other=question))
    return tuple(sorted(found, key=lambda each: (_place(each.stated), each.code)))


def threads(records: Iterable[Record]) -> dict[str, tuple[_Stated, ...]]:
    """Return the conversations of a party, each over all its channels.

    Parameters
    ----------
    records : iterable of Record
        All records of one party, in any order.

    Returns
    -------
    dict of str to tuple of Stated of Interaction
        By the name of the thread, that with the oldest interaction first; a reply without a thread belongs to that of
        its question.  Interactions without a thread are left out.
    """
    ordered = timeline(records)
    questions = _by_reference(ordered)
    found: dict[str, list[_Stated]] = {}
    for stated in ordered:
        name = _thread(stated, questions)
        if name:
            found.setdefault(name, []).append(stated)
    return {name: tuple(members) for name, members in found.items()}


def open_requests(records: Iterable[Record]) -> tuple[_Stated, ...]:
    """Return the interactions that still wait for something.

    Parameters
    ----------
    records : iterable of Record
        All records of one party, in any order.

    Returns
    -------
    tuple of Stated of Interaction
        Those that are open and that nothing closes: neither a later statement of the same interaction nor a later
        closed one of the same thread.  Oldest first.
    """
    ordered = timeline(records)
    questions = _by_reference(ordered)
    closed: dict[str, datetime] = {}
    for stated in ordered:
        if stated.value.status is InteractionStatus.CLOSED:
            closed[_thread(stated, questions)] = stated.value.at
    closed.pop("", None)
    return tuple(
        stated
        for stated in ordered
        if stated.value.status is InteractionStatus.OPEN
        and not _is_before(stated.value.at, closed.get(_thread(stated, questions)))
    )


def _is_before(moment: datetime, other: datetime | None) -> bool:
    return other is not None and moment <= other


def _ordered(interactions: Iterable[_Stated]) -> list[_Stated]:
    """Return interactions in the order of their places; whole texts are compared where nothing else differs."""
    found = sorted(interactions, key=_moment)
    if all(_moment(one) != _moment(other) for one, other in pairwise(found)):
        return found
    return sorted(found, key=_place)


def _moment(stated: _Stated) -> tuple[datetime, datetime, str, str]:
    return stated.value.at, stated.by.recorded_at, stated.by.source, stated.value.reference


def _place(stated: _Stated) -> tuple[datetime, datetime, str, str, str]:
    return (*_moment(stated), sort_text(stated))


def _is_newer(stated: _Stated, held: _Stated) -> bool:
    mine, theirs = ((each.by.recorded_at, each.by.observed_at) for each in (stated, held))
    return mine > theirs or (mine == theirs and sort_text(stated) > sort_text(held))


def _by_reference(ordered: Iterable[_Stated]) -> dict[str, list[_Stated]]:
    found: dict[str, list[_Stated]] = {}
    for stated in ordered:
        if stated.value.reference:
            found.setdefault(stated.value.reference, []).append(stated)
    return found


def _question(stated: _Stated, questions: Mapping[str, list[_Stated]]) -> _Stated | None:
    """Return what is replied to: of the same source, else of the only other source that has the reference."""
    candidates = questions.get(stated.value.reply_to, []) if stated.value.reply_to else []
    own = [each for each in candidates if each.by.source == stated.by.source]
    if own:
        return own[0]
    return candidates[0] if len(candidates) == 1 else None


def _thread(stated: _Stated, questions: Mapping[str, list[_Stated]]) -> str:
    """Return the thread of an interaction, or of what it replies to; replies in a circle have none."""
    passed: list[_Stated] = []
    here: _Stated | None = stated
    while here is not None and here not in passed:
        if here.value.thread:
            return here.value.thread
        passed.append(here)
        here = _question(here, questions)
    return ""


def _mixed_offsets(ordered: Iterable[_Stated]) -> Iterator[Incoherence]:
    by_source: dict[str, list[_Stated]] = {}
    for stated in ordered:
        by_source.setdefault(stated.by.source, []).append(stated)
    for members in by_source.values():
        changed: _Stated | None = None
        for before, after in pairwise(members):
            jump = _offset(after) - _offset(before)
            if not jump:
                continue
            is_back_too_soon = changed is not None and after.value.at - changed.value.at < _SEASON
            if abs(jump) > _HOUR or is_back_too_soon:
                yield Incoherence(code=IncoherenceCode.MIXED_OFFSETS, stated=after, other=before)
                break
            changed = after


def _offset(stated: _Stated) -> timedelta:
    return stated.value.at.utcoffset() or timedelta()
