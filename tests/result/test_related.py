"""Customers of one legal unit."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import custid
from custid.result import Result

_SCHEMA = pa.schema({"customer_a": pa.int64(), "customer_b": pa.int64(), "kind": pa.string(), "attribute": pa.string()})


def _row(name: str, siren: str, siret: str, street: str, postcode: str) -> dict[str, Any]:
    return {"raison_sociale": name, "siren": siren, "siret": siret, "adresse": street, "code_postal": postcode}


_ROWS = [
    _row("Garage du Lac", "", "00000001800010", "3 rue du Port", "44000"),
    _row("GARAGE DU LAC SARL", "000000018", "00000001800010", "3 rue du Port", "44000"),
    _row("Garage du Lac", "", "00000001800028", "8 avenue Foch", "29200"),
    _row("Garage du Lac Quimper", "000000018", "00000001800036", "1 place du Jeu", "29000"),
    _row("Hôtel Royal", "000000026", "", "5 quai Neuf", "13001"),
    _row("Moulin Vert", "000000019", "", "2 chemin Vert", "33000"),
    _row("Scierie Haute", "000000019", "", "9 route Haute", "88000"),
]


@pytest.fixture(scope="module")
def result() -> Result:
    return custid.dedupe(_ROWS)


def test_establishments_are_related_and_not_merged(result: Result) -> None:
    """Customers of one SIREN and different SIRETs are listed with the first of them; wrong numbers relate nobody."""
    customers = result.assignments["customer"].to_pylist()
    assert customers[0] == customers[1]
    assert len({customers[0], customers[2], customers[3]}) == 3
    assert result.related.schema == _SCHEMA
    assert result.related.to_pylist() == [
        {"customer_a": customers[0], "customer_b": other, "kind": "same_legal_unit", "attribute": "siren"}
        for other in (customers[2], customers[3])
    ]


def test_the_report_counts_them(result: Result) -> None:
    """The report tells how many there are, and nothing where there are none."""
    assert result.report.n_related == 2
    assert "further establishments of legal units, related and not merged: 2" in str(result.report)
    assert "legal units" not in str(custid.dedupe(_ROWS[4:]).report)


def test_why_establishments_are_apart(result: Result) -> None:
    """An explanation names the number that keeps two establishments apart."""
    explained = result.explain("1", "3")
    assert explained.kept_apart_by == ("siret",)
    assert "they differ in SIRET (establishment), of which a customer has one" in explained.verdict
    assert result.explain("1", "2").kept_apart_by == ()
    pairs = set(
        zip(result.pairs["left_record_key"].to_pylist(), result.pairs["right_record_key"].to_pylist(), strict=True)
    )
    assert not pairs & {("1", "3"), ("2", "3"), ("3", "4")}


def test_nobody_is_related_without_numbers() -> None:
    """Without SIREN the table is there, and empty."""
    related = custid.dedupe([{"nom": "Roy", "prenom": "Zoé"}, {"nom": "Li", "prenom": "Eva"}]).related
    assert related.schema == _SCHEMA
    assert related.num_rows == 0


def test_customers_have_the_siren_of_their_siret(result: Result) -> None:
    """A SIREN that no source has stated stands in the table of customers all the same."""
    sirens = dict(zip(result.customers["customer"].to_pylist(), result.customers["siren"].to_pylist(), strict=True))
    assert sirens[result.assignments["customer"].to_pylist()[2]] == "000000018"
