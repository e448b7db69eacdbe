"""Lists in which nobody stands twice: what is alike there are households and namesakes."""

from __future__ import annotations

import pyarrow as pa
import pytest

import custid
from custid.testing import synthetic_customers

_TOLERATED = 0.01
_TOLERATED_WITHOUT_BIRTH_DATE = 0.015


@pytest.fixture(scope="module")
def everybody_once() -> pa.Table:
    """Return some thousands of people of whom each has one record."""
    made = synthetic_customers(6_000, seed=12, share_of_single_records=1.0, share_of_organizations=0.0)
    assert len(set(made.truth["true_id"].to_pylist())) == made.records.num_rows
    return made.records


@pytest.mark.parametrize(
    ("left_out", "tolerated"),
    [
        ((), _TOLERATED),
        (("email", "phone", "mobile", "loyalty_card"), _TOLERATED),
        (("birth_date", "sex", "loyalty_card"), _TOLERATED_WITHOUT_BIRTH_DATE),
    ],
    ids=["everything", "no contact data", "no birth date"],
)
def test_households_stay_apart(everybody_once: pa.Table, left_out: tuple[str, ...], tolerated: float) -> None:
    """Hardly a record is merged with somebody else's; a few more where namesakes have no birth date."""
    result = custid.dedupe(everybody_once.drop_columns(list(left_out)))
    assert result.n_customers >= (1 - tolerated) * everybody_once.num_rows


def test_two_lists_with_nobody_in_common(everybody_once: pa.Table) -> None:
    """Linking them joins at most one record in a hundred."""
    half = everybody_once.num_rows // 2
    result = custid.link({"crm": everybody_once.slice(0, half), "web": everybody_once.slice(half)})
    assert result.n_customers >= (1 - _TOLERATED) * everybody_once.num_rows
