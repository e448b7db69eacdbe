"""custid.model.status and custid.model.validity."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from custid.model import (
    ROLE_KINDS,
    CustomerKind,
    Holding,
    Kind,
    PartialDate,
    PartyKey,
    PersonName,
    Record,
    Role,
    Stated,
    current,
    customer_since,
    known,
    standing,
    status_at,
    status_history,
)
from tests.survivorship.statements import moment, person_record, stated

KEY = PartyKey("crm", "1")
SEEN = date(2020, 1, 1)


def role(kind: str = "subscriber", target: str = "contract:7", holder: PartyKey = KEY, **facts: Any) -> Stated[Role]:
    return stated(Role(kind=kind, target=target, holders=(holder,)), **facts)


def history(*records: Record, **options: Any) -> list[tuple[str, str]]:
    return [(status.kind.value, str(status.since)) for status in status_history(records, **options)]


def test_a_party_without_a_role_is_a_prospect() -> None:
    """A prospect is one since it was first seen; before that nothing is known."""
    record = person_record(names=[stated(PersonName(family="Petit"), day=3)])
    assert history(record) == [("prospect", "2020-01-04")]
    assert status_at([record], SEEN).since is None
    assert status_at([record], date(2021, 1, 1)).kind is CustomerKind.PROSPECT
    assert customer_since([record]) is None
    assert status_at([], SEEN).kind is CustomerKind.PROSPECT


def test_prospect_customer_former_customer() -> None:
    """A dated role makes a customer, and its end a former one."""
    record = person_record(roles=[role(valid=("2020-03-01", "2021-03-01"))])
    assert history(record) == [
        ("prospect", "2020-01-01"),
        ("customer", "2020-03-01"),
        ("former_customer", "2021-03-01"),
    ]
    assert status_at([record], date(2021, 2, 28)).kind is CustomerKind.CUSTOMER
    assert status_at([record], date(2021, 3, 1)).kind is CustomerKind.FORMER_CUSTOMER
    assert customer_since([record]) == date(2020, 3, 1)


def test_periods_that_meet_are_one() -> None:
    """Roles that follow each other without a day between make one time as a customer; a gap makes two."""
    record = person_record(
        roles=[
            role(target="a", valid=("2010-01-01", "2011-01-01")),
            role(target="b", valid=("2011-01-01", "2012-01-01")),
            role(target="c", valid=("2015-01-01", "")),
        ]
    )
    assert history(record) == [
        ("customer", "2010-01-01"),
        ("former_customer", "2012-01-01"),
        ("customer", "2015-01-01"),
    ]


def test_a_role_without_a_start_counts_from_the_day_it_was_seen() -> None:
    """Nobody becomes a customer before anybody has said so."""
    assert history(person_record(roles=[role(day=2)])) == [("customer", "2020-01-03")]
    ended = person_record(roles=[role(valid=("", "2019-06-01"))])
    assert history(ended) == [("customer", "2019-05-31"), ("former_customer", "2019-06-01")]


def test_a_later_end_supersedes_an_open_role() -> None:
    """A record that ends a role ends it, although it once said nothing of an end."""
    roles = [role(day=0, valid=("2020-01-01", "")), role(day=9, valid=("2020-01-01", "2020-06-01"))]
    assert history(person_record(roles=roles))[-1] == ("former_customer", "2020-06-01")


def test_roles_of_others_do_not_count() -> None:
    """A record may tell of a role that another party holds."""
    record = person_record(roles=[role(holder=PartyKey("crm", "2"))])
    assert history(record) == [("prospect", "2020-01-01")]
    both = [record, person_record("crm", "2", roles=[role(holder=PartyKey("crm", "2"), record="2")])]
    assert history(*both) == [("customer", "2020-01-01")]


def test_deciders_and_suppliers_are_no_customers() -> None:
    """Only kinds that make a customer do; a kind of the user's own does where it says so."""
    for kind in ("decider", "supplier", "prescriber"):
        assert history(person_record(roles=[role(kind)])) == [("prospect", "2020-01-01")]
    kinds = ROLE_KINDS.extended(Kind(code="prescriber", label_en="p", label_fr="p", is_customer=True))
    assert history(person_record(roles=[role("prescriber")]), role_kinds=kinds) == [("customer", "2020-01-01")]


def test_holdings_make_customers() -> None:
    """Who has bought something is a customer from its acquisition to its expiry."""
    car = Holding(kind="vehicle", product="car", acquired=PartialDate("2018-05-04"), expires=PartialDate("2020-05-04"))
    record = person_record(holdings=[stated(car)])
    assert history(record) == [("customer", "2018-05-04"), ("former_customer", "2020-05-05")]
    dated = person_record(holdings=[stated(car, valid=("2019", "2022-01-01"))])
    assert history(dated) == [
        ("customer", "2019-01-01"),
        ("former_customer", "2022-01-01"),
    ]
    plain = person_record(holdings=[stated(Holding(kind="vehicle", product="car"))])
    assert history(plain) == [("customer", "2020-01-01")]
    upside_down = Holding(kind="car", product="x", acquired=PartialDate("2022"), expires=PartialDate("2020-02"))
    assert history(person_record(holdings=[stated(upside_down)])) == [("prospect", "2020-01-01")]


def test_current_and_known_statements() -> None:
    """Statements are filtered by the day on which they hold and by the moment at which they were recorded."""
    homes = (stated("Lille", valid=("", "2015")), stated("Nantes", day=5, recorded=9, valid=("2016", "")))
    assert [home.value for home in current(homes, date(2010, 1, 1))] == ["Lille"]
    assert [home.value for home in current(homes, date(2020, 1, 1))] == ["Nantes"]
    assert [home.value for home in known(homes, moment(8))] == ["Lille"]
    assert known(homes, moment(9)) == homes


def test_only_later_words_of_one_record_supersede() -> None:
    """Neither another record, nor a disjoint period, nor another matter supersedes a statement."""
    first = stated("a", day=0)
    others = (
        stated("b", "web", day=5),
        stated("c", day=5, record="2"),
        stated("d", day=0),
    )
    assert set(standing((first, *others), lambda _: "")) == {first, *others}
    assert standing((first, stated("e", day=1)), lambda _: "") == (stated("e", day=1),)
    assert len(standing((first, stated("e", day=1)), lambda value: value)) == 2
    old, new = stated("a", valid=("", "2015")), stated("a", day=1, valid=("2016", ""))
    assert len(standing((old, new, new), lambda _: "")) == 2
    assert new.by.recorded_at - old.by.recorded_at == timedelta(days=1)
