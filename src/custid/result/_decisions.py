"""How sure a run is of each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custid.engines.local import LinkedTable

__all__ = ["decisions"]


def decisions(
    linked: LinkedTable, customer: NDArray[np.int64], review_probability: float
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return each row's match probability and the position of its decision.

    A record's odds of belonging to its customer are the sum of its odds with each other record of it (see
    :mod:`custid.clustering.attachment`).
    """
    table, candidates = linked.table, linked.candidates
    odds = np.exp2(np.clip(linked.weight_bits, -60.0, 60.0))
    is_loose = linked.is_loose
    inside = linked.cluster[candidates.left_idx] == linked.cluster[candidates.right_idx]
    inside &= ~(is_loose[candidates.left_idx] | is_loose[candidates.right_idx])
    copies = np.where(table.n_copies > 1, np.exp2(np.clip(linked.copy_bits, -60.0, 60.0)), 0.0)
    within = copies * (table.n_copies - 1)
    nearest = copies.copy()
    for side in (candidates.left_idx, candidates.right_idx):
        within += np.bincount(side[inside], weights=odds[inside], minlength=table.n_units)
        np.maximum.at(nearest, side, odds)
    is_shared = np.bincount(customer)[customer] > 1
    unit = table.unit_of_row
    odds_of_row = np.where(is_shared, within[unit], nearest[unit])
    probability = odds_of_row / (1.0 + odds_of_row)
    decision = np.where(is_shared, 0, np.where(probability >= review_probability, 1, 2))
    return probability, decision.astype(np.int8)
