"""Values in the wrong field."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.model.attributes import ATTRIBUTES
from custid.standardize.misplaced import Misplaced, find_misplaced
from custid.testing import synthetic_customers

_ATTRIBUTES = (
    "full_name",
    "given_name",
    "family_name",
    "organization_name",
    "street",
    "city",
    "postcode",
    "email",
    "phone",
)


@pytest.mark.parametrize(
    ("attribute", "raw", "suggested", "code"),
    [
        ("family_name", "06 39 98 12 34", "phone", "misplaced_phone"),
        ("family_name", "Dupont 06.39.98.12.34", "phone", "misplaced_phone"),
        ("full_name", "Jean Dupont +33 6 39 98 12 34", "phone", "misplaced_phone"),
        ("given_name", "jean@mail.example", "email", "misplaced_email"),
        ("given_name", "12/03/1980", "birth_date", "misplaced_date"),
        ("given_name", "Jean 1980-03-12", "birth_date", "misplaced_date"),
        ("family_name", "75011", "postcode", "misplaced_postcode"),
        ("family_name", "SW1A 1AA", "postcode", "misplaced_postcode"),
        ("family_name", "69003 LYON", "postcode", "misplaced_postcode"),
        ("family_name", "12 rue des Lilas", "street", "misplaced_street"),
        ("family_name", "SARL Boulangerie Martin", "organization_name", "misplaced_organization"),
        ("family_name", "Boulangerie Martin", "organization_name", "misplaced_organization"),
        ("family_name", "Martin & Fils", "organization_name", "misplaced_organization"),
        ("full_name", "Northwind Holdings Ltd", "organization_name", "misplaced_organization"),
        ("full_name", "Les 3 Épis SARL", "organization_name", "misplaced_organization"),
        ("organization_name", "M. Jean Dupont", "full_name", "misplaced_person"),
        ("organization_name", "Mrs Alice Smith", "full_name", "misplaced_person"),
        ("organization_name", "06 39 98 12 34", "phone", "misplaced_phone"),
        ("organization_name", "jean@mail.example", "email", "misplaced_email"),
        ("street", "75011", "postcode", "misplaced_postcode"),
        ("street", "SW1A 1AA", "postcode", "misplaced_postcode"),
        ("street", "Paris", "city", "misplaced_city"),
        ("street", "69003 Lyon", "city", "misplaced_city"),
        ("street", "92055 LA DEFENSE CEDEX", "city", "misplaced_city"),
        ("street", "06 39 98 12 34", "phone", "misplaced_phone"),
        ("city", "12 rue des Lilas", "street", "misplaced_street"),
        ("city", "12 bis, avenue Foch", "street", "misplaced_street"),
        ("city", "Avenue de la Gare", "street", "misplaced_street"),
        ("city", "221 Baker Street", "street", "misplaced_street"),
        ("city", "75011", "postcode", "misplaced_postcode"),
        ("city", "75011 Paris", "postcode", "misplaced_postcode"),
        ("postcode", "Villeneuve", "city", "misplaced_city"),
        ("email", "06 39 98 12 34", "phone", "misplaced_phone"),
        ("phone", "jean@mail.example", "email", "misplaced_email"),
    ],
)
def test_found(attribute: str, raw: str, suggested: str, code: str) -> None:
    """A value that is surely of another kind has a suggestion, and the value itself is not touched."""
    assert find_misplaced(attribute, raw) == Misplaced(attribute=attribute, suggested=suggested, code=code)


@pytest.mark.parametrize(
    ("attribute", "raw"),
    [
        ("family_name", "Dupont"),
        ("family_name", "de La Rue"),
        ("family_name", "Place"),
        ("family_name", "Paris"),
        ("family_name", "Sas"),
        ("family_name", "Le Garage"),
        ("family_name", "Dupont-Lyon"),
        ("family_name", "Church"),
        ("given_name", "Jean 2"),
        ("given_name", "Marie @"),
        ("full_name", "Mme Hotel Garage"),
        ("full_name", "Jean SA"),
        ("full_name", "John Church"),
        ("full_name", "Dupont Jean 75"),
        ("family_name", "00000"),
        ("organization_name", "Monsieur Bricolage"),
        ("organization_name", "M. Jean Dupont SARL"),
        ("organization_name", "Mme Jeanne Boulangerie"),
        ("organization_name", "Les 3 Épis"),
        ("organization_name", "Jean Dupont"),
        ("street", "rue de Paris"),
        ("street", "10250 Broadway"),
        ("street", "12 Lyon"),
        ("street", "75011 Main Street"),
        ("street", "Le Bourg"),
        ("city", "Rue"),
        ("city", "Chemin-d'Aisey"),
        ("city", "Cours-la-Ville"),
        ("city", "Paris 11"),
        ("city", "Saint-Martin-de-Crau"),
        ("city", "Sunset Drive"),
        ("postcode", "75011"),
        ("postcode", "SW1A 1AA"),
        ("postcode", "n/a"),
        ("postcode", "D02 AF30"),
        ("phone", "06 39 98 12 34"),
        ("email", "123456"),
        ("notes", "SARL Dupont 06 39 98 12 34"),
        ("city", ""),
    ],
)
def test_silent(attribute: str, raw: str) -> None:
    """Unusual values in their place, placeholders and attributes without rules have no finding."""
    assert find_misplaced(attribute, raw) is None


def test_ordinary_values() -> None:
    """Of thousands of made customers' values, none is suspected."""
    table = synthetic_customers(3000, seed=11).records
    columns = [name for name in _ATTRIBUTES if name in table.column_names]
    found = [
        (name, value)
        for name in columns
        for value in set(table.column(name).to_pylist())
        if value and find_misplaced(name, value)
    ]
    assert len(columns) >= 6
    assert found == []


def test_seeded_swaps() -> None:
    """Phones, e-mails and streets that are put into name and city fields are nearly all found."""
    table = synthetic_customers(3000, seed=12).records.to_pylist()
    swaps = (
        ("family_name", "phone", lambda row: row["phone"]),
        ("given_name", "email", lambda row: row["email"]),
        ("city", "street", lambda row: f"{row['house_number']} {row['street']}" if row["house_number"] else ""),
        ("postcode", "city", lambda row: row["city"]),
    )
    for attribute, origin, value in swaps:
        seeded = {value(row) for row in table} - {"", None}
        hits = [each for each in seeded if (found := find_misplaced(attribute, each)) and found.suggested == origin]
        assert len(hits) / len(seeded) > 0.75, f"{origin} in {attribute}"


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(ATTRIBUTES)), st.text(max_size=60))
def test_any_text(attribute: str, raw: str) -> None:
    """Any text in any attribute is judged without error, and never suggested to stay where it is."""
    found = find_misplaced(attribute, raw)
    assert found is None or (found.attribute == attribute and found.suggested != attribute)


@pytest.mark.parametrize("attribute", _ATTRIBUTES)
def test_long_text(attribute: str) -> None:
    """Very long texts take no longer than their beginning."""
    for piece in ("1 ", "a@", "(", "a.", "+", "12 rue "):
        assert find_misplaced(attribute, piece * 5000) in {None, find_misplaced(attribute, piece * 4000)}
