"""The codes of the values of units, of which others come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import Compared
from custid.comparison.live.arrays import LiveArrays, State
from custid.comparison.live.levels import AnyLevels, LiveLevels
from custid.comparison.live.statements import Statements
from custid.comparison.value_codes import MAX_ATTRIBUTES, ValueCodes
from custid.comparison.value_comparison import BoundLevels, BoundValues, ValueComparison
from custid.kernels.value_codes import CodeTable

__all__ = ["LiveValues", "ValueRows", "state_of_rows"]

_CELLS_PER_LINE = 16

HeldBy = Callable[[int, str], list[int]]
"""Returns the statements of a unit in an attribute."""


class LiveValues:
    """The values of one attribute.

    Parameters
    ----------
    comparison : ValueComparison
        How they are compared.
    levels : LiveLevels
        Grades them by their codes.
    statements : Statements
        All values; cells hold their numbers.
    held_by : callable
        Returns the statements of a unit in an attribute.
    n_common : int
        Values of a unit that have a cell of their own.
    """

    def __init__(
        self,
        comparison: ValueComparison,
        levels: LiveLevels,
        statements: Statements,
        held_by: HeldBy,
        n_common: int,
    ) -> None:
        self.attribute, self.is_costly, self.n_common = comparison.attribute, comparison.is_costly, n_common
        self.top = np.int8(len(comparison.levels.labels) - 1)
        self._levels, self._statements, self._held_by = levels, statements, held_by
        self.grade: BoundLevels = levels.grade if isinstance(levels, AnyLevels) else self._grade

    def _grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        code = self._statements.columns["code"]
        return self._levels.grade(code.take(left), code.take(right))

    def __call__(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        """Compare all values of units.

        Parameters
        ----------
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.

        Returns
        -------
        tuple of Compared
            One.
        """
        units, places = np.unique(np.concatenate([left_idx, right_idx]), return_inverse=True)
        held = [self._held_by(unit, self.attribute) for unit in units.tolist()]
        codes = np.full((len(units), max(1, *map(len, held))), -1, np.int32)
        for row, numbers in enumerate(held):
            codes[row, : len(numbers)] = numbers
        left, right = np.split(places.astype(np.int32), 2)
        return BoundValues(
            codes=codes,
            grade=self.grade,
            rarity=self._statements.columns["rarity"],
            top=self.top,
            n_common=1,
        )(left, right)


def _layout(n_common: Sequence[int]) -> tuple[NDArray[np.int64], int]:
    """Return the first cell of each attribute, and how many cells a unit has."""
    first = np.cumsum([0, *n_common])
    return first[:-1].astype(np.int64), -(-(int(first[-1]) + 1) // _CELLS_PER_LINE) * _CELLS_PER_LINE


def state_of_rows(numbers: Mapping[str, NDArray[np.int32]], n_units: int, n_common: Mapping[str, int]) -> State:
    """Return the cells of all units as arrays.

    Parameters
    ----------
    numbers : Mapping of str to ndarray of int32, shape (n_units, n_values)
        By attribute that is compared by its values, the statements of each unit, -1 padded.
    n_units : int
        Number of units.
    n_common : Mapping of str to int
        By attribute, how many cells it has.

    Returns
    -------
    State
        Arrays.
    """
    first, width = _layout(list(n_common.values()))
    cells = np.full((n_units, width), -1, np.int32)
    beyond = np.zeros(n_units, np.int32)
    for place, (attribute, n_cells) in enumerate(n_common.items()):
        codes = numbers[attribute][:, :n_cells]
        cells[:, first[place] : first[place] + codes.shape[1]] = codes
        if numbers[attribute].shape[1] > n_cells and place < MAX_ATTRIBUTES:
            beyond |= (numbers[attribute][:, n_cells] >= 0).astype(np.int32) << place
    cells[:, -1] = beyond
    return {"cells": {"cells": cells}, "cells.common": {"n": np.array(list(n_common.values()), np.int64)}}


class ValueRows:
    """The cells of all units.

    Parameters
    ----------
    arrays : LiveArrays
        Of all that is bound.
    attributes : sequence of LiveValues
        One to 31, in the order of the cells.
    outputs : sequence of int
        The place of each in the comparison vectors.
    statements : Statements
        All values.
    """

    def __init__(
        self, arrays: LiveArrays, attributes: Sequence[LiveValues], outputs: Sequence[int], statements: Statements
    ) -> None:
        self._columns, self._statements, self._attributes = arrays.columns("cells"), statements, attributes
        n_cells = [each.n_common for each in attributes]
        first, self._width = _layout(n_cells)
        self._layout = np.stack([first, n_cells, outputs, np.zeros(len(first))], axis=1).astype(np.int64)
        self._cells_of = {
            each.attribute: (int(start), each.n_common, 1 << place if place < MAX_ATTRIBUTES else 0)
            for place, (each, start) in enumerate(zip(attributes, first, strict=True))
        }
        self._generation: tuple[int, int] = (-1, -1)
        self.compared = ValueCodes.of_table(attributes, self._table())

    def _table(self) -> CodeTable:
        self._generation = self._columns.generation, self._statements.columns.generation
        return CodeTable(
            cells=self._columns["cells"].reshape(-1),
            layout=self._layout,
            top=np.array([each.top for each in self._attributes], np.int8),
            rarity=self._statements.columns["rarity"],
            width=self._width,
        )

    def refresh(self) -> None:
        """Take notice of arrays that are others than before."""
        if self._generation != (self._columns.generation, self._statements.columns.generation):
            self.compared.use(self._table())

    def write(self, place: int, numbers: Mapping[str, list[int]]) -> None:
        """Write the cells of a unit.

        Parameters
        ----------
        place : int
            The unit.
        numbers : Mapping of str to list of int
            By attribute, its statements.
        """
        row, beyond = [-1] * self._width, 0
        for attribute, held in numbers.items():
            cells = self._cells_of.get(attribute)
            if cells is not None:
                first, n_cells, bit = cells
                kept = held[:n_cells]
                row[first : first + len(kept)] = kept
                if len(held) > n_cells:
                    beyond |= bit
        # The sign is the bit of no attribute: there are 31 at most.
        row[-1] = beyond
        self._columns["cells"][place] = row
