"""Records out of and into TM Forum version 4: TMF632 Individual and Organization, TMF669 PartyRole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from custid.errors import StructureError
from custid.model import (
    Collective,
    CollectiveKind,
    ContactPoint,
    ContactUse,
    Email,
    ExternalId,
    Measure,
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
    Preference,
    Provenance,
    Record,
    Sex,
    Stated,
)
from custid.serde._converter import converter
from custid.serde._foreign import (
    Members,
    Reading,
    json_object,
    period_of,
    period_to,
    scheme_of,
    without_empty,
)
from custid.serde._foreign_addresses import street_lines, written_locality

__all__ = ["from_tmf632", "to_tmf632", "to_tmf669"]

_SEXES = {Sex.MALE: "male", Sex.FEMALE: "female"}
_MIDNIGHT = "T00:00:00Z"
_PERIOD: dict[str, Any] = {"start": "startDateTime", "end": "endDateTime", "last_day_counts": False}
# What the standard has no field for is a characteristic, whose value may be any document.
_CHARACTERISTICS: dict[str, tuple[str, Any]] = {
    "wealth": ("wealth", Measure),
    "measure": ("measures", Measure),
    "note": ("notes", str),
    "occupation": ("occupations", Occupation),
    "preference": ("preferences", Preference),
}


def to_tmf632(record: Record) -> dict[str, Any]:
    """Return a record as a TMF632 Individual or Organization.

    Parameters
    ----------
    record : Record
        The record; a collective becomes an Organization that is no legal entity.

    Returns
    -------
    dict
        The resource; `to_tmf669` gives the roles.
    """
    party = record.party
    made: dict[str, Any] = {"id": record.key, "@type": "Individual" if isinstance(party, Person) else "Organization"}
    if isinstance(party, Person):
        made |= _from_person(party)
    elif isinstance(party, Organization):
        made |= _from_organization(party)
    else:
        made |= {"isLegalEntity": False, "organizationType": party.kind.value}
        made |= {"name": "".join(each.value for each in party.names[:1])}
        made["otherName"] = [{"name": each.value} for each in party.names[1:] if each.value]
    identification = "individualIdentification" if isinstance(party, Person) else "organizationIdentification"
    made[identification] = [_from_identifier(each) for each in party.identifiers]
    made["contactMedium"] = [_from_contact(each) for each in party.contacts]
    made["languageAbility"] = [{"languageCode": each.value} for each in party.languages]
    made["partyCharacteristic"] = [
        {"name": name, "value": converter().unstructure(each.value)}
        for name, (field, _) in _CHARACTERISTICS.items()
        for each in getattr(party, field, getattr(record, field, ()))
    ]
    return without_empty(made)


def _from_person(person: Person) -> dict[str, Any]:
    names = [_from_name(each) for each in person.names]
    made: dict[str, Any] = dict(names[0]) if names else {}
    made.pop("validFor", None)
    made["otherName"] = names[1:]
    made["birthDate"] = "".join(_from_date(each.value) for each in person.birth_dates[:1])
    made["deathDate"] = "".join(_from_date(each.value) for each in person.death_dates[:1])
    made["placeOfBirth"] = "".join(each.value for each in person.birth_places[:1])
    made["gender"] = "".join(_SEXES.get(each.value, "") for each in person.sexes[:1])
    made["maritalStatus"] = "".join(each.value for each in person.marital_statuses[:1])
    return made


def _from_name(stated: Stated[PersonName]) -> dict[str, Any]:
    name = stated.value
    return without_empty(
        {
            "title": name.prefix,
            "givenName": name.given[0] if name.given else "",
            "middleName": " ".join(name.given[1:]),
            "familyNamePrefix": name.particle,
            "familyName": name.family,
            "generation": name.suffix,
            "fullName": name.full,
            "validFor": period_to(stated.valid, **_PERIOD, suffix=_MIDNIGHT),
        }
    )


def _from_date(date: PartialDate) -> str:
    # A moment of the standard is known to the second: what is known in part has no place.
    return f"{date.text}{_MIDNIGHT}" if date.is_exact else ""


def _from_organization(organization: Organization) -> dict[str, Any]:
    made: dict[str, Any] = {"isLegalEntity": True}
    for each in organization.names:
        name = each.value
        field = {OrganizationNameUse.LEGAL: "name", OrganizationNameUse.TRADING: "tradingName"}.get(name.use, "")
        if field and field not in made:
            made[field] = name.name
            made |= {"nameType": name.legal_form} if field == "name" else {}
        else:
            made.setdefault("otherName", []).append(without_empty({"name": name.name, "nameType": name.legal_form}))
    founded = "".join(_from_date(each.value) for each in organization.founded[:1])
    made["existsDuring"] = without_empty({"startDateTime": founded})
    return made | {"organizationType": "".join(each.value for each in organization.activities[:1])}


def _from_identifier(stated: Stated[ExternalId]) -> dict[str, Any]:
    identifier = stated.value
    return without_empty(
        {
            "identificationType": identifier.scheme,
            "identificationId": identifier.value,
            "issuingAuthority": identifier.issuer,
            "validFor": period_to(stated.valid, **_PERIOD, suffix=_MIDNIGHT),
        }
    )


def _from_contact(stated: Stated[ContactPoint]) -> dict[str, Any]:
    point = stated.value.point
    characteristic: dict[str, Any] = {"contactType": stated.value.use.value}
    if isinstance(point, Phone):
        kind = "phone"
        extension = f";ext={point.extension}" if point.extension else ""
        characteristic["phoneNumber"] = point.e164 + extension
    elif isinstance(point, Email):
        kind = "email"
        characteristic["emailAddress"] = point.address
    elif isinstance(point, OnlineAccount):
        kind = "socialNetwork"
        characteristic |= {"socialNetworkId": point.handle, "@baseType": point.scheme}
    else:
        kind = "postalAddress"
        street = street_lines(point) or [line for line in point.lines if line]
        characteristic |= {"street1": "".join(street[:1]), "street2": "\n".join(street[1:])}
        postcode, city = written_locality(point)
        characteristic |= {"city": city, "postCode": postcode}
        characteristic |= {"stateOrProvince": point.region, "country": point.country}
    made = {"mediumType": kind, "characteristic": without_empty(characteristic)}
    return without_empty(made | {"validFor": period_to(stated.valid, **_PERIOD, suffix=_MIDNIGHT)})


def to_tmf669(record: Record) -> list[dict[str, Any]]:
    """Return the roles of a record as TMF669 PartyRoles, one for each holder.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    list of dict
        In the order of the roles and their holders.  The standard engages one party in a role: the target, how holders
        act together and their shares are characteristics.
    """
    made = []
    for stated in record.roles:
        role = stated.value
        for place, holder in enumerate(role.holders):
            characteristics: dict[str, Any] = {"target": role.target, "joint": role.joint.value}
            characteristics |= {"share": role.shares[place]} if role.shares else {}
            party = {"id": holder.key, "name": holder.source, "@referredType": "Party"}
            made.append(
                without_empty(
                    {
                        "@type": "PartyRole",
                        "name": role.kind,
                        "engagedParty": party,
                        "characteristic": [{"name": name, "value": value} for name, value in characteristics.items()],
                        "validFor": period_to(stated.valid, **_PERIOD, suffix=_MIDNIGHT),
                    }
                )
            )
    return made


def from_tmf632(document: dict[str, Any] | str, *, by: Provenance, country: str = "FR") -> Record:
    """Return the record that a TMF632 Individual or Organization holds.

    Parameters
    ----------
    document : dict or str
        The resource, or its JSON text.
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
    reading = Reading(by, "tmf632", country)
    resource = json_object(document)
    members = Members(reading, resource)
    kind = members.text("@type")
    is_person = kind == "Individual" if kind else not {"tradingName", "isLegalEntity"} & set(resource)
    members.drop("id", "href", "@baseType", "@schemaLocation")
    fields: dict[str, Any] = {
        "identifiers": _identifiers(members, reading),
        "contacts": _contacts(members, reading),
        "languages": reading.texts(
            text for each, _ in members.objects("languageAbility") for text in each.texts("languageCode")
        ),
    }
    told = _characteristics(members, reading, is_person=is_person)
    preferences = told.pop("preferences", ())
    party: Person | Organization | Collective
    organization_type = "" if is_person else members.text("organizationType")
    if is_person:
        party = Person(**fields, **told, **_person(members, reading))
    elif organization_type in set(CollectiveKind):
        members.drop("isLegalEntity")
        others = [text for each, _ in members.objects("otherName") for text in each.texts("name")]
        names = reading.texts([*members.texts("name"), *others])
        party = Collective(kind=CollectiveKind(organization_type), names=names, **fields, **told)
    else:
        activities = reading.texts([organization_type] if organization_type else [])
        party = Organization(**fields, **told, activities=activities, **_organization(members, reading))
    members.finish()
    return reading.record(party, kind, preferences=preferences)


