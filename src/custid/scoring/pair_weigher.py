"""Match weights of many pairs, straight from their levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparer import PairComparer
from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.weights import (
    ADJUSTMENT_STEPS_PER_BIT,
    LEAST_BITS,
    MAX_RARITY_BITS,
    either_match,
    taken_by_classes,
)

if TYPE_CHECKING:
    from custid.kernels.weights import WeightTable

__all__ = ["PairWeigher"]

_NO_LEVEL = -2

_FEW_PAIRS = 256
# How much an upper bound of a sum of powers may be too low by rounding, many times over.
_ROUNDING = 1e-6


class PairWeigher:
    """Weighs pairs with a match model.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    is_compiled : bool
        Whether a compiled kernel adds up; the weights are equal to the last bit.

    Notes
    -----
    What rarity adds is worked out on the way, and not kept: of millions of pairs it takes more room than their weights.
    """

    def __init__(self, model: TrainedMatchModel, *, is_compiled: bool) -> None:
        self._model = model
        self._table = _table(model) if is_compiled else None
        self._tops = [len(each.levels) - 1 for each in model.outputs]
        is_match = np.array([True, *(each.is_match for each in model.classes)])
        self._match_rows, self._other_rows = np.flatnonzero(is_match), np.flatnonzero(~is_match)
        self._chosen: dict[tuple[int, ...] | None, WeightTable] = {}

    def compare(
        self, comparer: PairComparer, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """Compare pairs as far as they matter, and weigh them.

        Parameters
        ----------
        comparer : PairComparer
            Compares what the model was trained on.
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.

        Returns
        -------
        ndarray of float64, shape (n_pairs,)
            Match weights; the same as if all were compared to the end.
        """
        is_asked = self._table is not None and len(left_idx) > _FEW_PAIRS
        return self.weight_bits(*comparer.compare(left_idx, right_idx, self._matters if is_asked else None))

    def weight_bits(self, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the match weights of pairs.

        Parameters
        ----------
        levels : ndarray of int8, shape (n_pairs, n_outputs)
            Comparison vectors; -1 is null and contributes 0 bits.
        rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
            Rarity of the values agreed on.

        Returns
        -------
        ndarray of float64, shape (n_pairs,)
            Match weight in bits, prior included; at least -25 bits.
        """
        if self._table is None:
            return self._model.weight_bits(levels, self._model.adjustments(levels, rarity_bits))
        levels, rarity_bits = np.ascontiguousarray(levels.T), np.ascontiguousarray(rarity_bits.T)
        if levels.shape[1] <= _FEW_PAIRS:
            return self._bits_of_few(self._table, levels, rarity_bits)
        weight_bits = self._bits_of_match(levels, rarity_bits, ())
        # Other explanations only take away, so there is no need to ask for them where the weight is the least anyway.
        rows = np.flatnonzero(weight_bits > LEAST_BITS)
        class_bits = _sums(self._of_classes, levels[:, rows], rarity_bits[:, rows])
        weight_bits[rows] += taken_by_classes(class_bits.T)
        return np.maximum(weight_bits, LEAST_BITS)

    def _bits_of_few(
        self, table: WeightTable, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return the weights of so few pairs that calls take longer than sums that nobody needs."""
        sums = _sums(table, levels, rarity_bits)
        # What is taken from a weight that is the least anyway leaves it there.
        weight_bits = self._either(sums[self._match_rows])
        weight_bits += taken_by_classes(sums[self._other_rows].T)
        found: NDArray[np.float64] = np.maximum(weight_bits, LEAST_BITS, out=weight_bits)
        return found

    def _matters(
        self, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32], open_outputs: Sequence[int]
    ) -> NDArray[np.bool_]:
        at_most = self._bits_of_match(levels, rarity_bits, open_outputs)
        return np.asarray(at_most > LEAST_BITS - _ROUNDING, np.bool_)

    def _bits_of_match(
        self, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32], open_outputs: Sequence[int]
    ) -> NDArray[np.float64]:
        """Return the weights of pairs if nothing but a match explained them, at most.

        Values that differ and are not graded count as if they were at the level below the closest that weighs most.  To
        add a number that is not less never gives a sum that is less, to the last digit; so but for the rounding of
        powers no weight is greater.
        """
        return self._either(_sums(self._of_match(tuple(open_outputs)), levels, rarity_bits))

    def _either(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of a match of whichever class; of a match of no further class come the sums first."""
        return either_match(self._model.prior_bits + sums[0], sums[1:].T)

    def _of_match(self, open_outputs: tuple[int, ...]) -> WeightTable:
        chosen = self._chosen.get(open_outputs)
        if chosen is None:
            table = cast("WeightTable", self._table)
            bits = table.bits.copy()
            for output in open_outputs:
                bits[:, output, 1] = bits[:, output, 1 : self._tops[output] + 1].max(axis=1)
            chosen = self._chosen[open_outputs] = _part(table._replace(bits=bits), self._match_rows)
        return chosen

    @property
    def _of_classes(self) -> WeightTable:
        chosen = self._chosen.get(None)
        if chosen is None:
            chosen = self._chosen[None] = _part(cast("WeightTable", self._table), self._other_rows)
        return chosen


def _part(table: WeightTable, numbers: NDArray[np.intp]) -> WeightTable:
    """Return the table for matches alone, or for the classes that are none."""
    return table._replace(bits=table.bits[numbers], start=table.start[numbers], has_rarity=table.has_rarity[numbers])


def _sums(table: WeightTable, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the bits of pairs for what a table holds."""
    from custid.kernels.weights import add_bits  # noqa: PLC0415  # loads numba

    sums = np.empty((len(table.start), levels.shape[1]))
    add_bits(table, levels, rarity_bits, sums)
    return sums


def _table(model: TrainedMatchModel) -> WeightTable:
    from custid.kernels.weights import WeightTable  # noqa: PLC0415  # loads numba

    outputs, classes = model.outputs, model.classes
    level_bits = [[each.level_bits() for each in model.parameters], *map(model.class_level_bits, classes)]
    bits = np.zeros((len(level_bits), len(outputs), 1 + max((len(each.levels) for each in outputs), default=0)))
    for number, of_outputs in enumerate(level_bits):
        for output, of_levels in enumerate(of_outputs):
            # Null, the last one there, comes first here: its level is -1.
            bits[number, output, : len(of_levels)] = np.roll(of_levels, 1)
    counts = [[True] * len(outputs), *([not by_chance for by_chance in each.is_by_chance] for each in classes)]
    return WeightTable(
        bits=bits,
        start=np.array([0.0, *map(model.class_prior_bits, classes)]),
        top=np.array([len(each.levels) - 1 if each.has_rarity else _NO_LEVEL for each in outputs], np.int8),
        mean_bits=np.array([np.log2(each.u_probability[-1]) for each in model.parameters], np.float64),
        has_rarity=np.array(counts, np.bool_).reshape(len(level_bits), len(outputs)),
        limit=MAX_RARITY_BITS,
        steps=ADJUSTMENT_STEPS_PER_BIT,
    )
