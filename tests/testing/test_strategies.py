"""Strategies for hypothesis."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from custid.testing import strategies


@given(strategies.rows(min_size=1, max_size=5))
def test_rows(made: list[dict[str, str]]) -> None:
    """Rows of one list share their columns and hold text."""
    assert 1 <= len(made) <= 5
    assert all(row.keys() == made[0].keys() for row in made)
    assert all(isinstance(value, str) for row in made for value in row.values())


@given(strategies.tables(max_size=4))
def test_tables(table: pa.Table) -> None:
    """Tables have text columns and distinct record keys."""
    assert table.num_rows <= 4
    assert {column.type for column in table.columns} == {pa.string()}
    assert len(set(table["record_id"].to_pylist())) == table.num_rows


@given(st.sampled_from(("email", "no_such_column")).flatmap(strategies.values))
def test_values(value: str) -> None:
    """Values of known columns and of others are text."""
    assert isinstance(value, str)


def test_hypothesis_is_imported_on_demand() -> None:
    """The package of synthetic customers does not need hypothesis."""
    program = "import custid.testing, sys; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
