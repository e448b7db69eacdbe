"""Records out of and into vCard 4.0 (RFC 6350, with RFC 6474 and RFC 9554) and jCard (RFC 7095)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from custid.model import (
    Collective,
    ContactPoint,
    ContactUse,
    Email,
    ExternalId,
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
    PhoneKind,
    PostalAddress,
    Provenance,
    Record,
    Sex,
    Stated,
)
from custid.serde._faults import read_json
from custid.serde._foreign import (
    Reading,
    composed_name,
    family_with_particle,
    numbered,
)
from custid.serde._foreign_addresses import written_locality
from custid.serde._vcard_text import Property, cards_of_json, cards_of_text, json_of, text_of
from custid.standardize import Parsed

__all__ = ["from_jcard", "from_vcard", "to_jcard", "to_vcard"]

_KINDS = {Person: "individual", Organization: "org", Collective: "group"}
_SEXES = {Sex.MALE: "M", Sex.FEMALE: "F", Sex.NOT_APPLICABLE: "N", Sex.NOT_KNOWN: "U"}
_PHONE_TYPES = {PhoneKind.MOBILE: "cell", PhoneKind.FIXED: "x-fixed", PhoneKind.SPECIAL: "x-special"}
_USE_TYPES = {use: use.value if use.value in {"home", "work"} else f"x-{use.value}" for use in ContactUse}
_SHARED = "x-shared"
_ID = re.compile(r"(?P<scheme>[a-z][a-z0-9_]*):(?P<value>.+)", re.DOTALL)
_DATE = re.compile(r"(?P<year>\d{4})(?:-?(?P<month>\d{2})-?(?P<day>\d{2})|-(?P<only>\d{2}))?(?:T.*)?")
_NO_YEAR = re.compile(r"--(?P<month>\d{2}|-)-?(?P<day>\d{2})?")
_NAMES = frozenset({"fn", "nickname"})
_PASSED_OVER = frozenset({"version", "kind", "prodid", "rev", "clientpidmap"})


def to_vcard(record: Record) -> str:
    r"""Return a record as a vCard 4.0.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    str
        One card, its lines folded at 75 octets and ended by CRLF.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> then = datetime(2026, 5, 4, tzinfo=timezone.utc)
    >>> by = Provenance(source="till", record="7", observed_at=then, recorded_at=then)
    >>> name = PersonName(family="Goff", particle="Le", given=("Zoé",))
    >>> record = Record(source="till", key="7", party=Person(names=(Stated(name, by),)))
    >>> print(to_vcard(record).replace("\r\n", "\n"), end="")
    BEGIN:VCARD
    VERSION:4.0
    KIND:individual
    N:Le Goff;Zoé;;;
    FN:Zoé Le Goff
    END:VCARD
    """
    return text_of(_properties(record))


def to_jcard(record: Record) -> list[Any]:
    """Return a record as a jCard.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    list
        ``["vcard", [...]]``, ready for ``json.dumps``.
    """
    return json_of(_properties(record))


def _properties(record: Record) -> Iterator[Property]:
    party = record.party
    yield Property.of("kind", _KINDS[type(party)])
    if isinstance(party, Person):
        yield from _person(party)
    elif isinstance(party, Organization):
        yield from _organization(party)
    else:
        yield from (Property.of("fn", each.value) for each in party.names)
    if not party.names:
        yield Property.of("fn", "")  # the standard asks for one
    for identifier in party.identifiers[:1]:
        yield Property.of("uid", f"{identifier.value.scheme}:{identifier.value.value}")
    for contact in party.contacts:
        yield _contact(contact.value)
    yield from (Property.of("lang", each.value, kind="language-tag") for each in party.languages)
    yield from (Property.of("note", each.value) for each in party.notes)


def _person(person: Person) -> Iterator[Property]:
    names = [each.value for each in person.names]
    nicknames = [name for name in names if name.use is NameUse.NICKNAME]
    others = [name for name in names if name.use is not NameUse.NICKNAME]
    for name in others[:1]:
        first, further = name.given[:1] or ("",), name.given[1:] or ("",)
        ends = (name.prefix,), (name.suffix,)
        yield Property(name="n", components=((family_with_particle(name),), first, further, *ends))
    yield from (Property.of("fn", composed_name(name)) for name in others)
    if nicknames and not others:
        yield Property.of("fn", composed_name(nicknames[0]))
    yield from (Property(name="nickname", components=((composed_name(name),),)) for name in nicknames)
    for field, dates in (("bday", person.birth_dates[:1]), ("deathdate", person.death_dates[:1])):
        yield from (_date_property(field, each.value) for each in dates)
    yield from (Property.of("birthplace", each.value) for each in person.birth_places[:1])
    yield from (Property.of("gender", _SEXES[each.value]) for each in person.sexes[:1])
    for place, each in enumerate(person.occupations, start=1):
        if each.value.label:
            yield Property.of("title", each.value.label, group=f"job{place}")
        if each.value.employer:
            yield Property.of("org", each.value.employer, group=f"job{place}")


def _organization(organization: Organization) -> Iterator[Property]:
    names = [each.value for each in organization.names]
    whole = [f"{name.name} {name.legal_form}".rstrip() if name.legal_form else name.name for name in names]
    yield from (Property.of("fn", text) for text in whole[:1])
    for name, text in zip(names, whole, strict=True):
        yield Property.of("org" if name.use is OrganizationNameUse.LEGAL else "nickname", text)


def _date_property(name: str, date: PartialDate) -> Property:
    text = date.text
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return Property.of(name, text.replace("-", ""), kind="date-and-or-time")
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        return Property.of(name, text, kind="date-and-or-time")
    if re.fullmatch(r"XXXX-\d{2}(-\d{2})?", text):
        return Property.of(name, "--" + text[5:].replace("-", ""), kind="date-and-or-time")
    return Property.of(name, text)


def _contact(contact: ContactPoint) -> Property:
    types = [] if contact.use is ContactUse.OTHER else [_USE_TYPES[contact.use]]
    types += [_SHARED] if contact.is_shared else []
    point = contact.point
    if isinstance(point, Phone):
        types += [_PHONE_TYPES[point.kind]] if point.kind in _PHONE_TYPES else []
        extension = f";ext={point.extension}" if point.extension else ""
        return Property.of("tel", f"tel:{point.e164}{extension}", kind="uri", type=types)
    if isinstance(point, Email):
        return Property.of("email", point.address, type=types)
    if isinstance(point, OnlineAccount):
        params: dict[str, Any] = {"type": types, "service-type": [point.scheme]}
        return Property.of("socialprofile", point.handle, **params)
    return _postal(point, types)


def _postal(address: PostalAddress, types: list[str]) -> Property:
    number = " ".join(part for part in (address.number, address.number_ext, address.street) if part)
    street = tuple(part for part in (address.recipient, address.building, number, address.locality_extra) if part)
    postcode, city = written_locality(address)
    components = (address.po_box,), (address.unit,), street or ("",), (city,), (address.region,)
    params: dict[str, tuple[str, ...]] = {"type": tuple(types)} if types else {}
    if address.lines:
        params["label"] = ("\n".join(address.lines),)
    codes = (postcode,), (address.country,)
    return Property(name="adr", components=(*components, *codes), params=params)


def from_vcard(text: str, *, by: Provenance, country: str = "FR") -> list[Record]:
    """Return the records that vCards hold.

    Parameters
    ----------
    text : str
        One or several cards, of version 4.0, or what they have in common with 3.0.
    by : Provenance
        Who says it; its record is the key of the first card, that of a further one has its number appended.
    country : str
        ISO 3166-1 code of the country whose way of writing names, addresses and numbers is meant; empty for none.

    Returns
    -------
    list of Record
        One for each card; what the model has no place for, and what cannot be read, is in ``unread``.

    Raises
    ------
    ConfigurationError
        If the country is none.
    StructureError
        If the text holds no card, or one without end.
    """
    return [
        _record(*card, reading=Reading(numbered(by, place), "vcard", country))
        for place, card in enumerate(cards_of_text(text))
    ]


def from_jcard(document: list[Any] | str, *, by: Provenance, country: str = "FR") -> list[Record]:
    """Return the records that jCards hold.

    Parameters
    ----------
    document : list or str
        A jCard, a list of them, or their JSON text.
    by : Provenance
        As of `from_vcard`.
    country : str
        As of `from_vcard`.

    Returns
    -------
    list of Record
        One for each card.

    Raises
    ------
    ConfigurationError
        If the country is none.
    StructureError
        If the document is no jCard.
    """
    cards = cards_of_json(read_json(document) if isinstance(document, str) else document)
    return [_record(*card, reading=Reading(numbered(by, place), "vcard", country)) for place, card in enumerate(cards)]


def _record(properties: list[Property], refused: list[Any], document: Any, *, reading: Reading) -> Record:
    for each in refused:
        reading.refuse("line", each)
    kind = next((each.text.lower() for each in properties if each.name == "kind"), "individual")
    if kind not in _KINDS.values():
        # A place or a device, of which the model knows nothing.
        reading.refuse("kind", kind)
    made: dict[str, Any] = {}
    party: type[Person | Organization | Collective]
    if kind == "org":
        party, read, passed_over = Organization, _PARTY, _NAMES | {"org"}
        made["names"] = _organization_names(properties, reading)
    elif kind == "group":
        party, read, passed_over = Collective, _PARTY, frozenset({"fn"})
        made["names"] = _collective_names(properties, reading)
    else:
        party, read, passed_over = Person, {**_PARTY, **_PERSON}, _NAMES | {"n", "org", "title"}
        made["names"] = _person_names(properties, reading)
        made["occupations"] = _occupations(properties, reading)
    for each in properties:
        units = ";".join(map(",".join, each.components[1:])) if each.name == "org" else ""
        if units.strip("; "):
            reading.refuse("org", units)
        if each.name in read:
            field, make = read[each.name]
            made[field] = (*made.get(field, ()), *make(each, reading))
        elif each.name not in _PASSED_OVER | passed_over:
            reading.refuse(each.name, each.text)
    return reading.record(party(**made), document if isinstance(document, str) else kind)


def _person_names(properties: list[Property], reading: Reading) -> tuple[Stated[PersonName], ...]:
    made: list[Stated[PersonName]] = []
    nicknames = [text for each in properties if each.name == "nickname" for text in each.components[0] if text.strip()]
    fulls = [each.text for each in properties if each.name == "fn" and each.text.strip()]
    for each in properties:
        if each.name == "n" and any(map(str.strip, (*each.values(0), *each.values(1), *each.values(2)))):
            given = (*each.values(1), *each.values(2))
            parts: dict[str, Any] = {
                "family": each.component(0),
                "prefix": each.component(3),
                "suffix": each.component(4),
            }
            # The formatted name is kept where it says something else than the parts.
            whole = fulls.pop(0) if fulls else ""
            whole = "" if whole == composed_name(PersonName(given=given, **parts)) else whole
            made += reading.names("n", each.text, given=given, full=whole, **parts)
    for full in fulls if fulls != nicknames[:1] else ():
        made += reading.names("fn", full, full=full)
    for text in nicknames:
        made += reading.stated("nickname", partial(PersonName, full=text, use=NameUse.NICKNAME), text)
    return tuple(made)


def _organization_names(properties: list[Property], reading: Reading) -> tuple[Stated[OrganizationName], ...]:
    made: list[Stated[OrganizationName]] = []
    uses = {"org": OrganizationNameUse.LEGAL, "nickname": OrganizationNameUse.TRADING}
    named = {_name_of(each) for each in properties if each.name in uses}
    for each in properties:
        name = _name_of(each)
        if each.name in uses or (each.name == "fn" and name.strip() and name not in named):
            use = uses.get(each.name, OrganizationNameUse.LEGAL)
            made += reading.stated(each.name, partial(OrganizationName, name=name, use=use), each.text)
    return tuple(made)


def _name_of(prop: Property) -> str:
    """Return the name of an organization, without its units."""
    return ",".join(prop.components[0]) if prop.name == "org" else prop.text


def _collective_names(properties: list[Property], reading: Reading) -> tuple[Stated[str], ...]:
    return reading.texts(each.text for each in properties if each.name == "fn")


def _occupations(properties: list[Property], reading: Reading) -> tuple[Stated[Occupation], ...]:
    made: list[Stated[Occupation]] = []
    jobs: dict[str, dict[str, str]] = {}
    for place, each in enumerate(properties):
        if each.name in {"title", "org"}:
            part = "label" if each.name == "title" else "employer"
            job = jobs.setdefault(each.group or f"#{place}" if part in jobs.get(each.group, {}) else each.group, {})
            job[part] = _name_of(each)
    for job in jobs.values():
        made += reading.stated("title", partial(Occupation, **job), "; ".join(job.values()))
    return tuple(made)


def _read_date(prop: Property, reading: Reading) -> tuple[Stated[PartialDate], ...]:
    text = prop.text
    found = _DATE.fullmatch(text)
    short = _NO_YEAR.fullmatch(text)
    if found is not None:
        text = "-".join(part for part in (found["year"], found["month"] or found["only"], found["day"]) if part)
    elif short is not None:
        month = "XX" if short["month"] == "-" else short["month"]
        text = "-".join(part for part in ("XXXX", month, short["day"]) if part)
    return reading.stated(prop.name, partial(PartialDate, text), prop.text)


def _read_text(prop: Property, reading: Reading) -> tuple[Stated[str], ...]:
    return reading.texts([prop.text])


def _read_sex(prop: Property, reading: Reading) -> tuple[Stated[Sex], ...]:
    sexes = {code: sex for sex, code in _SEXES.items()}
    return reading.stated("gender", partial(sexes.__getitem__, prop.component(0).upper()), prop.text)


def _read_id(prop: Property, reading: Reading) -> tuple[Stated[ExternalId], ...]:
    found = None if prop.text.startswith(("urn:", "http")) else _ID.fullmatch(prop.text)
    scheme, value = (found["scheme"], found["value"]) if found is not None else ("uid", prop.text)
    return reading.read("uid", partial(reading.identifier, scheme=scheme, value=value), prop.text)


def _read_contact(prop: Property, reading: Reading) -> tuple[Stated[ContactPoint], ...]:
    uses = {name: use for use, name in _USE_TYPES.items()}
    use = next((uses[name] for name in sorted(prop.types) if name in uses), ContactUse.OTHER)
    read: Callable[[Property, Reading], Any] = {"tel": _phone, "email": _email, "adr": _address}.get(
        prop.name, _account
    )
    return reading.contact(prop.name, partial(read, prop, reading), use, prop.text, is_shared=_SHARED in prop.types)


def _phone(prop: Property, reading: Reading) -> Parsed[Phone]:
    kinds = {name: kind for kind, name in _PHONE_TYPES.items()}
    return reading.phone(prop.text, kind=next((kinds[name] for name in sorted(prop.types) if name in kinds), None))


def _email(prop: Property, reading: Reading) -> Parsed[Email]:
    return reading.email(prop.text)


def _account(prop: Property, reading: Reading) -> Parsed[OnlineAccount]:
    default = {"url": "web", "impp": prop.text.partition(":")[0] or "impp"}.get(prop.name, "profile")
    return reading.account(prop.params.get("service-type", (default,))[0], prop.text)


def _address(prop: Property, reading: Reading) -> Parsed[PostalAddress]:
    label = "\n".join(prop.params.get("label", ()))
    names = ("po_box", "unit", "street", "city", "region", "postcode", "country")
    parts: dict[str, Any] = {name: prop.component(place) for place, name in enumerate(names)}
    return reading.address(lines=tuple(label.split("\n")) if label else (), **parts)


_PARTY: dict[str, tuple[str, Any]] = {
    "uid": ("identifiers", _read_id),
    "lang": ("languages", _read_text),
    "note": ("notes", _read_text),
    **dict.fromkeys(("tel", "email", "adr", "url", "impp", "socialprofile"), ("contacts", _read_contact)),
}
_PERSON: dict[str, tuple[str, Any]] = {
    "bday": ("birth_dates", _read_date),
    "deathdate": ("death_dates", _read_date),
    "birthplace": ("birth_places", _read_text),
    "gender": ("sexes", _read_sex),
}
