"""schema.org, FHIR and TM Forum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import ConfigurationError, StructureError
from custid.model import (
    ContactPoint,
    ExternalId,
    Holding,
    Joint,
    Organization,
    OrganizationName,
    OrganizationNameUse,
    PartialDate,
    PartyKey,
    Period,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Record,
    Role,
    Sex,
    Stated,
)
from custid.serde import from_fhir, from_schema_org, from_tmf632, to_fhir, to_schema_org, to_tmf632, to_tmf669
from tests.serde.examples import BY, stated, zoe

READERS: dict[str, Callable[[Any], Record]] = {
    "schema.org": lambda document: from_schema_org(document, by=BY),
    "FHIR": lambda document: from_fhir(document, by=BY)[0],
    "TMF632": lambda document: from_tmf632(document, by=BY),
}


def test_schema_org_of_a_person() -> None:
    """A person is a schema.org Person."""
    assert to_schema_org(zoe()) == {
        "@context": "https://schema.org",
        "@type": "Person",
        "givenName": ["Zoé", "Anne"],
        "familyName": "Le Goff",
        "birthDate": ["1984-06"],
        "contactPoint": [{"@type": "ContactPoint", "telephone": "+33639980007", "contactType": "home"}],
    }


def test_schema_org_of_others() -> None:
    """Members that others use are read, a text where a list is allowed too, and unknown ones are kept."""
    record = from_schema_org(
        {
            "@context": "https://schema.org",
            "@type": "Organization",
            "legalName": "Four à bois",
            "telephone": "+33 6 39 98 00 07",
            "leiCode": "X1",
            "address": {"@type": "PostalAddress", "addressLocality": "Lille", "addressCountry": "FR", "geo": "x"},
            "url": "https://four.example",
            "logo": {"@type": "ImageObject"},
        },
        by=BY,
    )
    points = [each.value.point for each in record.party.contacts]
    assert PostalAddress(city="Lille", country="FR") in points
    assert Phone(e164="+33639980007") in points
    assert [each.value for each in record.party.identifiers] == [ExternalId(scheme="lei", value="X1")]
    assert [(each.attribute, each.raw) for each in record.unread] == [
        ("schema.org.address.geo", "x"),
        ("schema.org.logo", '{"@type": "ImageObject"}'),
    ]


def test_schema_org_keeps_holdings() -> None:
    """What a party owns goes out and comes back."""
    holding = Holding(kind="oven", product="Four 7", serial="S7", acquired=PartialDate("2024-05"))
    record = Record(source="till", key="7", party=Person(), holdings=stated(holding))
    assert [each.value for each in from_schema_org(to_schema_org(record), by=BY).holdings] == [holding]


def test_fhir_of_a_person() -> None:
    """A person is a Patient, or a Person where that is asked for; the particle is an extension."""
    resource = to_fhir(zoe())
    url = "http://hl7.org/fhir/StructureDefinition/humanname-own-"
    assert resource == {
        "resourceType": "Patient",
        "name": [
            {
                "use": "usual",
                "family": "Le Goff",
                "given": ["Zoé", "Anne"],
                "_family": {
                    "extension": [
                        {"url": f"{url}prefix", "valueString": "Le"},
                        {"url": f"{url}name", "valueString": "Goff"},
                    ]
                },
            }
        ],
        "telecom": [{"system": "phone", "value": "+33639980007", "use": "home"}],
        "birthDate": "1984-06",
    }
    assert to_fhir(zoe(), person_as="Person") == {**resource, "resourceType": "Person"}


def test_other_resources_for_persons_are_refused() -> None:
    """A person is no other resource."""
    with pytest.raises(ConfigurationError, match="expected 'Patient' or 'Person', got 'Group'"):
        to_fhir(zoe(), person_as="Group")  # type: ignore[arg-type]


def test_last_day_of_a_period_is_in_it_in_fhir_only() -> None:
    """A period of the model ends before its end, one of FHIR with it; both come back as they were."""
    valid = Period(PartialDate("2020-01-01"), PartialDate("2024-03-01"))
    party = Person(names=(Stated(PersonName(family="Goff"), BY, valid=valid),))
    record = Record(source="till", key="7", party=party)
    assert to_fhir(record)["name"][0]["period"] == {"start": "2020-01-01", "end": "2024-02-29"}
    (back,) = from_fhir(to_fhir(record), by=BY)
    assert isinstance(back.party, Person)
    assert back.party.names[0].valid == valid


def test_bundle_gives_several_records() -> None:
    """Each resource of a Bundle is a record with a key of its own."""
    bundle = {"resourceType": "Bundle", "entry": [{"resource": to_fhir(zoe())}] * 2}
    assert [each.key for each in from_fhir(bundle, by=BY)] == ["7", "7#2"]


def test_fhir_of_others() -> None:
    """What others write is read, and what has no place is kept."""
    (record,) = from_fhir(
        {
            "resourceType": "Patient",
            "id": "x",
            "gender": "female",
            "name": [{"text": "Zoé Goff"}],
            "address": [{"text": "12 rue du Four\n59000 Lille", "country": "France"}],
            "deceasedBoolean": True,
            "identifier": [{"system": "https://cards.example/Loyalty", "value": "C7"}],
        },
        by=BY,
    )
    assert isinstance(record.party, Person)
    assert record.party.sexes[0].value is Sex.FEMALE
    assert record.party.names[0].value == PersonName(given=("Zoé",), family="Goff")
    assert record.party.identifiers[0].value.scheme == "https_cards_example_loyalty"
    assert record.party.contacts[0].value.point == PostalAddress(
        number="12", street="rue du Four", postcode="59000", city="Lille", country="FR"
    )
    assert [(each.attribute, each.raw) for each in record.unread] == [("fhir.deceasedBoolean", "true")]


def test_tmf632_of_a_person() -> None:
    """A person is an Individual; the particle has a field of its own."""
    assert to_tmf632(zoe()) == {
        "id": "7",
        "@type": "Individual",
        "givenName": "Zoé",
        "middleName": "Anne",
        "familyNamePrefix": "Le",
        "familyName": "Goff",
        "contactMedium": [
            {"mediumType": "phone", "characteristic": {"contactType": "home", "phoneNumber": "+33639980007"}}
        ],
    }


def test_tmf632_without_type_is_recognized() -> None:
    """A document without @type is an organization where it has a member of one."""
    record = from_tmf632({"tradingName": "Four", "name": "Four à bois", "nameType": "SARL"}, by=BY)
    assert isinstance(record.party, Organization)
    assert [each.value for each in record.party.names] == [
        OrganizationName(name="Four à bois", legal_form="SARL"),
        OrganizationName(name="Four", use=OrganizationNameUse.TRADING),
    ]


def test_joint_role_is_one_party_role_for_each_holder() -> None:
    """TMF669 engages one party in a role: joint holders have one each, with their shares."""
    holders = (PartyKey("till", "7"), PartyKey("till", "8"))
    role = Role(kind="payer", target="contract:7", holders=holders, joint=Joint.SHARES, shares=(0.25, 0.75))
    record = Record(source="till", key="7", party=Person(), roles=stated(role))
    first, second = to_tmf669(record)
    assert first["engagedParty"] == {"id": "7", "name": "till", "@referredType": "Party"}
    assert second["characteristic"][-1] == {"name": "share", "value": 0.75}
    assert (first["name"], len(first["characteristic"])) == ("payer", 3)


@pytest.mark.parametrize("standard", sorted(READERS))
@pytest.mark.parametrize("document", ["[]", "{", "7", [], None])
def test_what_is_no_object_is_refused(standard: str, document: Any) -> None:
    """A document that is no JSON object is refused."""
    with pytest.raises(StructureError, match="document: expected"):
        READERS[standard](document)


def test_levels_without_end_are_refused() -> None:
    """A value of the reader's own that no text can hold is refused with a sentence."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(StructureError, match="expected a few levels"):
        from_fhir({"resourceType": "Patient", "photo": {"x": deep}}, by=BY)


