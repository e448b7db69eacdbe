"""Facts around a party: roles, relations, holdings, interactions, preferences, consents."""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from custid.errors import ModelError
from custid.model._checks import instance_of, is_aware, matches, not_empty, text, tuple_of
from custid.model.dates import PartialDate

__all__ = [
    "Consent",
    "ConsentStatus",
    "Direction",
    "Holding",
    "Interaction",
    "InteractionStatus",
    "Joint",
    "LifeEvent",
    "PartyKey",
    "Preference",
    "Relation",
    "Role",
]

_CODE = matches(r"[a-z][a-z0-9_]*", "a name in lower case")
_TOLERANCE = 1e-9


@frozen(order=True)
class PartyKey:
    """Which record speaks of a party; the customer's identifier is looked up when read: a merge rewrites nothing.

    Attributes
    ----------
    source : str
        The source.
    key : str
        Key of the record in it.
    """

    source: str = field(validator=not_empty)
    key: str = field(validator=not_empty)


class Joint(StrEnum):
    """How several holders hold one role together."""

    ALL = "all"
    ANY = "any"
    SHARES = "shares"


@frozen(kw_only=True)
class Role:
    """What parties are to a contract, a product or an account.

    Attributes
    ----------
    kind : str
        One of `ROLE_KINDS`, or a kind of the user's own.
    target : str
        The contract, product or account: ``"contract:7"``.
    holders : tuple of PartyKey
        Who holds it, at least one.
    joint : Joint
        Whether all holders must act, any may, or each has a share.
    shares : tuple of float
        With ``Joint.SHARES`` one share for each holder, which sum to 1; else empty.
    """

    kind: str = field(validator=_CODE)
    target: str = field(validator=not_empty)
    holders: tuple[PartyKey, ...] = field(validator=tuple_of(PartyKey))
    joint: Joint = field(default=Joint.ANY, validator=instance_of(Joint))
    shares: tuple[float, ...] = field(default=(), validator=tuple_of(float, int))

    def __attrs_post_init__(self) -> None:
        if not self.holders:
            raise ModelError("Role.holders: expected at least one holder, got none.")
        if len(set(self.holders)) < len(self.holders):
            raise ModelError("Role.holders: expected each holder once, got one twice.")
        expected = len(self.holders) if self.joint is Joint.SHARES else 0
        if len(self.shares) != expected:
            raise ModelError(f"Role.shares: expected {expected} shares, got {len(self.shares)}.")
        if self.shares and not (min(self.shares) > 0 and math.isclose(math.fsum(self.shares), 1, abs_tol=_TOLERANCE)):
            raise ModelError("Role.shares: expected shares above 0 that sum to 1, got others.")


@frozen(kw_only=True)
class Relation:
    """What one party is to another one.

    Attributes
    ----------
    kind : str
        One of `RELATION_KINDS`, or a kind of the user's own; says what the subject is to the object.
    subject, object : PartyKey
        The two parties, which differ.
    """

    kind: str = field(validator=_CODE)
    subject: PartyKey = field(validator=instance_of(PartyKey))
    object: PartyKey = field(validator=instance_of(PartyKey))

    def __attrs_post_init__(self) -> None:
        if self.subject == self.object:
            raise ModelError("Relation: expected two parties, got one with itself.")


@frozen(kw_only=True)
class Holding:
    """Something that a party has: a device, a vehicle, a contract, a warranty.

    Attributes
    ----------
    kind : str
        ``"vehicle"``, ``"contract"``, ``"warranty"``, …
    product : str
        What it is.
    serial : str
        Serial number, VIN or contract number; empty when unknown.
    acquired, expires : PartialDate or None
        When it was acquired, and when it, or its warranty, ends.
    """

    kind: str = field(validator=_CODE)
    product: str = field(validator=not_empty)
    serial: str = field(default="", validator=text)
    acquired: PartialDate | None = field(default=None, validator=instance_of(PartialDate, type(None)))
    expires: PartialDate | None = field(default=None, validator=instance_of(PartialDate, type(None)))


class Direction(StrEnum):
    """Who turned to whom."""

    INBOUND = "in"
    OUTBOUND = "out"


class InteractionStatus(StrEnum):
    """Whether something is still to be done."""

    OPEN = "open"
    CLOSED = "closed"
    NONE = "none"


