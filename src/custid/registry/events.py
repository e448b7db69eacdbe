"""What happens to identifiers and records: the entries of the ledger.

Events name identifiers, record keys and numbers.  No event holds a value of a customer's attribute.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from attrs import field, frozen

from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey

__all__ = [
    "NO_CHANGE",
    "Cause",
    "Change",
    "Event",
    "EventKind",
    "HistoryEntry",
    "RecordedVerdict",
    "VerdictKind",
    "digest_of",
    "token_of",
]


class EventKind(StrEnum):
    """What happened.

    Those up to `GONE` speak of an identifier, the others of a record.
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
    UPDATED = "updated"
    """The content of the record is another from now on."""
    WITHDRAWN = "withdrawn"
    """The record left the registry."""
    ERASED = "erased"
    """Nothing is kept of the record any more but its number; the history does not tell its key."""
    RESTRICTED = "restricted"
    """The record is kept and no longer used: its customer stays as it is."""
    LIFTED = "lifted"
    """The restriction of the record is over."""


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


class VerdictKind(StrEnum):
    """What a person has decided of records."""

    SAME = "same"
    """The records of both sides are of one customer."""
    DIFFERENT = "different"
    """No record of the one side is of the customer of a record of the other."""


@frozen(kw_only=True)
class RecordedVerdict:
    """What a person has decided, which outranks the match model.

    Attributes
    ----------
    number : int
        Its number, from 1.
    kind : VerdictKind
        What was decided.
    left, right : tuple of RecordKey
        The records of the two sides, sorted.
    change : int
        Number of the change that recorded it.
    revoked : int or None
        Number of the change that revoked it; None while it stands.
    """

    number: int
    kind: VerdictKind
    left: tuple[RecordKey, ...] = field(repr=False)
    right: tuple[RecordKey, ...] = field(repr=False)
    change: int
    revoked: int | None = None

    @property
    def records(self) -> frozenset[RecordKey]:
        """The records of both sides."""
        return frozenset(self.left + self.right)


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
    verdicts : tuple of RecordedVerdict
        What was decided in it.
    revoked : tuple of int
        Numbers of the verdicts that no longer stand.
    """

    number: int
    at: datetime
    cause: Cause
    events: tuple[Event, ...] = field(repr=False)
    digest: str
    verdicts: tuple[RecordedVerdict, ...] = ()
    revoked: tuple[int, ...] = ()

    @property
    def token(self) -> str:
        """What a reader keeps to go on after this change: number and the beginning of the digest."""
        return token_of(self.number, self.digest)

    @property
    def customers(self) -> frozenset[CustomerId]:
        """Every identifier that the events name."""
        named = {each.customer for each in self.events}
        return frozenset(named | {each.other for each in self.events if each.other is not None})


@frozen(kw_only=True)
class HistoryEntry:
    """One event, with the change it is part of.

    Attributes
    ----------
    change : int
        Number of the change.
    at : datetime
        When it was made, UTC.
    cause : Cause
        Why.
    event : Event
        What happened.
    """

    change: int
    at: datetime
    cause: Cause
    event: Event


def token_of(number: int, digest: str) -> str:
    """Return the token of a change.

    Parameters
    ----------
    number : int
        Its number.
    digest : str
        Its digest.

    Returns
    -------
    str
        As :attr:`Change.token`.
    """
    return f"{number}.{digest[:16]}"


NO_CHANGE: Final = sha256(b"custid.ledger 1").hexdigest()
"""The digest before the first change."""


def digest_of(previous: str, change: Change) -> str:
    """Return the digest of a change.

    Keys of records are left out and their numbers taken in, so that a key can be erased without breaking the chain.

    Parameters
    ----------
    previous : str
        Digest of the change before; `NO_CHANGE` before the first.
    change : Change
        The change; the digest it has is not looked at.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    cause = change.cause
    texts = (
        previous,
        str(change.number),
        change.at.isoformat(),
        *(cause.kind, cause.actor, cause.reason, cause.request),
    )
    digest = sha256("".join(f"{len(text)}:{text}" for text in texts).encode())
    # Neither identifiers nor kinds hold a tab.
    lines = [
        "\t".join((each.kind, each.customer, each.other or "", str(each.arrival or ""), each.native or ""))
        for each in change.events
    ]
    lines += [f"verdict\t{each.number}\t{each.kind.value}" for each in change.verdicts]
    lines += [f"revoked\t{number}" for number in change.revoked]
    digest.update("\n".join(lines).encode())
    return digest.hexdigest()
