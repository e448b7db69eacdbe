"""Levels of many pairs added up to bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WeightTable", "add_bits"]


class WeightTable(NamedTuple):
    """What the levels weigh, for a match (number 0) and for each further class.

    Attributes
    ----------
    bits : ndarray of float64, shape (1 + n_classes, n_outputs, n_levels + 1)
        Bits of null, then of each level; rows end with zeros where an output has fewer levels than others.
    start : ndarray of float64, shape (1 + n_classes,)
        Added last: 0 for a match, for a class its bits before anything is compared.
    top : ndarray of int8, shape (n_outputs,)
        The closest level of an output whose agreements are worth more for a rare value; -2 for the others.
    mean_bits : ndarray of float64, shape (n_outputs,)
        log2 of the mean chance that strangers agree.
    has_rarity : ndarray of bool, shape (1 + n_classes, n_outputs)
        Whether the rarity of the value agreed on counts.
    limit, steps : float
        The greatest number of bits that rarity adds or takes, and in how many steps a bit is cut.
    """

    bits: NDArray[np.float64]
    start: NDArray[np.float64]
    top: NDArray[np.int8]
    mean_bits: NDArray[np.float64]
    has_rarity: NDArray[np.bool_]
    limit: float
    steps: float


@kernel
def add_bits(
    table: WeightTable, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32], out: NDArray[np.float64]
) -> None:
    """Write the bits of each pair for a match and for each further class.

    Parameters
    ----------
    table : WeightTable
        What the levels weigh.
    levels : ndarray of int8, shape (n_outputs, n_pairs)
        Comparison vectors, -1 for null.
    rarity_bits : ndarray of float32, shape (n_outputs, n_pairs)
        Rarity of the values agreed on.
    out : ndarray of float64, shape (1 + n_classes, n_pairs)
        Written: the sums.

    Notes
    -----
    Rarity first, in steps whose sums are exact, then the start, then output by output: the order of
    :meth:`custid.scoring.match_model.TrainedMatchModel.weight_bits`, so that sums are equal to the last bit. Each pair
    is read from shared arrays and written to a place of its own, so ranges of pairs may run side by side.
    """
    n_sums, n_outputs, _ = table.bits.shape
    n_pairs = levels.shape[1]
    # Some pairs at a time, so that what is read and written stays near.
    for first in range(0, n_pairs, 1024):
        last = min(first + 1024, n_pairs)
        for number in range(n_sums):
            out[number, first:last] = 0.0
        for output in range(n_outputs):
            _add_rarity(table, output, levels[output, first:last], rarity_bits[output, first:last], out[:, first:last])
        for number in range(n_sums):
            sums = out[number, first:last]
            sums += table.start[number]
            for output in range(n_outputs):
                of_pairs, bits = levels[output, first:last], table.bits[number, output]
                # Unsigned numbers are never taken for places counted from the end.
                for pair in range(np.uint64(sums.size)):
                    sums[pair] += bits[np.uint8(of_pairs[pair] + 1)]


@kernel
def _add_rarity(
    table: WeightTable,
    output: int,
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
    out: NDArray[np.float64],
) -> None:
    """Add to the sums of some pairs what the rarity of the values that they agree on in one output counts."""
    top = table.top[output]
    for pair in range(np.uint64(levels.size)):
        if levels[pair] == top:
            added = np.float64(rarity_bits[pair]) + table.mean_bits[output]
            added = min(max(added, -table.limit), table.limit)
            added = np.rint(added * table.steps) / table.steps
            for number in range(out.shape[0]):
                if table.has_rarity[number, output]:
                    out[number, pair] += added
