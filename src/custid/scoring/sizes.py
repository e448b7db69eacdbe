"""What the sizes of customers say beforehand of one more record."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["size_factors"]


def size_factors(n_of_size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by how much the odds of belonging to a customer of each size are to be multiplied.

    Parameters
    ----------
    n_of_size : ndarray of int64, shape (n_sizes,)
        How many customers have 0, 1, 2, … units.

    Returns
    -------
    ndarray of float64, shape (max(n_sizes, 2),)
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

    >>> size_factors(np.array([0, 90, 2, 0, 0, 0, 8])).round(2).tolist()
    [1.0, 1.0, 0.05, 0.27, 1.0, 1.0, 1.0]
    """
    held = np.zeros(max(len(n_of_size), 2))
    held[: len(n_of_size)] = n_of_size
    counts = held + 0.5
    size = np.arange(len(counts), dtype=np.float64)
    n_customers, n_ordered_pairs = held.sum(), (held * size * (size - 1.0)).sum()
    factors = np.ones(len(counts))
    if n_ordered_pairs > 0:
        mean = (held * size).sum() / n_customers
        prior = size[2:] * counts[2:] / (counts[1:-1] * counts[1])
        factors[2:] = prior * (n_customers * mean) ** 2 / ((size[2:] - 1.0) * n_ordered_pairs)
    return np.minimum(factors, 1.0)
