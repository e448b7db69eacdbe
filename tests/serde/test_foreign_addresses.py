"""Postal addresses of foreign documents."""

from __future__ import annotations

import pytest

from custid.model import ContactPoint, Person, PostalAddress, Record
from custid.serde import from_fhir, from_schema_org, to_fhir
from custid.serde._foreign_addresses import taken_apart
from tests.serde.examples import BY, stated

CEDEX = PostalAddress(po_box="BP 40", cedex="35040", cedex_label="RENNES CEDEX", city="RENNES", country="FR")


@pytest.mark.parametrize(
    ("given", "country", "read"),
    [
        (
            PostalAddress(street="Flat 3, 12 High Street", city="Norwich", postcode="NR1 1AA", country="GB"),
            "FR",
            PostalAddress(
                unit="Flat 3", number="12", street="High Street", city="Norwich", postcode="NR1 1AA", country="GB"
            ),
        ),
        (
            PostalAddress(lines=("500 Main St Apt 4",), city="Salem", region="OR", postcode="97301"),
            "US",
            PostalAddress(unit="Apt 4", number="500", street="Main St", city="Salem", region="OR", postcode="97301"),
        ),
        (
            PostalAddress(lines=("12 rue du Four", "1000 Bruxelles", "Belgique")),
            "FR",
            PostalAddress(number="12", street="rue du Four", postcode="1000", city="Bruxelles", country="BE"),
        ),
        (
            PostalAddress(unit="Apt 1", street="500 Main St Apt 4", city="Salem", country="US"),
            "US",
            PostalAddress(unit="Apt 1 Apt 4", number="500", street="Main St", city="Salem", country="US"),
        ),
        (PostalAddress(lines=("BP 40",), postcode="35040", city="RENNES CEDEX", country="FR"), "FR", CEDEX),
        (
            PostalAddress(postcode="35040", city="RENNES CEDEX"),
            "FR",
            PostalAddress(cedex="35040", cedex_label="RENNES CEDEX", city="RENNES"),
        ),
    ],
)
def test_taken_apart(given: PostalAddress, country: str, read: PostalAddress) -> None:
    """Parts that a document leaves together are parts of the address; what it states itself stays."""
    assert taken_apart(given, country).value == read


@pytest.mark.parametrize(
    "address",
    [
        PostalAddress(city="Rennes", postcode="35000"),
        PostalAddress(lines=("12 rue du Four", "44000 Nantes"), city="Rennes", postcode="35000"),
        PostalAddress(lines=("chez le voisin",), city="Rennes"),
        PostalAddress(lines=(" ",), city="Rennes"),
    ],
)
def test_left_as_it_is(address: PostalAddress) -> None:
    """An address without a street to read, or with two localities, stays as it was stated."""
    assert taken_apart(address, "FR").value == address


def test_cedex_survives() -> None:
    """The code of a CEDEX goes out with its label, and does not come back as a geographic postcode."""
    party = Person(contacts=stated(ContactPoint(point=CEDEX)))
    document = to_fhir(Record(source="till", key="7", party=party))
    assert document["address"] == [{"line": ["BP 40"], "city": "RENNES CEDEX", "postalCode": "35040", "country": "FR"}]
    (back,) = from_fhir(document, by=BY)
    assert back.party.contacts[0].value.point == CEDEX


@pytest.mark.parametrize(("written", "code"), [("UK", "GB"), ("FRA", "FR"), ("Deutschland", "DE"), ("ZZ", "ZZ")])
def test_countries_as_others_write_them(written: str, code: str) -> None:
    """A country is read from its name and from any of its codes."""
    address = {"addressLocality": "Salem", "addressCountry": written}
    (contact,) = from_schema_org({"address": address}, by=BY).party.contacts
    assert contact.value.point == PostalAddress(city="Salem", country=code)
