"""`custid.comparison.value_codes`."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from custid.comparison.comparer import PairComparer
from custid.comparison.levels import ErrorLevels
from custid.comparison.string_metrics import Executor
from custid.comparison.value_codes import ValueCodes
from custid.comparison.value_comparison import EqualLevels, FunctionLevels, ValueComparison
from custid.table.record_table import RecordTable
from tests.comparison.tables import all_pairs, context, make_table

_SAME_START = FunctionLevels(
    ("else", "same first", "same two first", "exact"), lambda a, b: int(a[:1] == b[:1]) + int(a[:2] == b[:2])
)


def records(n_records: int) -> RecordTable:
    """Return records of which some have two phone numbers, few have three, and a tenth lacks each attribute."""
    rng = np.random.default_rng(5)

    def values(n_values: int) -> list[str]:
        return ["".join(map(str, rng.integers(1, 4, 4))) for _ in range(n_values)]

    n_phones = rng.choice([0, 1, 2, 3, 4], n_records, p=[0.1, 0.5, 0.35, 0.03, 0.02])
    return make_table(
        [
            {
                "phone": values(int(n)),
                "city": values(int(rng.random() > 0.1)),
                "sex": values(1)[0][:1],
                "loyalty_card": values(int(rng.choice([1, 2], p=[0.97, 0.03]))),
            }
            for n in n_phones
        ]
    )


def columns(comparer: PairComparer, pairs: tuple[NDArray[np.int32], NDArray[np.int32]]) -> list[list[float]]:
    levels, bits = comparer.compare(*pairs)
    return [*levels.T.tolist(), *bits.T.tolist()]


def test_many_attributes_at_once_are_what_each_is() -> None:
    """Together or one by one, with any number of values, levels and rarities are the same."""
    table = records(120)
    comparisons = [
        ValueComparison(attribute="phone", levels=ErrorLevels()),
        ValueComparison(attribute="sex", levels=EqualLevels()),
        ValueComparison(attribute="city", levels=_SAME_START),
        ValueComparison(attribute="loyalty_card", levels=_SAME_START),
    ]
    bound = [each.bind(table, context(Executor.NUMBA)) for each in comparisons]
    assert [(each.n_common, each.codes.shape[1]) for each in bound] == [(2, 4), (1, 1), (1, 1), (1, 2)]
    left, right = all_pairs(table.n_units)
    together = np.empty((4, len(left)), np.int8), np.empty((4, len(left)), np.float32)
    ValueCodes(bound, [3, 1, 0, 2]).compare(left, right, *together)
    for each, output in zip(bound, (3, 1, 0, 2), strict=True):
        (alone,) = each(left, right)
        assert together[0][output].tolist() == alone.levels.tolist()
        assert together[1][output].tolist() == alone.rarity_bits.tolist()


def test_a_few_hundred_attributes_are_compared() -> None:
    """Attributes beyond those whose codes stand side by side are compared one by one."""
    rng = np.random.default_rng(6)
    table = make_table([{f"a{number:02}": str(rng.integers(0, 3)) for number in range(40)} for _ in range(9)])
    comparisons = [ValueComparison(attribute=name, levels=_SAME_START) for name in table.columns]
    compared = [
        columns(PairComparer(table, comparisons, context(executor)), all_pairs(table.n_units))
        for executor in (Executor.RAPIDFUZZ, Executor.NUMBA)
    ]
    assert compared[0] == compared[1]


@pytest.mark.parametrize("executor", [Executor.RAPIDFUZZ, Executor.NUMBA])
def test_order_of_comparisons_is_order_of_columns(executor: Executor) -> None:
    """Each comparison keeps its place, whichever of them are compared together."""
    table = records(30)
    names = ["phone", "sex", "city", "loyalty_card"]
    pairs = all_pairs(table.n_units)
    levels = {name: _SAME_START if name != "sex" else EqualLevels() for name in names}
    found = {}
    for order in (names, names[::-1]):
        comparisons = [ValueComparison(attribute=name, levels=levels[name]) for name in order]
        compared = columns(PairComparer(table, comparisons, context(executor)), pairs)
        found[tuple(order)] = dict(zip(order, compared, strict=False))
    assert found[tuple(names)] == found[tuple(names[::-1])]