NAMES = (
    "@type resourceType name given givenName family telecom contactMedium characteristic address line identifier value "
    "system use period start end extension _family birthDate gender partyCharacteristic otherName validFor owns "
    "typeOfGood contact type text communication language coding country addressCountry maritalStatus existsDuring"
).split()
VALUES = st.recursive(
    st.sampled_from(["Person", "Patient", "Organization", "Group", "phone", "2020-01-01", "9999-12-31", "+33639980007"])
    | st.text(max_size=4) | st.none() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize("standard", sorted(READERS))
@settings(max_examples=100, deadline=None)
@given(document=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_any_object_is_read(standard: str, document: dict[str, Any]) -> None:
    """No JSON object raises anything; what is not understood is kept."""
    assert READERS[standard]({**document, "name_of_nothing": 1}).unread


def test_address_keeps_cedex_where_there_is_no_other_code() -> None:
    """An address of a company with CEDEX only can still be written on an envelope."""
    point = PostalAddress(po_box="BP 7", cedex="59007", cedex_label="Lille CEDEX")
    record = Record(source="till", key="7", party=Person(contacts=stated(ContactPoint(point=point))))
    assert to_fhir(record)["address"] == [{"line": ["BP 7"], "city": "Lille CEDEX", "postalCode": "59007"}]
