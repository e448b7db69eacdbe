"""How far counts of two populations differ, and whether chance explains it.

Every test gives a standard normal score, so that tests of different kinds can be compared and one threshold serves all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.scoring.frequencies import TermFrequencies

__all__ = [
    "Counts",
    "aligned_counts",
    "jensen_shannon_bits",
    "mixture_score",
    "odds_ratio",
    "proportion_score",
    "robust_score",
    "stability_index",
]

_MAD_OF_NORMAL = 1.4826
_LEAST_LISTED = 5
_FAR_ABOVE = 4


@frozen(kw_only=True, eq=False)
class Counts:
    """Counts of values, which are known by their hashes.

    Attributes
    ----------
    hashes : ndarray of uint64, shape (n_values,)
        Values, ascending.
    counts : ndarray of int64, shape (n_values,)
        How many records hold each.
    total : int
        Records that hold a value, be it listed or not.
    least : int
        Values that fewer records hold may not be listed; all others are.
    """

    hashes: NDArray[np.uint64] = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)
    total: int
    least: int = _LEAST_LISTED

    @classmethod
    def none(cls) -> Counts:
        """Return counts of nothing."""
        return cls(hashes=np.zeros(0, np.uint64), counts=np.zeros(0, np.int64), total=0)

    @classmethod
    def frequent(
        cls, hashes: NDArray[np.uint64], counts: NDArray[np.int64], total: int, *, at_most: int | None = None
    ) -> Counts:
        """Return the counts of values that five records or more hold, so that no hash stands for a single person.

        Of more than ``at_most`` such values the most frequent ones are kept, but none that ties with one left out.
        """
        least = _LEAST_LISTED
        if at_most is not None and int((counts >= least).sum()) > at_most:
            least = int(np.sort(counts)[-at_most - 1]) + 1
        kept = np.flatnonzero(counts >= least)
        kept = kept[np.argsort(hashes[kept])]
        return cls(hashes=hashes[kept], counts=counts[kept].astype(np.int64), total=total, least=least)

    @classmethod
    def of_terms(cls, terms: TermFrequencies) -> Counts:
        """Return the counts of a match model."""
        return cls.frequent(terms.hashes, terms.counts, terms.total)


def aligned_counts(one: Counts, other: Counts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both counts over the values that can be compared, and last the rest of each.

    These are the values that both list, and those that one lists with four times the share below which the other does
    not list: what is not listed counts as 0, which then makes little difference.
    """
    hashes = np.union1d(one.hashes, other.hashes)
    found = []
    is_compared = np.ones(len(hashes), np.bool_)
    for each, against in ((one, other), (other, one)):
        counts = np.zeros(len(hashes))
        counts[np.searchsorted(hashes, each.hashes)] = each.counts
        is_listed = np.isin(hashes, against.hashes)
        is_compared &= is_listed | (counts * against.total >= _FAR_ABOVE * against.least * each.total)
        found.append(counts)
    rows = [np.append(counts[is_compared], 0.0) for counts in found]
    for row, each in zip(rows, (one, other), strict=True):
        row[-1] = max(each.total - float(row.sum()), 0.0)
    return rows[0], rows[1]


def jensen_shannon_bits(one: Counts, other: Counts) -> float:
    """Return the Jensen-Shannon divergence of two distributions of values, both weighed equally.

    References
    ----------
    .. [1] Lin (1991), Divergence measures based on the Shannon entropy, IEEE Transactions on Information Theory 37(1),
       145-151, section IV, equation 4.1.
    """
    shares = [counts / counts.sum() if counts.sum() else counts for counts in aligned_counts(one, other)]
    middle = (shares[0] + shares[1]) / 2
    terms = []
    for each in shares:
        held = each > 0
        terms += (each[held] * np.log2(each[held] / middle[held]) / 2).tolist()
    return min(max(math.fsum(terms), 0.0), 1.0)


