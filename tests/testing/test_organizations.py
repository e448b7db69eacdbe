"""Synthetic organizations."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import defaultdict

import pytest

import custid
from custid.engines.labels import are_valid
from custid.errors import ConfigurationError
from custid.testing import SyntheticOrganizations, synthetic_organizations
from custid.testing._company_names import acronym_of

_COLUMNS = "record_id source company trading_name siren siret email phone street house_number postcode city".split()


@pytest.fixture(scope="module")
def made() -> SyntheticOrganizations:
    return synthetic_organizations(3000, seed=3)


@pytest.fixture(scope="module")
def clean() -> SyntheticOrganizations:
    return synthetic_organizations(3000, seed=3, error_rate=0)


def _digits(made: SyntheticOrganizations, name: str) -> list[str]:
    return [value.replace(" ", "") for value in made.records[name].to_pylist()]


def test_tables_belong_together(made: SyntheticOrganizations) -> None:
    """One row per record in each table, under the same keys, in four sources."""
    assert made.records.column_names == _COLUMNS
    assert made.records.num_rows == 3000
    for table in (made.truth, made.companies):
        assert table.column_names == ["record_id", "true_id"]
        assert table["record_id"].equals(made.records["record_id"])
    assert set(made.records["source"].to_pylist()) == {"billing", "crm", "web", "delivery"}
    assert all(made.records["company"].to_pylist())


def test_establishments_are_of_one_company_each(made: SyntheticOrganizations) -> None:
    """Every establishment belongs to one company, and many companies have several."""
    company_of = defaultdict(set)
    for site, company in zip(made.truth["true_id"].to_pylist(), made.companies["true_id"].to_pylist(), strict=True):
        company_of[site].add(company)
    assert all(len(companies) == 1 for companies in company_of.values())
    assert 1.3 < len(company_of) / len({next(iter(each)) for each in company_of.values()}) < 2.3


def test_numbers_without_errors(clean: SyntheticOrganizations) -> None:
    """A SIREN is of one company, a SIRET of one establishment; both are valid and begin with 0."""
    owners: dict[str, set[str]] = defaultdict(set)
    truths = {"siren": clean.companies["true_id"].to_pylist(), "siret": clean.truth["true_id"].to_pylist()}
    for name, truth in truths.items():
        for number, owner in zip(_digits(clean, name), truth, strict=True):
            owners[number].add(owner)
    owners.pop("")
    assert all(len(each) == 1 for each in owners.values())
    assert all(number.startswith("0") for number in owners)
    for name, length in (("siren", 9), ("siret", 14)):
        assert are_valid(name, [number for number in owners if len(number) == length]).all()


def test_shares_of_errors(made: SyntheticOrganizations) -> None:
    """About one SIRET and SIREN in fifty has a wrong digit; some are missing."""
    for name in ("siren", "siret"):
        numbers = _digits(made, name)
        given = [number for number in numbers if number]
        assert 0.2 < len(given) / len(numbers) < 0.7
        assert 0.005 < 1 - are_valid(name, given).mean() < 0.04


def test_names_vary(clean: SyntheticOrganizations) -> None:
    """Companies are written with and without legal forms, by acronyms, abbreviations and trading names."""
    names = [name.upper() for name in clean.records["company"].to_pylist()]
    for part in ("S.A.R.L.", "SOCIÉTÉ À RESPONSABILITÉ LIMITÉE", "ETS ", " CIE"):
        assert any(part in name for name in names), part
    known = {acronym_of(name) for name in clean.records["company"].to_pylist()}
    assert sum(len(name) > 2 and name in known for name in names) > 50
    assert 0.05 < sum(map(bool, clean.records["trading_name"].to_pylist())) / len(names) < 0.4


def test_namesakes_and_franchises(clean: SyntheticOrganizations) -> None:
    """Several companies have one name."""
    companies = defaultdict(set)
    for name, company in zip(clean.records["company"].to_pylist(), clean.companies["true_id"].to_pylist(), strict=True):
        companies[name].add(company)
    assert max(map(len, companies.values())) >= 5


def test_the_same_everywhere() -> None:
    """A seed gives the same records in another process, and another seed gives others."""
    code = (
        "import hashlib; from custid.testing import synthetic_organizations as make;"
        "print(hashlib.sha256(repr(make(300, seed=4).records.to_pylist()).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "77"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    records = synthetic_organizations(300, seed=4).records
    assert told.stdout.strip() == hashlib.sha256(repr(records.to_pylist()).encode()).hexdigest()
    assert not synthetic_organizations(300, seed=5).records.equals(records)


def test_few_records() -> None:
    """None and one are numbers of records, too."""
    assert synthetic_organizations(0).records.num_rows == 0
    assert synthetic_organizations(1).truth.num_rows == 1


@pytest.mark.parametrize("arguments", [{"n_records": -1}, {"seed": -1}, {"error_rate": -0.5}])
def test_numbers_out_of_range(arguments: dict[str, int]) -> None:
    """A negative number is an error that names it."""
    (name,) = arguments
    with pytest.raises(ConfigurationError, match=f"{name}: expected a (whole )?number of at least 0, got -"):
        synthetic_organizations(**arguments)


def test_establishments_are_told_apart(made: SyntheticOrganizations) -> None:
    """Most pairs of records are judged rightly, with and without numbers, and hardly two companies are merged."""
    for dropped, least in (([], 0.95), (["siren", "siret"], 0.90)):
        result = custid.dedupe(made.records.drop_columns(dropped))
        assert custid.evaluate(result, made.truth).pairwise.f1 > least
        customer_companies = defaultdict(set)
        for customer, company in zip(
            result.assignments["customer"].to_pylist(), made.companies["true_id"].to_pylist(), strict=True
        ):
            customer_companies[customer].add(company)
        assert sum(len(each) > 1 for each in customer_companies.values()) <= 0.005 * result.n_customers
