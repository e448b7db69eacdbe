"""Comparison vectors, on synthetic customers."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from custid.comparison.comparer import PairComparer
from custid.comparison.library import default_comparisons
from custid.comparison.string_metrics import Executor
from custid.comparison.value_comparison import EqualLevels, ValueComparison
from custid.errors import ConfigurationError
from custid.table.record_table import RecordTable
from custid.testing.synthetic import synthetic_customers
from tests.comparison.tables import EXECUTORS, all_pairs, context, make_table

ATTRIBUTES = (
    "given_name",
    "family_name",
    "birth_date",
    "sex",
    "email",
    "phone",
    "street",
    "house_number",
    "postcode",
    "city",
)


def customers(n_records: int) -> RecordTable:
    """Return synthetic customers, their values folded just a little, with the records of organizations among them."""
    records = synthetic_customers(n_records, seed=7).records.to_pylist()
    names = {"organization_name", *ATTRIBUTES} & set(records[0])
    return make_table([{name: " ".join((row[name] or "").lower().split()) for name in names} for row in records])


def random_pairs(n_units: int, n_pairs: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return some pairs of units, many of them near each other."""
    rng = np.random.default_rng(3)
    left = rng.integers(0, n_units, n_pairs).astype(np.int32)
    step = rng.choice(np.array([1, 2, 5, 50, n_units // 2]), n_pairs)
    return left, ((left + step) % n_units).astype(np.int32)


def test_executors_agree_on_customers() -> None:
    """Both executors give the same vectors and rarities, whichever record of a pair comes first."""
    table = customers(60 if numba.config.DISABLE_JIT else 600)
    left, right = random_pairs(table.n_units, 300 if numba.config.DISABLE_JIT else 40_000)
    plain, compiled = (PairComparer(table, default_comparisons(table), context(executor)) for executor in EXECUTORS)
    levels, bits = plain.compare(left, right)
    for comparer, first, second in ((compiled, left, right), (plain, right, left), (compiled, right, left)):
        other_levels, other_bits = comparer.compare(first, second)
        np.testing.assert_array_equal(levels, other_levels)
        np.testing.assert_array_equal(bits, other_bits)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_laws_of_vectors(executor: Executor) -> None:
    """Null is -1 on both sides, a record agrees with itself, levels have labels, and rarity needs the closest level."""
    table = customers(40)
    comparer = PairComparer(table, default_comparisons(table), context(executor))
    left, right = all_pairs(table.n_units)
    levels, bits = comparer.compare(left, right)
    assert levels.dtype == np.int8
    assert bits.dtype == np.float32
    for column, output in enumerate(comparer.outputs):
        is_missing = np.all(table.columns[output.attribute].codes < 0, axis=1)
        assert ((levels[:, column] == -1) == (is_missing[left] | is_missing[right])).all()
        assert levels[:, column].max() <= len(output.levels) - 1
        assert (bits[levels[:, column] < len(output.levels) - 1, column] == 0).all()
        with_itself = levels[(left == right) & ~is_missing[left], column]
        if output.attribute != "organization_name":
            assert (with_itself == len(output.levels) - 1).all()


def test_no_pairs() -> None:
    """No pairs give vectors of no rows."""
    table = customers(20)
    nothing = np.zeros(0, np.int32)
    for executor in EXECUTORS:
        comparer = PairComparer(table, default_comparisons(table), context(executor))
        levels, bits = comparer.compare(nothing, nothing)
        assert levels.shape == bits.shape == (0, len(comparer.outputs))


def test_names_of_outputs_differ() -> None:
    """Two comparisons of one name are refused."""
    table = make_table([{"sex": "m"}])
    twice = [ValueComparison(attribute="sex", levels=EqualLevels())] * 2
    with pytest.raises(ConfigurationError, match="comparisons: output names must differ, got 'sex' twice"):
        PairComparer(table, twice, context(Executor.RAPIDFUZZ))
