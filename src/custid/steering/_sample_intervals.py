"""Totals and ratios of stratified samples, with 95 % limits."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, sqrt

from attrs import frozen

__all__ = ["Interval", "TotalInterval", "exact_limits", "ratio_limits", "total_of"]

_TAIL = 0.025 + 1e-9
"""A chance of one in forty itself is too small, however the logarithms are rounded."""


@frozen(kw_only=True)
class Interval:
    """An estimate and its 95 % limits.

    Attributes
    ----------
    value : float
        The estimate.
    low, high : float
        The limits.
    """

    value: float
    low: float
    high: float


@frozen(kw_only=True)
class TotalInterval:
    """The estimate of a number of pairs.

    Attributes
    ----------
    value, low, high : float
        The estimate and its limits.
    n : float
        Pairs that it is a part of.
    """

    value: float
    low: float
    high: float
    n: float

    def share(self) -> Interval:
        """Return the share of the pairs; all of none are 1."""
        if not self.n:
            return Interval(value=1.0, low=1.0, high=1.0)
        return Interval(value=self.value / self.n, low=self.low / self.n, high=self.high / self.n)


def exact_limits(n_hits: int, n_drawn: int, n_pairs: int) -> TotalInterval:
    """Return the number of hits of a stratum.

    Parameters
    ----------
    n_hits, n_drawn, n_pairs : int
        Hits, pairs drawn without putting back, and pairs of the stratum; ``n_hits <= n_drawn <= n_pairs``.

    Returns
    -------
    TotalInterval
        Limits are the numbers under which as many hits, or as few, come up more than once in forty times; the number
        itself where all were drawn, and anything around one half where none was.
    """
    if not n_drawn:
        return TotalInterval(value=n_pairs / 2, low=0.0, high=float(n_pairs), n=float(n_pairs))
    # Fewer misses than seen are as impossible as fewer hits; few hits are few misses of the others.
    low = _least_number(n_hits, n_drawn, n_pairs)
    high = n_pairs - _least_number(n_drawn - n_hits, n_drawn, n_pairs)
    return TotalInterval(value=n_pairs * n_hits / n_drawn, low=float(low), high=float(high), n=float(n_pairs))


def _least_number(n_hits: int, n_drawn: int, n_pairs: int) -> int:
    """Return the least number of hits in a stratum with which as many are drawn, or more, at 2.5 % or more."""
    low, high = n_hits, n_pairs - (n_drawn - n_hits)
    while low < high:
        middle = (low + high) // 2
        if _chance_of_as_many(n_hits, n_drawn, n_pairs, middle) > _TAIL:
            high = middle
        else:
            low = middle + 1
    return low


def _chance_of_as_many(n_hits: int, n_drawn: int, n_pairs: int, n_in_all: int) -> float:
    """Return the chance to draw so many hits or more where there are so many in all (hypergeometric)."""
    base = _log_choices(n_pairs, n_drawn)
    first, last = max(n_hits, n_drawn - (n_pairs - n_in_all)), min(n_drawn, n_in_all)
    return sum(
        exp(_log_choices(n_in_all, drawn) + _log_choices(n_pairs - n_in_all, n_drawn - drawn) - base)
        for drawn in range(first, last + 1)
    )


def _log_choices(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def total_of(strata: Sequence[tuple[int, int, int]]) -> TotalInterval:
    """Return the number of hits over strata.

    Parameters
    ----------
    strata : sequence of (n_hits, n_drawn, n_pairs)
        As in :func:`exact_limits`.

    Returns
    -------
    TotalInterval
        Its limits are as far from the value as the root of the sum of squares of the strata's distances.
    """
    totals = [exact_limits(*stratum) for stratum in strata]
    value = sum(each.value for each in totals)
    below = sqrt(sum((each.value - each.low) ** 2 for each in totals))
    above = sqrt(sum((each.high - each.value) ** 2 for each in totals))
    return TotalInterval(value=value, low=max(0.0, value - below), high=value + above, n=sum(each.n for each in totals))


def ratio_limits(one: TotalInterval, other: TotalInterval) -> Interval:
    """Return the ratio of two independent estimates.

    Parameters
    ----------
    one, other : TotalInterval
        Numerator and denominator, 0 or more.

    Returns
    -------
    Interval
        Infinite where the denominator may be 0; 0 where the numerator is 0 for certain.
    """
    if not one.high:
        return Interval(value=0.0, low=0.0, high=0.0)
    return Interval(
        value=one.value / other.value if other.value else float("inf"),
        low=_limit(one.value, one.low, other.value, other.high, sign=-1.0),
        high=_limit(one.value, one.high, other.value, other.low, sign=1.0),
    )


def _limit(one: float, one_limit: float, other: float, other_limit: float, *, sign: float) -> float:
    """Return a limit of a ratio from the limits of its parts: the lower one with sign -1."""
    scale = other_limit * (2 * other - other_limit)
    if scale <= 0:
        # An upper limit of twice the estimate: the outermost ratio is safe.
        return one_limit / other_limit if other_limit else float("inf")
    product = one * other
    inner = max(0.0, product**2 - one_limit * other_limit * (2 * one - one_limit) * (2 * other - other_limit))
    return max(0.0, (product + sign * sqrt(inner)) / scale)
