"""How sure a run is of each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custid.clustering._places import places_where
from custid.engines.local import LinkedTable

__all__ = ["decisions"]

_MAX_BITS = 60.0
_PAIRS_AT_ONCE = 1 << 18
# Below this number of pairs, loading the compiler takes longer than it saves.
_MIN_PAIRS_FOR_NUMBA = 1_000_000


def decisions(
    linked: LinkedTable, customer: NDArray[np.int64], review_probability: float
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return each row's match probability and the position of its decision.

    A record's odds of belonging to its customer are the sum of its odds with each other record of it (see
    :mod:`custid.clustering.attachment`); where a verdict or a rule has it there, it is certain to belong.
    """
    table, candidates = linked.table, linked.candidates
    left, right, weight_bits = candidates.left_idx, candidates.right_idx, linked.weight_bits
    is_loose = linked.is_loose
    copies = np.where(table.n_copies > 1, _odds(linked.copy_bits), 0.0)
    within = copies * (table.n_copies - 1)
    cluster = linked.cluster.astype(np.int32)
    inside = places_where(lambda piece: cluster.take(left[piece]) == cluster.take(right[piece]), len(left))
    inside = inside[~(is_loose[left[inside]] | is_loose[right[inside]])]
    odds = _odds(weight_bits[inside])
    for side in (left, right):
        within += np.bincount(side[inside], weights=odds, minlength=table.n_units)
    certain = np.concatenate([linked.certain.verdicts, linked.certain.joined])
    within[certain] = np.exp2(_MAX_BITS)
    nearest = np.maximum(copies, _nearest(table.n_units, left, right, weight_bits))
    is_shared = np.bincount(customer)[customer] > 1
    unit = table.unit_of_row
    odds_of_row = np.where(is_shared, within[unit], nearest[unit])
    probability = odds_of_row / (1.0 + odds_of_row)
    decision = np.where(is_shared, 0, np.where(probability >= review_probability, 1, 2))
    return probability, decision.astype(np.int8)


def _odds(weight_bits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp2(np.clip(weight_bits, -_MAX_BITS, _MAX_BITS)), np.float64)


def _nearest(
    n_units: int, left: NDArray[np.int32], right: NDArray[np.int32], weight_bits: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the greatest odds of each unit with another one, 0 for a unit without pairs."""
    greatest = np.full(n_units, -np.inf)
    is_compiled = len(left) >= _MIN_PAIRS_FOR_NUMBA
    if is_compiled:
        from custid.kernels.pair_maxima import raise_to_greatest  # noqa: PLC0415  # loads numba
    # Piece by piece: numbers of units as numpy needs them take twice the room of the pairs.
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        piece = slice(start, start + _PAIRS_AT_ONCE)
        bits = np.maximum(weight_bits[piece], -_MAX_BITS)
        if is_compiled:
            raise_to_greatest(left[piece], right[piece], bits, greatest)
        else:
            for side in (left, right):
                np.maximum.at(greatest, side[piece].astype(np.int64), bits)
    return np.where(np.isneginf(greatest), 0.0, _odds(greatest))
