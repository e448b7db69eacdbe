"""How far apart two numbers, days or places on earth are.

`custid.comparison.quantity_metrics` states the formulas and their sources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["absolute_difference_pairs", "days_apart_pairs", "relative_difference_pairs", "squared_chord_pairs"]


@kernel
def absolute_difference_pairs(
    values: NDArray[np.float64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Write the absolute difference of each pair of numbers.

    Parameters
    ----------
    values : ndarray of float64, shape (n_values,)
        Numbers.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two values of each pair.
    out : ndarray of float64, shape (n_pairs,)
        Written: difference, at least 0; infinity where no float is so large, NaN where a number is NaN.

    Notes
    -----
    Each pair is written to a place of its own, so ranges of pairs may run side by side.
    """
    for pair in range(left_idx.size):
        out[pair] = abs(values[left_idx[pair]] - values[right_idx[pair]])


@kernel
def relative_difference_pairs(
    values: NDArray[np.float64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Write the difference of each pair of numbers, as a share of the greater one.

    Parameters
    ----------
    values : ndarray of float64, shape (n_values,)
        Numbers.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two values of each pair.
    out : ndarray of float64, shape (n_pairs,)
        Written: difference, from 0 to 2; 0 for equal numbers, NaN where a number is NaN.

    Notes
    -----
    Each pair is written to a place of its own, so ranges of pairs may run side by side.
    """
    for pair in range(left_idx.size):
        left, right = values[left_idx[pair]], values[right_idx[pair]]
        if left == right:
            out[pair] = 0.0
        else:
            greater = max(abs(right), abs(left))
            apart = abs(left - right)
            # Halves of numbers whose difference no float holds are exact, and so far apart as well.
            if apart == np.inf and greater < np.inf:
                apart, greater = abs(0.5 * left - 0.5 * right), 0.5 * greater
            out[pair] = apart / greater


@kernel
def days_apart_pairs(
    days: NDArray[np.int64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    at_most: int,
    out: NDArray[np.int64],
) -> None:
    """Write the days between each pair of dates, up to a number.

    Parameters
    ----------
    days : ndarray of int64, shape (n_values,)
        Days since any one, the least number where a date is missing.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two dates of each pair.
    at_most : int
        More days are not told apart; at least 0.
    out : ndarray of int64, shape (n_pairs,)
        Written: days, ``at_most + 1`` where there are more, -1 where a date is missing.

    Notes
    -----
    Each pair is written to a place of its own, so ranges of pairs may run side by side.
    """
    missing = np.int64(-9_223_372_036_854_775_808)
    for pair in range(left_idx.size):
        left, right = days[left_idx[pair]], days[right_idx[pair]]
        if missing in (left, right):
            out[pair] = -1
        else:
            out[pair] = min(abs(left - right), at_most + 1)


@kernel
def squared_chord_pairs(
    points: NDArray[np.float64],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Write the squared length of the straight line between each pair of points on the unit sphere.

    Parameters
    ----------
    points : ndarray of float64, shape (n_values, 3)
        Points at distance 1 from the origin.
    left_idx, right_idx : ndarray of int64, shape (n_pairs,)
        Numbers of the two points of each pair.
    out : ndarray of float64, shape (n_pairs,)
        Written: from 0 to about 4; NaN where a coordinate is NaN.

    Notes
    -----
    Squares are added from the first coordinate to the last. Each pair is written to a place of its own, so ranges of
    pairs may run side by side.
    """
    for pair in range(left_idx.size):
        i, j = left_idx[pair], right_idx[pair]
        x, y, z = points[i, 0] - points[j, 0], points[i, 1] - points[j, 1], points[i, 2] - points[j, 2]
        out[pair] = x * x + y * y + z * z
