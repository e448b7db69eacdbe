"""One step of expectation maximization for three classes, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_likelihood", "posteriors"]

Shares = Sequence[NDArray[np.float64]]


def posteriors(
    levels: Sequence[Sequence[int]],
    bits: Sequence[tuple[float, float]],
    m: Shares,
    h: Shares,
    u: Shares,
    shares: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return each pair's probability of being a match and of being of one household."""
    found = []
    for row, adjustments in zip(levels, bits, strict=True):
        match, household = _ratios(row, adjustments, m, h, u)
        total = shares[0] * match + shares[1] * household + 1 - sum(shares)
        found.append((shares[0] * match / total, shares[1] * household / total))
    return found


def log_likelihood(
    levels: Sequence[Sequence[int]],
    bits: Sequence[tuple[float, float]],
    m: Shares,
    h: Shares,
    u: Shares,
    shares: tuple[float, float],
) -> float:
    """Return the log-likelihood of the pairs relative to strangers."""
    total = 0.0
    for row, adjustments in zip(levels, bits, strict=True):
        match, household = _ratios(row, adjustments, m, h, u)
        total += log(shares[0] * match + shares[1] * household + 1 - sum(shares))
    return total


def _ratios(
    row: Sequence[int], adjustments: tuple[float, float], m: Shares, h: Shares, u: Shares
) -> tuple[float, float]:
    match, household = (exp(each * log(2)) for each in adjustments)
    for output, level in enumerate(row):
        if level >= 0:
            match *= m[output][level] / u[output][level]
            household *= h[output][level] / u[output][level]
    return match, household
