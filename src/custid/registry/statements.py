"""Typed records without some of their statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from attrs import evolve

from custid.intake.typed_records import fields_without
from custid.model import Issue, Record, Stated, Unread
from custid.privacy.access import facet_of

__all__ = ["without_statements"]


def without_statements(
    record: Record,
    is_left_out: Callable[[tuple[str, ...], Stated[Any] | None], bool],
    left_out: Counter[str] | None = None,
) -> Record:
    """Return a record without some of its statements.

    Parameters
    ----------
    record : Record
        The record.
    is_left_out : callable
        Takes the facet and the attribute of a statement, and the statement; None for what could not be read.
    left_out : Counter of str, optional
        Counts them, by facet.

    Returns
    -------
    Record
        The record itself where nothing is left out.  One of which nothing is left says that there was something.
    """
    found: dict[str, set[int]] = {}
    first: Stated[Any] | None = None
    for declared, stated in record.statements():
        first = first or stated
        facet = facet_of(declared.name, stated.value)
        if is_left_out((facet, declared.name), stated):
            found.setdefault(declared.name, set()).add(id(stated))
            if left_out is not None:
                left_out[facet] += 1
    unread = tuple(each for each in record.unread if not is_left_out((each.attribute,), None))
    if left_out is not None:
        left_out.update(each.attribute for each in record.unread if is_left_out((each.attribute,), None))
    if not found and len(unread) == len(record.unread):
        return record
    gone = set().union(*found.values()) if found else set()
    party, of_record = (fields_without(holder, gone) for holder in (record.party, record))
    if not unread and len(gone) == sum(1 for _ in record.statements()):
        by = first.by if first is not None else record.unread[0].by
        unread = (Unread(attribute="record", raw="", by=by, issues=(Issue("not_kept"),)),)
    return evolve(record, party=evolve(record.party, **party), unread=unread, **of_record)
