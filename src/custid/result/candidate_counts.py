"""Counting pairs of rows by pairs of units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["count_row_pairs"]


def count_row_pairs(
    unit_of_row: NDArray[np.int64],
    left_idx: NDArray[np.int32],
    right_idx: NDArray[np.int32],
    labels: NDArray[np.int64],
) -> tuple[int, int]:
    """Count pairs of rows whose units are a pair or the same, and those of one label.

    Parameters
    ----------
    unit_of_row : ndarray of int64, shape (n_rows,)
        Unit of each row.
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Distinct pairs of units.
    labels : ndarray of int64, shape (n_rows,)
        Label of each row, from 0.

    Returns
    -------
    n_pairs, n_equal : int
        Pairs of rows, and those of one label.

    Notes
    -----
    Rows of one unit and label are counted together, so that time and memory grow with the pairs of units and not with
    the number of equal rows.

    Examples
    --------
    >>> count_row_pairs(np.array([0, 0, 1]), np.array([0]), np.array([1]), np.array([5, 6, 5]))
    (3, 1)
    """
    n_units = int(unit_of_row.max(initial=-1)) + 1
    n_labels = int(labels.max(initial=-1)) + 1
    held, n_rows = np.unique(unit_of_row * n_labels + labels, return_counts=True)
    unit, label = np.divmod(held, max(n_labels, 1))
    n_of_unit = np.bincount(unit_of_row, minlength=n_units)
    n_kinds = np.bincount(unit, minlength=n_units)
    start = np.cumsum(n_kinds) - n_kinds
    n_pairs = int((n_of_unit * (n_of_unit - 1) // 2).sum()) + int((n_of_unit[left_idx] * n_of_unit[right_idx]).sum())
    n_equal = int((n_rows * (n_rows - 1) // 2).sum())
    n_combinations = n_kinds[left_idx] * n_kinds[right_idx]
    pair = np.repeat(np.arange(len(left_idx)), n_combinations)
    number = np.arange(len(pair)) - np.repeat(np.cumsum(n_combinations) - n_combinations, n_combinations)
    of_left, of_right = np.divmod(number, n_kinds[right_idx[pair]])
    left, right = start[left_idx[pair]] + of_left, start[right_idx[pair]] + of_right
    is_equal = label[left] == label[right]
    return n_pairs, n_equal + int((n_rows[left] * n_rows[right])[is_equal].sum())
