"""Customers that are larger than the others lead one to expect: the tail that over-merging leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen

__all__ = ["SizeTail", "tail_of_sizes"]

_CHANCE = 0.05
_CLIPPED_SHARE = 0.99


@frozen(kw_only=True)
class SizeTail:
    """The customers that are larger than the others lead one to expect.

    Attributes
    ----------
    least_records : int
        From how many records on a customer counts as such; 0 where no customer has several records.
    n_customers : int
        How many there are.
    continuation : float
        Estimated share of the customers with a number of records at or above the median of those with several that have
        one more, in (0, 1).
    """

    least_records: int
    n_customers: int
    continuation: float


def tail_of_sizes(sizes: Sequence[tuple[int, int]]) -> SizeTail:
    """Tell which customers are larger than the others lead one to expect.

    Parameters
    ----------
    sizes : sequence of (int, int)
        Numbers of records, ascending, and how many customers have as many.

    Returns
    -------
    SizeTail
        The bound and how many customers reach it.

    Notes
    -----
    How often people are recorded varies from one to the next; if their rates follow a gamma distribution, counts are
    negative binomial, and far out each further record is as likely as the one before: a geometric tail [1]_.  Its rate
    is estimated above the median of the customers with several records, the largest hundredth of them pulled in to the
    99 % quantile, so that what is looked for does not hide itself; and the bound is where fewer than one customer in
    twenty such populations is expected.  One failure and one success are added [2]_, so that few customers do not make
    a sharp bound.

    References
    ----------
    .. [1] Greenwood and Yule (1920), Journal of the Royal Statistical Society 83(2), 255-279 (counts of accidents).
    .. [2] Laplace's rule of succession; Gelman et al. (2013), Bayesian Data Analysis, section 2.4.

    Examples
    --------
    >>> tail_of_sizes([(1, 1000), (2, 500), (3, 250), (4, 125), (60, 1)]).n_customers
    1
    """
    several = [(n_records, n_customers) for n_records, n_customers in sizes if n_records > 1 and n_customers > 0]
    n_several = sum(n_customers for _, n_customers in several)
    if not n_several:
        return SizeTail(least_records=0, n_customers=0, continuation=0.5)
    start, clipped = _quantile(several, 0.5), _quantile(several, _CLIPPED_SHARE)
    above = [(n_records, n_customers) for n_records, n_customers in several if n_records >= start]
    n_above = sum(n_customers for _, n_customers in above)
    n_further = sum((min(n_records, clipped) - start) * n_customers for n_records, n_customers in above)
    continuation = (n_further + 1) / (n_further + n_above + 2)
    least = start + math.ceil(math.log(_CHANCE / n_above) / math.log(continuation))
    return SizeTail(
        least_records=least,
        n_customers=sum(n_customers for n_records, n_customers in several if n_records >= least),
        continuation=continuation,
    )


def _quantile(sizes: Sequence[tuple[int, int]], share: float) -> int:
    """Return how many records that share of the customers has at most."""
    wanted = math.ceil(share * sum(n_customers for _, n_customers in sizes))
    held = 0
    for n_records, n_customers in sizes:
        held += n_customers
        if held >= wanted:
            return n_records
    return sizes[-1][0]
