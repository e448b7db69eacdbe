"""How sure a run is of each row: its odds of belonging to its customer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custid.clustering._places import places_where
from custid.engines.linked_table import LinkedTable
from custid.scoring.weights import odds_of

__all__ = ["belonging_odds", "decisions", "size_factors"]

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
    have; what a customer of that size is worth beforehand is told by :func:`size_factors`.  Where a verdict or a rule
    has it there, it is certain to belong.
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
    within *= size_factors(n_units_of)[n_units_of[cluster]]
    within += np.where(table.n_copies > 1, odds_of(linked.copy_bits), 0.0) * (table.n_copies - 1)
    certain = linked.certain
    is_certain = np.concatenate([certain.verdicts.ravel(), certain.joined.ravel(), certain.joined_copies])
    within[is_certain] = np.exp2(_MAX_BITS)
    return within


def size_factors(n_units_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by how much the odds of belonging to a customer of each size are to be multiplied.

    Parameters
    ----------
    n_units_of : ndarray of int64, shape (n_customers,)
        Units of each customer of the run.

    Returns
    -------
    ndarray of float64, shape (largest size + 1,)
        By size; 1 or less.

    Notes
    -----
    The prior of a pair is the share of matches among all pairs, and one customer of ten units has as many pairs as 45
    of two.  Where most customers have one record and a few have many, a record that resembles one other record, and
    nothing else, is therefore less likely to belong with it than the pair alone says.  Let mu_k be the share of the
    customers that have k units, n their size, and K their number.  In a Kolchin partition model the odds of joining a
    customer of k - 1 units, against a new one, are k mu_k / (mu_(k-1) mu_1 K) beforehand [1]_; the sum over pairs has
    taken (k - 1) lambda instead, with lambda = K E[n(n-1)] / (K E[n])^2.  The factor is the ratio of the two.  Half a
    customer is added to each count.

    The factor only ever takes away: two customers taken for one is worse than one for two, and that small customers are
    few is no evidence for a doubtful one.

    References
    ----------
    .. [1] Zanella, Betancourt, Wallach, Miller, Zaidi and Steorts (2016), Flexible models for microclustering with
       application to entity resolution, Advances in Neural Information Processing Systems 29, section 3.

    Examples
    --------
    Ninety customers of one record, two of two records and eight of six: a second record is not what is to be expected.

    >>> size_factors(np.repeat([1, 2, 6], [90, 2, 8])).round(2).tolist()
    [1.0, 1.0, 0.05, 0.27, 1.0, 1.0, 1.0]
    """
    counts = np.bincount(n_units_of, minlength=2) + 0.5
    size = np.arange(len(counts), dtype=np.float64)
    mean, n_ordered_pairs = n_units_of.mean() if len(n_units_of) else 1.0, (n_units_of * (n_units_of - 1.0)).sum()
    factors = np.ones(len(counts))
    if n_ordered_pairs > 0:
        prior = size[2:] * counts[2:] / (counts[1:-1] * counts[1])
        factors[2:] = prior * (len(n_units_of) * mean) ** 2 / ((size[2:] - 1.0) * n_ordered_pairs)
    return np.minimum(factors, 1.0)


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
