"""Comparisons of single values: any value of one record against any of the other, the closest counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.comparison.comparison import BindingContext, Compared, ComparisonOutput, column_of, is_comparable
from custid.comparison.remembered import remembered
from custid.errors import ConfigurationError
from custid.table.record_table import RecordTable

__all__ = ["BoundLevels", "BoundValues", "EqualLevels", "FunctionLevels", "ValueComparison", "ValueLevels"]

# Where fewer units have so many values, picking their pairs costs less than looking at all.
_COMMON_SHARE = 1 / 16

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
    is_costly : bool
        True when differing values take long to grade.  Of many pairs they are graded last, and those of pairs that are
        strangers whatever their level not at all.  No result depends on it.

    Raises
    ------
    ConfigurationError
        If the attribute is banned as evidence; the message says why.
    """

    attribute: str = field(validator=is_comparable)
    levels: ValueLevels
    is_personal: bool = False
    is_costly: bool = False

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One output, named after the attribute."""
        return (
            ComparisonOutput(
                name=self.attribute,
                attribute=self.attribute,
                levels=self.levels.labels,
                is_personal=self.is_personal,
            ),
        )

    def bind(self, table: RecordTable, context: BindingContext) -> BoundValues:
        """Prepare the comparison of records of one table."""
        values = column_of(table, self.attribute)
        share_held = (values.codes >= 0).mean(axis=0) if len(values.codes) else np.zeros(values.n_values)
        return BoundValues(
            codes=values.codes,
            grade=self.levels.bind(values.vocabulary, evolve(context, attribute=self.attribute)),
            rarity=context.rarity(self.attribute, values.vocabulary),
            top=np.int8(len(self.levels.labels) - 1),
            n_common=max(1, int((share_held > _COMMON_SHARE).sum())),
            is_costly=self.is_costly,
        )


@frozen(kw_only=True, eq=False)
class BoundValues:
    """The values of one attribute of the records of a table, how two are graded, and what it is worth that they agree.

    Attributes
    ----------
    codes : ndarray of int32, shape (n_units, n_values)
        Codes of the values of each unit, distinct, those that are missing (-1) last.
    grade : callable
        Takes codes of differing values, returns their levels.
    rarity : ndarray of float32, shape (n_vocabulary,)
        What an agreement on each value is worth, in bits.
    top : int8
        The level of equal values.
    n_common : int
        Places of values that many units have, 1 or more; few have one beyond.
    is_costly : bool
        Whether differing values take long to grade.
    """

    codes: NDArray[np.int32] = field(repr=False)
    grade: BoundLevels = field(repr=False)
    rarity: NDArray[np.float32] = field(repr=False)
    top: np.int8
    n_common: int
    is_costly: bool = False

    def __call__(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        """Compare any value of one unit with any of the other.

        Parameters
        ----------
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.

        Returns
        -------
        tuple of Compared
            One.
        """
        compared = Compared(levels=np.full(len(left_idx), -1, np.int8), rarity_bits=np.zeros(len(left_idx), np.float32))
        self._compare_common(left_idx, right_idx, compared)
        if self.codes.shape[1] > self.n_common:
            # Few units have so many values; what they cost is not to be paid for all.
            has_many = self.codes[:, self.n_common] >= 0
            self._compare_further(
                np.flatnonzero(has_many[left_idx] | has_many[right_idx]), left_idx, right_idx, compared
            )
        return (compared,)

    def _compare_common(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32], compared: Compared) -> None:
        levels, bits = compared.levels, compared.rarity_bits
        for first in range(self.n_common):
            left = self.codes[:, first][left_idx]
            for second in range(self.n_common):
                right = self.codes[:, second][right_idx]
                # Missing is -1: the bitwise or of two codes is negative where one is missing.
                present = (left | right) >= 0
                equal = left == right
                equal &= present
                rows = np.flatnonzero(equal)
                bits[rows] = np.maximum(bits[rows], self.rarity[left[rows]])
                levels[rows] = self.top
                rows = np.flatnonzero(present & (levels < self.top))
                levels[rows] = np.maximum(levels[rows], self.grade(left[rows], right[rows]))

    def _compare_further(
        self, pairs: NDArray[np.intp], left_idx: NDArray[np.int32], right_idx: NDArray[np.int32], compared: Compared
    ) -> None:
        levels, bits = compared.levels, compared.rarity_bits
        for first in range(self.codes.shape[1]):
            # The values of a unit stand first: without one in this place, there is none in the next.
            pairs = pairs[self.codes[left_idx[pairs], first] >= 0]
            rows = pairs
            for second in range(self.codes.shape[1] if len(pairs) else 0):
                rows = rows[self.codes[right_idx[rows], second] >= 0]
                if not len(rows):
                    break
                left, right = self.codes[left_idx[rows], first], self.codes[right_idx[rows], second]
                equal = left == right
                bits[rows[equal]] = np.maximum(bits[rows[equal]], self.rarity[left[equal]])
                levels[rows[equal]] = self.top
                is_open = levels[rows] < self.top
                found = self.grade(left[is_open], right[is_open])
                levels[rows[is_open]] = np.maximum(levels[rows[is_open]], found)


@frozen
class FunctionLevels:
    """Levels from a plain function of two strings, called once for each distinct pair of values.

    Attributes
    ----------
    labels : tuple of str
        Labels from else to exact.
    function : callable
        Takes two differing canonical values, returns a level in [0, n_levels - 2]; their order must not matter.

    Raises
    ------
    ConfigurationError
        When values are compared, if the function returns anything else.

    Examples
    --------
    >>> same_start = FunctionLevels(("else", "same start", "exact"), lambda a, b: int(a[:3] == b[:3]))
    >>> same_start.labels[-1]
    'exact'
    """

    labels: tuple[str, ...]
    function: Callable[[str, str], int] = field(repr=False)

    def bind(self, vocabulary: Sequence[str], context: BindingContext) -> BoundLevels:
        """Prepare for the values of a vocabulary."""
        n_levels = len(self.labels) - 1

        def level(left: str, right: str) -> int:
            found: object = self.function(left, right)
            # A text may be one of the values, which no message repeats.
            is_number = isinstance(found, int | float | np.integer | np.bool_)
            if not (is_number and found in range(n_levels)):
                raise ConfigurationError(
                    f"levels of {context.attribute!r}: function: expected a level from 0 to {n_levels - 1},"
                    f" got {found if is_number else type(found).__name__}.",
                    hint="The last label is for equal values, of which the function is not asked.",
                )
            return int(found)  # type: ignore[call-overload,no-any-return]  # a number

        def grade(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
            pairs = zip(left.tolist(), right.tolist(), strict=True)
            return np.fromiter((level(vocabulary[a], vocabulary[b]) for a, b in pairs), np.int8, len(left))

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
