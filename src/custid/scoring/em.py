"""Learning the match model without labels: expectation maximization over the full pair space.

Three classes explain a pair of records: the same customer (M), two members of one household (H) and strangers (U).
Members of a household share address, family name and phone, but their given names, sex and personal identifiers agree
by chance only; without that class, EM takes households for customers.  The u probabilities come from random pairs and
stay fixed; every pair that blocking did not propose counts as a pair of strangers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError, ShapeMismatchError
from custid.table.hashing import combine_hashes

__all__ = ["ClassParameters", "EMHistory", "EMOptions", "PairSample", "fit_classes", "start_m_probabilities"]

_FLOOR = 1e-9
_SMALLEST_SHARE = 1e-13
_LARGEST_MATCH_SHARE = 0.5
_LARGEST_HOUSEHOLD_SHARE = 0.25


@frozen(kw_only=True)
class EMOptions:
    """Settings of the learning, none of which looks at labels.

    Attributes
    ----------
    max_iterations : int
        Upper bound of the number of iterations.
    tolerance : float
        Stop when the logarithm of the share of matches moves less than this.
    start_top : float
        Start value of m at the closest level.
    prior_weight : float
        Weight of the start values in each update, as a share of the matches found: a Dirichlet prior.
    matches_per_record : float
        Start value of the number of matching pairs per record.
    has_household_class : bool
        False leaves the class H out.
    """

    max_iterations: int = 60
    tolerance: float = 2e-4
    start_top: float = 0.85
    prior_weight: float = 0.2
    matches_per_record: float = 0.3
    has_household_class: bool = True


@frozen(kw_only=True, eq=False)
class PairSample:
    """Compared pairs from which to learn.

    Attributes
    ----------
    levels : ndarray of int8, shape (n_pairs, n_outputs)
        Comparison vectors, -1 for null.
    match_bits, household_bits : ndarray of float32, shape (n_pairs,)
        What the rarity of the values agreed on adds to the weight of class M and of class H, in bits.
    weight : float
        For how many candidate pairs each pair of the sample stands.
    n_records : int
        Records of the data set.
    n_pairs : float
        Pairs of records that could match, candidates or not.
    """

    levels: NDArray[np.int8] = field(repr=False)
    match_bits: NDArray[np.float32] = field(repr=False)
    household_bits: NDArray[np.float32] = field(repr=False)
    weight: float
    n_records: int
    n_pairs: float

    def __attrs_post_init__(self) -> None:
        if self.levels.ndim != 2 or not len(self.levels) == len(self.match_bits) == len(self.household_bits):
            raise ShapeMismatchError(
                "pair sample: expected levels of two dimensions and two adjustments per pair, got levels of shape "
                f"{self.levels.shape}, {len(self.match_bits)} match bits and {len(self.household_bits)} household bits."
            )


@frozen(kw_only=True)
class EMHistory:
    """One iteration.

    Attributes
    ----------
    prior_match, prior_household : float
        Share of all pairs that match, and that belong to one household.
    log_likelihood : float
        Natural log-likelihood of all pairs relative to strangers, before the iteration's update.
    """

    prior_match: float
    prior_household: float
    log_likelihood: float


@frozen(kw_only=True, eq=False)
class ClassParameters:
    """What EM has learned.

    Attributes
    ----------
    m, h : tuple of ndarray of float64
        For each output the probability of each level in class M and in class H.
    prior_match, prior_household : float
        Shares of the two classes among all pairs.
    history : tuple of EMHistory
        The iterations.
    has_converged : bool
        False when the bound of iterations was reached.
    """

    m: tuple[NDArray[np.float64], ...] = field(repr=False)
    h: tuple[NDArray[np.float64], ...] = field(repr=False)
    prior_match: float
    prior_household: float
    history: tuple[EMHistory, ...] = field(repr=False)
    has_converged: bool


def start_m_probabilities(n_levels: int, top: float) -> NDArray[np.float64]:
    """Return start values of m: ``top`` for the closest level, the rest halving with each step down.

    Parameters
    ----------
    n_levels : int
        Number of levels, at least 2.
    top : float
        Probability of the closest level, in (0, 1).

    Returns
    -------
    ndarray of float64, shape (n_levels,)
        Probabilities that sum to 1.

    Examples
    --------
    >>> start_m_probabilities(3, 0.85).round(2).tolist()
    [0.05, 0.1, 0.85]
    """
    below = 0.5 ** np.arange(n_levels - 1, 0, -1)
    return np.append(below / below.sum() * (1 - top), top)


def fit_classes(
    sample: PairSample,
    u: Sequence[NDArray[np.float64]],
    is_personal: Sequence[bool],
    fixed_h: Sequence[float | None],
    options: EMOptions,
) -> ClassParameters:
    """Learn m, h and the class shares.

    Parameters
    ----------
    sample : PairSample
        Compared candidate pairs.
    u : sequence of ndarray of float64
        For each output the probability of each level among strangers.
    is_personal : sequence of bool
        For each output, whether members of a household agree on it by chance only.
    fixed_h : sequence of float or None
        For each output the share of household pairs that agree as the start values of m say, the others agreeing by
        chance; None where h is to be learned.  Learned for the birth date, it would claim true matches whose given name
        is written differently.
    options : EMOptions
        Settings.

    Returns
    -------
    ClassParameters
        The parameters of the last iteration.

    Raises
    ------
    ShapeMismatchError
        If there are not as many u probabilities, flags and fixed shares as outputs in the sample.
    ConfigurationError
        If an option is out of range.

    Notes
    -----
    The E step takes the posterior of each class from log m - log u summed over the outputs, null levels left out
    (Fellegi and Sunter 1969, section 3); the M step re-estimates m and h as weighted shares with a Dirichlet prior,
    and the class shares over all pairs of the space.  The class shares are kept within (0, 0.5] and (0, 0.25], so that
    strangers are always possible.

    With ``prior_weight`` 0 the log-likelihood plus the logarithm of the Dirichlet density never falls.  A greater one
    follows the number of matches found, which makes the update a shrinkage towards the start values and no longer an
    ascent of one fixed function.

    Pairs with equal levels and equal adjustments are weighed together, in an order that depends on their content
    alone; so the order of the pairs does not matter, to the last digit.

    References
    ----------
    .. [1] Fellegi and Sunter (1969), Journal of the American Statistical Association 64(328), 1183-1210.
    .. [2] Dempster, Laird, Rubin (1977), Journal of the Royal Statistical Society B 39(1), 1-38, section 3.
    """
    _check(sample, u, is_personal, fixed_h, options)
    start = [start_m_probabilities(len(shares), options.start_top) for shares in u]
    state = _State(sample, list(u), start, is_personal, fixed_h, options)
    history: list[EMHistory] = []
    has_converged = False
    for _ in range(options.max_iterations):
        before = state.prior_match
        log_likelihood = state.step()
        history.append(
            EMHistory(
                prior_match=state.prior_match, prior_household=state.prior_household, log_likelihood=log_likelihood
            )
        )
        if abs(np.log(state.prior_match / before)) < options.tolerance:
            has_converged = True
            break
    return ClassParameters(
        m=tuple(state.m),
        h=tuple(state.h),
        prior_match=state.prior_match,
        prior_household=state.prior_household,
        history=tuple(history),
        has_converged=has_converged,
    )


def _check(
    sample: PairSample,
    u: Sequence[NDArray[np.float64]],
    is_personal: Sequence[bool],
    fixed_h: Sequence[float | None],
    options: EMOptions,
) -> None:
    n_outputs = sample.levels.shape[1]
    if not n_outputs == len(u) == len(is_personal) == len(fixed_h):
        raise ShapeMismatchError(
            f"learning: expected u probabilities, flags and fixed shares for {n_outputs} outputs, got {len(u)}, "
            f"{len(is_personal)} and {len(fixed_h)}."
        )
    problems = [
        f"{name}: expected {expected}, got {value}"
        for name, expected, value, is_right in (
            ("max_iterations", "at least 1", options.max_iterations, options.max_iterations >= 1),
            ("start_top", "a number between 0 and 1", options.start_top, 0 < options.start_top < 1),
            ("prior_weight", "0 or more", options.prior_weight, options.prior_weight >= 0),
            ("matches_per_record", "a positive number", options.matches_per_record, options.matches_per_record > 0),
        )
        if not is_right
    ]
    if problems:
        raise ConfigurationError.collected(problems, hint="The defaults of EMOptions are meant for every file.")


@frozen(kw_only=True, eq=False)
class _Grouped:
    """The distinct comparison vectors of a sample, and the groups of pairs that say exactly the same.

    Attributes
    ----------
    columns : tuple of ndarray of int8, each of shape (n_patterns,)
        Levels of the distinct comparison vectors.
    pattern : ndarray of int64, shape (n_groups,)
        The comparison vector of each group.
    weight : ndarray of float64, shape (n_groups,)
        For how many candidate pairs each group stands.
    match_log, household_log : ndarray of float64, shape (n_groups,)
        The adjustments of the pairs, as natural logarithms.
    """

    columns: tuple[NDArray[np.int8], ...]
    pattern: NDArray[np.int64]
    weight: NDArray[np.float64]
    match_log: NDArray[np.float64]
    household_log: NDArray[np.float64]

    @classmethod
    def of_sample(cls, sample: PairSample) -> _Grouped:
        pattern_hash = combine_hashes(
            [np.zeros(len(sample.levels), np.uint64), *(column.astype(np.uint64) for column in sample.levels.T)]
        )
        bits = [_float_bits(sample.match_bits), _float_bits(sample.household_bits)]
        _, first, counts = np.unique(combine_hashes([pattern_hash, *bits]), return_index=True, return_counts=True)
        _, first_group, pattern = np.unique(pattern_hash[first], return_index=True, return_inverse=True)
        levels = sample.levels[first[first_group]]
        return cls(
            columns=tuple(np.ascontiguousarray(column) for column in levels.T),
            pattern=pattern.astype(np.int64),
            weight=sample.weight * counts.astype(np.float64),
            match_log=sample.match_bits[first].astype(np.float64) * np.log(2),
            household_log=sample.household_bits[first].astype(np.float64) * np.log(2),
        )


def _float_bits(values: NDArray[np.float32]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(values, np.float32).view(np.uint32).astype(np.uint64)


class _State:
    """Parameters between two iterations; what does not change is worked out once."""

    def __init__(
        self,
        sample: PairSample,
        u: list[NDArray[np.float64]],
        start: list[NDArray[np.float64]],
        is_personal: Sequence[bool],
        fixed_h: Sequence[float | None],
        options: EMOptions,
    ) -> None:
        self._n_pairs = sample.n_pairs
        self._u = u
        self._start = start
        self._options = options
        self._learned_h = [fixed is None and not personal for fixed, personal in zip(fixed_h, is_personal, strict=True)]
        self.m = [shares.copy() for shares in start]
        self.h = [
            u_shares.copy() if personal else (1 - share) * u_shares + share * m_shares
            for u_shares, m_shares, personal, share in (
                (u_k, m_k, personal, 0.5 if fixed is None else fixed)
                for u_k, m_k, personal, fixed in zip(u, start, is_personal, fixed_h, strict=True)
            )
        ]
        share = options.matches_per_record * sample.n_records / sample.n_pairs
        share = min(_LARGEST_HOUSEHOLD_SHARE, max(share, _SMALLEST_SHARE))
        self.prior_match = share
        self.prior_household = share if options.has_household_class else 0.0
        self._groups = _Grouped.of_sample(sample)
        self._n_elsewhere = max(0.0, sample.n_pairs - sample.weight * len(sample.levels))

    def step(self) -> float:
        """Run one iteration and return the log-likelihood before its update."""
        options, groups = self._options, self._groups
        odds_m = self._log_odds(self.m, groups.match_log) + np.log(self.prior_match)
        if options.has_household_class:
            odds_h = self._log_odds(self.h, groups.household_log) + np.log(self.prior_household)
        else:
            odds_h = np.full(len(odds_m), -np.inf)
        odds_u = float(np.log1p(-self.prior_match - self.prior_household))
        highest = np.maximum(np.maximum(odds_m, odds_h), odds_u)
        share_m, share_h = np.exp(odds_m - highest), np.exp(odds_h - highest)
        total = share_m + share_h + np.exp(odds_u - highest)
        # A pair that was not proposed is one of strangers for certain.
        log_likelihood = float((groups.weight * (highest + np.log(total))).sum()) + self._n_elsewhere * odds_u
        share_m *= groups.weight / total
        share_h *= groups.weight / total
        self._learn(share_m, share_h)
        return log_likelihood

    def _learn(self, share_m: NDArray[np.float64], share_h: NDArray[np.float64]) -> None:
        """Re-estimate everything from how many pairs of each group are of each class."""
        has_households = self._options.has_household_class
        n_patterns = len(self._groups.columns[0]) if self._groups.columns else 0
        of_pattern_m = np.bincount(self._groups.pattern, weights=share_m, minlength=n_patterns).astype(np.float64)
        of_pattern_h = np.bincount(self._groups.pattern, weights=share_h, minlength=n_patterns).astype(np.float64)
        for position, levels in enumerate(self._groups.columns):
            self.m[position] = self._update(levels, of_pattern_m, self._start[position])
            if has_households and self._learned_h[position]:
                prior = 0.5 * self._u[position] + 0.5 * self._start[position]
                self.h[position] = self._update(levels, of_pattern_h, prior)
        self.prior_match = _within(float(share_m.sum()) / self._n_pairs, _LARGEST_MATCH_SHARE)
        if has_households:
            self.prior_household = _within(float(share_h.sum()) / self._n_pairs, _LARGEST_HOUSEHOLD_SHARE)

    def _log_odds(self, shares: list[NDArray[np.float64]], adjustment: NDArray[np.float64]) -> NDArray[np.float64]:
        groups = self._groups
        odds = np.zeros(int(groups.pattern.max(initial=-1)) + 1)
        for levels, numerator, denominator in zip(groups.columns, shares, self._u, strict=True):
            # Level -1, null, indexes the last element: it says nothing.
            odds += np.append(np.log(numerator + _FLOOR) - np.log(denominator + _FLOOR), 0.0)[levels]
        return adjustment + odds[groups.pattern]

    def _update(
        self, levels: NDArray[np.int8], share: NDArray[np.float64], prior: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        counts = np.bincount(levels + 1, weights=share, minlength=len(prior) + 1)[1:]
        counts = counts + (self._options.prior_weight * counts.sum() + 1.0) * prior
        return np.asarray(counts / counts.sum(), np.float64)


def _within(share: float, largest: float) -> float:
    return min(largest, max(share, _SMALLEST_SHARE))
