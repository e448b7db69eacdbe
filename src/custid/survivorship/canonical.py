"""When two statements say the same: canonical forms of values, and what a statement is about."""

from __future__ import annotations

from functools import singledispatch
from typing import Any, Final

from custid.model import (
    RELATION_KINDS,
    ContactPoint,
    Email,
    ExternalId,
    Holding,
    Interaction,
    LifeEvent,
    Measure,
    NameUse,
    Occupation,
    OnlineAccount,
    OrganizationName,
    OrganizationNameUse,
    PartialDate,
    PersonName,
    Phone,
    PostalAddress,
    Preference,
    Relation,
    Role,
    Sex,
    Stated,
    sort_text,
)
from custid.standardize import (
    fold,
    standardize_email,
    standardize_organization_name,
    standardize_place,
    standardize_postcode,
    standardize_street,
)

__all__ = ["MULTIPLE", "canonical_form", "is_multiple", "natural_key", "slot_of"]

# Stands in no folded text, so that two lists of parts give one form only where they are equal.
_BETWEEN: Final = "\x1f"

MULTIPLE: Final = frozenset(
    {"category", "contacts", "holdings", "identifiers", "interactions", "life_events", "notes", "relations", "roles"}
)
"""Attributes of which a party has as many values as are stated."""

_SINGLE_USES: Final = frozenset({NameUse.BIRTH, NameUse.USAGE, OrganizationNameUse.LEGAL})
_ADDED_TOPICS: Final = frozenset({"request"})


def is_multiple(attribute: str, value: Any) -> bool:
    """Tell whether all values of a kind are kept side by side, instead of one being chosen.

    Parameters
    ----------
    attribute : str
        Name of the attribute.
    value : object
        A value of it.

    Returns
    -------
    bool
        True for attributes of `MULTIPLE`, for names other than the birth, usage and legal one, and for requests.

    Examples
    --------
    >>> is_multiple("person_names", PersonName(family="Petit")), is_multiple("contacts", "")
    (False, True)
    """
    if isinstance(value, PersonName | OrganizationName):
        return value.use not in _SINGLE_USES
    return attribute in MULTIPLE or (isinstance(value, Preference) and value.topic in _ADDED_TOPICS)


def slot_of(value: Any) -> str:
    """Return which of several values of one attribute a value is a candidate for.

    Parameters
    ----------
    value : object
        A value.

    Returns
    -------
    str
        Use of a name, name of a measure, topic and channel of a preference; empty for others.

    Examples
    --------
    >>> slot_of(PersonName(family="Petit")), slot_of(Sex.FEMALE)
    ('usage', '')
    """
    if isinstance(value, PersonName | OrganizationName):
        return value.use.value
    if isinstance(value, Measure):
        return value.name
    if isinstance(value, Preference):
        return f"{value.topic}:{value.channel}" if value.channel else value.topic
    return ""


def natural_key(statement: Stated[Any]) -> str:
    """Return a text that two statements share when they speak of the same thing.

    Parameters
    ----------
    statement : Stated
        A statement.

    Returns
    -------
    str
        The canonical form of its value; of an interaction its source and reference, as another source may give one
        reference to another interaction.
    """
    value = statement.value
    if isinstance(value, Interaction) and value.reference:
        return _form(statement.by.source, value.reference)
    return canonical_form(value)


def canonical_form(value: Any) -> str:
    """Return a text that two values share when they say the same, however they are written.

    Parameters
    ----------
    value : object
        A typed value.

    Returns
    -------
    str
        Never empty; for comparing, not for reading.

    Examples
    --------
    >>> canonical_form(PersonName(given=("Zoé",), family="PETIT")) == canonical_form(PersonName(full="Zoe Petit"))
    True
    """
    # Of a value that is nothing but punctuation or a placeholder, the text itself has to do.
    return _canonical(value).strip(_BETWEEN) or sort_text(value)


@singledispatch
def _canonical(value: Any) -> str:
    return sort_text(value)


@_canonical.register
def _(value: str) -> str:
    return fold(value)


@_canonical.register
def _(value: Sex) -> str:
    return str(int(value))


@_canonical.register
def _(value: PartialDate) -> str:
    return value.text.rstrip("?~%")


@_canonical.register
def _(value: PersonName) -> str:
    parts = (" ".join(value.given), value.particle, value.family, value.suffix)
    return " ".join(filter(None, map(fold, parts if value.given or value.family else (value.full, value.suffix))))


@_canonical.register
def _(value: OrganizationName) -> str:
    return standardize_organization_name(value.name).value or fold(value.name)


@_canonical.register
def _(value: ContactPoint) -> str:
    return canonical_form(value.point)


@_canonical.register
def _(value: PostalAddress) -> str:
    street = standardize_street(f"{value.number}{value.number_ext} {value.street}").value
    place = (
        standardize_postcode(value.postcode).value or fold(value.cedex),
        standardize_place(value.city).value or fold(value.cedex_label),
    )
    inside = tuple(map(fold, (value.recipient, value.unit, value.building, value.locality_extra, value.po_box)))
    # An address that was not taken apart is compared by its lines.
    if not (street or value.po_box or value.locality_extra) or not any(place):
        return _form(*map(fold, value.lines), street, *inside, *place, value.country)
    return _form(street, *inside, *place)


@_canonical.register
def _(value: Phone) -> str:
    return f"{value.e164}x{value.extension}" if value.extension else value.e164


@_canonical.register
def _(value: Email) -> str:
    return standardize_email(value.address).value or value.address.casefold()


@_canonical.register
def _(value: OnlineAccount) -> str:
    return _form(value.scheme.casefold(), value.handle.casefold().lstrip("@"))


@_canonical.register
def _(value: ExternalId) -> str:
    return _form(value.scheme, fold(value.value).replace(" ", ""), fold(value.issuer))


@_canonical.register
def _(value: Occupation) -> str:
    named = (value.scheme, value.code) if value.code else (fold(value.label),)
    return _form(*named, fold(value.employer))


@_canonical.register
def _(value: Measure) -> str:
    return _form(value.name, sort_text(value.value), value.unit)


@_canonical.register
def _(value: Role) -> str:
    return _form(value.kind, value.target, *map(sort_text, sorted(value.holders)))


@_canonical.register
def _(value: Relation) -> str:
    # One edge may be stated from both its ends.
    known = RELATION_KINDS.get(value.kind)
    stated = (value.kind, sort_text(value.subject), sort_text(value.object))
    inverse = (known.inverse, stated[2], stated[1]) if known is not None and known.inverse else stated
    return _form(*min(stated, inverse))


@_canonical.register
def _(value: Holding) -> str:
    serial = fold(value.serial).replace(" ", "")
    if serial:
        return _form(value.kind, serial)
    return _form(value.kind, fold(value.product), value.acquired.text if value.acquired is not None else "")


@_canonical.register
def _(value: LifeEvent) -> str:
    return _form(value.kind, value.at.text, value.reference)


@_canonical.register
def _(value: Preference) -> str:
    return _form(
        value.topic, value.channel, fold(value.value), *value.windows, value.time_zone if value.windows else ""
    )


def _form(*parts: str) -> str:
    return _BETWEEN.join(parts)
