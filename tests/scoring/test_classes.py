"""Classes of pairs beside matches and strangers."""

from __future__ import annotations

import pytest

from custid.comparison.comparison import ComparisonOutput
from custid.scoring.classes import PairClass, pair_classes, tells_persons_apart


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
    household, *_ = pair_classes(outputs("given_name", "family_name", "birth_date", "street", "sex"))
    assert household.name == "household"
    assert household.shares == (0.02, 0.8, 0.05, None, 0.0)
    assert household.is_by_chance == (False, False, False, False, True)


def test_what_neighbors_share() -> None:
    """Circumstances are learned; names, contact data, identifiers and what a user made agree by chance."""
    names = ("given_name", "family_name", "city", "occupation", "email", "phone", "own")
    _, neighborhood = pair_classes(outputs(*names))
    assert neighborhood.name == "neighborhood"
    assert neighborhood.shares == (0.0, 0.0, None, None, 0.0, 0.0, 0.0)


def test_what_a_company_shares() -> None:
    """Numbers of the legal unit agree as in matches, those of the establishment and streets by chance."""
    names = ("organization_name", "city", "email", "house_number", "phone", "siren", "siret", "street")
    company, neighborhood, _ = pair_classes(outputs(*names))
    assert (company.name, neighborhood.name) == ("company", "neighborhood")
    assert company.shares == (None, None, None, 0.0, None, 1.0, 0.0, 0.0)
    assert neighborhood.shares == (0.0, None, 0.0, None, 0.0, 0.0, 0.0, None)


@pytest.mark.parametrize("telling", [("email",), ("house_number",), ("siren",), ("siret",), ("postcode", "city")])
def test_what_tells_establishments(telling: tuple[str, ...]) -> None:
    """One of these is enough beside name, category and phone."""
    names = ("organization_name", "category", "phone")
    assert "company" in [each.name for each in pair_classes(outputs(*names, "url", *telling))]
    assert not pair_classes(outputs(*names, "url"))


@pytest.mark.parametrize("address", ["street", "address_line"])
def test_what_organizations_on_the_same_premises_share(address: str) -> None:
    """Name, category and numbers agree by chance; address, phone and e-mail are learned."""
    (premises,) = pair_classes(outputs("organization_name", "category", "phone", address))
    assert (premises.name, premises.shares) == ("premises", (0.0, 0.0, None, None))
    with_numbers = pair_classes(outputs("organization_name", address, "email", "siren", "siret", "vat_number"))
    assert with_numbers[-1].shares == (0.0, None, None, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("names", [("organization_name", "url", "city", "phone"), ("given_name", "family_name"), ()])
def test_no_classes_without_persons_or_with_little_to_compare(names: tuple[str, ...]) -> None:
    """Nothing tells members of a household apart without given names, and too little with two comparisons."""
    assert pair_classes(outputs(*names)) == ()


def test_names_and_a_postcode_have_households() -> None:
    """Three comparisons tell a household from a match."""
    household, _ = pair_classes(outputs("given_name", "family_name", "postcode"))
    assert (household.name, household.shares) == ("household", (0.02, 0.8, None))


def test_what_tells_persons_apart() -> None:
    """Names, birth date, sex and address do, where given names are compared; numbers and contact data never do."""
    names = ("given_name", "family_name", "birth_date", "sex", "postcode", "street", "loyalty_card", "phone")
    assert tells_persons_apart(outputs(*names)) == (True, True, True, True, True, True, False, False)
    assert not any(tells_persons_apart(outputs("family_name", "birth_date", "street", "phone")))


_ADDRESS = ("street", "house_number", "address_line", "postcode", "city", "region")


def test_who_moved_and_namesakes() -> None:
    """Who moved agrees on his address by chance, namesakes on all but their names and what goes with these."""
    names = ("given_name", "family_name", "sex", "birth_date", "phone", "own", *_ADDRESS)
    *_, namesakes, moved = pair_classes(outputs(*names))
    assert (namesakes.name, moved.name) == ("namesakes", "moved")
    assert (namesakes.is_match, moved.is_match) == (False, True)
    assert namesakes.shares == (1.0, 1.0, None, 0.0, 0.0, 0.0, *(0.0,) * 6)
    assert namesakes.is_by_chance == (False, False, False, True, True, True, *(True,) * 6)
    assert moved.shares == (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, *(0.0,) * 6)


def test_namesakes_have_like_mailboxes_and_never_the_same() -> None:
    """Addresses made of one name are alike as often as is learned; the same one is no matter of the name."""
    *_, namesakes, moved = pair_classes(outputs("given_name", "family_name", "email", "street", "city"))
    assert (namesakes.shares[2], namesakes.only_alike) == (None, (False, False, True, False, False))
    assert namesakes.is_by_chance[2]
    assert not any(moved.only_alike)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("email", "postcode", "city"), {"namesakes", "moved"}),
        (("own", "street", "house_number"), {"namesakes", "moved"}),
        (("birth_date", "address_line"), set()),
        (("birth_date", "phone", "occupation"), set()),
        (("sex", "occupation", *_ADDRESS), set()),
    ],
)
def test_who_moved_can_only_be_told_from_namesakes_by_more_than_names(
    names: tuple[str, ...], expected: set[str]
) -> None:
    """Two parts of an address make a move, and something that is no circumstance tells it from a namesake."""
    found = {each.name for each in pair_classes(outputs("given_name", "family_name", *names))}
    assert found & {"namesakes", "moved"} == expected


def test_persons_and_organizations_in_one_list() -> None:
    """Establishments of one company are no customer that moved: of a move what names an organization says nothing."""
    names = ("given_name", "organization_name", "siren", "email", "birth_date", "street", "city")
    household, neighborhood, company, namesakes, moved = pair_classes(outputs(*names))
    assert [household.name, neighborhood.name, namesakes.name] == ["household", "neighborhood", "namesakes"]
    assert (company.name, company.shares) == ("company", (0.0, None, 1.0, None, 0.0, 0.0, None))
    assert (moved.name, moved.shares) == ("moved", (1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0))


def test_shares_are_shares() -> None:
    """A share out of [0, 1] is an error."""
    with pytest.raises(ValueError, match="shares"):
        PairClass(name="household", shares=(1.5,))
