"""custid.survivorship.conflicts and custid.survivorship.canonical."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.model import (
    ContactPoint,
    Email,
    ExternalId,
    Holding,
    LifeEvent,
    NameUse,
    Occupation,
    OnlineAccount,
    OrganizationName,
    PartialDate,
    PartyKey,
    PersonName,
    Phone,
    PostalAddress,
    Relation,
    Role,
    Sex,
)
from custid.survivorship import Conflict, canonical_form, conflict_between
from tests.survivorship.statements import VALUES, stated

A, B = PartyKey("crm", "1"), PartyKey("crm", "2")


def name(full: str) -> PersonName:
    given, _, family = full.rpartition(" ")
    return PersonName(given=tuple(given.split()), family=family)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (PartialDate("1984-06-12"), PartialDate("1984-06-12"), Conflict.NONE),
        (PartialDate("1984-06"), PartialDate("1984-06-12"), Conflict.COMPATIBLE),
        (PartialDate("1984-06-12~"), PartialDate("1984-06-12"), Conflict.VARIANT),
        (PartialDate("1984-06-12"), PartialDate("1984-12-06"), Conflict.CONTRADICTION),
        (name("Zoé Petit"), name("ZOE PETIT"), Conflict.VARIANT),
        (name("Z. Petit"), name("Zoé Petit"), Conflict.COMPATIBLE),
        (name("Zoé Petit"), name("Zoé Lou Petit"), Conflict.COMPATIBLE),
        (PersonName(full="Petit Zoé"), name("Zoé Petit"), Conflict.COMPATIBLE),
        (name("Zoé Petti"), name("Zoé Petit"), Conflict.VARIANT),
        (name("Zoé Petit"), name("Lou Grand"), Conflict.CONTRADICTION),
        (OrganizationName(name="Petit et Fils"), OrganizationName(name="Petit & Fils"), Conflict.VARIANT),
        (OrganizationName(name="Boulangerie Petit"), OrganizationName(name="Petit"), Conflict.COMPATIBLE),
        (Sex.MALE, Sex.NOT_KNOWN, Conflict.COMPATIBLE),
        (Sex.MALE, Sex.FEMALE, Conflict.CONTRADICTION),
        (Occupation(label="baker"), Occupation(label="Baker", employer="Petit"), Conflict.COMPATIBLE),
        (Occupation(label="baker"), Occupation(label="miller"), Conflict.CONTRADICTION),
        ("Nantes", "Nantes Sud", Conflict.COMPATIBLE),
        ("Nantes", "Nantse", Conflict.VARIANT),
        ("12 rue Pasteur", "13 rue Pasteur", Conflict.CONTRADICTION),
        ("Ay", "Eu", Conflict.CONTRADICTION),
        (
            PostalAddress(street="rue Pasteur", postcode="44000"),
            PostalAddress(street="rue Pasteur", postcode="44000", city="Nantes"),
            Conflict.COMPATIBLE,
        ),
        (
            ContactPoint(point=PostalAddress(street="rue Pasteur", city="Nantes")),
            ContactPoint(point=PostalAddress(street="rue Pasteur", postcode="44000", city="Nantes")),
            Conflict.COMPATIBLE,
        ),
        (
            ContactPoint(point=Phone(e164="+33199001234")),
            ContactPoint(point=Phone(e164="+33199001235")),
            Conflict.CONTRADICTION,
        ),
    ],
)
def test_kinds_of_conflicts(left: Any, right: Any, expected: Conflict) -> None:
    """Each pair of values differs in one way, whichever comes first."""
    assert conflict_between(stated(left), stated(right)) is expected
    assert conflict_between(stated(right), stated(left)) is expected


def test_disjoint_periods_are_no_contradiction() -> None:
    """Two places of different times may both be true; with a day in common they contradict each other."""
    before, after = stated("Lille", valid=("", "2015")), stated("Nantes", valid=("2016", ""))
    assert conflict_between(before, after) is Conflict.TEMPORAL
    assert conflict_between(stated("Lille", valid=("", "2017")), after) is Conflict.CONTRADICTION


@settings(max_examples=150, deadline=None)
@given(st.one_of(*VALUES.values()), st.one_of(*VALUES.values()))
def test_conflicts_are_symmetric(left: Any, right: Any) -> None:
    """The order of two statements does not matter."""
    assert conflict_between(stated(left), stated(right)) is conflict_between(stated(right), stated(left))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Email(address="Zoe@mail.example"), Email(address="zoe@mail.example")),
        (Phone(e164="+33199001234"), ContactPoint(point=Phone(e164="+33199001234"), is_shared=True)),
        (OnlineAccount(scheme="web", handle="@Zoe"), OnlineAccount(scheme="web", handle="zoe")),
        (ExternalId(scheme="account", value="FR-00 1"), ExternalId(scheme="account", value="fr001")),
        (Relation(kind="parent", subject=A, object=B), Relation(kind="child", subject=B, object=A)),
        (Relation(kind="spouse", subject=A, object=B), Relation(kind="spouse", subject=B, object=A)),
        (Role(kind="payer", target="c", holders=(A, B)), Role(kind="payer", target="c", holders=(B, A))),
        (Holding(kind="car", product="x", serial="AB-1"), Holding(kind="car", product="y", serial="ab 1")),
        (Occupation(scheme="pcs2020", code="21A1", label="a"), Occupation(scheme="pcs2020", code="21A1", label="b")),
        (PostalAddress(lines=("3 High St.", "Leeds")), PostalAddress(lines=("3 high st", "LEEDS"))),
        (PersonName(family="Petit"), PersonName(family="PETIT", prefix="Mme", use=NameUse.BIRTH)),
    ],
)
def test_one_thing_written_in_two_ways(left: Any, right: Any) -> None:
    """Canonical forms of values that say the same are equal."""
    assert canonical_form(left) == canonical_form(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Phone(e164="+33199001234"), Phone(e164="+44199001234")),
        (Phone(e164="+33199001234"), Phone(e164="+33199001234", extension="1")),
        (ExternalId(scheme="account", value="1", issuer="a"), ExternalId(scheme="account", value="1", issuer="b")),
        (Relation(kind="parent", subject=A, object=B), Relation(kind="parent", subject=B, object=A)),
        (PersonName(family="Petit", suffix="Jr"), PersonName(family="Petit")),
        (Email(address="noreply@mail.example"), Email(address="test@mail.example")),
        (PersonName(full="?"), PersonName(full="!")),
        (Holding(kind="car", product="x"), Holding(kind="car", product="x", acquired=PartialDate("2020"))),
        (LifeEvent(kind="move", at=PartialDate("2020")), LifeEvent(kind="move", at=PartialDate("2021"))),
    ],
)
def test_two_things_are_kept_apart(left: Any, right: Any) -> None:
    """Canonical forms of values that say different things differ."""
    assert canonical_form(left) != canonical_form(right)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_canonical_forms_take_any_text(text: str) -> None:
    """No text breaks the canonical form, and none gives an empty one."""
    assert canonical_form(text)
    if text.strip():
        assert canonical_form(PersonName(full=text))
        assert canonical_form(OrganizationName(name=text))
        assert canonical_form(PostalAddress(lines=(text,), street=text, city=text))
