"""Match quality on generated customers: families and neighbors are not taken for one person."""

from __future__ import annotations

import pytest

import custid
from custid.testing import synthetic_customers


@pytest.mark.parametrize("share_of_single_records", [0.2, 0.5, 0.9])
def test_families_are_not_merged(share_of_single_records: float) -> None:
    """Whatever share of customers has one record only, hardly a pair found is wrong and most are found."""
    made = synthetic_customers(1500, seed=1, share_of_single_records=share_of_single_records)
    pairwise = custid.evaluate(custid.dedupe(made.records), made.truth).pairwise
    assert pairwise.precision > 0.93
    assert pairwise.recall > 0.88


def test_twice_the_errors_cost_little() -> None:
    """With twice as many errors most pairs are still found."""
    made = synthetic_customers(1500, seed=2, error_rate=2.0)
    pairwise = custid.evaluate(custid.dedupe(made.records), made.truth).pairwise
    assert pairwise.precision > 0.9
    assert pairwise.recall > 0.8


def test_little_to_compare_does_not_merge_families() -> None:
    """Names and a postcode alone still tell the members of a household apart."""
    made = synthetic_customers(1500, seed=3, share_of_organizations=0.0)
    records = made.records.select(["record_id", "given_name", "family_name", "postcode"])
    assert custid.evaluate(custid.dedupe(records), made.truth).pairwise.precision > 0.9
