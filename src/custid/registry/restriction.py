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
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey
from custid.registry.store import ReadTransaction, WriteTransaction

__all__ = [
    "SETTING",
    "Restriction",
    "frozen_customers",
    "put_restrictions",
    "require_frozen",
    "restricted_among",
    "restrictions_of",
]

SETTING: Final = "restrictions"


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
