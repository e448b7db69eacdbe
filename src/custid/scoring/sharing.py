"""How surprising it is that so many customers share one value, or come so close together in time."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["expected_as_many", "poisson_tail"]

_MAX_ROUNDS: Final = 10


def expected_as_many(counts: NDArray[np.int64], false_alarms: float) -> NDArray[np.float64]:
    """Return how many values one would expect to be shared by as many customers as each, going by the other values.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_values,)
        Customers of each value, 1 or more.
    false_alarms : float
        Values of which fewer are expected than this, greater than 0, do not count for what others are expected.

    Returns
    -------
    ndarray of float64, shape (n_values,)
        Expected number; infinite for values of fewer than three customers, which say nothing.

    Notes
    -----
    Households, small firms and mistakes make some values shared by two, fewer by three, and so on.  If customers came
    to a value by chance alone, their number would be Poisson and the ratio of one count to the next would fall; values
    differ in how much they are shared, which makes the number a mixture of Poissons with ratios that level off.  So the
    ratio is taken to stay what it is where there is data: with N(k) the values of k customers or more, at least

        r = max((N(3) + 1) / (N(2) + 2), (N(4) + 1) / (N(3) + 2)),   E(k) = (N(2) + 1) r^(k - 2),

    by the rule of succession (Laplace 1814), so that no ratio is 0 for want of data.  A value does not count for its
    own expectation, nor do those that stand out, which are set aside in rounds, lest one ring of fraud hide another.

    Examples
    --------
    A hundred values of two customers, ten of three and one of forty.

    >>> import numpy as np
    >>> counts = np.array([2] * 100 + [3] * 10 + [40])
    >>> expected = expected_as_many(counts, 0.05)
    >>> float(expected[100]) > 5, float(expected[110]) < 1e-6
    (True, True)
    """
    is_set_aside = np.zeros(len(counts), np.bool_)
    expected = np.full(len(counts), np.inf)
    for _ in range(_MAX_ROUNDS):
        counted = counts[~is_set_aside]
        two, three, four = (
            float((counted >= k).sum()) - ((counts >= k) & ~is_set_aside).astype(np.float64) for k in (2, 3, 4)
        )
        ratio = np.maximum((three + 1) / (two + 2), (four + 1) / (three + 2))
        expected = np.where(counts >= 3, (two + 1) * ratio ** (counts - 2.0), np.inf)
        stands_out = expected < false_alarms
        if (stands_out == is_set_aside).all():
            break
        is_set_aside |= stands_out
    return expected


def poisson_tail(least: int, mean: float) -> float:
    """Return the probability that a Poisson variable is as great as a number or greater.

    Parameters
    ----------
    least : int
        The number.
    mean : float
        Mean of the variable, 0 or more.

    Returns
    -------
    float
        Probability, in [0, 1].

    Examples
    --------
    >>> round(poisson_tail(1, 0.5), 4), poisson_tail(0, 3.0), poisson_tail(2, 0.0)
    (0.3935, 1.0, 0.0)
    >>> poisson_tail(5, 800.0), poisson_tail(800, 5.0)
    (1.0, 0.0)
    """
    if least <= 0:
        return 1.0
    if mean <= 0.0:
        return 0.0
    # Terms fall away from the mean: added up is the tail that the mean is not in.
    is_below = least <= mean
    number = least - 1 if is_below else least
    term, total = math.exp(number * math.log(mean) - mean - math.lgamma(number + 1)), 0.0
    while term > total * 1e-17:
        total += term
        term *= number / mean if is_below else mean / (number + 1)
        number += -1 if is_below else 1
    return max(1.0 - total, 0.0) if is_below else min(total, 1.0)
