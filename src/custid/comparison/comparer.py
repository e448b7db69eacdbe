"""Comparison vectors of many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import BindingContext, BoundComparison, Comparison, ComparisonOutput, Matters
from custid.comparison.value_codes import MAX_ATTRIBUTES, ValueCodes
from custid.comparison.value_comparison import BoundValues
from custid.errors import ConfigurationError
from custid.table.record_table import RecordTable

__all__ = ["PairComparer"]


class PairComparer:
    """Compares pairs of records of one table by several comparisons.

    Parameters
    ----------
    table : RecordTable
        The records.
    comparisons : sequence of Comparison
        What to compare.
    context : BindingContext
        Frequencies and executor.

    Raises
    ------
    ConfigurationError
        If two comparisons have an output of one name.
    """

    def __init__(self, table: RecordTable, comparisons: Sequence[Comparison], context: BindingContext) -> None:
        self.outputs: tuple[ComparisonOutput, ...] = tuple(
            output for comparison in comparisons for output in comparison.outputs
        )
        names = [output.name for output in self.outputs]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ConfigurationError(
                f"comparisons: output names must differ, got {', '.join(map(repr, repeated))} twice.",
                hint="Give each comparison an attribute or a name of its own.",
            )
        self._views = table.views
        seen = table if table.seen is None else table.seen
        bound = [comparison.bind(seen, context) for comparison in comparisons]
        columns = np.cumsum([0, *(len(comparison.outputs) for comparison in comparisons)]).tolist()
        alone = list(zip(bound, columns, strict=False))
        together: list[tuple[BoundValues, int]] = []
        if context.is_compiled:
            together = [(each, column) for each, column in alone if isinstance(each, BoundValues)][:MAX_ATTRIBUTES]
            taken = {column for _, column in together}
            alone = [(each, column) for each, column in alone if column not in taken]
        self._alone: Sequence[tuple[BoundComparison, int]] = alone
        self._together = ValueCodes(*zip(*together, strict=True)) if together else None

    @classmethod
    def of_bound(
        cls,
        outputs: Sequence[ComparisonOutput],
        alone: Sequence[tuple[BoundComparison, int]],
        together: ValueCodes | None,
    ) -> PairComparer:
        """Return what compares by comparisons that are bound already, to records without dated values.

        Parameters
        ----------
        outputs : sequence of ComparisonOutput
            Columns of the comparison vectors.
        alone : sequence of (BoundComparison, int)
            Comparisons, each with its first column.
        together : ValueCodes or None
            Compares the values of further attributes at once.

        Returns
        -------
        PairComparer
            For the units that the comparisons know.
        """
        comparer = cls.__new__(cls)
        comparer.outputs, comparer._views = tuple(outputs), None  # noqa: SLF001  # its own class
        comparer._alone, comparer._together = tuple(alone), together  # noqa: SLF001
        return comparer

    def compare(
        self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32], matters: Matters | None = None
    ) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """Return comparison vectors and rarities.

        Where values are dated, each record is seen on the day on which the other was observed: a former name agrees
        with a record of its time, and is no evidence for or against one of another time.  A unit compared with itself
        shows all: rows that state the same, of the same times, agree on it.

        Parameters
        ----------
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.
        matters : callable, optional
            Asked before values that are costly to grade, which pairs are worth it; all are when not given.

        Returns
        -------
        levels : ndarray of int8, shape (n_pairs, n_outputs)
            Levels, -1 for null; 0 for differing values of pairs that were not worth grading.
        rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
            -log2 of the frequency of the value agreed on, 0 below the closest level.
        """
        if self._views is not None:
            is_self = left_idx == right_idx
            left_idx, right_idx = (
                np.where(is_self, units, self._views.seen(units, by))
                for units, by in ((left_idx, right_idx), (right_idx, left_idx))
            )
        # One output after another in memory, as they are worked out.
        levels = np.empty((len(self.outputs), len(left_idx)), np.int8)
        rarity_bits = np.empty((len(self.outputs), len(left_idx)), np.float32)
        for compare, first in self._alone:
            for output, compared in enumerate(compare(left_idx, right_idx), start=first):
                levels[output] = compared.levels
                rarity_bits[output] = compared.rarity_bits
        if self._together is not None:
            self._together.compare(left_idx, right_idx, levels, rarity_bits, matters)
        return levels.T, rarity_bits.T
