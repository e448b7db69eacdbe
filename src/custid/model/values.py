"""Typed values: names, contact points, identifiers and the like."""

from __future__ import annotations

import math
from enum import IntEnum, StrEnum

from attrs import field, frozen

from custid.errors import ModelError
from custid.model._checks import instance_of, matches, not_empty, text, tuple_of

__all__ = [
    "ContactPoint",
    "ContactUse",
    "CredentialState",
    "Email",
    "ExternalId",
    "Measure",
    "NameUse",
    "Occupation",
    "OnlineAccount",
    "OrganizationName",
    "OrganizationNameUse",
    "PersonName",
    "Phone",
    "PhoneKind",
    "PostalAddress",
    "Sex",
]


class Sex(IntEnum):
    """Sex after ISO/IEC 5218:2022."""

    NOT_KNOWN = 0
    MALE = 1
    FEMALE = 2
    NOT_APPLICABLE = 9


class NameUse(StrEnum):
    """What a person's name is used for."""

    BIRTH = "birth"
    USAGE = "usage"
    FORMER = "former"
    NICKNAME = "nickname"
    ALIAS = "alias"


@frozen(kw_only=True)
class PersonName:
    """The name of a person, as written; its case is the source's.

    Attributes
    ----------
    family : str
        Family name without its particle.
    given : tuple of str
        Given names in their order; a composite one (``Jean-Pierre``) is one.
    particle : str
        What stands before the family name: ``de``, ``d'``, ``de La``, ``van der``.
    prefix : str
        Form of address or title: ``M.``, ``Mme``, ``Dr``.
    suffix : str
        Generation or degree: ``Jr``, ``III``, ``PhD``.
    use : NameUse
        What the name is used for.
    full : str
        The whole name, where a source gives it in one piece that could not be taken apart.

    Raises
    ------
    ModelError
        If family, given and full are all empty.
    """

    family: str = field(default="", validator=text)
    given: tuple[str, ...] = field(default=(), validator=tuple_of(str))
    particle: str = field(default="", validator=text)
    prefix: str = field(default="", validator=text)
    suffix: str = field(default="", validator=text)
    use: NameUse = field(default=NameUse.USAGE, validator=instance_of(NameUse))
    full: str = field(default="", validator=text)

    def __attrs_post_init__(self) -> None:
        if not (self.family.strip() or self.full.strip() or any(name.strip() for name in self.given)):
            raise ModelError("PersonName: expected a family, given or full name, got none.")


class OrganizationNameUse(StrEnum):
    """What an organization's name is used for."""

    LEGAL = "legal"
    TRADING = "trading"
    FORMER = "former"
    ACRONYM = "acronym"


@frozen(kw_only=True)
class OrganizationName:
    """The name of an organization.

    Attributes
    ----------
    name : str
        The name without its legal form.
    use : OrganizationNameUse
        What the name is used for.
    legal_form : str
        Legal form as abbreviated in its country: ``SARL``, ``SAS``, ``Ltd``, ``LLC``; empty when unknown.
    """

    name: str = field(validator=not_empty)
    use: OrganizationNameUse = field(default=OrganizationNameUse.LEGAL, validator=instance_of(OrganizationNameUse))
    legal_form: str = field(default="", validator=text)


@frozen(kw_only=True)
class PostalAddress:
    """A postal address: the lines of the envelope, and their parts.

    Attributes
    ----------
    lines : tuple of str
        The lines as they are written on the envelope, without the country; after NF Z10-011 at most six.
    recipient : str
        To whom, where it is not the party itself: ``chez M. Petit``, a department.
    unit : str
        Within the building: apartment, floor, staircase, letter box.
    building : str
        Building, residence, entrance.
    number : str
        House number, without what follows it; a range keeps its hyphen.
    number_ext : str
        What follows the number, in capitals: ``BIS``, ``TER``, ``A``.
    street : str
        Kind and name of the street.
    locality_extra : str
        Hamlet or place within the municipality (*lieu-dit*).
    po_box : str
        Post office box or business service: ``BP 123``, ``CS 40001``, ``PO Box 7``.
    postcode : str
        Geographic postcode; empty where only a CEDEX code is known.
    cedex : str
        Code of a CEDEX (business mail), which is no geographic postcode.
    cedex_label : str
        Name of the CEDEX, as it follows its code: ``PARIS CEDEX 08``.
    city : str
        Municipality, or post town, without ``CEDEX``.
    region : str
        State, county or province.
    country : str
        ISO 3166-1 alpha-2 code; empty when unknown.
    geo_code : str
        Code of the municipality (in France the INSEE code), which no postcode replaces.

    Raises
    ------
    ModelError
        If every part is empty.
    """

    lines: tuple[str, ...] = field(default=(), validator=tuple_of(str))
    recipient: str = field(default="", validator=text)
    unit: str = field(default="", validator=text)
    building: str = field(default="", validator=text)
    number: str = field(default="", validator=text)
    number_ext: str = field(default="", validator=text)
    street: str = field(default="", validator=text)
    locality_extra: str = field(default="", validator=text)
    po_box: str = field(default="", validator=text)
    postcode: str = field(default="", validator=text)
    cedex: str = field(default="", validator=text)
    cedex_label: str = field(default="", validator=text)
    city: str = field(default="", validator=text)
    region: str = field(default="", validator=text)
    country: str = field(default="", validator=matches(r"[A-Z]{2}|", "an ISO 3166-1 alpha-2 code"))
    geo_code: str = field(default="", validator=text)

    def __attrs_post_init__(self) -> None:
        parts = (
            *self.lines, self.recipient, self.unit, self.building, self.number, self.street, self.locality_extra,
            self.po_box, self.postcode, self.cedex, self.cedex_label, self.city, self.region, self.country,
            self.geo_code,
        )  # fmt: skip
        if not any(part.strip() for part in parts):
            raise ModelError("PostalAddress: expected a line or a part, got none.")


