"""What a change of the registry is to write, worked out inside its transaction."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from attrs import field, frozen

from custid.errors import (
    IdentifierError,
    InputError,
    PartitionError,
    UnknownChangeError,
    UnknownIdentifierError,
    UnknownRecordError,
    VerdictError,
)
from custid.registry.as_of import members_after
from custid.registry.contents import Content
from custid.registry.events import Cause, Change, Event, EventKind, token_of
from custid.registry.identifiers import CustomerId
from custid.registry.naming import Naming
from custid.registry.record_keys import RecordKey, checked_record_key, require_storable
from custid.registry.resolution import Active, Gone, Moved, Resolution
from custid.registry.rows import Row
from custid.registry.store import ReadTransaction
from custid.registry.writing import NewVerdict

__all__ = [
    "Plan",
    "active_of",
    "adoption",
    "cause_of",
    "contents_of",
    "customer_of",
    "customers_of",
    "made",
    "number_of",
    "regrouped",
    "resolution_of",
    "with_joined",
]

_LONG_NUMBER: Final = re.compile(r"(?:\d[^\d\n]*){12}")
"""Stands in every text with a social security or payment card number."""


@frozen(kw_only=True)
class Plan:
    """What is to be written.

    In a registry that matches by itself, the clusters only name records to be looked at; ``is_partition`` tells that
    they are to be taken as they are, and ``rows`` what records that come in mean.  ``accept`` is told of the change
    before it is durable, and refuses it by raising.  ``notes`` are events to be told beside those of the new names;
    ``finish`` writes what belongs to the change beside it.  ``is_erasure`` tells that nothing may be held any more of
    what is withdrawn.  ``joins`` names records that come, and with each a record whose customer it is to join, also
    where that one stays as it is otherwise.
    """

    clusters: list[list[RecordKey]]
    withdrawn: Collection[RecordKey] = ()
    contents: Mapping[RecordKey, Content] = field(factory=dict)
    verdicts: Collection[NewVerdict] = ()
    revoked: Collection[int] = ()
    rows: Mapping[RecordKey, Row] = field(factory=dict)
    is_partition: bool = False
    notes: Collection[Event] = ()
    accept: Callable[[Change | None], None] | None = None
    finish: Callable[[], None] | None = None
    is_erasure: bool = False
    joins: Mapping[RecordKey, RecordKey] = field(factory=dict)


def cause_of(kind: str, actor: str, reason: str, request: str) -> Cause:
    for name, text in (("actor", actor), ("reason", reason), ("request", request)):
        require_storable(name, text)
    # The history is for good: what must not be kept in a record has no place there either.
    if any(_LONG_NUMBER.search(text) for text in (actor, reason)):
        from custid.standardize.prohibited import mask_prohibited  # noqa: PLC0415  # loads standardizers

        if any(mask_prohibited(text).n_masked for text in (actor, reason)):
            raise InputError(
                "actor, reason: expected texts that may be kept, got a social security or payment card number.",
                hint="Give a code, or the number of the request.",
            )
    # A commit whose answer was lost is repeated; the request tells that it has been made.
    return Cause(kind=kind, actor=actor, reason=reason, request=request or secrets.token_hex(8))


def contents_of(contents: Mapping[tuple[str, str], Mapping[str, Any]] | None) -> dict[RecordKey, Content]:
    return {checked_record_key(key): Content.of(values) for key, values in (contents or {}).items()}


def made(change: Change | None) -> Change:
    """Return a change that is there: verdicts always make one."""
    if change is None:
        raise AssertionError("a verdict without a change")
    return change


def customer_of(transaction: ReadTransaction, key: RecordKey) -> CustomerId:
    state = transaction.records([key]).get(key)
    if state is None:
        raise UnknownRecordError(
            f"record ({key.source!r}, {key.key!r}): expected one that the registry holds, got another.",
            hint="It may never have come, or have been withdrawn.",
        )
    return state.customer


def customers_of(transaction: ReadTransaction, keys: Collection[RecordKey]) -> Naming:
    """Return the customers of some records, whole."""
    return transaction.naming({state.customer for state in transaction.records(keys).values()})


def resolution_of(transaction: ReadTransaction, identifier: CustomerId) -> Resolution:
    state = transaction.identifiers([identifier]).get(identifier)
    if state is None:
        raise UnknownIdentifierError(
            "identifier: expected one that this registry has issued, got another; it is well formed.",
            hint="Is it of another registry?",
        )
    if state.target is None:
        return Gone(identifier)
    return Active(identifier) if state.is_active else Moved(identifier, state.target)


def active_of(resolution: Resolution) -> CustomerId:
    if isinstance(resolution, Gone):
        raise UnknownIdentifierError(
            "identifier: expected one that leads to a customer, got one that is gone: all its records were withdrawn."
        )
    return resolution.to if isinstance(resolution, Moved) else resolution.id


def number_of(transaction: ReadTransaction, change: str | int) -> int:
    """Return the number of a change, if it is of this history."""
    text = str(change)
    number, dot, _ = text.partition(".")
    last = transaction.head().tally.change
    # Of more digits than the last change, it is a later one, whatever it says.
    if number.isdecimal() and number.isascii() and len(number) <= len(str(last)) and int(number) <= last:
        if not dot:
            return int(number)
        digest = transaction.digest_at(int(number))
        if digest is not None and token_of(int(number), digest) == text:
            return int(number)
    raise UnknownChangeError(
        "change: expected the number or the token of a change of this registry, got another.",
        hint="After a restore from a backup, readers that were ahead of it have to start over.",
    )


def adoption(
    transaction: ReadTransaction, adopted: Mapping[RecordKey, CustomerId], contents: Mapping[RecordKey, Content]
) -> Plan:
    if transaction.records(adopted.keys()):
        raise PartitionError("adopt: expected records that are new to the registry, got some that are not.")
    issued = transaction.identifiers(set(adopted.values()))
    n_gone = sum(each.target is None for each in issued.values())
    if n_gone:
        raise IdentifierError(
            f"adopt: expected numbers of customers that are there or new, got {n_gone} whose customers are gone.",
            hint="A number is not used again: give the new customers new ones.",
        )
    joined = transaction.naming({each.target for each in issued.values() if each.target is not None})
    clusters: dict[CustomerId, list[RecordKey]] = joined.clusters()
    for key, identifier in adopted.items():
        target = issued[identifier].target if identifier in issued else None
        clusters.setdefault(target or identifier, []).append(key)
    return Plan(clusters=list(clusters.values()), contents=contents, is_partition=True)


def regrouped(transaction: ReadTransaction, undone: Change) -> list[list[RecordKey]]:
    """Return the customers that a change touched as they were before it, if they are as it left them."""
    moved = [each for each in undone.events if each.kind is EventKind.ASSIGNED]
    decided = {key for each in undone.verdicts for key in each.records}
    live = transaction.records(decided | {each.record for each in moved if each.record is not None})
    now = transaction.naming({state.customer for state in live.values()}).clusters()
    if not moved:
        return list(now.values())
    named = {each.customer for each in moved} | {each.other for each in moved if each.other is not None}
    after = members_after(transaction, named, undone.number)
    before = members_after(transaction, named, undone.number - 1)
    all_live = transaction.records([key for members in after.values() for key in members]).keys()
    left = [members for members in ([key for key in each if key in all_live] for each in after.values()) if members]
    if sorted(map(sorted, left)) != sorted(map(sorted, now.values())):
        raise VerdictError(
            f"undo: expected the customers of change {undone.number} as it left them, got others by now.",
            hint="Undo the later changes first, or merge and split as they should be.",
        )
    return [[key for key in members if key in all_live] for members in before.values()]


def with_joined(clusters: list[list[RecordKey]], joins: Mapping[RecordKey, RecordKey]) -> list[list[RecordKey]]:
    """Return customers with records in those that they are to join; matching leaves alone what is restricted."""
    made = [set(members) for members in clusters]
    for key, other in joins.items():
        for members in made:
            if other in members:
                members.add(key)
            else:
                members.discard(key)
    return [sorted(members) for members in made if members]