def _identifiers(members: Members, reading: Reading) -> tuple[Stated[ExternalId], ...]:
    made: list[Stated[ExternalId]] = []
    fields = ("individualIdentification", "organizationIdentification")
    for each, raw in (found for field in fields for found in members.objects(field)):
        scheme = scheme_of(each.text("identificationType"))
        parts: dict[str, Any] = {
            "scheme": scheme,
            "value": each.text("identificationId"),
            "issuer": each.text("issuingAuthority"),
        }
        valid = period_of(each, "validFor", **_PERIOD)
        made += reading.read("identification", partial(reading.identifier, **parts), raw, valid=valid)
    for each, raw in members.objects("externalReference"):
        scheme = scheme_of(each.text("externalReferenceType"))
        make = partial(reading.identifier, scheme=scheme, value=each.text("name"))
        made += reading.read("externalReference", make, raw)
    return tuple(made)


def _contacts(members: Members, reading: Reading) -> tuple[Stated[ContactPoint], ...]:
    made: list[Stated[ContactPoint]] = []
    for each, raw in members.objects("contactMedium"):
        each.drop("mediumType", "preferred")
        valid = period_of(each, "validFor", **_PERIOD)
        for about, _ in each.objects("characteristic"):
            use = about.one_of("contactType", {use.value: use for use in ContactUse}, ContactUse.OTHER)
            for read in _points(about, reading):
                made += reading.contact("contactMedium", read, use, raw, valid=valid)
    return tuple(made)


