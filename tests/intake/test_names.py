"""`custid.intake._names`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.intake._names import folded, match_name, says_identifier, says_other
from custid.model.attributes import ATTRIBUTES

_ALIASES = [(declared.name, alias) for declared in ATTRIBUTES.values() for alias in declared.aliases]


@pytest.mark.parametrize(("attribute", "alias"), _ALIASES)
def test_aliases(attribute: str, alias: str) -> None:
    """Every alias stands for its attribute, and for no other."""
    match = match_name(alias)
    assert match is not None
    assert match.attribute == attribute


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("Prénom", "given_name"),
        ("firstName", "given_name"),
        ("FIRST NAME", "given_name"),
        ("customer_first_name", "given_name"),
        ("NOM", "family_name"),
        ("Nom du client", "family_name"),
        ("Date de Naissance", "birth_date"),
        ("DateNaissance", "birth_date"),
        ("Né(e) le", "birth_date"),
        ("Courriel", "email"),
        ("E-Mail Address", "email"),
        ("custEmail", "email"),
        ("email_3", "email"),
        ("Tél. 2", "phone"),
        ("N° de téléphone", "phone"),
        ("mobile_no", "phone"),
        ("Code postal", "postcode"),
        ("ZIPCode", "postcode"),
        ("ville_client", "city"),
        ("Adresse 1", "street"),
        ("address 4", "address_line"),
        ("N° client", "record_key"),
        ("customerID", "record_key"),
        ("SIRET number", "siret"),
        ("birthDay", "birth_day"),
        ("birthday", "birth_date"),
        ("cluster2", "truth"),
        ("memo", None),
        ("username", None),
        ("created_by", None),
        ("file_no", None),
        ("2", None),
        ("", None),
        ("...", None),
    ],
)
def test_spellings(name: str, attribute: str | None) -> None:
    """Names as sources write them, English and French, are known."""
    match = match_name(name)
    assert (match and match.attribute) == attribute


def test_ranks() -> None:
    """A whole name is more specific than one with additions."""
    ranks = [match.rank for name in ("record_id", "id", "contact_id", "id_2") if (match := match_name(name))]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 4


@given(st.text(max_size=20))
def test_folding_is_idempotent(name: str) -> None:
    """A folded name is folded."""
    assert folded(folded(name)) == folded(name)


@given(st.text(max_size=20))
def test_any_name_has_an_answer(name: str) -> None:
    """No name makes the lookup fail."""
    match = match_name(name)
    assert match is None or match.attribute in ATTRIBUTES
    assert isinstance(says_identifier(name), bool)
    assert isinstance(says_other(name), bool)
