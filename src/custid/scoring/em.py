"""Learning the match model without labels: expectation maximization over the full pair space.

A pair of records is of the same customer (M), of strangers (U), or of one of the further classes
(:mod:`custid.scoring.classes`), one of which is of matches, too.  The u probabilities come from random pairs and stay
fixed; every pair that blocking did not propose counts as a pair of strangers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError, ShapeMismatchError
from custid.scoring.classes import PairClass
from custid.table.hashing import combine_hashes

__all__ = ["EMHistory", "EMOptions", "LearnedParameters", "PairSample", "fit_classes", "start_m_probabilities"]

_FLOOR = 1e-9
_SMALLEST_SHARE = 1e-13
_LARGEST_MATCH_SHARE = 0.5
_LARGEST_OTHER_SHARE, _LARGEST_OTHER_SHARES = 0.15, 0.45
_START_SHARE = 0.25
_LEARNED_FROM = 0.5
_PSEUDO_PAIRS = 0.5
_SETTLED = 0.01
_COMMON_AMONG_STRANGERS = 1 / 32
_LARGEST_DISAGREEMENT = 0.25


@frozen(kw_only=True)
class EMOptions:
    """Settings of the learning, none of which looks at labels.

    Attributes
    ----------
    max_iterations : int
        Upper bound of the number of iterations.
    tolerance : float
        Stop when the share of matches moves by less than this part of itself, and no other class by a hundredth.
    start_top : float
        Start value of m at the closest level.
    prior_weight : float
        Weight of the start values in each update, as a share of the matches found: a Dirichlet prior.
    matches_per_record : float
        Start value of the number of matching pairs per record.
    has_alternative_classes : bool
        False leaves all classes but matches and strangers out.
    """

    max_iterations: int = 60
    tolerance: float = 2e-4
    start_top: float = 0.85
    prior_weight: float = 0.2
    matches_per_record: float = 0.3
    has_alternative_classes: bool = True


@frozen(kw_only=True, eq=False)
class PairSample:
    """Compared pairs from which to learn.

    Attributes
    ----------
    levels : ndarray of int8, shape (n_pairs, n_outputs)
        Comparison vectors, -1 for null.
    rarity_bits : ndarray of float32, shape (n_pairs, 1 + n_classes)
        What the rarity of the values agreed on adds to the weight of class M and of each further class, in bits.
    weight : float
        For how many candidate pairs each pair of the sample stands.
    n_records : int
        Records of the data set.
    n_pairs : float
        Pairs of records that could match, candidates or not.
    """

    levels: NDArray[np.int8] = field(repr=False)
    rarity_bits: NDArray[np.float32] = field(repr=False)
    weight: float
    n_records: int
    n_pairs: float

    def __attrs_post_init__(self) -> None:
        if self.levels.ndim != 2 or self.rarity_bits.ndim != 2 or len(self.levels) != len(self.rarity_bits):
            raise ShapeMismatchError(
                "pair sample: expected levels and rarity bits of two dimensions, one row per pair, got shapes "
                f"{self.levels.shape} and {self.rarity_bits.shape}."
            )


@frozen(kw_only=True)
class EMHistory:
    """One iteration.

    Attributes
    ----------
    prior_match : float
        Share of all pairs that match, of whichever class.
    prior_classes : tuple of float
        Shares of the further classes.
    log_likelihood : float
        Natural log-likelihood of all pairs relative to strangers, before the iteration's update.
    """

    prior_match: float
    prior_classes: tuple[float, ...]
    log_likelihood: float


@frozen(kw_only=True, eq=False)
class LearnedParameters:
    """What EM has learned.

    Attributes
    ----------
    m : tuple of ndarray of float64
        For each output the probability of each level among matches; among those of no further class where such a class
        agrees on it by chance.
    of_classes : tuple of tuple of ndarray of float64
        The same for each further class.
    prior_match : float
        Share of matches among all pairs, of whichever class.
    prior_classes : tuple of float
        Shares of the further classes.
    history : tuple of EMHistory
        The iterations.
    has_converged : bool
        False when the bound of iterations was reached.
    """

    m: tuple[NDArray[np.float64], ...] = field(repr=False)
    of_classes: tuple[tuple[NDArray[np.float64], ...], ...] = field(repr=False)
    prior_match: float
    prior_classes: tuple[float, ...]
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
    classes: Sequence[PairClass],
    options: EMOptions,
    *,
    tells_apart: Sequence[bool] | None = None,
) -> LearnedParameters:
    """Learn the probabilities of the levels in each class, and the class shares.

    Parameters
    ----------
    sample : PairSample
        Compared candidate pairs.
    u : sequence of ndarray of float64
        For each output the probability of each level among strangers.
    classes : sequence of PairClass
        The classes beside matches and strangers; may be empty.
    options : EMOptions
        Settings.
    tells_apart : sequence of bool, optional
        For each output whether it tells apart who is no match, so that matches must mostly agree on it; none when not
        given.

    Returns
    -------
    LearnedParameters
        The parameters of the last iteration.

    Raises
    ------
    ShapeMismatchError
        If u probabilities, classes and sample do not speak of the same outputs.
    ConfigurationError
        If an option is out of range.

    Notes
    -----
    The E step takes the posterior of each class from log m - log u summed over the outputs, null levels left out
    (Fellegi and Sunter 1969, section 3); the M step re-estimates them as weighted shares with a Dirichlet prior,
    and the class shares over all pairs of the space, with half a pair of each class beforehand (Jeffreys' prior).  The
    shares are kept within (0, 0.5] for matches and (0, 0.15] for each further class, (0, 0.45] for all of them, so that
    strangers stay possible; and a further class of matches is no larger than that of the others.

    A class of which an output agrees in a set share s as matches do has the levels s m + (1 - s) u there; m is learned
    from all matches that agree on the output as matches do, whichever their class.

    Nothing but m says what the class of matches is.  In a list without duplicates it would turn to what is most alike
    there, the members of households or namesakes, and merge them.  So on what tells matches apart, the levels that one
    pair of strangers in 32 or more reaches, the closest one excepted, are reached by matches at most a quarter as
    often: a greater share is scaled down to that, which is the maximum likelihood under this bound.  Where records have
    duplicates, matches stay well below it.

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
    classes = tuple(classes) if options.has_alternative_classes else ()
    _check(sample, u, classes, options)
    state = _State(sample, list(u), classes, options, tells_apart or [False] * len(u))
    history: list[EMHistory] = []
    has_converged = False
    for _ in range(options.max_iterations):
        before = state.shares
        log_likelihood = state.step()
        history.append(
            EMHistory(
                prior_match=state.share_of_matches,
                prior_classes=tuple(state.prior_classes),
                log_likelihood=log_likelihood,
            )
        )
        change = np.abs(state.shares - before) / np.maximum(before, before[0])
        # The share of matches may stand still for a moment while those of other classes change places.
        if change[0] < options.tolerance and change.max() < max(_SETTLED, options.tolerance):
            has_converged = True
            break
    return LearnedParameters(
        m=tuple(state.m),
        of_classes=tuple(tuple(shares) for shares in state.of_classes),
        prior_match=state.share_of_matches,
        prior_classes=tuple(state.prior_classes),
        history=tuple(history),
        has_converged=has_converged,
    )


def _check(
    sample: PairSample, u: Sequence[NDArray[np.float64]], classes: Sequence[PairClass], options: EMOptions
) -> None:
    n_outputs = sample.levels.shape[1]
    if len(u) != n_outputs or any(len(each.shares) != n_outputs for each in classes):
        raise ShapeMismatchError(
            f"learning: expected u probabilities and class shares for {n_outputs} outputs, got {len(u)} and "
            f"{[len(each.shares) for each in classes]}."
        )
    if sample.rarity_bits.shape[1] <= len(classes):
        raise ShapeMismatchError(
            f"learning: expected rarity bits of {1 + len(classes)} classes, got {sample.rarity_bits.shape[1]}."
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
    rarity : tuple of ndarray of float64, each of shape (n_groups,)
        What rarity adds, as natural logarithms: for matches, then for each further class.
    """

    columns: tuple[NDArray[np.int8], ...]
    pattern: NDArray[np.int64]
    weight: NDArray[np.float64]
    rarity: tuple[NDArray[np.float64], ...]

    @classmethod
    def of_sample(cls, sample: PairSample) -> _Grouped:
        pattern_hash = _row_hashes(sample.levels)
        bits = [_float_bits(column) for column in sample.rarity_bits.T]
        _, first, counts = np.unique(combine_hashes([pattern_hash, *bits]), return_index=True, return_counts=True)
        _, first_group, pattern = np.unique(pattern_hash[first], return_index=True, return_inverse=True)
        levels = sample.levels[first[first_group]]
        return cls(
            columns=tuple(np.ascontiguousarray(column) for column in levels.T),
            pattern=pattern.astype(np.int64),
            weight=sample.weight * counts.astype(np.float64),
            rarity=tuple(column[first].astype(np.float64) * np.log(2) for column in sample.rarity_bits.T),
        )


def _row_hashes(levels: NDArray[np.int8]) -> NDArray[np.uint64]:
    """Hash comparison vectors, eight levels at a time."""
    n_pairs, n_outputs = levels.shape
    padded = np.zeros((n_pairs, max(1, -(-n_outputs // 8)) * 8), np.int8)
    padded[:, :n_outputs] = levels
    return combine_hashes([word.astype(np.uint64) for word in padded.view("<u8").T])


def _float_bits(values: NDArray[np.float32]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(values, np.float32).view(np.uint32).astype(np.uint64)


class _State:
    """Parameters between two iterations; what does not change is worked out once."""

    def __init__(
        self,
        sample: PairSample,
        u: list[NDArray[np.float64]],
        classes: Sequence[PairClass],
        options: EMOptions,
        tells_apart: Sequence[bool],
    ) -> None:
        self._n_pairs = sample.n_pairs
        self._tells_apart = tells_apart
        self._u = u
        self._classes = classes
        self._options = options
        self._start = [start_m_probabilities(len(shares), options.start_top) for shares in u]
        self.m = [shares.copy() for shares in self._start]
        self.of_classes = [
            [self._of_class(one, position, self._learned_from(position)) for position in range(len(u))]
            for one in classes
        ]
        share = options.matches_per_record * sample.n_records / sample.n_pairs
        self.prior_match = min(_START_SHARE, max(share, _SMALLEST_SHARE))
        # All of them together leave room for strangers.
        self._largest = min(_LARGEST_OTHER_SHARE, _LARGEST_OTHER_SHARES / max(len(classes), 1))
        self.prior_classes = [min(self._largest, self.prior_match) for _ in classes]
        self._groups = _Grouped.of_sample(sample)
        self._n_elsewhere = max(0.0, sample.n_pairs - sample.weight * len(sample.levels))

    @property
    def shares(self) -> NDArray[np.float64]:
        """Shares of all pairs that match and are of no further class, and of each further class."""
        return np.array([self.prior_match, *self.prior_classes])

    @property
    def share_of_matches(self) -> float:
        """Share of all pairs that match."""
        of_classes = zip(self._classes, self.prior_classes, strict=True)
        return self.prior_match + sum(prior for one, prior in of_classes if one.is_match)

    def step(self) -> float:
        """Run one iteration and return the log-likelihood before its update."""
        groups = self._groups
        odds = [self._log_odds(self.m, groups.rarity[0]) + np.log(self.prior_match)]
        for shares, prior, rarity in zip(self.of_classes, self.prior_classes, groups.rarity[1:], strict=False):
            odds.append(self._log_odds(shares, rarity) + np.log(prior))
        odds_u = float(np.log1p(-self.prior_match - sum(self.prior_classes)))
        highest = np.full(len(groups.weight), odds_u)
        for each in odds:
            np.maximum(highest, each, out=highest)
        parts = [np.exp(each - highest) for each in odds]
        total = sum(parts, np.exp(odds_u - highest))
        # A pair that was not proposed is one of strangers for certain.
        log_likelihood = float((groups.weight * (highest + np.log(total))).sum()) + self._n_elsewhere * odds_u
        scale = groups.weight / total
        self._learn([part * scale for part in parts])
        return log_likelihood

    def _learn(self, parts: list[NDArray[np.float64]]) -> None:
        """Re-estimate everything from how many pairs of each group are matches, and of each further class."""
        n_patterns = len(self._groups.columns[0]) if self._groups.columns else 0
        of_pattern = [
            np.bincount(self._groups.pattern, weights=part, minlength=n_patterns).astype(np.float64) for part in parts
        ]
        for position, levels in enumerate(self._groups.columns):
            start = self._start[position]
            like_matches = [
                share_of
                for one, share_of in zip(self._classes, of_pattern[1:], strict=True)
                if one.is_match and not one.is_by_chance[position]
            ]
            self.m[position] = self._update(levels, sum(like_matches, of_pattern[0]), start)
            if self._tells_apart[position]:
                self.m[position] = _mostly_agreeing(self.m[position], self._u[position])
            for one, shares, share_of in zip(self._classes, self.of_classes, of_pattern[1:], strict=True):
                learned = self._learned_from(position)
                if one.shares[position] is None:
                    learned = self._update(levels, share_of, learned)
                shares[position] = self._of_class(one, position, learned)
        self.prior_match = self._share(parts[0], _LARGEST_MATCH_SHARE)
        self.prior_classes = [
            self._share(part, min(self._largest, self.prior_match) if one.is_match else self._largest)
            for one, part in zip(self._classes, parts[1:], strict=True)
        ]

    def _learned_from(self, position: int) -> NDArray[np.float64]:
        """Return where the learning of a further class starts."""
        return (1 - _LEARNED_FROM) * self._u[position] + _LEARNED_FROM * self._start[position]

    def _of_class(self, one: PairClass, position: int, learned: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the levels of an output in a class, of which some have been learned if its share is."""
        share, u = one.shares[position], self._u[position]
        if share is not None:
            return (1 - share) * u + share * self.m[position]
        return _same_by_chance(learned, u) if one.is_by_chance[position] else learned

    def _share(self, part: NDArray[np.float64], largest: float) -> float:
        n_classes = 2 + len(self._classes)
        share = (float(part.sum()) + _PSEUDO_PAIRS) / (self._n_pairs + n_classes * _PSEUDO_PAIRS)
        return min(largest, max(share, _SMALLEST_SHARE))

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


def _same_by_chance(shares: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares whose closest level is that of strangers, the others as they are to one another."""
    below = max(float(shares[:-1].sum()), _FLOOR)
    return np.append(shares[:-1] * ((1.0 - u[-1]) / below), u[-1])


def _mostly_agreeing(m: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares of matches that disagree at most a quarter as often as strangers do."""
    is_common = np.append(u[:-1] >= _COMMON_AMONG_STRANGERS, np.False_)
    share, most = float(m[is_common].sum()), _LARGEST_DISAGREEMENT * float(u[is_common].sum())
    if share <= most:
        return m
    return np.where(is_common, m * (most / share), m * ((1 - most) / (1 - share)))
