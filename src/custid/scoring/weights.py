"""The formulas of match weights, on arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from custid.comparison.comparison import ComparisonOutput

__all__ = [
    "ADJUSTMENT_STEPS_PER_BIT",
    "LEAST_BITS",
    "MAX_RARITY_BITS",
    "either_match",
    "log_ratio_bits",
    "odds_of",
    "probability_of",
    "rarity_adjustment",
    "sum_adjustments",
    "taken_by_classes",
]

LEAST_BITS = -25.0
"""The least weight of a pair: one in thirty million is as good as none.

Clustering clips weights nearer to 0 than this.  So comparing may stop where a pair can weigh no more."""

MAX_RARITY_BITS = 8.7
"""What the rarity of a value adds or takes at most: a factor of some 400."""

_FLOOR = 1e-9
_MAX_BITS = 60.0
ADJUSTMENT_STEPS_PER_BIT = 2.0**14
"""A power of two, so that sums of adjustments are exact in float32, in whatever order they are added."""


def probability_of(weight_bits: ArrayLike) -> NDArray[np.float64]:
    """Return the probability of log-odds, without overflow.

    Parameters
    ----------
    weight_bits : array_like of float
        Match weights, or other log-odds, in bits.

    Returns
    -------
    ndarray of float64
        In [0, 1], of the same shape.

    Examples
    --------
    >>> probability_of([-np.inf, 0.0, 2000.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.asarray(np.exp2(-np.logaddexp2(0.0, -np.asarray(weight_bits, np.float64))), np.float64)


def odds_of(weight_bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the odds of match weights, limited to 2**60 either way, so that sums of them stay finite."""
    return np.asarray(np.exp2(np.clip(weight_bits, -_MAX_BITS, _MAX_BITS)), np.float64)


def rarity_adjustment(
    output: ComparisonOutput,
    u_probability: NDArray[np.float64],
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Return what the rarity of the agreed value adds to the weight of the closest level.

    The closest level's own weight rests on the mean chance u that strangers agree; for a value of frequency f the
    chance is f instead, which adds log2(u / f), limited to 8.7 bits either way (a factor of 400).

    Parameters
    ----------
    output : ComparisonOutput
        The comparison.
    u_probability : ndarray of float64, shape (n_levels,)
        Its u probabilities.
    levels : ndarray of int8, shape (n_pairs,)
        Levels of the pairs.
    rarity_bits : ndarray of float32, shape (n_pairs,)
        -log2 f of the values agreed on.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Bits, in steps of 2**-14; 0 below the closest level.
    """
    if not output.has_rarity:
        return np.zeros(len(levels))
    is_top = levels == len(output.levels) - 1
    added = np.clip(rarity_bits.astype(np.float64) + np.log2(u_probability[-1]), -MAX_RARITY_BITS, MAX_RARITY_BITS)
    return np.where(is_top, np.rint(added * ADJUSTMENT_STEPS_PER_BIT) / ADJUSTMENT_STEPS_PER_BIT, 0.0)


def sum_adjustments(
    outputs: Sequence[ComparisonOutput],
    u_probabilities: Sequence[NDArray[np.float64]],
    is_by_chance: Sequence[Sequence[bool]],
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Add up :func:`rarity_adjustment` over the comparisons, for a match and for each further class.

    Pairs of a class that agree on an attribute by chance do so whatever its value; so it counts for others only.

    Parameters
    ----------
    outputs : sequence of ComparisonOutput, length n_outputs
        The comparisons.
    u_probabilities : sequence of ndarray of float64
        Their u probabilities.
    is_by_chance : sequence of sequence of bool, length n_classes
        For each class, on which comparisons its pairs agree by chance.
    levels : ndarray of int8, shape (n_pairs, n_outputs)
        Comparison vectors.
    rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
        Rarity of the values agreed on.

    Returns
    -------
    ndarray of float32, shape (n_pairs, 1 + n_classes)
        Bits: for a match, then for each class.
    """
    sums = np.zeros((1 + len(is_by_chance), len(levels)))
    for position, (output, u_probability) in enumerate(zip(outputs, u_probabilities, strict=True)):
        added = rarity_adjustment(output, u_probability, levels[:, position], rarity_bits[:, position])
        sums[0] += added
        for number, flags in enumerate(is_by_chance, start=1):
            if not flags[position]:
                sums[number] += added
    return np.ascontiguousarray(sums.T, np.float32)


def either_match(bits: NDArray[np.float64], match_bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-odds of a match of whichever class.

    Parameters
    ----------
    bits : ndarray of float64, shape (n_pairs,)
        Log-odds against strangers of a match of no further class.
    match_bits : ndarray of float64, shape (n_pairs, n_classes)
        Those of each class that is a match.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Of each row log2 of the sum of 2^bits; not less than ``bits``.
    """
    for column in match_bits.T:
        bits = np.logaddexp2(bits, column)
    return bits


def taken_by_classes(class_bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what other explanations take away from the weight of a match.

    Parameters
    ----------
    class_bits : ndarray of float64, shape (n_pairs, n_classes)
        Log-odds against strangers of each class that is no match.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Of each row -log2(1 + sum of 2^bits), 0 or less.
    """
    total = np.zeros(len(class_bits))
    for column in class_bits.T:
        total = np.logaddexp2(total, column)
    return np.asarray(-total, np.float64)


def log_ratio_bits(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of each level, and of null.

    Parameters
    ----------
    numerator, denominator : ndarray of float64, shape (n_levels,)
        Probabilities of the levels in two classes; 1e-9 is added to both, so that no level is impossible.

    Returns
    -------
    ndarray of float64, shape (n_levels + 1,)
        Bits, log2 of the ratio; the last element, which level -1 indexes, is 0.
    """
    return np.append(np.log2(numerator + _FLOOR) - np.log2(denominator + _FLOOR), 0.0)
