"""Records out of and into HL7 FHIR R5: Patient, Person, Organization and Group."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Literal

from custid.errors import ConfigurationError
from custid.model import (
    Collective,
    CollectiveKind,
    ContactPoint,
    ContactUse,
    CredentialState,
    Email,
    ExternalId,
    NameUse,
    OnlineAccount,
    Organization,
    OrganizationName,
    OrganizationNameUse,
    PartialDate,
    Person,
    PersonName,
    Phone,
    PhoneKind,
    PostalAddress,
    Provenance,
    Record,
    Sex,
    Stated,
)
from custid.serde._foreign import (
    Members,
    Reading,
    family_with_particle,
    json_object,
    numbered,
    only_if_said,
    period_of,
    period_to,
    scheme_of,
    without_empty,
)
from custid.serde._foreign_addresses import street_lines, written_locality

__all__ = ["from_fhir", "to_fhir"]

_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
_BIRTH_PLACE = _EXTENSION + "patient-birthPlace"
_OWN_NAME, _OWN_PREFIX = _EXTENSION + "humanname-own-name", _EXTENSION + "humanname-own-prefix"
_LANGUAGES = "urn:ietf:bcp:47"
_SCHEME = "urn:custid:scheme:"
_NAME_USES = {
    NameUse.USAGE: "usual",
    NameUse.BIRTH: "maiden",
    NameUse.FORMER: "old",
    NameUse.NICKNAME: "nickname",
    NameUse.ALIAS: "anonymous",
}
_SEXES = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.NOT_KNOWN: "unknown", Sex.NOT_APPLICABLE: "other"}
_POINT_USES = {ContactUse.HOME: "home", ContactUse.WORK: "work"}
_ADDRESS_USES = {**_POINT_USES, ContactUse.BILLING: "billing"}
_PERIOD: dict[str, Any] = {"start": "start", "end": "end", "last_day_counts": True}


def to_fhir(record: Record, *, person_as: Literal["Patient", "Person"] = "Patient") -> dict[str, Any]:
    """Return a record as a FHIR R5 resource.

    Parameters
    ----------
    record : Record
        The record.
    person_as : {"Patient", "Person"}
        Resource for a person; an organization becomes an Organization, a collective a Group.

    Returns
    -------
    dict
        The resource; elements are left out where nothing is stated.

    Raises
    ------
    ConfigurationError
        If ``person_as`` is another resource.
    """
    if person_as not in {"Patient", "Person"}:
        raise ConfigurationError(f"person_as: expected 'Patient' or 'Person', got {person_as!r}.")
    party = record.party
    identifiers = [_from_identifier(each) for each in party.identifiers]
    if isinstance(party, Collective):
        names = [each.value for each in party.names[:1]]
        made = {"resourceType": "Group", "identifier": identifiers, "name": "".join(names)}
        return without_empty(
            made | {"type": "person", "membership": "definitional", "code": {"text": party.kind.value}}
        )
    if isinstance(party, Organization):
        return without_empty(_from_organization(party, identifiers))
    return without_empty(_from_person(party, identifiers, person_as))


def _from_identifier(stated: Stated[ExternalId]) -> dict[str, Any]:
    identifier = stated.value
    made: dict[str, Any] = {"system": _SCHEME + identifier.scheme, "value": identifier.value}
    made["use"] = "" if identifier.state is CredentialState.ACTIVE else "old"
    made["assigner"] = without_empty({"display": identifier.issuer})
    return without_empty(made | {"period": period_to(stated.valid, **_PERIOD)})


def _from_person(person: Person, identifiers: list[Any], resource: str) -> dict[str, Any]:
    contacts = person.contacts
    made: dict[str, Any] = {"resourceType": resource, "identifier": identifiers}
    made["name"] = [_from_name(each) for each in person.names]
    made["telecom"] = [_from_telecom(each) for each in contacts if not isinstance(each.value.point, PostalAddress)]
    made["address"] = [_from_address(each) for each in contacts if isinstance(each.value.point, PostalAddress)]
    made["birthDate"] = "".join(_from_date(each.value) for each in person.birth_dates[:1])
    made["deceasedDateTime"] = "".join(_from_date(each.value) for each in person.death_dates[:1])
    made["gender"] = "".join(_SEXES[each.value] for each in person.sexes[:1])
    made["maritalStatus"] = without_empty({"text": "".join(each.value for each in person.marital_statuses[:1])})
    made["communication"] = [
        {"language": {"coding": [{"system": _LANGUAGES, "code": each.value}]}} for each in person.languages
    ]
    made["extension"] = [
        {"url": _BIRTH_PLACE, "valueAddress": {"text": each.value}} for each in person.birth_places[:1] if each.value
    ]
    return made


def _from_name(stated: Stated[PersonName]) -> dict[str, Any]:
    name = stated.value
    made: dict[str, Any] = {"use": _NAME_USES[name.use], "text": name.full, "family": family_with_particle(name)}
    made["given"] = [each for each in name.given if each]
    made["prefix"], made["suffix"] = only_if_said(name.prefix), only_if_said(name.suffix)
    if name.particle:
        parts = ((_OWN_PREFIX, name.particle), (_OWN_NAME, name.family))
        made["_family"] = {"extension": [{"url": url, "valueString": part} for url, part in parts if part]}
    return without_empty(made | {"period": period_to(stated.valid, **_PERIOD)})


def _from_telecom(stated: Stated[ContactPoint]) -> dict[str, Any]:
    point = stated.value.point
    use = _POINT_USES.get(stated.value.use, "")
    if isinstance(point, Phone):
        extension = f";ext={point.extension}" if point.extension else ""
        made = {"system": "phone", "value": point.e164 + extension}
        use = use or ("mobile" if point.kind is PhoneKind.MOBILE else "")
    elif isinstance(point, Email):
        made = {"system": "email", "value": point.address}
    elif isinstance(point, OnlineAccount):
        made = {"system": "url" if point.scheme == "web" else "other", "value": point.handle}
    return without_empty({**made, "use": use, "period": period_to(stated.valid, **_PERIOD)})


def _from_address(stated: Stated[ContactPoint]) -> dict[str, Any]:
    address = stated.value.point
    if not isinstance(address, PostalAddress):
        return {}
    postcode, city = written_locality(address)
    made: dict[str, Any] = {
        "use": _ADDRESS_USES.get(stated.value.use, ""),
        "line": [line for line in (street_lines(address) or address.lines) if line],
        "city": city,
        "state": address.region,
        "postalCode": postcode,
        "country": address.country,
    }
    return without_empty(made | {"period": period_to(stated.valid, **_PERIOD)})


def _from_date(date: PartialDate) -> str:
    # A date of FHIR is known to the year, month or day; what is doubted has no place.
    return date.text if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", date.text) else ""


def _from_organization(organization: Organization, identifiers: list[Any]) -> dict[str, Any]:
    names = [each.value.name for each in organization.names]
    made: dict[str, Any] = {"resourceType": "Organization", "identifier": identifiers}
    made |= {"name": "".join(names[:1]), "alias": names[1:]}
    made["type"] = [{"text": each.value} for each in organization.activities if each.value]
    made["contact"] = [
        {"address": _from_address(each)}
        if isinstance(each.value.point, PostalAddress)
        else {"telecom": [_from_telecom(each)]}
        for each in organization.contacts
    ]
    return made


def from_fhir(document: dict[str, Any] | str, *, by: Provenance, country: str = "FR") -> list[Record]:
    """Return the records that a FHIR R5 resource, or a Bundle of them, holds.

    Parameters
    ----------
    document : dict or str
        A Patient, Person, Organization, Group or Bundle, or its JSON text.
    by : Provenance
        Who says it; its record is the key of the first record, that of a further one has its number appended.
    country : str
        ISO 3166-1 code of the country whose way of writing names, addresses and numbers is meant; empty for none.

    Returns
    -------
    list of Record
        One for each resource; what the model has no place for, and what cannot be read, is in ``unread``.

    Raises
    ------
    ConfigurationError
        If the country is none.
    StructureError
        If the document is no JSON object.
    """
    resource = json_object(document)
    resources = [resource]
    if resource.get("resourceType") == "Bundle":
        entries = resource.get("entry", [])
        entries = entries if isinstance(entries, list) else []
        found = [each.get("resource") for each in entries if isinstance(each, dict)]
        resources = [each for each in found if isinstance(each, dict)]
    return [_record(each, Reading(numbered(by, place), "fhir", country)) for place, each in enumerate(resources)]


def _record(resource: dict[str, Any], reading: Reading) -> Record:
    members = Members(reading, resource)
    kind = members.text("resourceType")
    members.drop("id", "meta", "text")
    identifiers: dict[str, Any] = {"identifiers": _identifiers(members, reading)}
    party: Person | Organization | Collective
    if kind == "Group":
        members.drop("type", "membership")
        party = Collective(kind=_collective_kind(members), names=reading.texts(members.texts("name")), **identifiers)
    elif kind == "Organization":
        party = Organization(**identifiers, **_organization(members, reading))
    else:
        if kind not in {"Patient", "Person"}:
            reading.refuse("resourceType", kind)
        party = Person(**identifiers, **_person(members, reading))
    members.finish()
    return reading.record(party, kind)


def _collective_kind(members: Members) -> CollectiveKind:
    kinds = [text for code, _ in members.objects("code") for text in code.texts("text")]
    return CollectiveKind(kinds[0]) if kinds and kinds[0] in set(CollectiveKind) else CollectiveKind.GROUP


def _identifiers(members: Members, reading: Reading) -> tuple[Stated[ExternalId], ...]:
    made: list[Stated[ExternalId]] = []
    for each, raw in members.objects("identifier"):
        system, value = each.text("system"), each.text("value")
        scheme = scheme_of(system.removeprefix(_SCHEME))
        issuer = "".join(text for assigner, _ in each.objects("assigner") for text in assigner.texts("display"))
        # Why it is old is not told: it was given up for another one, or ran out.
        state = CredentialState.EXPIRED if each.text("use") == "old" else CredentialState.ACTIVE
        make = partial(reading.identifier, scheme=scheme, value=value, issuer=issuer, state=state)
        made += reading.read("identifier", make, raw, valid=period_of(each, "period", **_PERIOD))
    return tuple(made)


def _person(members: Members, reading: Reading) -> dict[str, Any]:
    sexes: list[Stated[Sex]] = []
    codes = {code: sex for sex, code in _SEXES.items()}
    for text in members.texts("gender"):
        sexes += reading.stated("gender", partial(codes.__getitem__, text), text)
    languages = [
        text
        for each, _ in members.objects("communication")
        for language, _ in each.objects("language")
        for code in _codings(language)
        for text in code.texts("code")
    ]
    places = _birth_places(members)
    marital = [text for each, _ in members.objects("maritalStatus") for text in each.texts("text")]
    return {
        "names": _names(members, reading),
        "contacts": (*_telecom(members, reading), *_addresses(members, reading)),
        "birth_dates": reading.dates(members, "birthDate"),
        "death_dates": reading.dates(members, "deceasedDateTime"),
        "sexes": tuple(sexes),
        "languages": reading.texts(languages),
        "birth_places": reading.texts(places),
        "marital_statuses": reading.texts(marital),
    }


def _codings(members: Members) -> Any:
    for each, _ in members.objects("coding"):
        each.drop("system", "display")
        yield each


def _birth_places(members: Members) -> list[str]:
    places = []
    for each, raw in members.objects("extension"):
        if raw.get("url") == _BIRTH_PLACE:
            each.drop("url")
            places += [text for address, _ in each.objects("valueAddress") for text in address.texts("text")]
    return places


def _names(members: Members, reading: Reading) -> tuple[Stated[PersonName], ...]:
    made: list[Stated[PersonName]] = []
    uses = {name: use for use, name in _NAME_USES.items()} | {"official": NameUse.USAGE}
    for each, raw in members.objects("name"):
        use = each.one_of("use", uses, NameUse.USAGE)
        own = {}
        for family, _ in each.objects("_family"):
            for extension, content in family.objects("extension"):
                url = content.get("url")
                if isinstance(url, str):
                    extension.drop("url")
                    own[url] = extension.text("valueString")
        family_name = each.text("family")
        if _OWN_PREFIX in own:
            family_name = own.get(_OWN_NAME, "")
        parts: dict[str, Any] = {"family": family_name, "particle": own.get(_OWN_PREFIX, ""), "full": each.text("text")}
        parts |= {"prefix": " ".join(each.texts("prefix")), "suffix": " ".join(each.texts("suffix"))}
        given = tuple(each.texts("given"))
        valid = period_of(each, "period", **_PERIOD)
        made += reading.names("name", raw, valid=valid, given=given, use=use, **parts)
    return tuple(made)


def _telecom(members: Members, reading: Reading) -> tuple[Stated[ContactPoint], ...]:
    made: list[Stated[ContactPoint]] = []
    uses = {name: use for use, name in _POINT_USES.items()} | {"mobile": ContactUse.OTHER}
    for each, raw in members.objects("telecom"):
        system, value = each.text("system"), each.text("value")
        kind = PhoneKind.MOBILE if raw.get("use") == "mobile" else None
        read: Any = {
            "phone": partial(reading.phone, value, kind=kind),
            "sms": partial(reading.phone, value),
            "email": partial(reading.email, value),
            "url": partial(reading.account, "web", value),
        }.get(system, partial(reading.account, system or "other", value))
        use, valid = each.one_of("use", uses, ContactUse.OTHER), period_of(each, "period", **_PERIOD)
        made += reading.contact("telecom", read, use, value, valid=valid)
    return tuple(made)


def _addresses(members: Members, reading: Reading) -> tuple[Stated[ContactPoint], ...]:
    made: list[Stated[ContactPoint]] = []
    uses = {name: use for use, name in _ADDRESS_USES.items()}
    for each, raw in members.objects("address"):
        names = {"city": "city", "region": "state", "postcode": "postalCode", "country": "country"}
        parts: dict[str, Any] = {field: each.text(name) for field, name in names.items()}
        lines = tuple(each.texts("line")) or tuple(each.text("text").splitlines())
        use, valid = each.one_of("use", uses, ContactUse.OTHER), period_of(each, "period", **_PERIOD)
        made += reading.contact("address", partial(reading.address, lines=lines, **parts), use, raw, valid=valid)
    return tuple(made)


def _organization(members: Members, reading: Reading) -> dict[str, Any]:
    names: list[Stated[OrganizationName]] = []
    for field, use in (("name", OrganizationNameUse.LEGAL), ("alias", OrganizationNameUse.TRADING)):
        for text in members.texts(field):
            names += reading.stated(field, partial(OrganizationName, name=text, use=use), text)
    contacts: list[Stated[ContactPoint]] = []
    for each, _ in members.objects("contact"):
        contacts += [*_telecom(each, reading), *_addresses(each, reading)]
    activities = [text for each, _ in members.objects("type") for text in each.texts("text")]
    return {"names": tuple(names), "contacts": tuple(contacts), "activities": reading.texts(activities)}
