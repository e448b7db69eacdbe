"""Labels of what a customer has one of at most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.engines import LocalEngine
from custid.engines.labels import are_valid, exclusive_labels, kept_apart_by
from custid.standardize.identifiers import identifier_schemes
from custid.table.record_table import build_record_table
from tests.record_tables import table_of

A, B, WRONG = "000000018", "000000026", "000000019"


def test_labels_are_of_valid_values() -> None:
    """Equal values have equal labels; a wrong check digit, no value and two values say nothing."""
    table = table_of({"siren": [A, B, A, WRONG, "", (A, B), (A, WRONG)], "city": list("abcdefg")})
    of_row = exclusive_labels(table)["siren"][table.unit_of_row].tolist()
    assert of_row[0] == of_row[2] == of_row[6] >= 0
    assert of_row[1] not in {-1, of_row[0]}
    assert of_row[3:6] == [-1, -1, -1]


def test_attributes_with_labels() -> None:
    """Exclusive identifiers with check digits are labels; other identifiers are not."""
    table = table_of(
        {"siren": [A, B], "rna": ["w000000001", "w000000002"], "organization_id": ["1", "2"], "city": ["a", "b"]}
    )
    assert list(exclusive_labels(table)) == ["siren"]


def test_kinds_of_party() -> None:
    """A person is no organization: kinds are labels where any is known."""
    values = {"city": (["a"], np.zeros((3, 1), np.int32))}
    table = build_record_table(values, 3, kind_of_row=np.array([0, 1, -1], np.int8))
    assert exclusive_labels(table)["party_kind"][table.unit_of_row].tolist() == [0, 1, -1]


def test_what_keeps_two_units_apart() -> None:
    """Attributes of which both have a label and not the same one."""
    labels = {"siren": np.array([0, 0, 1, -1], np.int32), "siret": np.array([0, 1, 2, 3], np.int32)}
    found = [kept_apart_by(labels, left, right) for left, right in ((0, 0), (0, 1), (0, 2), (0, 3))]
    assert found == [(), ("siret",), ("siren", "siret"), ("siret",)]


digits = st.text("0123456789", min_size=8, max_size=15)


@given(st.lists(digits | digits.map(lambda text: "356000000" + text[:5])))
@pytest.mark.parametrize("scheme", ["siren", "siret"])
def test_sums_of_all_at_once_are_those_of_the_scheme(scheme: str, values: list[str]) -> None:
    """The vectorized check agrees with that of the scheme, La Poste included."""
    verdict = identifier_schemes()[scheme].verdict
    assert are_valid(scheme, values).tolist() == [not verdict(value) for value in values]


@pytest.mark.parametrize(
    ("scheme", "value", "is_valid"),
    [
        ("siret", "35600000000048", True),
        ("siret", "35600000049837", True),
        ("siret", "35600000049838", False),
        ("siren", "356000000", True),
        ("siren", "12345678", False),
        ("siren", "00000001a", False),
        ("lei", "213800kud8lajwsq9d15", True),
        ("lei", "213800kud8lajwsq9d16", False),
        ("lei", "213800", False),
    ],
)
def test_check_digits(scheme: str, value: str, is_valid: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Length and check digits decide."""
    assert are_valid(scheme, [value]).tolist() == [is_valid]


def test_a_third_record_does_not_bring_two_establishments_together() -> None:
    """Two records of different SIRET stay apart though a third one without is like both, and weigh minus infinity."""
    names = ["garage du lac"] * 3 + [f"atelier {number}" for number in range(20)]
    table = table_of(
        {
            "organization_name": names,
            "phone": ["199001234"] * 3 + [f"1990099{number:02d}" for number in range(20)],
            "siret": ["00000001800010", "00000001800028", "", *[""] * 20],
        }
    )
    linked = LocalEngine().run(table)
    customer = linked.cluster_of_row().tolist()
    assert customer[0] != customer[1]
    assert customer[2] in customer[:2]
    assert np.isneginf(linked.weight_bits).sum() == 1
