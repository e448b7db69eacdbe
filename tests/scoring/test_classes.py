"""Classes of pairs between matches and strangers."""

from __future__ import annotations

import pytest

from custid.comparison.comparison import ComparisonOutput
from custid.scoring.classes import PairClass, alternative_classes, tells_persons_apart


def outputs(*names: str) -> tuple[ComparisonOutput, ...]:
    """Return outputs of some attributes; given name, sex and card are personal."""
    personal = {"given_name", "sex", "loyalty_card"}
    return tuple(
        ComparisonOutput(
            name=name,
            attribute=name,
            levels=("else", "exact"),
            is_personal=name in personal,
        )
        for name in names
    )


def test_what_a_household_shares() -> None:
    """Family names are mostly shared, birth dates by twins, given names by namesakes, personal ones else by chance."""
    household, _ = alternative_classes(outputs("given_name", "family_name", "birth_date", "street", "sex"))
    assert household.name == "household"
    assert household.shares == (0.02, 0.8, 0.05, None, 0.0)
    assert household.is_by_chance == (False, False, False, False, True)


def test_what_neighbors_share() -> None:
    """Circumstances are learned; names, contact data, identifiers and what a user made agree by chance."""
    names = ("given_name", "family_name", "city", "occupation", "email", "phone", "own")
    _, neighborhood = alternative_classes(outputs(*names))
    assert neighborhood.name == "neighborhood"
    assert neighborhood.shares == (0.0, 0.0, None, None, 0.0, 0.0, 0.0)


def test_what_a_company_shares() -> None:
    """Numbers of the legal unit agree as in matches, those of the establishment and streets by chance."""
    names = ("organization_name", "city", "email", "house_number", "phone", "siren", "siret", "street")
    company, neighborhood, _ = alternative_classes(outputs(*names))
    assert (company.name, neighborhood.name) == ("company", "neighborhood")
    assert company.shares == (None, None, None, 0.0, None, 1.0, 0.0, 0.0)
    assert neighborhood.shares == (0.0, None, 0.0, None, 0.0, 0.0, 0.0, None)


@pytest.mark.parametrize("telling", [("email",), ("house_number",), ("siren",), ("siret",), ("postcode", "city")])
def test_what_tells_establishments(telling: tuple[str, ...]) -> None:
    """One of these is enough beside name, category and phone."""
    names = ("organization_name", "category", "phone")
    assert "company" in [each.name for each in alternative_classes(outputs(*names, "url", *telling))]
    assert not alternative_classes(outputs(*names, "url"))


@pytest.mark.parametrize("address", ["street", "address_line"])
def test_what_organizations_on_the_same_premises_share(address: str) -> None:
    """Name, category and numbers agree by chance; address, phone and e-mail are learned."""
    (premises,) = alternative_classes(outputs("organization_name", "category", "phone", address))
    assert (premises.name, premises.shares) == ("premises", (0.0, 0.0, None, None))
    with_numbers = alternative_classes(outputs("organization_name", address, "email", "siren", "siret", "vat_number"))
    assert with_numbers[-1].shares == (0.0, None, None, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("names", [("organization_name", "url", "city", "phone"), ("given_name", "family_name"), ()])
def test_no_classes_without_persons_or_with_little_to_compare(names: tuple[str, ...]) -> None:
    """Nothing tells members of a household apart without given names, and too little with two comparisons."""
    assert alternative_classes(outputs(*names)) == ()


def test_names_and_a_postcode_have_households() -> None:
    """Three comparisons tell a household from a match."""
    household, _ = alternative_classes(outputs("given_name", "family_name", "postcode"))
    assert (household.name, household.shares) == ("household", (0.02, 0.8, None))


def test_what_tells_persons_apart() -> None:
    """Names, birth date and sex do, where given names are compared; numbers and contact data never do."""
    names = ("given_name", "family_name", "birth_date", "sex", "loyalty_card", "phone")
    assert tells_persons_apart(outputs(*names)) == (True, True, True, True, False, False)
    assert not any(tells_persons_apart(outputs("family_name", "birth_date", "phone")))


def test_shares_are_shares() -> None:
    """A share out of [0, 1] is an error."""
    with pytest.raises(ValueError, match="shares"):
        PairClass(name="household", shares=(1.5,))
