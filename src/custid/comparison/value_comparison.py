"""Comparisons of single values: any value of one record against any of the other, the closest counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.comparison import BindingContext, BoundComparison, Compared, ComparisonOutput, is_comparable
from custid.comparison.remembered import remembered
from custid.table.record_table import RecordTable, ValueColumn

__all__ = ["BoundLevels", "EqualLevels", "FunctionLevels", "ValueComparison", "ValueLevels"]

BoundLevels = Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[np.int8]]
"""Takes the codes of differing values of many pairs, returns their levels, all below the closest one."""


class ValueLevels(Protocol):
    """Levels of two values of one attribute."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels from else to exact; two equal values are always at the last."""
        ...

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        ...


@frozen(kw_only=True)
class ValueComparison:
    """Compare the values of one attribute.

    Attributes
    ----------
    attribute : str
        The attribute.
    levels : ValueLevels
        How two differing values are graded.
    is_personal : bool
        True when two members of one household agree on it by chance only.

    Raises
    ------
    ConfigurationError
        If the attribute is banned as evidence; the message says why.
    """

    attribute: str = field(validator=is_comparable)
    levels: ValueLevels
    is_personal: bool = False

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One output, named after the attribute."""
        return (
            ComparisonOutput(
                name=self.attribute, attribute=self.attribute, levels=self.levels.labels, is_personal=self.is_personal
            ),
        )

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:
        """Prepare the comparison of records of one table."""
        column = table.columns[self.attribute]
        grade = self.levels.bind(column.vocabulary, context)
        rarity = context.rarity(self.attribute, column.vocabulary)
        top = np.int8(len(self.levels.labels) - 1)

        def compare(left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
            return (_compare_column(column, grade, rarity, top, left_idx, right_idx),)

        return compare


def _compare_column(
    column: ValueColumn,
    grade: BoundLevels,
    rarity: NDArray[np.float32],
    top: np.int8,
    left_idx: NDArray[np.int32],
    right_idx: NDArray[np.int32],
) -> Compared:
    levels = np.full(len(left_idx), -1, np.int8)
    bits = np.zeros(len(left_idx), np.float32)
    for first in range(column.n_values):
        left = column.codes[:, first][left_idx]
        for second in range(column.n_values):
            right = column.codes[:, second][right_idx]
            # Missing is -1: the bitwise or of two codes is negative where one is missing.
            present = (left | right) >= 0
            equal = left == right
            equal &= present
            rows = np.flatnonzero(equal)
            bits[rows] = np.maximum(bits[rows], rarity[left[rows]])
            levels[rows] = top
            rows = np.flatnonzero(present & (levels < top))
            levels[rows] = np.maximum(levels[rows], grade(left[rows], right[rows]))
    return Compared(levels=levels, rarity_bits=bits)


@frozen
class FunctionLevels:
    """Levels from a plain function of two strings, called once for each distinct pair of values.

    Attributes
    ----------
    labels : tuple of str
        Labels from else to exact.
    function : callable
        Takes two differing canonical values, returns a level in [0, n_levels - 2]; their order must not matter.

    Examples
    --------
    >>> same_start = FunctionLevels(("else", "same start", "exact"), lambda a, b: int(a[:3] == b[:3]))
    >>> same_start.labels[-1]
    'exact'
    """

    labels: tuple[str, ...]
    function: Callable[[str, str], int] = field(repr=False)

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:  # noqa: ARG002 - the protocol's
        """Prepare for the values of a vocabulary."""

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            pairs = zip(left.tolist(), right.tolist(), strict=True)
            return np.fromiter((self.function(vocabulary[a], vocabulary[b]) for a, b in pairs), np.int8, len(left))

        return remembered(grade, len(vocabulary), np.int8)


@frozen
class EqualLevels:
    """Levels of a category: equal or not."""

    labels: tuple[str, ...] = ("else", "exact")

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:  # noqa: ARG002 - the protocol's
        """Prepare for the values of a vocabulary."""

        def grade(left: NDArray[np.int32], _right: NDArray[np.int32]) -> NDArray[np.int8]:
            return np.zeros(len(left), np.int8)

        return grade
