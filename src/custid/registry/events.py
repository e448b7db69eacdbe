"""What happens to identifiers and records: the entries of the ledger.

Events name identifiers, record keys and numbers.  No event holds a value of a customer's attribute.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from attrs import field, frozen

from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey

__all__ = ["NO_CHANGE", "Cause", "Change", "Event", "EventKind", "digest_of"]


class EventKind(StrEnum):
    """What happened.

    The first six speak of an identifier, the others of a record.
    """

    MINTED = "minted"
    """The identifier was issued."""
    MERGED = "merged"
    """The active identifier became a redirect to ``other``."""
    REDIRECTED = "redirected"
    """The identifier, a redirect already, leads to ``other`` from now on."""
    RESTORED = "restored"
    """The redirect became active again."""
    ABSORBED = "absorbed"
    """The last record that spoke for the identifier was withdrawn; it follows ``other`` for good."""
    GONE = "gone"
    """The last record of the customer was withdrawn; the identifier never leads anywhere again."""
    ASSIGNED = "assigned"
    """The record belongs to the customer from now on; before to ``other``, or to none if it has just arrived."""
    NATURALIZED = "naturalized"
    """The record, which stays with the customer, speaks for another identifier from now on."""
    WITHDRAWN = "withdrawn"
    """The record left the registry."""


@frozen(kw_only=True)
class Event:
    """One entry of the ledger.

    Attributes
    ----------
    kind : EventKind
        What happened.
    customer : CustomerId
        The identifier it happened to, or the customer of the record.
    other : CustomerId or None
        The other identifier, as `EventKind` tells; None where there is none.
    record : RecordKey or None
        The record; None for events of identifiers, and for a record whose key has been erased.
    arrival : int or None
        Number of the record, given to it when it arrived and to no other record ever; None for events of identifiers.
    native : CustomerId or None
        The identifier for which the record speaks from now on; None where that does not change.
    """

    kind: EventKind
    customer: CustomerId
    other: CustomerId | None = None
    record: RecordKey | None = None
    arrival: int | None = None
    native: CustomerId | None = None


@frozen(kw_only=True)
class Cause:
    """Why something was changed.

    Attributes
    ----------
    kind : str
        What was asked for: ``"apply"``, ``"merge"``, ``"split"``, ``"undo"``, ``"forbid"``, ``"adopt"``, …
    actor : str
        Who asked: a person, a service; empty when not told.
    reason : str
        Why; written by the actor, and not to hold personal data.
    request : str
        Key under which the request is known; the same request again changes nothing.
    """

    kind: str
    actor: str = ""
    reason: str = ""
    request: str = ""


@frozen(kw_only=True)
class Change:
    """All that one transaction did.

    Attributes
    ----------
    number : int
        Place in the history, from 1, without gaps.
    at : datetime
        When it was made, UTC; never before the change that precedes it.
    cause : Cause
        Why.
    events : tuple of Event
        What happened, in order.
    digest : str
        SHA-256 over the digest of the preceding change and the content of this one, as hexadecimal digits.
    """

    number: int
    at: datetime
    cause: Cause
    events: tuple[Event, ...] = field(repr=False)
    digest: str

    @property
    def token(self) -> str:
        """What a reader keeps to go on after this change: number and the beginning of the digest."""
        return f"{self.number}.{self.digest[:16]}"

    @property
    def customers(self) -> frozenset[CustomerId]:
        """Every identifier that the events name."""
        named = {each.customer for each in self.events}
        return frozenset(named | {each.other for each in self.events if each.other is not None})


NO_CHANGE: Final = sha256(b"custid.ledger 1").hexdigest()
"""The digest before the first change."""


def digest_of(previous: str, number: int, at: datetime, cause: Cause, events: Iterable[Event]) -> str:
    """Return the digest of a change.

    Keys of records are left out and their numbers taken in, so that a key can be erased without breaking the chain.

    Parameters
    ----------
    previous : str
        Digest of the change before; `NO_CHANGE` before the first.
    number : int
        Number of the change.
    at : datetime
        When it was made.
    cause : Cause
        Why.
    events : iterable of Event
        What happened, in order.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    texts = (previous, str(number), at.isoformat(), cause.kind, cause.actor, cause.reason, cause.request)
    digest = sha256("".join(f"{len(text)}:{text}" for text in texts).encode())
    # Neither identifiers nor kinds hold a tab.
    digest.update(
        "\n".join(
            f"{each.kind.value}\t{each.customer}\t{each.other or ''}\t{each.arrival or ''}\t{each.native or ''}"
            for each in events
        ).encode()
    )
    return digest.hexdigest()