def _points(about: Members, reading: Reading) -> list[Callable[[], Any]]:
    made: list[Callable[[], Any]] = []
    made += [partial(reading.phone, text) for text in about.texts("phoneNumber")]
    made += [partial(reading.email, text) for text in about.texts("emailAddress")]
    scheme = about.text("@baseType") or "social"
    made += [partial(reading.account, scheme, text) for text in about.texts("socialNetworkId")]
    fields = {"city": "city", "postcode": "postCode", "region": "stateOrProvince", "country": "country"}
    parts: dict[str, Any] = {field: about.text(name) for field, name in fields.items()}
    lines = tuple(line for name in ("street1", "street2") for text in about.texts(name) for line in text.split("\n"))
    if lines or any(parts.values()):
        made.append(partial(reading.address, lines=lines, **parts))
    return made


def _characteristics(members: Members, reading: Reading, *, is_person: bool) -> dict[str, tuple[Stated[Any], ...]]:
    made: dict[str, tuple[Stated[Any], ...]] = {}
    for each, raw in members.objects("partyCharacteristic"):
        each.drop("name", "value", "valueType", "id")
        name, value = raw.get("name"), raw.get("value")
        field, kind = _CHARACTERISTICS.get(name if isinstance(name, str) else "", ("", None))
        if not field or (field == "occupations" and not is_person):
            reading.refuse("partyCharacteristic", raw)
            continue
        if kind is str and isinstance(value, str):
            read: tuple[Stated[Any], ...] = reading.texts([value])
        else:
            read = reading.stated("partyCharacteristic", partial(_structured, value, kind), raw)
        made[field] = (*made.get(field, ()), *read)
    return made


def _structured(value: Any, kind: Any) -> Any:
    try:
        return converter().structure(value, kind)
    except Exception as error:  # the converter collects whatever the hooks and the model raise
        raise StructureError("partyCharacteristic.value: expected another structure.") from error


def _person(members: Members, reading: Reading) -> dict[str, Any]:
    names = _name(members, reading, NameUse.USAGE)
    for each, _ in members.objects("otherName"):
        names += _name(each, reading, NameUse.ALIAS)
    sexes: list[Stated[Sex]] = []
    for text in members.texts("gender"):
        sexes += reading.stated("gender", partial(_sex, text), text)
    return {
        "names": tuple(names),
        "birth_dates": reading.dates(members, "birthDate"),
        "death_dates": reading.dates(members, "deathDate"),
        "birth_places": reading.texts(members.texts("placeOfBirth")),
        "marital_statuses": reading.texts(members.texts("maritalStatus")),
        "sexes": tuple(sexes),
    }


def _sex(text: str) -> Sex:
    return Sex[text.upper()]


def _name(members: Members, reading: Reading, use: NameUse) -> list[Stated[PersonName]]:
    names = {
        "prefix": "title",
        "particle": "familyNamePrefix",
        "family": "familyName",
        "suffix": "generation",
        "full": "fullName",
    }
    parts: dict[str, Any] = {field: members.text(name) for field, name in names.items()}
    given = (*members.texts("givenName"), *(part for text in members.texts("middleName") for part in text.split()))
    valid = period_of(members, "validFor", **_PERIOD)
    if not (given or any(parts.values())):
        return []
    raw = {"givenName": list(given), **parts}
    return list(reading.names("name", raw, valid=valid, given=given, use=use, **parts))


def _organization(members: Members, reading: Reading) -> dict[str, Any]:
    members.drop("isLegalEntity")
    names: list[Stated[OrganizationName]] = []
    form = members.text("nameType")
    for field, use in (("name", OrganizationNameUse.LEGAL), ("tradingName", OrganizationNameUse.TRADING)):
        for text in members.texts(field):
            parts: dict[str, Any] = {"name": text, "use": use, "legal_form": form if field == "name" else ""}
            names += reading.stated(field, partial(OrganizationName, **parts), text)
    for each, raw in members.objects("otherName"):
        parts = {
            "name": each.text("name"),
            "legal_form": each.text("nameType"),
            "use": OrganizationNameUse.TRADING,
        }
        names += reading.stated("otherName", partial(OrganizationName, **parts), raw)
    founded: list[Stated[PartialDate]] = []
    for each, _ in members.objects("existsDuring"):
        founded += reading.dates(each, "startDateTime")
    return {"names": tuple(names), "founded": tuple(founded)}