def stability_index(one: NDArray[np.float64], other: NDArray[np.float64], design_effect: float) -> float:
    """Return how far two rows of counts differ beyond what draws bring about: an index of population stability.

    The index is the Jeffreys divergence of their shares in nats [2]_, less what it is on average if both are draws from
    one distribution: degrees of freedom by the sum of the inverse sizes [3]_; 0 where less than nothing is left.  Half
    a count is added to each cell, so that an empty one is no infinite surprise.

    References
    ----------
    .. [1] Siddiqi (2006), Credit Risk Scorecards, chapter 10 (0.1 and 0.25 as limits of a slight and of a real shift).
    .. [2] Jeffreys (1946), Proceedings of the Royal Society A 186, 453-461.
    .. [3] Yurdakul and Naranjo (2020), Journal of Risk Model Validation 14(4), 89-100, section 3.
    """
    held = (one + other) > 0
    first, second = one[held], other[held]
    if not first.sum() or not second.sum():
        return 0.0
    shares = [(each + 0.5) / (each.sum() + 0.5 * len(each)) for each in (first, second)]
    index = math.fsum(((shares[0] - shares[1]) * np.log(shares[0] / shares[1])).tolist())
    by_chance = (len(first) - 1) * design_effect * (1.0 / float(first.sum()) + 1.0 / float(second.sum()))
    return max(index - by_chance, 0.0)


def mixture_score(one: NDArray[np.float64], other: NDArray[np.float64], design_effect: float) -> float:
    """Return how surprising two rows of counts are if both are draws from one distribution, as a normal score.

    The statistic is that of the likelihood ratio, G, which is chi-squared with as many degrees of freedom as there are
    cells but one once it is divided by the design effect, and is turned into a normal score by the cube root; 0 where
    they are more alike than draws are.  Cells that neither has do not count.

    References
    ----------
    .. [1] Grosse et al. (2002), Physical Review E 65, 041905, section II (G is the weighted Jensen-Shannon divergence
       times the number of counts).
    .. [2] Rao and Scott (1981), Journal of the American Statistical Association 76(374), 221-230 (the division).
    .. [3] Wilson and Hilferty (1931), PNAS 17(12), 684-688.
    """
    held = (one + other) > 0
    first, second = one[held], other[held]
    degrees = int(held.sum()) - 1
    if degrees < 1 or not first.sum() or not second.sum():
        return 0.0
    share = (first + second) / (first.sum() + second.sum())
    terms = []
    for each in (first, second):
        seen = each > 0
        terms += (each[seen] * np.log(each[seen] / (share[seen] * each.sum()))).tolist()
    statistic = max(2.0 * math.fsum(terms), 0.0) / design_effect
    spread = 2.0 / (9.0 * degrees)
    root = math.cbrt(statistic / degrees)
    return max((root - (1.0 - spread)) / math.sqrt(spread), 0.0)


def proportion_score(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the normal score of the difference of two shares, each a part and a whole; positive where the second grew.

    References
    ----------
    .. [1] Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, section 3.1, equation 3.1
       (pooled, without the correction for continuity).
    """
    if not one[1] or not other[1]:
        return 0.0
    pooled = (one[0] + other[0]) / (one[1] + other[1])
    variance = pooled * (1.0 - pooled) * (1.0 / one[1] + 1.0 / other[1])
    return (other[0] / other[1] - one[0] / one[1]) / math.sqrt(variance) if variance > 0 else 0.0


def robust_score(earlier: Sequence[float], value: float, of: float) -> float:
    """Return how far a share is from the median of earlier ones, in units of their spread.

    The spread is the median absolute deviation, scaled to a standard deviation, and the error of a share of ``of``
    draws; so a share that never moved is not surprising for moving by chance.

    References
    ----------
    .. [1] Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, section 3.3 (the modified z-score).
    """
    middle = float(np.median(earlier))
    deviation = _MAD_OF_NORMAL * float(np.median(np.abs(np.asarray(earlier) - middle)))
    # As if one more had been counted on each side: a share of 0 is not known for certain either.
    share = (middle * of + 1.0) / (of + 2.0)
    spread = math.hypot(deviation, math.sqrt(share * (1.0 - share) / max(of, 1.0)))
    return float((value - middle) / spread)


def odds_ratio(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return by what factor the odds of the second share, a part and a whole, exceed those of the first.

    References
    ----------
    .. [1] Haldane (1956), Annals of Human Genetics 20(4), 309-311 (half a count is added to each cell).
    """
    first, second = ((part + 0.5) / (whole - part + 0.5) for part, whole in (one, other))
    return second / first
