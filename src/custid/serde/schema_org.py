"""Records out of and into schema.org, as JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from custid.model import (
    Collective,
    CollectiveKind,
    ContactPoint,
    ContactUse,
    Email,
    ExternalId,
    Holding,
    NameUse,
    Occupation,
    OnlineAccount,
    Organization,
    OrganizationName,
    OrganizationNameUse,
    PartialDate,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Provenance,
    Record,
    Sex,
    Stated,
)
from custid.serde._foreign import (
    Members,
    Reading,
    composed_name,
    family_with_particle,
    json_object,
    scheme_of,
    without_empty,
)
from custid.serde._foreign_addresses import street_lines, written_locality
from custid.standardize import Parsed

__all__ = ["from_schema_org", "to_schema_org"]

_SEXES = {Sex.MALE: "https://schema.org/Male", Sex.FEMALE: "https://schema.org/Female"}
_ORGANIZATION_NAMES = {OrganizationNameUse.LEGAL: "legalName", OrganizationNameUse.TRADING: "name"}


def to_schema_org(record: Record) -> dict[str, Any]:
    """Return a record as a schema.org Person or Organization.

    Parameters
    ----------
    record : Record
        The record; a collective becomes an Organization whose ``additionalType`` is its kind.

    Returns
    -------
    dict
        JSON-LD; a member is left out where nothing is stated.
    """
    party = record.party
    made: dict[str, Any] = {"@context": "https://schema.org"}
    if isinstance(party, Person):
        made |= _from_person(party)
    elif isinstance(party, Organization):
        made["@type"] = "Organization"
        for each in party.names:
            made.setdefault(_ORGANIZATION_NAMES.get(each.value.use, "alternateName"), []).append(each.value.name)
        made["foundingDate"] = [each.value.text for each in party.founded]
        made["keywords"] = [each.value for each in party.activities]
    else:
        names = [each.value for each in party.names]
        made |= {"@type": "Organization", "additionalType": party.kind.value, "name": names}
    points = [each.value for each in party.contacts]
    made["identifier"] = [
        {"@type": "PropertyValue", "propertyID": each.value.scheme, "value": each.value.value}
        for each in party.identifiers
    ]
    made["address"] = [_from_address(each.point, each.use) for each in points if isinstance(each.point, PostalAddress)]
    made["contactPoint"] = [_from_contact(each) for each in points if isinstance(each.point, Phone | Email)]
    made["sameAs"] = [each.point.handle for each in points if isinstance(each.point, OnlineAccount)]
    made["knowsLanguage"] = [each.value for each in party.languages]
    made["owns"] = [_from_holding(each.value) for each in record.holdings]
    return without_empty(made)


def _from_person(person: Person) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Person"}
    for each in person.names[:1]:
        name = each.value
        made |= {"givenName": list(name.given), "familyName": family_with_particle(name), "name": name.full}
        made |= {"honorificPrefix": name.prefix, "honorificSuffix": name.suffix}
    made["alternateName"] = [composed_name(each.value) for each in person.names[1:]]
    made["birthDate"] = [each.value.text for each in person.birth_dates]
    made["deathDate"] = [each.value.text for each in person.death_dates]
    made["birthPlace"] = [{"@type": "Place", "name": each.value} for each in person.birth_places]
    made["gender"] = [_SEXES[each.value] for each in person.sexes if each.value in _SEXES]
    jobs = [each.value for each in person.occupations]
    made["hasOccupation"] = [_from_occupation(each) for each in jobs if each.label or each.code]
    made["worksFor"] = [{"@type": "Organization", "name": each.employer} for each in jobs if each.employer]
    return made


def _from_occupation(occupation: Occupation) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Occupation", "name": occupation.label}
    if occupation.code:
        code = {"@type": "CategoryCode", "codeValue": occupation.code, "inCodeSet": occupation.scheme}
        made["occupationalCategory"] = without_empty(code)
    return without_empty(made)


def _from_address(address: PostalAddress, use: ContactUse) -> dict[str, Any]:
    street = street_lines(address, with_po_box=False) or address.lines
    postcode, city = written_locality(address)
    return without_empty(
        {
            "@type": "PostalAddress",
            "streetAddress": "\n".join(street),
            "postOfficeBoxNumber": address.po_box,
            "postalCode": postcode,
            "addressLocality": city,
            "addressRegion": address.region,
            "addressCountry": address.country,
            "contactType": "" if use is ContactUse.OTHER else use.value,
        }
    )


def _from_contact(contact: ContactPoint) -> dict[str, Any]:
    use = "" if contact.use is ContactUse.OTHER else contact.use.value
    made: dict[str, Any] = {"@type": "ContactPoint", "contactType": use}
    if isinstance(contact.point, Phone):
        extension = f";ext={contact.point.extension}" if contact.point.extension else ""
        made["telephone"] = contact.point.e164 + extension
    elif isinstance(contact.point, Email):
        made["email"] = contact.point.address
    return without_empty(made)


def _from_holding(holding: Holding) -> dict[str, Any]:
    good = {"@type": "Product", "name": holding.product, "category": holding.kind, "serialNumber": holding.serial}
    made: dict[str, Any] = {"@type": "OwnershipInfo", "typeOfGood": without_empty(good)}
    made["ownedFrom"] = "" if holding.acquired is None else holding.acquired.text
    made["ownedThrough"] = "" if holding.expires is None else holding.expires.text
    return without_empty(made)


def from_schema_org(document: dict[str, Any] | str, *, by: Provenance, country: str = "FR") -> Record:
    """Return the record that a schema.org Person or Organization holds.

    Parameters
    ----------
    document : dict or str
        JSON-LD in its compact form, or its JSON text.
    by : Provenance
        Who says it; its record is the key of the record.
    country : str
        ISO 3166-1 code of the country whose way of writing names, addresses and numbers is meant; empty for none.

    Returns
    -------
    Record
        What the model has no place for, and what cannot be read, is in ``unread``.

    Raises
    ------
    ConfigurationError
        If the country is none.
    StructureError
        If the document is no JSON object.
    """
    reading = Reading(by, "schema.org", country)
    members = Members(reading, json_object(document))
    members.drop("@context")
    kinds = members.texts("@type")
    holdings = _holdings(members, reading)
    fields = _party(members, reading)
    party: Person | Organization | Collective
    if not kinds or any(re.fullmatch(r"(?:.*[:/])?Person", kind) for kind in kinds):
        party = Person(**fields, **_person(members, reading))
    else:
        kind = members.text("additionalType")
        if kind in set(CollectiveKind):
            party = Collective(kind=CollectiveKind(kind), names=reading.texts(members.texts("name")), **fields)
        else:
            if kind:
                reading.refuse("additionalType", kind)
            party = Organization(**fields, **_organization(members, reading))
    members.finish()
    return reading.record(party, str(kinds), holdings=holdings)


def _party(members: Members, reading: Reading) -> dict[str, Any]:
    identifiers: list[Stated[ExternalId]] = []
    for each, raw in members.objects("identifier"):
        each.drop("@type")
        scheme, value = scheme_of(each.text("propertyID")), each.text("value")
        identifiers += reading.read("identifier", partial(reading.identifier, scheme=scheme, value=value), raw)
    for name, scheme in (("leiCode", "lei"), ("vatID", "vat"), ("taxID", "tax")):
        for text in members.texts(name):
            identifiers += reading.read(name, partial(reading.identifier, scheme=scheme, value=text), text)
    languages = reading.texts(members.texts("knowsLanguage"))
    return {"identifiers": tuple(identifiers), "contacts": _contacts(members, reading), "languages": languages}


def _contacts(members: Members, reading: Reading) -> tuple[Stated[ContactPoint], ...]:
    made: list[Stated[ContactPoint]] = []
    for each, raw in members.objects("address"):
        made += reading.contact("address", _address(each, reading), _use(each), raw)
    for each, _ in members.objects("contactPoint"):
        each.drop("@type")
        made += _telecom(each, reading, _use(each))
    made += _telecom(members, reading, ContactUse.OTHER)
    for name in ("sameAs", "url"):
        for text in members.texts(name):
            made += reading.contact(name, partial(reading.account, "web", text), ContactUse.OTHER, text)
    return tuple(made)


def _telecom(members: Members, reading: Reading, use: ContactUse) -> list[Stated[ContactPoint]]:
    made: list[Stated[ContactPoint]] = []
    for text in members.texts("telephone"):
        made += reading.contact("telephone", partial(reading.phone, text), use, text)
    for text in members.texts("email"):
        made += reading.contact("email", partial(reading.email, text), use, text)
    return made


def _use(members: Members) -> ContactUse:
    return members.one_of("contactType", {use.value: use for use in ContactUse}, ContactUse.OTHER)


def _address(members: Members, reading: Reading) -> Callable[[], Parsed[PostalAddress]]:
    members.drop("@type")
    names = {
        "postcode": "postalCode",
        "city": "addressLocality",
        "po_box": "postOfficeBoxNumber",
        "region": "addressRegion",
        "country": "addressCountry",
    }
    parts: dict[str, Any] = {field: members.text(name) for field, name in names.items()}
    lines = members.text("streetAddress")
    return partial(reading.address, lines=tuple(lines.split("\n")) if lines else (), **parts)


def _person(members: Members, reading: Reading) -> dict[str, Any]:
    parts = {"family": "familyName", "prefix": "honorificPrefix", "suffix": "honorificSuffix", "full": "name"}
    read: dict[str, Any] = {field: members.text(name) for field, name in parts.items()}
    given = (*members.texts("givenName"), *members.texts("additionalName"))
    names: list[Stated[PersonName]] = []
    if given or any(read.values()):
        names += reading.names("name", {"givenName": list(given), **read}, given=given, **read)
    for text in members.texts("alternateName"):
        names += reading.names("alternateName", text, full=text, use=NameUse.ALIAS)
    sexes: list[Stated[Sex]] = []
    for text in members.texts("gender"):
        sexes += reading.stated("gender", partial(_sex, text), text)
    return {
        "names": tuple(names),
        "birth_dates": reading.dates(members, "birthDate"),
        "death_dates": reading.dates(members, "deathDate"),
        "birth_places": _places(members, reading),
        "sexes": tuple(sexes),
        "occupations": _occupations(members, reading),
    }


def _sex(text: str) -> Sex:
    return Sex[text.rpartition("/")[2].upper().replace(" ", "_")]


def _places(members: Members, reading: Reading) -> tuple[Stated[str], ...]:
    made: list[Stated[str]] = []
    for each, _ in members.objects("birthPlace"):
        each.drop("@type")
        made += reading.texts(each.texts("name"))
    return tuple(made)


def _occupations(members: Members, reading: Reading) -> tuple[Stated[Occupation], ...]:
    made: list[Stated[Occupation]] = []
    for each, raw in members.objects("hasOccupation"):
        each.drop("@type")
        parts: dict[str, Any] = {"label": each.text("name")}
        for code, _ in each.objects("occupationalCategory"):
            code.drop("@type")
            parts |= {"code": code.text("codeValue"), "scheme": code.text("inCodeSet")}
        made += reading.stated("hasOccupation", partial(Occupation, **parts), raw)
    for text in members.texts("jobTitle"):
        made += reading.stated("jobTitle", partial(Occupation, label=text), text)
    for each, raw in members.objects("worksFor"):
        each.drop("@type")
        name = each.text("name")
        made += reading.stated("worksFor", partial(Occupation, employer=name), raw)
    return tuple(made)


def _organization(members: Members, reading: Reading) -> dict[str, Any]:
    names: list[Stated[OrganizationName]] = []
    uses = {name: use for use, name in _ORGANIZATION_NAMES.items()} | {"alternateName": OrganizationNameUse.ACRONYM}
    for name, use in uses.items():
        for text in members.texts(name):
            names += reading.stated(name, partial(OrganizationName, name=text, use=use), text)
    activities = reading.texts(members.texts("keywords"))
    founded = reading.dates(members, "foundingDate")
    return {"names": tuple(names), "founded": founded, "activities": activities}


def _holdings(members: Members, reading: Reading) -> tuple[Stated[Holding], ...]:
    made: list[Stated[Holding]] = []
    for each, raw in members.objects("owns"):
        each.drop("@type")
        parts: dict[str, str] = {}
        for good, _ in each.objects("typeOfGood"):
            good.drop("@type")
            parts = {"product": good.text("name"), "kind": good.text("category"), "serial": good.text("serialNumber")}
        parts["kind"] = scheme_of(parts.get("kind", ""))
        since, until = each.text("ownedFrom"), each.text("ownedThrough")
        made += reading.stated("owns", partial(_holding, parts, since, until), raw)
    return tuple(made)


def _holding(parts: dict[str, str], since: str, until: str) -> Holding:
    product = parts.get("product", "")
    return Holding(
        kind=parts["kind"],
        product=product,
        serial=parts.get("serial", ""),
        acquired=PartialDate(since) if since else None,
        expires=PartialDate(until) if until else None,
    )
