"""Values of many attributes compared at once: the codes of a record side by side, so that a pair is fetched once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import Compared, Matters
from custid.comparison.value_comparison import BoundLevels, BoundValues

if TYPE_CHECKING:
    from custid.kernels.value_codes import CodeTable, OpenPairs

__all__ = ["MAX_ATTRIBUTES", "CodedValues", "ValueCodes"]

MAX_ATTRIBUTES = 31
"""One bit of a cell for each attribute."""

_CELLS_PER_LINE = 16


class CodedValues(Protocol):
    """What is asked of the values of an attribute beside their codes."""

    @property
    def n_common(self) -> int:
        """Values of a unit that the table of codes holds at most."""
        ...

    @property
    def is_costly(self) -> bool:
        """Whether differing values take long to grade."""
        ...

    @property
    def grade(self) -> BoundLevels:
        """What takes codes of differing values and returns their levels."""
        ...

    def __call__(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        """Compare all values of units, those included that the table does not hold."""
        ...


class ValueCodes:
    """Compares values of several attributes, compiled; gives what ``BoundValues`` gives of each.

    Parameters
    ----------
    attributes : sequence of BoundValues
        One to 31 comparisons of values.
    outputs : sequence of int
        The place of each in the comparison vectors.

    Notes
    -----
    Two records are compared in two or three places of memory, one for each, however many attributes they have.  Values
    that few records have (a third phone number) are not among them: pairs with such values are compared by
    ``BoundValues`` itself.
    """

    def __init__(self, attributes: Sequence[BoundValues], outputs: Sequence[int]) -> None:
        from custid.kernels.value_codes import CodeTable  # noqa: PLC0415  # loads numba

        self._set(attributes, outputs)
        n_cells = [each.n_common for each in attributes]
        first = np.cumsum([0, *n_cells])
        rarity_starts = np.cumsum([0, *(len(each.rarity) for each in attributes)])
        width = -(-(int(first[-1]) + 1) // _CELLS_PER_LINE) * _CELLS_PER_LINE
        rows = _in_lines(len(attributes[0].codes), width)
        beyond = np.zeros(len(rows), np.int32)
        for number, each in enumerate(attributes):
            rows[:, first[number] : first[number + 1]] = each.codes[:, : each.n_common]
            if each.codes.shape[1] > each.n_common:
                beyond |= (each.codes[:, each.n_common] >= 0).astype(np.int32) << number
        rows[:, -1] = beyond
        self._table = CodeTable(
            cells=rows.reshape(-1),
            layout=np.stack([first[:-1], n_cells, self._outputs, rarity_starts[:-1]], axis=1).astype(np.int64),
            top=np.array([each.top for each in attributes], np.int8),
            # One more, so that there is a first one to read even of an attribute without values.
            rarity=np.concatenate([*(each.rarity for each in attributes), [0.0]]).astype(np.float32),
            width=width,
        )
        self._has_further = bool(beyond.any())

    @classmethod
    def of_table(cls, attributes: Sequence[CodedValues], table: CodeTable) -> ValueCodes:
        """Return what compares the values of a table of codes that stands already.

        Parameters
        ----------
        attributes : sequence of CodedValues
            One for each attribute of the table.
        table : CodeTable
            The codes of all units.

        Returns
        -------
        ValueCodes
            It reads the table at every comparison.
        """
        codes = cls.__new__(cls)
        codes._set(attributes, table.layout[:, 2].tolist())  # noqa: SLF001  # its own class
        codes._table, codes._has_further = table, True  # noqa: SLF001
        return codes

    def _set(self, attributes: Sequence[CodedValues], outputs: Sequence[int]) -> None:
        self._attributes = tuple(attributes)
        self._outputs = tuple(outputs)
        self._most_cells = max(each.n_common for each in attributes)
        self._cheap, self._costly = (
            [number for number, each in enumerate(attributes) if each.is_costly is is_costly]
            for is_costly in (False, True)
        )

    def use(self, table: CodeTable) -> None:
        """Read another table from now on, of the same attributes."""
        self._table = table

    def compare(
        self,
        left_idx: NDArray[np.int32],
        right_idx: NDArray[np.int32],
        levels: NDArray[np.int8],
        rarity_bits: NDArray[np.float32],
        matters: Matters | None = None,
    ) -> None:
        """Write the levels and rarities of the attributes.

        Parameters
        ----------
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.
        levels : ndarray of int8, shape (n_outputs, n_pairs)
            Written: levels, -1 for null; all other outputs hold theirs already.
        rarity_bits : ndarray of float32, shape (n_outputs, n_pairs)
            Written: rarity of the value agreed on, 0 below the closest level.
        matters : callable, optional
            Tells which pairs are worth it to grade values that are costly to grade; the others stay at level 0.
        """
        from custid.kernels.value_codes import OpenPairs, compare_codes  # noqa: PLC0415  # loads numba

        n_attributes, n_pairs = len(self._attributes), len(left_idx)
        n_slots = n_pairs * self._most_cells**2
        lists = np.empty((3, n_attributes, n_slots), np.int32)
        found = OpenPairs(
            n_differing=np.zeros(n_attributes, np.int64),
            pair=lists[0],
            left=lists[1],
            right=lists[2],
            n_further=np.zeros(n_attributes, np.int64),
            further=np.empty((n_attributes, n_pairs if self._has_further else 0), np.int32),
        )
        left_idx, right_idx = np.ascontiguousarray(left_idx), np.ascontiguousarray(right_idx)
        compare_codes(self._table, left_idx, right_idx, levels, rarity_bits, found)
        for number, n_further in enumerate(found.n_further.tolist() if found.n_further.any() else ()):
            if n_further:
                pairs, output = found.further[number, :n_further], self._outputs[number]
                (compared,) = self._attributes[number](left_idx[pairs], right_idx[pairs])
                levels[output, pairs] = compared.levels
                rarity_bits[output, pairs] = compared.rarity_bits
        n_differing = found.n_differing.tolist()
        cheap, costly = ([number for number in each if n_differing[number]] for each in (self._cheap, self._costly))
        self._grade(cheap, found, levels)
        if matters is None or not costly:
            self._grade(costly, found, levels)
        else:
            worth_it = matters(levels, rarity_bits, [self._outputs[number] for number in self._costly])
            self._grade(costly, found, levels, worth_it)

    def _grade(
        self,
        attributes: Sequence[int],
        found: OpenPairs,
        levels: NDArray[np.int8],
        worth_it: NDArray[np.bool_] | None = None,
    ) -> None:
        """Raise the levels of differing values in some attributes, of all pairs or of those that are worth it."""
        from custid.kernels.value_codes import raise_levels  # noqa: PLC0415  # loads numba

        for number in attributes:
            n_listed = found.n_differing[number]
            pairs = found.pair[number][:n_listed]
            left, right = found.left[number][:n_listed], found.right[number][:n_listed]
            if worth_it is not None:
                rows = np.flatnonzero(worth_it[pairs])
                pairs, left, right = pairs[rows], left[rows], right[rows]
            if len(pairs):
                raise_levels(levels[self._outputs[number]], pairs, self._attributes[number].grade(left, right))


def _in_lines(n_rows: int, width: int) -> NDArray[np.int32]:
    """Return rows of -1, each of which begins where a line of memory does."""
    cells = np.full(n_rows * width + _CELLS_PER_LINE, -1, np.int32)
    start = -(cells.ctypes.data // cells.itemsize) % _CELLS_PER_LINE
    return cells[start : start + n_rows * width].reshape(n_rows, width)
