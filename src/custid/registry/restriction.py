"""Records that are kept and not used (article 18 GDPR): which they are, and what that keeps from changing.

A customer with a restricted record stays as it is: no record joins or leaves it, by matching or by a person, until the
restriction is lifted; its records are no evidence for others meanwhile.  Marks go by the keys of records, so that one
that is withdrawn and comes again is restricted still.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from attrs import frozen

from custid.errors import PartitionError
from custid.registry.contents import Content
from custid.registry.events import Event, EventKind
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey
from custid.registry.rows import Row
from custid.registry.store import ReadTransaction, WriteTransaction

__all__ = [
    "SETTING",
    "Restriction",
    "frozen_customers",
    "put_restrictions",
    "require_frozen",
    "restrict_as_stated",
    "restricted_among",
    "restrictions_of",
    "without_restricted",
]

SETTING: Final = "restrictions"
_BY_SOURCE: Final = "stated by its source"
_STATED: Final = '"is_restricted"'
"""Stands in the payload of a typed record that says so of itself, and hardly elsewhere: the document is asked then."""


@frozen(kw_only=True)
class Restriction:
    """Why a record is not used.

    Attributes
    ----------
    reason : str
        Why, as a code: ``"accuracy contested"``.
    since : datetime
        From when on.
    """

    reason: str
    since: datetime


def restrictions_of(transaction: ReadTransaction) -> dict[RecordKey, Restriction]:
    """Return the records that are restricted, those included that are not there at the moment."""
    text = transaction.settings().get(SETTING)
    return {
        RecordKey(source, key): Restriction(reason=reason, since=datetime.fromisoformat(since))
        for source, key, reason, since in (json.loads(text) if text else ())
    }


def restricted_among(transaction: ReadTransaction, keys: Iterable[RecordKey]) -> set[RecordKey]:
    """Return those of some records that are restricted."""
    text = transaction.settings().get(SETTING)
    # Most texts name none of them, which is told faster than they are read.
    named = {key for key in keys if json.dumps(key.key) in text} if text else set()
    return named.intersection(restrictions_of(transaction)) if named else named


def put_restrictions(transaction: WriteTransaction, restrictions: Mapping[RecordKey, Restriction]) -> None:
    """Keep which records are restricted."""
    held = [[*key, each.reason, each.since.isoformat()] for key, each in sorted(restrictions.items())]
    text = json.dumps(held) if held else ""
    if transaction.settings().get(SETTING, "") != text:
        transaction.put_setting(SETTING, text)


def frozen_customers(transaction: ReadTransaction) -> dict[CustomerId, list[RecordKey]]:
    """Return the customers that stay as they are, with their records."""
    restricted = restrictions_of(transaction)
    if not restricted:
        return {}
    customers = {state.customer for state in transaction.records(restricted.keys()).values()}
    return transaction.naming(customers).clusters() if customers else {}


def restrict_as_stated(
    transaction: WriteTransaction, contents: Mapping[RecordKey, Content], since: datetime
) -> tuple[list[Event], list[list[RecordKey]]]:
    """Restrict records that are there and of which their sources say so from now on, and lift what they say no more.

    What a source says first of a record with its arrival is left to the record: it is no evidence, and joins nobody.

    Parameters
    ----------
    transaction : WriteTransaction
        Before the contents are written.
    contents : Mapping of RecordKey to Content
        Typed records that come.
    since : datetime
        Now.

    Returns
    -------
    notes : list of Event
        An entry for each record restricted or lifted.
    clusters : list of list of RecordKey
        The customers of those lifted, to be matched again.
    """
    known = restrictions_of(transaction)
    stated = {key for key, each in contents.items() if _STATED in each.payload and each.values().get("is_restricted")}
    by_source = {key for key, each in known.items() if each.reason == _BY_SOURCE}
    states = transaction.records((stated - known.keys()) | ((by_source & contents.keys()) - stated))
    if not states:
        return [], []
    over = [key for key in states if key in known]
    left = {key: each for key, each in known.items() if key not in over}
    new = {key: Restriction(reason=_BY_SOURCE, since=since) for key in states if key not in known}
    put_restrictions(transaction, left | new)
    notes = [
        Event(
            kind=EventKind.LIFTED if key in known else EventKind.RESTRICTED,
            customer=state.customer,
            record=key,
            arrival=state.arrival,
        )
        for key, state in sorted(states.items(), key=lambda item: item[1].arrival)
    ]
    customers = {states[key].customer for key in over}
    return notes, list(transaction.naming(customers).clusters().values()) if customers else []


def without_restricted(transaction: ReadTransaction, rows: Mapping[RecordKey, Row]) -> Mapping[RecordKey, Row]:
    """Return what records mean that come, without what those mean that left while restricted and come again.

    They join nobody, and are restricted as soon as they are there.
    """
    known = restrictions_of(transaction)
    again = rows.keys() & known.keys()
    again -= transaction.records(again).keys() if again else set()
    return {**rows, **{key: Row((), rows[key].kind, rows[key].naming) for key in again}} if again else rows


def require_frozen(
    transaction: ReadTransaction, clusters: Iterable[Collection[RecordKey]], withdrawn: Collection[RecordKey]
) -> None:
    """Refuse to change a customer with a restricted record, but for records that leave the registry.

    Parameters
    ----------
    transaction : ReadTransaction
        Before the change.
    clusters : iterable of collections of RecordKey
        Customers as they are to be.
    withdrawn : collection of RecordKey
        Records that leave.

    Raises
    ------
    PartitionError
        If a cluster would split such a customer or add to it.
    """
    held = frozen_customers(transaction)
    if not held:
        return
    leaving = set(withdrawn)
    kept = {key: frozenset(members) - leaving for members in held.values() for key in members}
    for members in clusters:
        given = frozenset(members)
        if any(kept.get(key, given) != given for key in given):
            raise PartitionError(
                "partition: expected customers with a restricted record as they are, got one that changes.",
                hint="Processing of the record is restricted: lift the restriction first, with Registry.lift.",
            )
