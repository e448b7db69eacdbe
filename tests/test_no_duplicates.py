"""Lists in which nobody stands twice: what is alike there are households and namesakes."""

from __future__ import annotations

import pyarrow as pa
import pytest

import custid
from custid.testing import synthetic_customers

_TOLERATED = 0.003
_TOLERATED_OF_NAMES_AND_ADDRESSES = 0.02


@pytest.fixture(scope="module")
def everybody_once() -> pa.Table:
    """Return some thousands of people of whom each has one record."""
    made = synthetic_customers(6_000, seed=12, share_of_single_records=1.0, share_of_organizations=0.0)
    assert len(set(made.truth["true_id"].to_pylist())) == made.records.num_rows
    return made.records


@pytest.mark.parametrize(
    "left_out",
    [
        (),
        ("email", "phone", "mobile", "loyalty_card"),
        ("birth_date", "sex", "loyalty_card"),
    ],
    ids=["everything", "no contact data", "no birth date"],
)
def test_households_and_namesakes_stay_apart(everybody_once: pa.Table, left_out: tuple[str, ...]) -> None:
    """Hardly a record is merged with somebody else's."""
    result = custid.dedupe(everybody_once.drop_columns(list(left_out)))
    assert result.n_customers >= (1 - _TOLERATED) * everybody_once.num_rows


@pytest.mark.parametrize("n_people", [6_000, pytest.param(40_000, marks=pytest.mark.slow)])
def test_names_and_addresses_alone_merge_few(n_people: int) -> None:
    """Namesakes in different towns are told apart in a large list, too; in a household of one name nothing is left."""
    made = synthetic_customers(n_people, seed=3, share_of_single_records=1.0, share_of_organizations=0.0).records
    names = ["given_name", "family_name", "street", "house_number", "postcode", "city"]
    assert custid.dedupe(made.select(names)).n_customers >= (1 - _TOLERATED_OF_NAMES_AND_ADDRESSES) * n_people


def test_two_lists_with_nobody_in_common(everybody_once: pa.Table) -> None:
    """Linking them joins hardly a record."""
    half = everybody_once.num_rows // 2
    result = custid.link({"crm": everybody_once.slice(0, half), "web": everybody_once.slice(half)})
    assert result.n_customers >= (1 - _TOLERATED) * everybody_once.num_rows
