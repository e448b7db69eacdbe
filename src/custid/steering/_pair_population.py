"""The pairs of records by which a run is judged."""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.result import Result
from custid.scoring.weights import probability_of

__all__ = ["LEAST_ODDS_BITS", "PairPopulation", "pair_population"]

LEAST_ODDS_BITS = float(-np.log2(1000.0))
"""Pairs apart that weigh less are left out: one in a thousand of them would take thousands of answers to be found."""


@frozen(kw_only=True, eq=False)
class PairPopulation:
    """Pairs of units, each standing for pairs of rows; a unit with itself for its equal rows.

    Attributes
    ----------
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Units, ``left_idx <= right_idx``.
    is_same : ndarray of bool, shape (n_pairs,)
        Whether the run made them one customer.
    odds_bits : ndarray of float64, shape (n_pairs,)
        Log-odds that they are one: of pairs inside a customer those of the record that belongs there least.
    n_rows : ndarray of int64, shape (n_pairs,)
        Pairs of rows.
    """

    left_idx: NDArray[np.int64] = field(repr=False)
    right_idx: NDArray[np.int64] = field(repr=False)
    is_same: NDArray[np.bool_] = field(repr=False)
    odds_bits: NDArray[np.float64] = field(repr=False)
    n_rows: NDArray[np.int64] = field(repr=False)

    @property
    def error_probability(self) -> NDArray[np.float64]:
        """Chance that the run errs, shape (n_pairs,)."""
        return probability_of(np.where(self.is_same, -self.odds_bits, self.odds_bits))


def pair_population(result: Result) -> PairPopulation:
    """Return the pairs of a run: all those inside customers, and those apart that weigh -10 bits or more."""
    linked = result.linked
    inside, apart = _inside(linked), _apart(linked)
    copies = linked.table.n_copies.astype(np.int64)
    left, right = (np.concatenate([one, other]) for one, other in zip(inside, apart[:2], strict=True))
    is_same = np.arange(len(left)) < len(inside[0])
    n_rows = np.where(left == right, copies[left] * (copies[left] - 1) // 2, copies[left] * copies[right])
    odds = np.concatenate([_odds_inside(result, *inside), apart[2]])
    return PairPopulation(left_idx=left, right_idx=right, is_same=is_same, odds_bits=odds, n_rows=n_rows)


def _inside(linked: LinkedTable) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of units of one customer, and the units of several rows that are one."""
    is_whole = ~linked.is_loose
    units = np.flatnonzero(is_whole)
    units = units[np.argsort(linked.cluster[units], kind="stable")]
    starts = np.flatnonzero(np.diff(linked.cluster[units], prepend=-1))
    sizes = np.diff(starts, append=len(units))
    left, right = [], []
    for size in np.unique(sizes[sizes > 1]).tolist():
        members = units[starts[sizes == size][:, np.newaxis] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        left.append(members[:, one].ravel())
        right.append(members[:, other].ravel())
    copied = np.flatnonzero(is_whole & (linked.table.n_copies > 1))
    left_idx, right_idx = np.concatenate([*left, copied]), np.concatenate([*right, copied])
    order = np.lexsort((right_idx, left_idx))
    return left_idx[order].astype(np.int64), right_idx[order].astype(np.int64)


def _odds_inside(result: Result, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    linked = result.linked
    unit_of_row = linked.table.unit_of_row
    belonging = np.ones(linked.table.n_units)
    np.minimum.at(belonging, unit_of_row, result.assignments["match_probability"].to_numpy())
    least = np.minimum(belonging[left], belonging[right])
    with np.errstate(divide="ignore"):
        return np.asarray(np.log2(least) - np.log2(1.0 - least), np.float64)


def _apart(linked: LinkedTable) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    candidates, weight, is_loose = linked.candidates, linked.weight_bits, linked.is_loose
    near = np.flatnonzero(weight >= LEAST_ODDS_BITS)
    left, right = candidates.left_idx[near].astype(np.int64), candidates.right_idx[near].astype(np.int64)
    is_apart = (linked.cluster[left] != linked.cluster[right]) | is_loose[left] | is_loose[right]
    copied = np.flatnonzero(is_loose & (linked.table.n_copies > 1) & (linked.copy_bits >= LEAST_ODDS_BITS))
    return (
        np.concatenate([left[is_apart], copied]),
        np.concatenate([right[is_apart], copied]),
        np.concatenate([weight[near][is_apart], linked.copy_bits[copied]]),
    )
