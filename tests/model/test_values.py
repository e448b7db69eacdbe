"""custid.model.values and custid.model.facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from custid.errors import ModelError
from custid.model import (
    Consent,
    ConsentStatus,
    ContactPoint,
    Email,
    ExternalId,
    Holding,
    Joint,
    Measure,
    Occupation,
    OrganizationName,
    PartyKey,
    PersonName,
    Phone,
    PostalAddress,
    Preference,
    Relation,
    Role,
)

A, B = PartyKey("crm", "1"), PartyKey("crm", "2")


def role(**facts: Any) -> Role:
    return Role(**{"kind": "payer", "target": "c", "holders": (A, B), **facts})


def refused(kind: Any, /, *values: Any, **facts: Any) -> Callable[[], object]:
    """Return a call that is only made in the test; of what type its arguments are is what is tested."""
    return lambda: kind(*values, **facts)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (refused(PersonName), "PersonName: expected a family, given or full name"),
        (refused(PersonName, family=" ", given=("",)), "PersonName: expected a family"),
        (refused(PersonName, given=["Zoé"]), "PersonName.given: expected a tuple of str, got list"),
        (refused(PersonName, family=3), "PersonName.family: expected text, got int"),
        (refused(OrganizationName, name=""), "OrganizationName.name: expected text, got none"),
        (refused(PostalAddress, number_ext="BIS"), "PostalAddress: expected a line or a part"),
        (refused(PostalAddress, city="Nantes", country="fr"), "PostalAddress.country: expected an ISO 3166-1"),
        (refused(Phone, e164="0199001234"), "Phone.e164: expected an E.164 number"),
        (refused(Phone, e164="+33199001234567890"), "Phone.e164"),
        (refused(Phone, e164="+33199001234", extension="a"), "Phone.extension: expected at most 11 digits"),
        (refused(Email, address="nobody"), "Email.address: expected an address"),
        (refused(ContactPoint, point="a@mail.example"), "ContactPoint.point: expected PostalAddress, Phone"),
        (refused(ExternalId, scheme="nir", value="1"), "NIR"),
        (refused(ExternalId, scheme="SIREN", value="1"), "ExternalId.scheme: expected a name in lower case"),
        (refused(Occupation), "Occupation: expected a code, a label or an employer"),
        (refused(Measure, name="x", value=float("nan")), "Measure.value: expected a finite number"),
        (refused(Measure, name="x", value=True), "Measure.value: expected int or float or str, got bool"),
        (refused(role, holders=()), "Role.holders: expected at least one holder"),
        (refused(role, holders=(A, A)), "Role.holders: expected each holder once"),
        (refused(role, joint=Joint.SHARES), "Role.shares: expected 2 shares, got 0"),
        (refused(role, shares=(0.5, 0.5)), "Role.shares: expected 0 shares, got 2"),
        (refused(role, joint=Joint.SHARES, shares=(0.5, 0.6)), "Role.shares: expected shares above 0 that sum to 1"),
        (refused(role, joint=Joint.SHARES, shares=(1.5, -0.5)), "Role.shares: expected shares above 0"),
        (refused(Relation, kind="spouse", subject=A, object=A), "Relation: expected two parties"),
        (refused(Holding, kind="car", product=""), "Holding.product: expected text, got none"),
        (
            refused(Holding, kind="car", product="x", expires="2020"),
            "Holding.expires: expected PartialDate or NoneType",
        ),
        (refused(Preference, topic="contact", value="x", windows=("Saturday",)), "windows like 'SA 09:00-12:00'"),
        (refused(Preference, topic="contact", value="x", windows=("SA 25:00-26:00",)), "windows like"),
        (
            refused(Consent, purpose="x", status=ConsentStatus.GIVEN, at=datetime(2020, 1, 1)),  # noqa: DTZ001
            "Consent.at: expected a datetime with a time zone",
        ),
    ],
)
def test_values_that_cannot_be_are_refused(make: Any, message: str) -> None:
    """Messages name the field and never hold the value."""
    with pytest.raises(ModelError, match=message):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda secret: OrganizationName(name=secret, legal_form=secret, use=secret),
        lambda secret: Phone(e164=secret),
        lambda secret: Email(address=secret),
        lambda secret: ExternalId(scheme=secret, value=secret),
        lambda secret: PostalAddress(country=secret),
        lambda secret: Preference(topic="contact", value=secret, windows=(secret,)),
    ],
)
def test_messages_hold_no_values(make: Any) -> None:
    """What a customer said is in no error message."""
    with pytest.raises(ModelError) as caught:
        make("Xyzzy Plugh")
    assert "Xyzzy" not in str(caught.value)


def test_shares_sum_to_one_but_for_rounding() -> None:
    """Three thirds are one."""
    thirds = role(holders=(A, B, PartyKey("crm", "3")), joint=Joint.SHARES, shares=(1 / 3, 1 / 3, 1 / 3))
    assert sum(thirds.shares) == pytest.approx(1)


@pytest.mark.parametrize("window", ["SA 09:00-12:00", "MO,TU 18:00-20:00", "SU 00:00-24:00"])
def test_windows_are_days_and_hours(window: str) -> None:
    """Several days share one span of hours, which may end at midnight."""
    assert Preference(topic="contact", value="phone", windows=(window,)).windows == (window,)


def test_measures_of_any_size() -> None:
    """A whole number too large for a float is a measure; what is no finite number is refused."""
    assert Measure(name="points", value=10**400).value == 10**400
    with pytest.raises(ModelError, match=r"Measure\.value: expected a finite number"):
        Measure(name="points", value=float("inf"))
