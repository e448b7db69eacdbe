"""custid.model.quality."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from custid.errors import ConfigurationError
from custid.model import (
    Basis,
    Completeness,
    ContactPoint,
    Email,
    Measure,
    Organization,
    OrganizationName,
    PartialDate,
    PersonName,
    PrivacyFindingCode,
    Record,
    Sex,
    Unread,
    completeness,
    privacy_report,
)
from tests.survivorship.statements import person_record, stated

NAME = stated(PersonName(family="Petit"))
POINT = stated(ContactPoint(point=Email(address="a@mail.example")))
BORN = stated(PartialDate("1984"))


def test_a_record_with_all_that_is_expected_is_complete() -> None:
    """Name, birth date and a contact point make a person's record complete."""
    assert completeness(person_record(names=[NAME], contacts=[POINT], birth_dates=[BORN])) == Completeness(
        score=1, missing=()
    )


def test_what_is_missing_is_named() -> None:
    """Each missing attribute costs its share."""
    found = completeness(person_record(contacts=[POINT]))
    assert found.missing == ("person_names", "birth_date")
    assert found.score == pytest.approx(1 / 3)


def test_expectations_follow_the_kind_of_party_and_the_user() -> None:
    """A company has no birth date; the user may expect something else, or nothing."""
    company = Record(source="crm", key="1", party=Organization(names=(stated(OrganizationName(name="Petit")),)))
    assert completeness(company).missing == ("identifiers", "contacts")
    assert completeness(company, expected=["organization_name"]).score == 1
    assert completeness(company, expected=[]).score == 1


def test_sex_is_never_expected() -> None:
    """No score depends on sex, and nobody may make it do so."""
    full = person_record(names=[NAME], contacts=[POINT], birth_dates=[BORN], sexes=[stated(Sex.FEMALE)])
    bare = person_record(names=[NAME], contacts=[POINT], birth_dates=[BORN], sexes=[stated(Sex.NOT_KNOWN)])
    assert completeness(full) == completeness(bare)
    with pytest.raises(ConfigurationError, match="got 'sex'"):
        completeness(full, expected=["sex"])
    with pytest.raises(ConfigurationError, match="got 'shoe_size'"):
        completeness(full, expected=["shoe_size"])


def test_purchased_data_without_notice_or_license_is_listed() -> None:
    """Each attribute is listed once for each thing that it lacks, without its value."""
    income, tier = Measure(name="income", value="high"), Measure(name="tier", value="gold")
    bought: dict[str, Any] = {"basis": Basis.PURCHASED}
    record = person_record(
        wealth=[stated(income, **bought), stated(tier, **bought)],
        measures=[stated(tier, **bought, license="L1", notice=" ")],
        names=[stated(PersonName(family="Petit"), **bought, license="L1", notice="v3")],
        contacts=[POINT],
    )
    found = privacy_report([record])
    assert [(each.attribute, each.code) for each in found] == [
        ("measures", PrivacyFindingCode.NO_NOTICE),
        ("wealth", PrivacyFindingCode.NO_LICENSE),
        ("wealth", PrivacyFindingCode.NO_NOTICE),
    ]
    assert "gold" not in repr(found)


def test_unread_purchased_text_is_listed() -> None:
    """What could not be read was bought nevertheless."""
    by = evolve(NAME.by, basis=Basis.PURCHASED, license="L1")
    record = person_record(unread=[Unread(attribute="phone", raw="?", by=by)])
    assert [each.attribute for each in privacy_report([record])] == ["phone"]
