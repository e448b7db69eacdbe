"""Small tables and their comparison, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import BindingContext, Comparison
from custid.comparison.string_metrics import Executor
from custid.comparison.value_comparison import ValueLevels
from custid.table.record_table import RecordTable, build_record_table

__all__ = ["EXECUTORS", "Row", "all_pairs", "compare_rows", "context", "level_label", "make_table"]

Row = Mapping[str, str | Sequence[str]]
"""One record: a value or several of each attribute, canonical."""

EXECUTORS = [Executor.RAPIDFUZZ, Executor.NUMBA]


def make_table(rows: Sequence[Row]) -> RecordTable:
    """Return a table of some records; an attribute that a record has not is missing."""
    values: dict[str, tuple[list[str], NDArray[np.int32]]] = {}
    for name in sorted({name for row in rows for name in row}):
        lists = [[row.get(name, "")] if isinstance(row.get(name, ""), str) else list(row[name]) for row in rows]
        vocabulary = sorted({str(value) for several in lists for value in several})
        codes = np.full((len(rows), max(map(len, lists))), -1, np.int32)
        for place, several in enumerate(lists):
            codes[place, : len(several)] = [vocabulary.index(str(value)) for value in several]
        values[name] = (vocabulary, codes)
    return build_record_table(values, len(rows))


def context(executor: Executor) -> BindingContext:
    """Return a context in which each value is worth its length in bits."""
    return BindingContext(
        rarity=lambda _attribute, values: np.fromiter(map(len, values), np.float32, len(values)), executor=executor
    )


def all_pairs(n_units: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return all ordered pairs of units, those of a unit with itself included."""
    left, right = np.meshgrid(np.arange(n_units, dtype=np.int32), np.arange(n_units, dtype=np.int32), indexing="ij")
    return left.ravel(), right.ravel()


def compare_rows(
    comparison: Comparison, rows: Sequence[Row], executor: Executor
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return levels and rarities of all pairs of rows, of shape (n_outputs, n_rows, n_rows)."""
    table = make_table(rows)
    compared = comparison.bind(table, context(executor))(*all_pairs(table.n_units))
    square = (table.n_units, table.n_units)
    chosen = np.ix_(table.unit_of_row, table.unit_of_row)
    levels = np.stack([output.levels.reshape(square)[chosen] for output in compared])
    return levels, np.stack([output.rarity_bits.reshape(square)[chosen] for output in compared])


def level_label(levels: ValueLevels, left: str, right: str, executor: Executor) -> str:
    """Return the label of the level of two differing values, both ways round."""
    grade = levels.bind([left, right], context(executor))
    zero, one = np.zeros(1, np.int32), np.ones(1, np.int32)
    there, back = int(grade(zero, one)[0]), int(grade(one, zero)[0])
    assert there == back
    return levels.labels[there]
