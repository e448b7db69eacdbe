"""custid.quality.profile and staleness."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from custid.errors import ConfigurationError
from custid.model import ContactPoint, ExternalId, PartialDate, PersonName, Phone, Record, Stated, Unread
from custid.quality import is_verified, profile, stale
from tests.survivorship.statements import moment, person_record, stated

NOW = moment(1000)
DAY = timedelta(days=1)


def name(family: str, source: str = "crm", day: float = 900) -> Stated[PersonName]:
    return stated(PersonName(family=family, given=("Marie",)), source, day)


def card(number: str) -> Stated[ExternalId]:
    return stated(ExternalId(scheme="loyalty_card", value=number), day=900)


def siret(number: str) -> Stated[ExternalId]:
    return stated(ExternalId(scheme="siret", value=number), day=900)


def test_injected_defects_are_counted() -> None:
    """Missing, invalid, old, unverified, shared and contradicting statements are counted to the number."""
    by = name("x").by
    customers: dict[str, list[Record]] = {
        "A": [
            person_record("crm", "1", names=[name("Durand")], birth_dates=[stated(PartialDate("1984-06-12"), day=900)]),
            person_record(
                "web", "2", names=[name("Durand", "web")], birth_dates=[stated(PartialDate("1975-01-30"), "web", 100)]
            ),
        ],
        "B": [
            evolve(
                person_record("crm", "3", names=[stated(PersonName(family="Petit"), day=900, verified=950)]),
                unread=(Unread(attribute="birth_date", raw="31/31/1984", by=by),),
            )
        ],
        "C": [person_record("crm", "4", names=[stated(PersonName(family="X"), day=10, issues=("placeholder",))])],
    }
    found = profile(customers, at=NOW)
    names = found.of("person_names")
    assert names is not None
    assert (names.n_records, names.n_stated, names.n_statements, names.n_invalid) == (4, 4, 4, 1)
    assert (names.n_fresh, names.n_verified, names.n_conflicts, names.n_customers) == (3, 1, 0, 3)
    births = found.of("birth_date")
    assert births is not None
    assert (births.completeness, births.n_invalid, births.n_conflicts, births.n_customers) == (0.5, 1, 1, 1)
    assert births.conflict_rate == 1
    # Two dates that are read, one that is not.
    assert births.validity == pytest.approx(2 / 3)
    in_crm = found.of("birth_date", "crm")
    assert in_crm is not None
    assert (in_crm.n_records, in_crm.n_stated, in_crm.n_statements, in_crm.freshness) == (3, 1, 1, 1.0)
    in_web = found.of("birth_date", "web")
    assert in_web is not None
    assert (in_web.n_fresh, in_web.n_conflicts, in_web.validity) == (0, 1, 1.0)
    assert found.of("sex") is None


def test_two_spellings_of_one_name_are_no_conflict() -> None:
    """What has one canonical form says the same; a slip of the pen does not."""
    same = {"A": [person_record("crm", "1", names=[name("DURAND")]), person_record("web", "2", names=[name("Durand")])]}
    slip = {"A": [person_record("crm", "1", names=[name("Durand")]), person_record("web", "2", names=[name("Durant")])]}
    for customers, expected in ((same, 0), (slip, 1)):
        names = profile(customers, at=NOW).of("person_names")
        assert names is not None
        assert names.n_conflicts == expected


def test_values_that_stand_side_by_side_do_not_conflict() -> None:
    """Two phone numbers are two, and contradict nothing."""
    phones = [stated(ContactPoint(point=Phone(e164=f"+3361234567{last}"))) for last in (1, 2)]
    found = profile({"A": [person_record(contacts=phones)]}, at=NOW).of("contacts")
    assert found is not None
    assert found.n_conflicts == 0


def test_identifiers_of_two_customers_are_not_unique() -> None:
    """A number that stands with two customers is counted in both; twice with one customer in none."""
    customers = {
        "A": [person_record("crm", "1", identifiers=[siret("73282932000074")])],
        "B": [person_record("crm", "2", identifiers=[siret("73282932000074")])],
        "C": [person_record("crm", "3", identifiers=[card("7")]), person_record("web", "4", identifiers=[card("7")])],
    }
    found = profile(customers, at=NOW)
    shared, cards = found.of("identifiers.siret"), found.of("identifiers.loyalty_card")
    assert shared is not None
    assert cards is not None
    assert (shared.n_shared, shared.uniqueness) == (2, 0.0)
    assert (cards.n_shared, cards.uniqueness) == (0, 1.0)


def test_rows_for_a_table() -> None:
    """A row for each attribute in all and by source, counts and shares beside each other."""
    rows = profile({"A": [person_record(names=[name("Durand")])]}, at=NOW).to_rows()
    assert [(row["attribute"], row["source"], row["completeness"]) for row in rows] == [
        ("person_names", "", 1.0),
        ("person_names", "crm", 1.0),
    ]
    assert profile({}, at=NOW).to_rows() == []


def test_stale_statements() -> None:
    """What was neither said nor checked for long is listed, the oldest first, but not what has ended."""
    record = person_record(
        names=[stated(PersonName(family="Durand"), day=100)],
        birth_dates=[stated(PartialDate("1984"), day=200, verified=950)],
        birth_places=[stated("Nantes", day=50)],
        languages=[stated("fr", day=10, valid=("2019", "2020"))],
        sexes=[],
    )
    found = stale([record], at=NOW, older_than=100 * DAY)
    assert [(each.attribute, each.is_verified) for each in found] == [("birth_place", False), ("person_names", False)]
    everything = stale([record], at=NOW, older_than=0 * DAY, attributes=["birth_date"])
    assert [(each.attribute, each.confirmed_at) for each in everything] == [("birth_date", moment(950))]
    unverified = stale([record], at=NOW, older_than=0 * DAY, is_unverified=True)
    assert "birth_date" not in {each.attribute for each in unverified}


def test_checks_expire() -> None:
    """A check holds for as long as it is said to, and not before it took place."""
    checked = stated("Nantes", day=0, verified=100)
    assert is_verified(checked, at=NOW)
    assert is_verified(checked, at=moment(130), holds_for=30 * DAY)
    assert not is_verified(checked, at=moment(131), holds_for=30 * DAY)
    assert not is_verified(checked, at=moment(99))
    again = stale(
        [person_record(birth_places=[checked])], at=NOW, older_than=0 * DAY, holds_for=DAY, is_unverified=True
    )
    assert [each.attribute for each in again] == ["birth_place"]


def test_bad_questions() -> None:
    """Moments without time zone and negative ages are refused."""
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ConfigurationError, match="profile"):
        profile({}, at=naive)
    with pytest.raises(ConfigurationError, match="stale"):
        stale([], at=naive, older_than=DAY)
    with pytest.raises(ConfigurationError, match="stale"):
        stale([], at=NOW, older_than=-DAY)
