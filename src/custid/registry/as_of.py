"""The registry as it was after some change, from the ledger alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from custid.errors import UnknownIdentifierError, UnknownRecordError
from custid.registry.events import EventKind, HistoryEntry
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey
from custid.registry.resolution import Active, Customer, Gone, Moved, Resolution
from custid.registry.store import ReadTransaction

__all__ = ["members_after", "past_customer", "past_id_of", "past_resolution"]


def past_id_of(transaction: ReadTransaction, key: RecordKey, change: int) -> CustomerId:
    """Return the customer that a record belonged to after a change.

    Parameters
    ----------
    transaction : ReadTransaction
        Reads the ledger.
    key : RecordKey
        The record.
    change : int
        Number of the change.

    Returns
    -------
    CustomerId
        The identifier that was active then.

    Raises
    ------
    UnknownRecordError
        If the record was not in the registry then.
    """
    last = None
    for entry in _until(transaction.history(records=[key]), change):
        if entry.event.record == key and entry.event.kind is not EventKind.UPDATED:
            last = entry.event
    if last is None or last.kind is EventKind.WITHDRAWN:
        raise UnknownRecordError(
            f"record of source {key.source!r}: expected one that was in the registry after change {change}, got none."
        )
    return last.customer


def past_resolution(transaction: ReadTransaction, identifier: CustomerId, change: int) -> Resolution:
    """Return what an identifier led to after a change.

    Parameters
    ----------
    transaction : ReadTransaction
        Reads the ledger.
    identifier : CustomerId
        The identifier.
    change : int
        Number of the change.

    Returns
    -------
    Active, Moved or Gone
        As it was.

    Raises
    ------
    UnknownIdentifierError
        If the identifier had not been issued by then.
    """
    target: CustomerId | None = None
    is_known = False
    for entry in _until(transaction.history(customers=[identifier]), change):
        event = entry.event
        if event.customer != identifier or event.arrival is not None:
            continue
        is_known = True
        if event.kind in {EventKind.MINTED, EventKind.RESTORED}:
            target = identifier
        elif event.kind is EventKind.GONE:
            target = None
        else:
            target = event.other
    if not is_known:
        raise UnknownIdentifierError(
            f"identifier: expected one that had been issued by change {change}, got another.",
            hint="Look at its history.",
        )
    if target is None:
        return Gone(identifier)
    return Active(identifier) if target == identifier else Moved(identifier, target)


def members_after(
    transaction: ReadTransaction, customers: Collection[CustomerId], change: int
) -> dict[CustomerId, list[RecordKey]]:
    """Return the records that customers had after a change, in the order of their arrival.

    Parameters
    ----------
    transaction : ReadTransaction
        Reads the ledger.
    customers : collection of CustomerId
        The customers.
    change : int
        Number of the change.

    Returns
    -------
    dict of CustomerId to list of RecordKey
        Customers without records then are left out.
    """
    held: dict[RecordKey, tuple[int, CustomerId | None]] = {}
    for entry in _until(transaction.history(customers=customers), change):
        event = entry.event
        if event.record is not None and event.kind is not EventKind.UPDATED:
            left = event.kind is EventKind.WITHDRAWN
            held[event.record] = (event.arrival or 0, None if left else event.customer)
    found: dict[CustomerId, list[RecordKey]] = {}
    wanted = set(customers)
    for key, (_, customer) in sorted(held.items(), key=lambda item: item[1][0]):
        if customer in wanted and customer is not None:
            found.setdefault(customer, []).append(key)
    return found


def past_customer(transaction: ReadTransaction, identifier: CustomerId, change: int) -> Customer:
    """Return the customer that an identifier led to after a change.

    Parameters
    ----------
    transaction : ReadTransaction
        Reads the ledger.
    identifier : CustomerId
        The identifier.
    change : int
        Number of the change.

    Returns
    -------
    Customer
        Its records then; contents and redirects are not kept of the past.

    Raises
    ------
    UnknownIdentifierError
        If the identifier had not been issued by then, or was gone.
    """
    resolution = past_resolution(transaction, identifier, change)
    if isinstance(resolution, Gone):
        raise UnknownIdentifierError("identifier: expected one that led to a customer, got one that was gone by then.")
    active = resolution.to if isinstance(resolution, Moved) else resolution.id
    return Customer(id=active, records=tuple(members_after(transaction, [active], change).get(active, ())))


def _until(entries: Iterable[HistoryEntry], change: int) -> Iterable[HistoryEntry]:
    return (entry for entry in entries if entry.change <= change)