class PhoneKind(StrEnum):
    """What kind of line a number is."""

    MOBILE = "mobile"
    FIXED = "fixed"
    SPECIAL = "special"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class Phone:
    """A telephone number.

    Attributes
    ----------
    e164 : str
        The number after ITU-T E.164: ``+``, country code, up to 15 digits in all.
    extension : str
        Digits dialed after the connection; empty for none.
    kind : PhoneKind
        Kind of line.
    """

    e164: str = field(validator=matches(r"\+[1-9][0-9]{1,14}", "an E.164 number like +33612345678"))
    extension: str = field(default="", validator=matches(r"[0-9]{0,11}", "at most 11 digits"))
    kind: PhoneKind = field(default=PhoneKind.UNKNOWN, validator=instance_of(PhoneKind))


@frozen(kw_only=True)
class Email:
    """An e-mail address.

    Attributes
    ----------
    address : str
        As given, with the domain in lower case (RFC 5321, section 2.4: the local part is the host's business).
    """

    address: str = field(
        validator=matches(
            r'(?:"[^"\r\n]{1,62}"|[^@\s"]\S{0,63})@[^@\s]{1,255}', "an address with a part on each side of @"
        )
    )


@frozen(kw_only=True)
class OnlineAccount:
    """An account or handle with an online service, or a device.

    Attributes
    ----------
    scheme : str
        Where: ``"web"``, ``"instagram"``, ``"device"``, …
    handle : str
        The handle, or address of the profile.
    """

    scheme: str = field(validator=not_empty)
    handle: str = field(validator=not_empty)


class ContactUse(StrEnum):
    """What a contact point is used for."""

    HOME = "home"
    WORK = "work"
    BILLING = "billing"
    DELIVERY = "delivery"
    HOLIDAY = "holiday"
    OTHER = "other"


@frozen(kw_only=True)
class ContactPoint:
    """A way to reach a party.

    Attributes
    ----------
    point : PostalAddress, Phone, Email or OnlineAccount
        The way.
    use : ContactUse
        What it is used for.
    is_shared : bool
        True where others are reached by it too: a family's phone, a switchboard, a company's mailbox.
    """

    point: PostalAddress | Phone | Email | OnlineAccount
    use: ContactUse = field(default=ContactUse.OTHER, validator=instance_of(ContactUse))
    is_shared: bool = field(default=False, validator=instance_of(bool))

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.point, PostalAddress | Phone | Email | OnlineAccount):
            raise ModelError(
                "ContactPoint.point: expected PostalAddress, Phone, Email or OnlineAccount, got "
                f"{type(self.point).__name__}."
            )


class CredentialState(StrEnum):
    """Whether an identifier may still be used."""

    ACTIVE = "active"
    REPLACED = "replaced"
    LOST = "lost"
    EXPIRED = "expired"


@frozen(kw_only=True)
class ExternalId:
    """An identifier that somebody else gave to a party: a registration, an account, a card.

    A card is a credential that can be replaced; it points to the customer and never is his identity.

    Attributes
    ----------
    scheme : str
        ``"siren"``, ``"siret"``, ``"lei"``, ``"vat_number"``, ``"rna"``, ``"loyalty_card"``, ``"account"``, …
    value : str
        The identifier, without separators where its scheme knows none.
    issuer : str
        Who issued it; two issuers may give one number twice.  Empty where the scheme has one issuer.
    state : CredentialState
        Whether it may still be used.
    replaced_by : str
        The identifier of the same scheme and issuer that replaces it; empty for none.
    """

    scheme: str = field(validator=matches(r"[a-z][a-z0-9_]*", "a name in lower case"))
    value: str = field(validator=not_empty)
    issuer: str = field(default="", validator=text)
    state: CredentialState = field(default=CredentialState.ACTIVE, validator=instance_of(CredentialState))
    replaced_by: str = field(default="", validator=text)

    def __attrs_post_init__(self) -> None:
        if self.scheme in {"nir", "ssn_fr"}:
            raise ModelError(
                "ExternalId.scheme: the French social security number (NIR) is not kept: expected another scheme.",
                hint="The law reserves it to the controllers that decree 2019-341 lists.",
            )


@frozen(kw_only=True)
class Occupation:
    """What a person does for a living.

    Attributes
    ----------
    scheme : str
        ``"pcs2020"``, ``"isco08"``, …; empty where only a label is known.
    code : str
        Code in that scheme.
    label : str
        What a person reads.
    employer : str
        Name of the employer; empty when unknown.
    """

    scheme: str = field(default="", validator=text)
    code: str = field(default="", validator=text)
    label: str = field(default="", validator=text)
    employer: str = field(default="", validator=text)

    def __attrs_post_init__(self) -> None:
        if not (self.code.strip() or self.label.strip() or self.employer.strip()):
            raise ModelError("Occupation: expected a code, a label or an employer, got none.")


@frozen(kw_only=True)
class Measure:
    """A number or class that somebody computed about a party: value tier, risk, income band.

    Attributes
    ----------
    name : str
        What is measured.
    value : float or str
        A finite number, or a class.
    unit : str
        Unit of a number: ``"EUR"``, ``"visits/month"``; empty for none.
    method : str
        How it was computed.
    """

    name: str = field(validator=not_empty)
    value: float | str = field(validator=instance_of(int, float, str))
    unit: str = field(default="", validator=text)
    method: str = field(default="", validator=text)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise ModelError("Measure.value: expected a finite number or text, got another number.")
