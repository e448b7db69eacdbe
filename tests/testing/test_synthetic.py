"""Synthetic customers, the bakeries' sample and the command that writes both."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pytest
from attrs import asdict, fields

from custid.errors import ConfigurationError
from custid.testing import (
    DEFAULT_SOURCES,
    ErrorRates,
    MissingShares,
    SourceHabits,
    SyntheticCustomers,
    bakery_customers,
    synthetic_customers,
)
from custid.testing._deform import PLACEHOLDERS
from custid.testing.synthetic import main

SAMPLE = Path(__file__).parents[2] / "examples" / "data"
COMPLETE = SourceHabits(
    name="desk",
    missing=MissingShares(**{field.name: 0.0 for field in fields(MissingShares)}),
    placeholders=0.0,
    swapped_names=0.0,
    abbreviated_streets=0.0,
)
TELLING = ("birth_date", "email", "phone", "mobile", "street", "loyalty_card")


@pytest.fixture(scope="module")
def customers() -> SyntheticCustomers:
    return synthetic_customers(6000, seed=3)


@pytest.fixture(scope="module")
def clean() -> SyntheticCustomers:
    return synthetic_customers(3000, seed=3, error_rate=0.0, sources=(COMPLETE,))


def _by_customer(customers: SyntheticCustomers) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row, true_id in zip(customers.records.to_pylist(), customers.truth["true_id"].to_pylist(), strict=True):
        found[true_id].append(row)
    return found


def test_sample_is_what_the_generator_makes(tmp_path: Path) -> None:
    """The committed sample equals the bakeries' customers of the default seed, byte by byte."""
    main(["--bakeries", "--out", str(tmp_path)])
    for name in ("bakeries.csv", "bakeries_truth.csv"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name


def test_same_seed_same_customers(customers: SyntheticCustomers) -> None:
    """A seed makes the same records and truth again."""
    again = synthetic_customers(6000, seed=3)
    assert again.records.equals(customers.records)
    assert again.truth.equals(customers.truth)


def test_another_seed_other_customers() -> None:
    """Another seed makes other records."""
    first, second = synthetic_customers(50, seed=1), synthetic_customers(50, seed=2)
    assert not first.records.equals(second.records)


@pytest.mark.parametrize("hash_seed", ["0", "77"])
def test_hash_seed_does_not_matter(tmp_path: Path, hash_seed: str) -> None:
    """The order of Python's sets has no influence, and the command runs without a warning."""
    command = [sys.executable, "-W", "error", "-m", "custid.testing.synthetic", "--n", "80", "--out", str(tmp_path)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(command, check=True, env=environment)
    main(["--n", "80", "--seed", "1", "--out", str(tmp_path / "here")])
    for name in ("records.csv", "truth.csv"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_shape(customers: SyntheticCustomers) -> None:
    """There are as many records as asked for, all columns are text without null, truth is in the same order."""
    records, truth = customers.records, customers.truth
    assert records.num_rows == truth.num_rows == 6000
    assert {column.type for column in records.columns} == {pa.string()}
    assert sum(column.null_count for column in records.columns) == 0
    assert records["record_id"].equals(truth["record_id"])
    assert len(set(truth["record_id"].to_pylist())) == 6000


@pytest.mark.parametrize("n_records", [0, 1, 2])
def test_few_records(n_records: int) -> None:
    """No record, one and two are possible, with the same columns."""
    made = synthetic_customers(n_records)
    assert made.records.num_rows == made.truth.num_rows == n_records
    assert made.records.column_names[:4] == ["record_id", "shop", "given_name", "family_name"]


def test_shares(customers: SyntheticCustomers) -> None:
    """One customer in ten is an establishment, half of the customers have one record, all sources write."""
    found = _by_customer(customers)
    organizations = sum(any(row["company"] for row in rows) for rows in found.values()) / len(found)
    singles = sum(len(rows) == 1 for rows in found.values()) / len(found)
    assert abs(organizations - 0.1) < 0.03
    assert abs(singles - 0.5) < 0.04
    assert set(customers.records["shop"].to_pylist()) == {source.name for source in DEFAULT_SOURCES}


def test_options_reach_their_limits() -> None:
    """Only people, only organizations, only single records, only English: all can be asked for."""
    people = synthetic_customers(300, share_of_organizations=0.0).records
    companies = synthetic_customers(300, share_of_organizations=1.0).records
    singles = synthetic_customers(300, share_of_single_records=1.0).truth
    english = synthetic_customers(300, share_of_english=1.0, sources=(COMPLETE,), error_rate=0.0).records
    assert set(people["company"].to_pylist()) == {""}
    assert "" not in companies["company"].to_pylist()
    assert len(set(singles["true_id"].to_pylist())) == 300
    assert all(re.fullmatch(r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}", code) for code in english["postcode"].to_pylist())


def test_a_name_is_never_alone(customers: SyntheticCustomers) -> None:
    """Every record holds something beside names and sex."""
    assert all(any(row[name] for name in TELLING) for row in customers.records.to_pylist())


def test_without_errors_a_person_is_consistent(clean: SyntheticCustomers) -> None:
    """At error rate 0 the records of a person agree on birth date, sex and given name, but for hyphens."""
    for rows in _by_customer(clean).values():
        assert len({(row["birth_date"], row["sex"]) for row in rows}) == 1
        if not rows[0]["company"]:
            assert len({row["given_name"].replace("-", " ") for row in rows}) == 1


def test_errors_grow_with_their_rate() -> None:
    """At three times the errors more customers have more than one birth date."""
    unsure = []
    for error_rate in (0.0, 1.0, 3.0):
        made = synthetic_customers(2000, error_rate=error_rate, sources=(COMPLETE,), share_of_organizations=0.0)
        unsure.append(sum(len({row["birth_date"] for row in rows}) > 1 for rows in _by_customer(made).values()))
    assert unsure[0] == 0 < unsure[1] < unsure[2]


def test_households_share_addresses_and_names(clean: SyntheticCustomers) -> None:
    """Different people live at one address under one family name, and some bear one given name, too."""
    homes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    full_names: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for true_id, rows in _by_customer(clean).items():
        for row in rows:
            home = (row["family_name"], row["street"], row["house_number"], row["postcode"])
            homes[home].add(true_id)
            full_names[row["given_name"], *home].add(true_id)
    assert sum(len(members) > 1 for members in homes.values()) > 100
    assert any(len(members) > 1 for members in full_names.values())


def test_twins(clean: SyntheticCustomers) -> None:
    """Some housemates share the birth date, but not the given name."""
    births: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in clean.records.to_pylist():
        if row["birth_date"]:
            births[row["birth_date"], row["family_name"], row["street"]].add(row["given_name"].replace("-", " "))
    assert any(len(names) > 1 for names in births.values())


def test_establishments_of_one_company(clean: SyntheticCustomers) -> None:
    """Establishments share the company's mail domain and are customers of their own, each with its address."""
    sites: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for true_id, rows in _by_customer(clean).items():
        for row in rows:
            if row["company"]:
                sites[row["email"].partition("@")[2]][true_id].add(f"{row['house_number']} {row['street']}")
    several = [found for found in sites.values() if len(found) > 1]
    assert len(several) > 5
    assert all(len(addresses) == 1 for found in sites.values() for addresses in found.values())


def test_sources_write_as_they_are_used_to() -> None:
    """Capitals, accents, layouts of dates and telephones, words for sex and cards follow the habits."""
    habits = SourceHabits(
        name="desk",
        upper_case=1.0,
        no_accents=1.0,
        date_layout="{d:02d}/{m:02d}/{y:04d}",
        sex_words=("MR", "MRS"),
        phone_layouts=("plain",),
        has_one_phone_field=True,
        has_number_in_street=True,
        placeholders=0.0,
        card_prefix="ZZ",
    )
    rows = synthetic_customers(400, sources=(habits,), share_of_organizations=0.0).records.to_pylist()
    text = "".join(row["given_name"] + row["family_name"] + row["street"] + row["city"] for row in rows)
    assert text.isascii()
    assert text.upper() == text
    assert {row["sex"] for row in rows} == {"", "MR", "MRS"}
    assert {row["mobile"] + row["house_number"] for row in rows} == {""}
    assert all(re.fullmatch(r"(\d\d/\d\d/\d{4})?", row["birth_date"]) for row in rows)
    assert all(re.fullmatch(r"(0\d{9,10})?", row["phone"]) for row in rows)
    assert all(re.fullmatch(r"(ZZ\d{8})?", row["loyalty_card"]) for row in rows)


def test_placeholders_and_the_shops_own_address() -> None:
    """Where cells must not stay empty, N/A and its like fill them; unlike people share the shop's address."""
    habits = SourceHabits(
        name="till", placeholders=0.5, own_email="till@shop.example", missing=MissingShares(email=0.9)
    )
    records = synthetic_customers(500, sources=(habits,)).records
    assert set(records["city"].to_pylist()) & set(PLACEHOLDERS["city"])
    assert records["email"].to_pylist().count("till@shop.example") > 5
    assert "1900-01-01" in records["birth_date"].to_pylist()


def test_names_have_a_long_tail() -> None:
    """Family names do not run out: the larger the table, the more there are."""
    small, large = (synthetic_customers(n, error_rate=0.0, sources=(COMPLETE,)).records for n in (1000, 8000))
    n_names = [len(set(records["family_name"].to_pylist())) for records in (small, large)]
    assert n_names[1] > 1000
    assert n_names[1] > 3 * n_names[0]


def test_cities_can_be_chosen() -> None:
    """French customers live where they are told to."""
    made = synthetic_customers(
        200, cities={"Nantes": ["44000", "44100"]}, share_of_english=0.0, sources=(COMPLETE,), error_rate=0.0
    )
    assert set(made.records["postcode"].to_pylist()) == {"44000", "44100"}


def test_bakeries() -> None:
    """The three bakeries have French columns, cards of their own, and customers who are mostly people."""
    records = bakery_customers(1500).records
    assert records.column_names == [
        "numero", "boutique", "prenom", "nom", "societe", "date_naissance", "civilite", "courriel", "telephone",
        "adresse", "code_postal", "ville", "carte_fidelite",
    ]  # fmt: skip
    cards = {(row["boutique"], row["carte_fidelite"][:2]) for row in records.to_pylist() if row["carte_fidelite"]}
    assert cards == {("Fournil des Halles", "FH"), ("Maison Brioche", "MB"), ("Aux Deux Épis", "2E")}
    assert records["societe"].to_pylist().count("") > 0.9 * 1500


def test_mail_domains_are_reserved(customers: SyntheticCustomers) -> None:
    """Nobody real has a mailbox at the addresses, whose typos spare the reserved top level."""
    given = {email for email in customers.records["email"].to_pylist() if email}
    assert {email for email in given if not email.endswith(".example")} <= set(PLACEHOLDERS["email"])


def test_documented_rates_are_the_rates() -> None:
    """The docstring's table holds every error rate as it is."""
    documented = re.findall(r"``(\w+)``\s+([\d.]+) %", synthetic_customers.__doc__ or "")
    assert {name: float(percent) / 100 for name, percent in documented} == pytest.approx(asdict(ErrorRates()))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"n_records": -1}, "n_records: expected a whole number of at least 0, got -1"),
        ({"seed": -1}, "seed: expected a whole number of at least 0"),
        ({"error_rate": float("nan")}, "error_rate: expected a number of at least 0, got nan"),
        ({"n_records": 2.5}, "n_records: expected a whole number of at least 0, got 2.5"),
        ({"n_records": math.inf}, "n_records: expected a whole number of at least 0, got inf"),
        ({"seed": "7"}, "seed: expected a whole number of at least 0, got '7'"),
        ({"share_of_organizations": "0.1"}, "share_of_organizations: expected a share from 0 to 1, got '0.1'"),
        ({"cities": {"Paris": "75001"}, "share_of_english": 0.0}, "cities: expected French cities with postcodes each"),
        ({"share_of_organizations": 1.5}, "share_of_organizations: expected a share from 0 to 1, got 1.5"),
        ({"sources": ()}, "sources: expected one or more of distinct names"),
        ({"sources": (COMPLETE, COMPLETE)}, "sources: expected one or more of distinct names"),
        ({"cities": {"Nantes": ["44000"]}}, "cities: expected French cities"),
        ({"cities": {"Nantes": []}, "share_of_english": 0.0}, "cities: expected French cities with postcodes each"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, object], problem: str) -> None:
    """An option out of its range is an error that names it."""
    with pytest.raises(ConfigurationError, match=problem):
        synthetic_customers(**options)  # type: ignore[arg-type]


def test_all_problems_are_told_at_once() -> None:
    """Several wrong options make one error."""
    with pytest.raises(ConfigurationError, match=r"n_records.*; seed"):
        synthetic_customers(-1, seed=-1)


def test_impossible_habits_are_refused() -> None:
    """Shares, weights and layouts of a source are checked when it is made."""
    with pytest.raises(ConfigurationError, match="MissingShares: email: expected a share from 0 to 1, got 2"):
        MissingShares(email=2)
    with pytest.raises(ConfigurationError, match="SourceHabits: weight: expected a number above 0, got 0"):
        SourceHabits(name="a", weight=0)
    with pytest.raises(ConfigurationError, match=r"phone_layouts: expected some of plain, .*, got none"):
        SourceHabits(name="a", phone_layouts=())
    with pytest.raises(ConfigurationError, match=r"date_layout: expected a format with the fields y, m and d, got"):
        SourceHabits(name="a", date_layout="{q}")
    with pytest.raises(ConfigurationError, match=r"sex_words: expected two words, got \('M',\)"):
        SourceHabits(name="a", sex_words=("M",))  # type: ignore[arg-type]


def test_households_of_people() -> None:
    """Everybody who has a record is told with a household, of whom some share a home at last; organizations are not."""
    made = synthetic_customers(600, seed=3)
    people = made.households["true_id"].to_pylist()
    assert people == sorted(set(people))
    assert set(people) < set(made.truth["true_id"].to_pylist())
    households, homes = (set(made.households[name].to_pylist()) for name in ("household", "home"))
    assert len(households) < len(homes) < len(people)
    assert synthetic_customers(0).households.num_rows == 0
