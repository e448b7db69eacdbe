"""Households and joint holders among the customers of a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custid
from custid.model import (
    Collective,
    CollectiveKind,
    Joint,
    PartyKey,
    Person,
    PersonName,
    Provenance,
    Record,
    Relation,
    Role,
    Stated,
)
from custid.result import Result
from custid.review import Label, Labels, Verdict
from custid.testing import SyntheticCustomers, synthetic_customers

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_SCHEMA = pa.schema(
    {
        "collective": pa.int64(),
        "kind": pa.string(),
        "customers": pa.list_(pa.int64()),
        "customer": pa.int64(),
        "shared": pa.list_(pa.string()),
        "probability": pa.float64(),
        "basis": pa.string(),
    }
)


def _row(key: str, name: str, street: str, town: str, phone: str = "", **more: str) -> dict[str, Any]:
    return {"id": key, "name": name, "street": street, "town": town, "phone": phone, **more}


_COUPLE = [
    _row("1", "Jean Martin", "3 rue du Port", "Nantes", "02 40 00 00 01", title="M."),
    _row("2", "Marie Martin", "3 rue du Port", "Nantes", "06 39 98 00 11", title="Mme"),
    _row("3", "M. et Mme Jean Martin", "3 rue du Port", "Nantes", "02 40 00 00 01", title=""),
    _row("4", "Jean et Marie Martin", "3 rue du Port", "Nantes", "06 39 98 00 11", title=""),
    _row("5", "Zoé Petit", "9 quai Neuf", "Brest", "06 39 98 00 12", title="Mme"),
    _row("6", "Paul Roux", "11 quai Neuf", "Brest", "06 39 98 00 13", title="M."),
]
_SMITHS = [
    _row("1", "John Smith", "4 Mill Lane", "Leeds", "07700 900001", title="Mr"),
    _row("2", "Mary Smith", "4 Mill Lane", "Leeds", "07700 900002", title="Mrs"),
    _row("3", "Mr & Mrs Smith", "4 Mill Lane", "Leeds", "07700 900001", title=""),
    _row("4", "Zoe Petty", "9 Quay Road", "York", "07700 900003", title="Ms"),
    _row("5", "Mr & Mrs Smith", "7 Hill Road", "Bath", "07700 900004", title=""),
]


@pytest.fixture(scope="module")
def made() -> SyntheticCustomers:
    return synthetic_customers(3000, seed=11)


@pytest.fixture(scope="module")
def result(made: SyntheticCustomers) -> Result:
    return custid.dedupe(made.records)


def _customers(result: Result) -> dict[str, int]:
    rows = result.assignments
    return dict(zip(rows["record_key"].to_pylist(), rows["customer"].to_pylist(), strict=True))


def _joint(result: Result) -> list[dict[str, Any]]:
    return [each for each in result.collectives.to_pylist() if each["kind"] == "joint"]


def _pairs(groups: list[list[Any]]) -> set[tuple[Any, Any]]:
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def test_households_of_generated_people(made: SyntheticCustomers, result: Result) -> None:
    """Of the pairs found 97 % have lived together; of those that live together at last six in ten are found."""
    found_of: dict[int, Counter[str]] = defaultdict(Counter)
    true_ids = made.truth["true_id"].to_pylist()
    for customer, true_id in zip(result.assignments["customer"].to_pylist(), true_ids, strict=True):
        found_of[customer][true_id] += 1
    members = [
        [found_of[customer].most_common(1)[0][0] for customer in each["customers"]]
        for each in result.collectives.to_pylist()
    ]
    found = _pairs(members)
    truth: dict[str, set[tuple[str, str]]] = {}
    for name in ("household", "home"):
        groups: dict[str, list[str]] = defaultdict(list)
        for row in made.households.to_pylist():
            groups[row[name]].append(row["true_id"])
        truth[name] = _pairs(list(groups.values()))
    assert len(found & truth["household"]) >= 0.97 * len(found)
    assert len(found & truth["home"]) >= 0.6 * len(truth["home"])


def test_a_person_is_in_one_household(result: Result) -> None:
    """No customer is in two households, and each household has two members or more."""
    members = [customer for each in result.collectives["customers"].to_pylist() for customer in each]
    assert len(members) == len(set(members)) > 0
    assert min(map(len, result.collectives["customers"].to_pylist())) > 1


def test_what_the_table_tells(result: Result) -> None:
    """Columns have their types; households are inferred, with a probability and what tells."""
    assert result.collectives.schema == _SCHEMA
    assert set(result.collectives["basis"].to_pylist()) == {"inferred"}
    assert np.asarray(result.collectives["probability"]).min() >= 0.5
    assert all(result.collectives["shared"].to_pylist())


def test_members_of_a_household_are_related(result: Result) -> None:
    """Each further member is listed with the first one."""
    expected = {
        (each["customers"][0], other) for each in result.collectives.to_pylist() for other in each["customers"][1:]
    }
    rows = [row for row in result.related.to_pylist() if row["kind"] == "same_household"]
    assert {(row["customer_a"], row["customer_b"]) for row in rows} == expected
    assert {row["attribute"] for row in rows} <= {"address", "phone", "email", "family_name"}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_numbers_only(made: SyntheticCustomers, seed: int) -> None:
    """Permuted rows give the same households by record keys, shares and probabilities, to the bit."""
    records = made.records.slice(0, 900)
    order = np.random.default_rng(seed).permutation(records.num_rows)
    assert _by_keys(custid.dedupe(records)) == _by_keys(custid.dedupe(records.take(pa.array(order))))


@settings(max_examples=15)
@given(st.permutations([*_COUPLE, *({**row, "id": f"s{row['id']}"} for row in _SMITHS)]))
def test_any_order_of_couples_gives_the_same(rows: list[dict[str, Any]]) -> None:
    """Joint holders and their relations depend on the set of rows alone, and change no customer."""
    result = custid.dedupe(rows)
    assert _by_keys(result) == _by_keys(custid.dedupe(sorted(rows, key=lambda row: str(row["id"]))))
    assert result.assignments["customer"].to_pylist() == result.linked.cluster_of_row().tolist()


def _by_keys(result: Result) -> set[tuple[Any, ...]]:
    keys: dict[int, list[str]] = defaultdict(list)
    for key, customer in _customers(result).items():
        keys[customer].append(key)
    return {
        (
            each["kind"],
            frozenset(frozenset(keys[customer]) for customer in each["customers"]),
            frozenset(keys.get(each["customer"], ())),
            tuple(each["shared"]),
            each["probability"],
        )
        for each in result.collectives.to_pylist()
    }


def test_a_block_of_flats_is_no_household() -> None:
    """Two hundred people of as many names at one address are no household, though couples beside them are."""
    generator = np.random.default_rng(7)
    people = synthetic_customers(900, seed=8, share_of_organizations=0.0, share_of_english=0.0).records.to_pylist()
    flats = []
    for number in range(200):
        name = "".join(generator.choice(list("abcdefghijklmnop"), 9).tolist()).title()
        flats.append(
            {
                **dict.fromkeys(people[0], ""),
                "record_id": f"flat{number}",
                "shop": "web",
                "given_name": people[number]["given_name"] or "Anne",
                "family_name": name,
                "birth_date": f"19{10 + number % 80}-0{1 + number % 9}-1{number % 9}",
                "street": "rue des Tours",
                "house_number": "1",
                "postcode": "59000",
                "city": "Lille",
            }
        )
    result = custid.dedupe([*people, *flats])
    numbers = _customers(result)
    in_flats = {numbers[row["record_id"]] for row in flats}
    members = {customer for each in result.collectives["customers"].to_pylist() for customer in each}
    assert result.collectives.num_rows > 50
    assert not in_flats & members


def test_joint_holders_in_french() -> None:
    """A record of a couple is a customer of its own, related to both and merged with neither."""
    result = custid.dedupe(_COUPLE)
    number = _customers(result)
    assert number["3"] == number["4"]
    assert len({number[key] for key in "1235"}) == 4
    (joint,) = _joint(result)
    assert joint["customer"] == number["3"]
    assert joint["customers"] == sorted([number["1"], number["2"]])
    rows = [row for row in result.related.to_pylist() if row["kind"] == "joint_holders"]
    assert {(row["customer_a"], row["customer_b"]) for row in rows} == {
        (number["1"], number["2"]),
        (number["1"], number["3"]),
    }


def test_joint_holders_in_english() -> None:
    """Two couples of one name stay two, and only the one whose home they share is related to people."""
    result = custid.dedupe(_SMITHS)
    number = _customers(result)
    assert len(set(number.values())) == 5
    assert {each["customer"]: each["customers"] for each in _joint(result)} == {
        number["3"]: sorted([number["1"], number["2"]]),
        number["5"]: [],
    }


def test_nobody_is_related_at_random() -> None:
    """Where three bear the name and the record tells no given names, those are related whom the title tells."""
    ann = _row("6", "Ann Smith", "4 Mill Lane", "Leeds", "0113 496 0123", title="Miss")
    days = {"1": "1961-02-03", "2": "1963-11-30", "3": "", "6": "1990-07-14"}
    rows = [{**row, "born": days[row["id"]]} for row in (*_SMITHS[:3], ann)]
    result = custid.dedupe(rows)
    assert [each["customers"] for each in _joint(result)] == [[_customers(result)["1"]]]


def test_collectives_change_no_assignment() -> None:
    """Without the joint records the others are customers as before."""
    with_joint, without = custid.dedupe(_COUPLE), custid.dedupe([_COUPLE[at] for at in (0, 1, 4, 5)])
    assert [_customers(with_joint)[key] for key in "12"] == [_customers(without)[key] for key in "12"]


def _stated(value: Any, key: str) -> Stated[Any]:
    return Stated(value, Provenance(source="crm", record=key, observed_at=_NOW, recorded_at=_NOW))


def _person(key: str, given: str, family: str, **more: Any) -> Record:
    name = _stated(PersonName(given=(given,), family=family), key)
    return Record(source="crm", key=key, party=Person(names=(name,)), **more)


def test_what_typed_records_state() -> None:
    """Several holders of a role and members of a collective are collectives that a source declares."""
    ann, bob, eva = PartyKey("crm", "1"), PartyKey("crm", "2"), PartyKey("crm", "3")
    role = _stated(Role(kind="subscriber", target="account 12", holders=(ann, bob), joint=Joint.ALL), "1")
    group = PartyKey("crm", "9")
    relation = _stated(Relation(kind="has_member", subject=group, object=eva), "9")
    member = _stated(Relation(kind="member", subject=bob, object=group), "2")
    records = [
        _person("1", "Ann", "Lee", roles=(role,)),
        _person("2", "Bob", "Ray", roles=(role,), relations=(member,)),
        _person("3", "Eva", "Noe"),
        Record(
            source="crm",
            key="9",
            party=Collective(kind=CollectiveKind.GROUP, names=(_stated("Rays", "9"),)),
            relations=(relation,),
        ),
    ]
    result = custid.dedupe(records)
    number = _customers(result)
    found = {each["kind"]: each for each in result.collectives.to_pylist()}
    assert found["joint"]["customers"] == sorted([number["1"], number["2"]])
    assert found["group"]["customers"] == sorted([number["2"], number["3"]])
    assert found["group"]["customer"] == number["9"]
    assert {each["basis"] for each in found.values()} == {"declared"}


def test_collectives_as_typed_records() -> None:
    """Each collective is a record with its members as relations, the same for any order of rows."""
    records = list(custid.dedupe(_COUPLE).collective_records(at=_NOW))
    assert sorted(record.party.kind.value for record in records if isinstance(record.party, Collective)) == [
        "household",
        "joint",
    ]
    for record in records:
        members = {stated.value.subject.key for stated in record.relations}
        assert members == {"1", "2"}
        assert {stated.value.object for stated in record.relations} == {PartyKey(record.source, record.key)}
    backwards = list(custid.dedupe(_COUPLE[::-1]).collective_records(at=_NOW))
    assert {record.key for record in backwards} == {record.key for record in records}


def test_no_person_no_household() -> None:
    """Organizations at one address are no household, and an empty table has its columns."""
    rows = [{"raison_sociale": name, "adresse": "3 rue du Port", "cp": "44000"} for name in ("Garage A", "Hôtel B")]
    collectives = custid.dedupe(rows).collectives
    assert collectives.schema == _SCHEMA
    assert collectives.num_rows == 0


def test_who_is_said_to_be_two_may_live_together(made: SyntheticCustomers) -> None:
    """Two of a home who are so much alike that they are in doubt are a household once a person calls them two."""
    alike = [
        _row("t1", "Jean Martin", "3 rue du Port", "Nantes", "02 40 00 00 01"),
        _row("t2", "Jean Martin", "3 rue du Port", "Nantes", "06 39 98 00 11"),
    ]
    crowd = made.records.select(["record_id", "given_name", "family_name", "street", "city", "phone"]).to_pylist()
    for each in alike:
        given, family = each.pop("name").split()
        each |= {"record_id": each.pop("id"), "given_name": given, "family_name": family, "city": each.pop("town")}
    rows = [*alike, *crowd[:1500]]
    said = Labels.of([Label(left=("", "t1"), right=("", "t2"), verdict=Verdict.NON_MATCH)])
    number = _customers(result := custid.dedupe(rows, labels=said))
    assert number["t1"] != number["t2"]
    homes = [each["customers"] for each in result.collectives.to_pylist() if each["kind"] == "household"]
    assert sorted([number["t1"], number["t2"]]) in homes
