"""Names of organizations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.standardize.organization import initials_of_organization, standardize_organization_name


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Boulangerie Martin SARL", "boulangerie martin"),
        ("SARL Boulangerie Martin", "boulangerie martin"),
        ("S.A.R.L. Boulangerie Martin", "boulangerie martin"),
        ("Boulangerie Martin S.A.", "boulangerie martin"),
        ("SCI Les Tilleuls", "les tilleuls"),
        ("Martin & Fils", "martin fils"),
        ("Martin et Fils", "martin fils"),
        ("Smith and Sons", "smith sons"),
        ("Dupont & Cie", "dupont"),
        ("Acme Inc.", "acme"),
        ("Acme, L.L.C.", "acme"),
        ("Acme Co., Ltd.", "acme"),
        ("ACME Pty Ltd", "acme"),
        ("Acme Limited Liability Company", "acme"),
        ("Müller GmbH & Co. KG", "muller"),
        ("British Telecom plc", "british telecom"),
        ("Inc", "inc"),
        ("SA Ltd", "sa"),
        ("Et And", "et and"),
        ("Ets Durand", "durand"),
        ("Etbs Durand", "durand"),
        ("Etabs. Durand", "durand"),
        ("Durand Ets du Lac", "durand etablissements du lac"),
        ("Durand et Compagnie", "durand"),
        ("Durand & Cie SARL", "durand"),
        ("Durand & Compagnie", "durand"),
        ("DURAND &COMPAGNIE.", "durand"),
        ("La Bonne Compagnie", "la bonne compagnie"),
        ("R & D Compagnie", "r d compagnie"),
        ("Cie du Lac", "compagnie du lac"),
        ("Assoc. des Amis", "association des amis"),
        ("DURAND FRS", "durand freres"),
        ("STE DES EAUX", "societe des eaux"),
        ("Ste Marie des Eaux", "saint marie des eaux"),
        ("Société à responsabilité limitée Durand", "durand"),
        ("Société anonyme", "societe anonyme"),
        ("Company of Wolves", "company of wolves"),
        ("Café d'Artagnan", "cafe dartagnan"),
        ("Hôpital St Louis", "hopital saint louis"),
        ("Hôpital Ste Anne", "hopital saint anne"),
        ("Hôpital Sainte-Anne", "hopital saint anne"),
        ("R&G Lounge", "r g lounge"),
        ("A B C", "a b c"),
        ("L'Arche (Paris)", "larche paris"),
        ("sp. z o.o.", "sp z o o"),
        ("Budimex sp. z o.o.", "budimex"),
    ],
)
def test_names(raw: str, expected: str) -> None:
    """Names lose legal forms at their ends, conjunctions and punctuation."""
    assert standardize_organization_name(raw) == (expected, "")


@pytest.mark.parametrize("raw", ["n/a", "Particulier", "test", "Unknown Ltd", "--"])
def test_placeholders(raw: str) -> None:
    """A name that stands for nothing is missing, and reported, with a legal form too."""
    assert standardize_organization_name(raw) == ("", "placeholder")


def test_missing() -> None:
    """A blank name is missing, without issue."""
    assert standardize_organization_name("  ") == ("", "")


@pytest.mark.parametrize(
    ("name", "acronyms"),
    [
        ("societe nationale chemins de fer francais", {"snc", "sncf", "sncff", "sncd", "sncdf", "sncdff"}),
        ("caisse dallocations familiales", {"caf", "cdf"}),
        ("union du bocage", {"udb"}),
        ("union bocage", set()),
        ("acme", set()),
        ("", set()),
        ("a b c d e f g h", {"abc", "abcd", "abcde", "abcdef", "bcd", "bcde", "bcdef", "bcdefg"}),
    ],
)
def test_initials(name: str, acronyms: set[str]) -> None:
    """Initials are of three to six words, with and without small words, elided articles and the last words."""
    assert initials_of_organization(name) == acronyms


@given(st.text())
def test_canonical_names_are_stable(raw: str) -> None:
    """What has been standardized stays as it is."""
    value = standardize_organization_name(raw).value
    assert standardize_organization_name(value).value in {value, ""}
    assert standardize_organization_name(f"Ste {raw} et Compagnie").issue in {"", "placeholder"}
