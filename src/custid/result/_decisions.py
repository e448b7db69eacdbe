"""How sure a run is of each row: its odds of belonging to its customer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custid.clustering._places import places_where
from custid.engines.linked_table import LinkedTable
from custid.scoring.sizes import size_factors
from custid.scoring.weights import odds_of

__all__ = ["belonging_odds", "decisions"]

_MAX_BITS = 60.0
_PAIRS_AT_ONCE = 1 << 18
# Below this number of pairs, loading the compiler takes longer than it saves.
_MIN_PAIRS_FOR_NUMBA = 1_000_000


def decisions(
    linked: LinkedTable, customer: NDArray[np.int64], review_probability: float, certain_probability: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return each row's match probability and the position of its decision.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row, numbered from 0.
    review_probability : float
        From which a row that is alone is for a person to decide.

    Returns
    -------
    probability : ndarray of float64, shape (n_rows,)
        That the row belongs with the other rows of its customer, by :func:`belonging_odds`; of a row alone, that of its
        nearest pair.
    decision : ndarray of int8, shape (n_rows,)
        0 for a match, 1 for review, 2 for no match.
    """
    table, candidates = linked.table, linked.candidates
    copies = np.where(table.n_copies > 1, odds_of(linked.copy_bits), 0.0)
    nearest = np.maximum(copies, _nearest(table.n_units, candidates.left_idx, candidates.right_idx, linked.weight_bits))
    is_shared = np.bincount(customer)[customer] > 1
    unit = table.unit_of_row
    odds_of_row = np.where(is_shared, belonging_odds(linked)[unit], nearest[unit])
    probability = odds_of_row / (1.0 + odds_of_row)
    of_shared = np.where(probability >= certain_probability, 0, 1)
    decision = np.where(is_shared, of_shared, np.where(probability >= review_probability, 1, 2))
    return probability, decision.astype(np.int8)


def belonging_odds(linked: LinkedTable) -> NDArray[np.float64]:
    """Return the odds that a row of each unit belongs with the other rows of its customer.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.

    Returns
    -------
    ndarray of float64, shape (n_units,)
        Odds against a customer of its own; 0 for a unit that was compared with no other one of its cluster.

    Notes
    -----
    The row is a copy of *some* other row of the customer, each as likely as the other, so that its odds are the sum of
    its odds with each of them (:mod:`custid.clustering.attachment`).  Other units count once, however many rows they
    have; what a customer of that size is worth beforehand is told by
    :func:`~custid.scoring.sizes.size_factors`.  Where a verdict or a rule has it there, it is certain to belong.
    """
    table, cluster = linked.table, linked.cluster.astype(np.int32)
    left, right = linked.candidates.left_idx, linked.candidates.right_idx
    is_loose = linked.is_loose
    inside = places_where(lambda piece: cluster.take(left[piece]) == cluster.take(right[piece]), len(left))
    inside = inside[~(is_loose[left[inside]] | is_loose[right[inside]])]
    odds = odds_of(linked.weight_bits[inside])
    within = np.zeros(table.n_units)
    for side in (left, right):
        within += np.bincount(side[inside], weights=odds, minlength=table.n_units)
    n_units_of = np.bincount(cluster)
    within *= size_factors(np.bincount(n_units_of))[n_units_of[cluster]]
    within += np.where(table.n_copies > 1, odds_of(linked.copy_bits), 0.0) * (table.n_copies - 1)
    certain = linked.certain
    is_certain = np.concatenate([certain.verdicts.ravel(), certain.joined.ravel(), certain.joined_copies])
    within[is_certain] = np.exp2(_MAX_BITS)
    return within


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
    return np.where(np.isneginf(greatest), 0.0, odds_of(greatest))
