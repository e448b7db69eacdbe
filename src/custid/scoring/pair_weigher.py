"""Match weights of many pairs, straight from their levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.weights import ADJUSTMENT_STEPS_PER_BIT, MAX_RARITY_BITS, taken_by_classes

if TYPE_CHECKING:
    from custid.kernels.weights import WeightTable

__all__ = ["PairWeigher"]

_NO_LEVEL = -2


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
            Match weight in bits, prior included.
        """
        if self._table is None:
            return self._model.weight_bits(levels, self._model.adjustments(levels, rarity_bits))
        from custid.kernels.weights import add_bits  # noqa: PLC0415  # loads numba

        sums = np.empty((len(self._table.start), len(levels)))
        add_bits(self._table, np.ascontiguousarray(levels.T), np.ascontiguousarray(rarity_bits.T), sums)
        return np.asarray(self._model.prior_bits + sums[0] + taken_by_classes(sums[1:].T), np.float64)


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
