"""What a run would have found at every threshold, and what its thresholds promise."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.clustering.greedy import GreedyClusterer
from custid.engines.linked_table import LinkedTable
from custid.errors import ConfigurationError
from custid.scoring.weights import probability_of

__all__ = [
    "HIGHEST_BITS",
    "LOWEST_BITS",
    "Joined",
    "Sweep",
    "rows_clustered_at",
    "sweep",
    "tried_between",
]

LOWEST_BITS: Final = -12.0
HIGHEST_BITS: Final = 17.0
"""No pair weighs more than 17.3 bits in a sum, so that a higher threshold would be one on the number of records."""

_STEP_BITS: Final = 1.0


def _falling(n_joined: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.maximum.accumulate(n_joined[::-1])[::-1], np.float64)


@frozen(kw_only=True, eq=False)
class Joined:
    """How much is joined above each threshold.

    What a lower threshold adds is right with the probability of that threshold, since it is the evidence at hand that
    stops a merge at one threshold and lets it pass at the next.  Between two thresholds that were tried, what is added
    is spread evenly over the bits.

    Attributes
    ----------
    bits : ndarray of float64, shape (n_thresholds,)
        The thresholds tried, ascending.
    n_joined : ndarray of float64, shape (n_thresholds,)
        Merges, or pairs of records of one customer, at each of them; what comes back apart at a lower threshold counts
        as joined, so that the numbers never rise with the threshold.
    """

    bits: NDArray[np.float64] = field(repr=False)
    n_joined: NDArray[np.float64] = field(repr=False, converter=_falling)

    def above(self, bits: float) -> float:
        """Return how much is joined at a threshold."""
        return float(np.interp(bits, self.bits, self.n_joined))

    def right_above(self, bits: float) -> float:
        """Return how much of what is joined at a threshold is expected to be right.

        Notes
        -----
        The probability of t bits is 1 / (1 + 2^-t), and its integral is log2(1 + 2^t).  What is joined at the highest
        threshold already is as probable as that threshold.
        """
        low, high = self.bits[:-1], self.bits[1:]
        begin = np.clip(bits, low, high)
        density = (self.n_joined[:-1] - self.n_joined[1:]) / (high - low)
        within = density * (np.logaddexp2(0.0, high) - np.logaddexp2(0.0, begin))
        return float(within.sum() + self.n_joined[-1] * float(probability_of(self.bits[-1])))

    def wrong_above(self, bits: float) -> float:
        """Return how much of what is joined at a threshold is expected to be wrong."""
        return max(0.0, self.above(bits) - self.right_above(bits))

    def right_below(self, bits: float) -> float:
        """Return how much is expected to be right of what the lowest threshold joins and this one does not."""
        return max(0.0, self.right_above(float(self.bits[0])) - self.right_above(bits))


@frozen(kw_only=True, eq=False)
class Sweep:
    """A run clustered at many thresholds.

    Attributes
    ----------
    bits : ndarray of float64, shape (n_thresholds,)
        The thresholds, ascending.
    n_customers, n_pairs : ndarray of int64, shape (n_thresholds,)
        Customers found, and pairs of rows that share one.
    merges, pairs : Joined
        The merges that made the customers of the rows (rows less customers), and the pairs.
    """

    bits: NDArray[np.float64] = field(repr=False)
    n_customers: NDArray[np.int64] = field(repr=False)
    n_pairs: NDArray[np.int64] = field(repr=False)
    merges: Joined = field(repr=False)
    pairs: Joined = field(repr=False)


def sweep(linked: LinkedTable, more_bits: float) -> Sweep:
    """Cluster the pairs of a run at thresholds from -12 to 17 bits, and at one more between.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    more_bits : float
        One more threshold.

    Returns
    -------
    Sweep
        What is found at each.

    Raises
    ------
    ConfigurationError
        If the run used a clusterer of the user's own, which knows no threshold.
    """
    steps = np.arange(LOWEST_BITS, HIGHEST_BITS + _STEP_BITS / 2, _STEP_BITS)
    bits = np.unique(np.append(steps, more_bits))
    found = np.array([_counts(rows_clustered_at(linked, each)) for each in bits.tolist()], np.int64)
    n_customers, n_pairs = found[:, 0], found[:, 1]
    return Sweep(
        bits=bits,
        n_customers=n_customers,
        n_pairs=n_pairs,
        merges=Joined(bits=bits, n_joined=(linked.table.n_rows - n_customers).astype(np.float64)),
        pairs=Joined(bits=bits, n_joined=n_pairs.astype(np.float64)),
    )


def tried_between(low_bits: float, high_bits: float) -> list[float]:
    """Return the thresholds that a sweep tries between two others, ascending."""
    return [float(bits) for bits in np.arange(np.floor(low_bits) + _STEP_BITS, high_bits, _STEP_BITS)]


def rows_clustered_at(linked: LinkedTable, bits: float) -> NDArray[np.int64]:
    """Return the customer of each row of a run if another threshold had decided.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    bits : float
        The threshold, as log-odds.

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        Customers, numbered by first appearance.

    Raises
    ------
    ConfigurationError
        If the run used a clusterer of the user's own, which knows no threshold.
    """
    if not isinstance(linked.clusterer, GreedyClusterer):
        raise ConfigurationError(
            f"clusterer: expected the built-in one, got {type(linked.clusterer).__name__}.",
            hint="A clusterer of your own has no threshold that could be chosen.",
        )
    probability = float(probability_of(bits))
    cluster = evolve(linked.clusterer, match_probability=probability)(linked.graph)
    return evolve(linked, cluster=cluster, match_probability=probability).cluster_of_row()


def _counts(customer: NDArray[np.int64]) -> tuple[int, int]:
    """Return the number of customers, and that of the pairs of rows in them."""
    n_rows = np.bincount(customer)
    return len(n_rows), int((n_rows * (n_rows - 1) // 2).sum())
