"""What the readers of foreign documents share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from custid.errors import ConfigurationError
from custid.model import (
    Email,
    NameUse,
    Organization,
    Period,
    Person,
    PersonName,
    Phone,
    PhoneKind,
    PostalAddress,
    Record,
)
from custid.serde import from_fhir, from_schema_org, from_tmf632, from_vcard, to_fhir, to_tmf632
from custid.testing.model_strategies import person_names
from tests.serde.examples import BY, stated

# Reads a name, an address and a note; a format has no place for what is left out.
READERS: dict[str, Callable[[str, str], Record]] = {
    "vCard": lambda name, street: from_vcard(
        f"BEGIN:VCARD\nFN:{name}\nADR:;;{street};Rennes;;35000;France\nEND:VCARD", by=BY
    )[0],
    "schema.org": lambda name, street: from_schema_org(
        {
            "name": name,
            "address": {
                "streetAddress": street,
                "postalCode": "35000",
                "addressLocality": "Rennes",
                "addressCountry": "France",
            },
        },
        by=BY,
    ),
    "FHIR": lambda name, street: from_fhir(
        {
            "resourceType": "Patient",
            "name": [{"text": name}],
            "address": [{"line": [street], "postalCode": "35000", "city": "Rennes", "country": "France"}],
        },
        by=BY,
    )[0],
    "TMF632": lambda name, street: from_tmf632(
        {
            "fullName": name,
            "contactMedium": [
                {
                    "characteristic": {
                        "street1": street,
                        "postCode": "35000",
                        "city": "Rennes",
                        "country": "France",
                    }
                }
            ],
        },
        by=BY,
    ),
}
NIR = "1 84 05 99 131 456 11"


def person(record: Record) -> Person:
    """Return the person of a record."""
    assert isinstance(record.party, Person)
    return record.party


def patient(**members: Any) -> Record:
    """Return the record of a FHIR Patient."""
    return from_fhir({"resourceType": "Patient", **members}, by=BY)[0]


@pytest.mark.parametrize("standard", sorted(READERS))
def test_full_names_and_streets_are_taken_apart(standard: str) -> None:
    """A whole name, and a street with its number, give the parts that the document leaves together."""
    party = person(READERS[standard]("Mme BELLANGER Odette", "12 bis av. des Lilas, Bât. B"))
    (name,) = party.names
    assert name.value == PersonName(prefix="Mme", given=("Odette",), family="BELLANGER")
    assert name.raw == "Mme BELLANGER Odette"
    (contact,) = party.contacts
    assert contact.value.point == PostalAddress(
        number="12",
        number_ext="BIS",
        street="avenue des Lilas",
        building="Bât. B",
        postcode="35000",
        city="Rennes",
        country="FR",
    )
    assert contact.raw is not None
    assert "12 bis av. des Lilas" in contact.raw


@pytest.mark.parametrize("standard", sorted(READERS))
def test_name_of_two_persons_stays_whole(standard: str) -> None:
    """A record is of one party: the name of a couple is not read as two names of it, and the issue says so."""
    (name,) = person(READERS[standard]("M. et Mme Lucien Bellanger", "12 rue du Four")).names
    assert name.value == PersonName(full="M. et Mme Lucien Bellanger")
    assert [issue.code for issue in name.issues] == ["several_persons"]


def test_birth_name_within_a_full_name() -> None:
    """A full name that tells a birth name gives two names; a use that the document states is kept."""
    names = person(patient(name=[{"text": "Odette BELLANGER née MOREL", "use": "old"}])).names
    assert [(each.value.use, each.value.family) for each in names] == [
        (NameUse.FORMER, "BELLANGER"),
        (NameUse.BIRTH, "MOREL"),
    ]


def test_placeholder_is_no_name() -> None:
    """A full name that stands for nothing is kept as unread."""
    record = patient(name=[{"text": "client inconnu"}])
    assert not person(record).names
    assert [issue.code for issue in record.unread[0].issues] == ["placeholder"]


def _has_blank_part(name: PersonName) -> bool:
    """Tell whether a part is of nothing but white space, which documents take for no part."""
    others = (name.particle, name.prefix, name.suffix, name.full)
    return not all(map(str.strip, name.given)) or any(part and not part.strip() for part in others)


@settings(max_examples=50, deadline=None)
@given(person_names().filter(lambda name: name.family.strip() and not _has_blank_part(name)))
def test_parts_of_names_survive(name: PersonName) -> None:
    """A name with its parts comes back from FHIR as it was; from TMF632 its use and given names may differ."""
    record = Record(source="till", key="7", party=Person(names=stated(name)))
    assert [each.value for each in person(from_fhir(to_fhir(record), by=BY)[0]).names] == [name]
    (back,) = person(from_tmf632(to_tmf632(record), by=BY)).names
    fields = ("family", "particle", "prefix", "suffix", "full")
    assert [getattr(back.value, field) for field in fields] == [getattr(name, field) for field in fields]


def test_alternate_name_is_no_usage_name() -> None:
    """An alternate name does not stand beside the usage name."""
    names = person(from_schema_org({"givenName": "Zoé", "alternateName": "Zozo"}, by=BY)).names
    assert [each.value.use for each in names] == [NameUse.USAGE, NameUse.ALIAS]


def test_issues_of_values_are_told() -> None:
    """What a parser notices stands with the statement, and two numbers in one text are two contact points."""
    telecom = [{"system": "phone", "value": "06 39 98 00 07 / 02 61 91 00 07", "use": "mobile"}]
    contacts = person(patient(telecom=telecom)).contacts
    assert [each.value.point for each in contacts] == [
        Phone(e164="+33639980007", kind=PhoneKind.MOBILE),
        Phone(e164="+33261910007", kind=PhoneKind.MOBILE),
    ]
    assert all("several_values" in {issue.code for issue in each.issues} for each in contacts)


@pytest.mark.parametrize(
    "text", ["mailto:zoe@Example.org", "MAILTO:zoe@example.org", "mailto:zoe@example.org?subject=x"]
)
def test_mailto(text: str) -> None:
    """A link to write an e-mail gives the address alone."""
    (contact,) = person(from_schema_org({"email": text}, by=BY)).contacts
    assert contact.value.point == Email(address="zoe@example.org")


def test_unknown_uses_and_periods_are_kept() -> None:
    """A use that the model has no place for, and a period that cannot be read, are unread."""
    record = patient(telecom=[{"system": "email", "value": "zoe@example.org", "use": "old", "period": {"end": "soon"}}])
    assert person(record).contacts[0].valid == Period()
    assert {(each.attribute, each.raw) for each in record.unread} == {
        ("fhir.telecom.use", "old"),
        ("fhir.telecom.period.end", "soon"),
    }


def test_languages_without_code() -> None:
    """A language that is only described is no language with an empty code."""
    record = patient(communication=[{"language": {"text": "breton"}}])
    assert person(record).languages == ()
    assert [each.raw for each in record.unread] == ["breton"]


@pytest.mark.parametrize("kind", [["Person", "Thing"], "https://schema.org/Person", "schema:Person"])
def test_type_of_a_person(kind: Any) -> None:
    """A person is one by any of its types, however these are written."""
    assert isinstance(from_schema_org({"@type": kind, "familyName": "Goff"}, by=BY).party, Person)
    assert isinstance(from_schema_org({"@type": "NGO", "name": "Four"}, by=BY).party, Organization)


def test_social_security_numbers_are_not_kept() -> None:
    """A French social security number is in no identifier, no note, no raw text and nothing unread."""
    card = f"BEGIN:VCARD\nFN:Zoé\nUID:{NIR}\nNOTE:NIR {NIR}\nX-SECU:{NIR}\nEND:VCARD"
    records = [
        *from_vcard(card, by=BY),
        patient(identifier=[{"system": "urn:x", "value": NIR}], name=[{"text": "Zoé"}], photo=NIR),
        from_schema_org({"identifier": {"propertyID": "x", "value": NIR}, "note": NIR}, by=BY),
        from_tmf632(
            {
                "individualIdentification": [{"identificationType": "x", "identificationId": NIR}],
                "partyCharacteristic": [{"name": "note", "value": f"NIR {NIR}"}],
            },
            by=BY,
        ),
    ]
    assert not any(record.party.identifiers for record in records)
    assert NIR not in repr(records)
    assert all("prohibited_content" in repr(record) for record in records)


def test_payment_cards_are_no_identifiers() -> None:
    """The number of a payment card is no identifier of a customer, whatever system a document says it is of."""
    pan = "4111 1111 1111 1111"
    record = patient(identifier=[{"system": "urn:x", "value": pan}], name=[{"text": "Zoé"}])
    assert not record.party.identifiers
    assert pan not in repr(record)


@pytest.mark.parametrize("read", [from_fhir, from_schema_org, from_tmf632])
def test_other_countries_are_refused(read: Callable[..., Any]) -> None:
    """A country that is none is a mistake of the caller, and not a reason to leave phones unread."""
    with pytest.raises(ConfigurationError, match="expected an ISO 3166-1 alpha-2 code in capitals, got 'France'"):
        read({}, by=BY, country="France")