@frozen(kw_only=True)
class Interaction:
    """One contact between a party and the company.

    Attributes
    ----------
    at : datetime
        When, with a time zone.
    channel : str
        By which channel.
    direction : Direction
        Who turned to whom.
    kind : str
        One of `INTERACTION_KINDS`, or a kind of the user's own.
    subject : str
        What it was about, for a person.
    thread : str
        Conversation it belongs to, across channels; empty for none.
    status : InteractionStatus
        Whether something is still to be done.
    reference : str
        Identifier at the source, which orders interactions of one moment.
    reply_to : str
        Reference of the interaction that it answers; empty for none.
    actor : str
        Who dealt with it: a person or a program; empty when unknown.
    """

    at: datetime = field(validator=is_aware)
    channel: str = field(validator=not_empty)
    direction: Direction = field(validator=instance_of(Direction))
    kind: str = field(validator=_CODE)
    subject: str = field(default="", validator=text)
    thread: str = field(default="", validator=text)
    status: InteractionStatus = field(default=InteractionStatus.NONE, validator=instance_of(InteractionStatus))
    reference: str = field(default="", validator=text)
    reply_to: str = field(default="", validator=text)
    actor: str = field(default="", validator=text)


@frozen(kw_only=True)
class LifeEvent:
    """Something that happened, or will, in the life of a party.

    Attributes
    ----------
    kind : str
        One of `LIFE_EVENT_KINDS`, or a kind of the user's own.
    at : PartialDate
        When.
    reference : str
        What it is about: a contract, a holding; empty for none.
    """

    kind: str = field(validator=_CODE)
    at: PartialDate = field(validator=instance_of(PartialDate))
    reference: str = field(default="", validator=text)


@frozen(kw_only=True)
class Preference:
    """What a party prefers.

    Attributes
    ----------
    topic : str
        ``"contact"``, ``"request"``, ``"product"``, …
    value : str
        What is preferred.
    channel : str
        The channel that it is about; empty for none.
    windows : tuple of str
        When, as days of the week after RFC 5545 and hours: ``"SA 09:00-12:00"``, ``"MO,TU 18:00-20:00"``.
    time_zone : str
        IANA name of the time zone of the windows.
    """

    topic: str = field(validator=_CODE)
    value: str = field(validator=not_empty)
    channel: str = field(default="", validator=text)
    windows: tuple[str, ...] = field(default=(), validator=tuple_of(str))
    time_zone: str = field(default="Europe/Paris", validator=not_empty)

    @windows.validator
    def _check_windows(self, attribute: object, value: tuple[str, ...]) -> None:
        for window in value:
            _WINDOW(self, attribute, window)


_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_HOUR = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WINDOW = matches(rf"{_DAY}(?:,{_DAY})* {_HOUR}-(?:{_HOUR}|24:00)", "windows like 'SA 09:00-12:00'")


class ConsentStatus(StrEnum):
    """What a party has said about a use of its data."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OBJECTED = "objected"


@frozen(kw_only=True)
class Consent:
    """What a party has said about a use of its data; fields after ISO/IEC TS 27560:2023.

    Attributes
    ----------
    purpose : str
        What the data is used for, for example an IRI of the W3C Data Privacy Vocabulary.
    status : ConsentStatus
        What was said.
    legal_basis : str
        ``"consent"``, ``"contract"``, ``"legitimate interest"``, …
    channel : str
        The channel that it is about; empty for all.
    notice : str
        Version of the information notice shown.
    controller : str
        Who is responsible for the data.
    at : datetime or None
        When it was said; None where only the day of the statement is known.
    expires : datetime or None
        When it ends by itself.
    receipt : str
        Number of the receipt given.
    """

    purpose: str = field(validator=not_empty)
    status: ConsentStatus = field(validator=instance_of(ConsentStatus))
    legal_basis: str = field(default="consent", validator=not_empty)
    channel: str = field(default="", validator=text)
    notice: str = field(default="", validator=text)
    controller: str = field(default="", validator=text)
    at: datetime | None = field(default=None)
    expires: datetime | None = field(default=None)
    receipt: str = field(default="", validator=text)

    @at.validator
    @expires.validator
    def _check_moments(self, attribute: object, value: datetime | None) -> None:
        if value is not None:
            is_aware(self, attribute, value)
