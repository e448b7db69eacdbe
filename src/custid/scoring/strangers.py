"""How often strangers agree: u probabilities from random pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import ComparisonOutput
from custid.errors import ShapeMismatchError

__all__ = ["n_pairs_needed", "random_pairs", "u_probabilities"]

# Of the partners of a record about one is of its customer. A level that strangers reach less often than once in so many
# pairs of each record outweighs these odds as many times by itself; by how much more decides nothing.
_PAIRS_PER_UNIT = 64
# Below, the pseudo-pairs would speak louder than the records.
_LEAST_PAIRS = 20_000
_PSEUDO_PAIRS = 100.0
_PSEUDO_PAIRS_PER_LEVEL = 1.0


def n_pairs_needed(n_units: int, at_most: int) -> int:
    """Return how many random pairs tell how often strangers agree.

    Parameters
    ----------
    n_units : int
        Number of units.
    at_most : int
        More are not drawn, whatever the number of units.

    Returns
    -------
    int
        64 for each unit, and 20,000 or more, but no more than ``at_most``.

    Examples
    --------
    >>> n_pairs_needed(10, 200_000), n_pairs_needed(1_000, 200_000), n_pairs_needed(1_000_000, 200_000)
    (20000, 64000, 200000)
    """
    return min(max(_PAIRS_PER_UNIT * n_units, _LEAST_PAIRS), at_most)


def random_pairs(
    n_units: int, n_wanted: int, seed: int, source_of_unit: NDArray[np.int32] | None = None
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Draw pairs of units; all pairs when there are few.

    Parameters
    ----------
    n_units : int
        Number of units.
    n_wanted : int
        Pairs to draw, before repeats and pairs inside a source are dropped.
    seed : int
        Seed of the generator.
    source_of_unit : ndarray of int32, shape (n_units,), optional
        When given, only pairs across sources.

    Returns
    -------
    left_idx, right_idx : ndarray of int32
        Distinct pairs, ``left_idx < right_idx``, ascending.

    Raises
    ------
    ShapeMismatchError
        If there are not as many sources as units.

    Examples
    --------
    >>> left, right = random_pairs(3, 10, seed=0)
    >>> list(zip(left.tolist(), right.tolist()))
    [(0, 1), (0, 2), (1, 2)]
    """
    if source_of_unit is not None and len(source_of_unit) != n_units:
        raise ShapeMismatchError(
            f"source_of_unit: expected one source for each of {n_units} units, got {len(source_of_unit)}."
        )
    if n_units * (n_units - 1) // 2 <= n_wanted:
        left, right = np.triu_indices(n_units, 1)
    else:
        drawn = np.random.default_rng(seed).integers(0, n_units, (2, n_wanted))
        low, high = drawn.min(axis=0), drawn.max(axis=0)
        code = np.sort(low[low < high] * n_units + high[low < high])
        left, right = np.divmod(code[np.diff(code, prepend=-1) > 0], n_units)
    if source_of_unit is not None:
        across = source_of_unit[left] != source_of_unit[right]
        left, right = left[across], right[across]
    return left.astype(np.int32), right.astype(np.int32)


def u_probabilities(outputs: Sequence[ComparisonOutput], levels: NDArray[np.int8]) -> tuple[NDArray[np.float64], ...]:
    """Return the share of each level among random pairs.

    Parameters
    ----------
    outputs : sequence of ComparisonOutput, length n_outputs
        The comparisons.
    levels : ndarray of int8, shape (n_pairs, n_outputs)
        Comparison vectors of random pairs; -1, null, is left out of the shares.

    Returns
    -------
    tuple of ndarray of float64, each of shape (n_levels,)
        Probabilities that sum to 1; none is 0.

    Raises
    ------
    ShapeMismatchError
        If ``levels`` has not one column per output.

    Notes
    -----
    One hundred pseudo-pairs, one of them at each level above else, speak for strangers where a file has few records or
    records of one customer only; among the hundred thousands of pairs of a larger file they weigh nothing.
    """
    if levels.ndim != 2 or levels.shape[1] != len(outputs):
        raise ShapeMismatchError(
            f"levels: expected one column for each of {len(outputs)} outputs, got shape {levels.shape}."
        )
    shares = []
    for output, column in zip(outputs, levels.T, strict=True):
        n_levels = len(output.levels)
        pseudo = np.full(n_levels, _PSEUDO_PAIRS_PER_LEVEL)
        pseudo[0] = max(_PSEUDO_PAIRS_PER_LEVEL, _PSEUDO_PAIRS - pseudo[1:].sum())
        total = np.bincount(column.astype(np.int64) + 1, minlength=n_levels + 1)[1:] + pseudo
        shares.append(total / total.sum())
    return tuple(shares)
