"""The probabilities of a run, and what is right by labels that are known of its rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.scoring.weights import probability_of

__all__ = ["known_customers", "known_members", "known_pairs"]


def known_pairs(linked: LinkedTable, labels: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the probabilities of the pairs that were weighed, and whether their first rows share a label."""
    of_unit = labels[linked.table.first_row]
    weighed = np.flatnonzero(np.isfinite(linked.weight_bits))
    left, right = linked.candidates.left_idx[weighed], linked.candidates.right_idx[weighed]
    return probability_of(linked.weight_bits[weighed]), of_unit[left] == of_unit[right]


def known_members(
    probability: NDArray[np.float64], customer: NDArray[np.int64], labels: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the probabilities of rows of shared customers, and whether half of the other rows share their label."""
    n_others = np.bincount(customer)[customer] - 1
    n_same = _n_of_cell(customer, labels) - 1
    is_shared = n_others > 0
    return probability[is_shared], (2 * n_same >= n_others)[is_shared]


def known_customers(
    probability: NDArray[np.float64], customer: NDArray[np.int64], labels: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the probabilities of shared customers, and whether all their rows share a label."""
    n_rows = np.bincount(customer)
    is_pure = np.zeros(len(n_rows), np.bool_)
    is_pure[customer[_n_of_cell(customer, labels) == n_rows[customer]]] = True
    return probability[n_rows > 1], is_pure[n_rows > 1]


def _n_of_cell(customer: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row how many rows have its customer and its label."""
    cell = customer * (int(labels.max(initial=0)) + 1) + labels
    _, group, counts = np.unique(cell, return_inverse=True, return_counts=True)
    return np.asarray(counts[group], np.int64)
