"""How far comparisons repeat one another: what adding up their weights as if they did not gets wrong.

A match model takes the levels of two comparisons for independent within each kind of pair: matches, each further class,
strangers.  Classes between explain why levels go together among pairs that are no matches, as two neighbors share city
and postcode.  What is measured here is what is left: dependence inside the kinds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ShapeMismatchError
from custid.scoring.match_model import TrainedMatchModel

__all__ = ["ComparedPairs", "Dependence", "dependence_between"]

_HALF = 0.5
_FEW_PAIRS = 30.0


@frozen(kw_only=True, eq=False)
class ComparedPairs:
    """Pairs that stand for all pairs of a population.

    Attributes
    ----------
    levels : ndarray of int8, shape (n_pairs, n_outputs)
        Comparison vectors; -1 is null.
    rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
        Rarity of the values agreed on.
    weight : ndarray of float64, shape (n_pairs,)
        For how many pairs each one stands, above 0.
    is_match : ndarray of bool, shape (n_pairs,)
        Whether they are one customer.
    """

    levels: NDArray[np.int8] = field(repr=False)
    rarity_bits: NDArray[np.float32] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    is_match: NDArray[np.bool_] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        lengths = [len(each) for each in (self.levels, self.rarity_bits, self.weight, self.is_match)]
        if len(set(lengths)) > 1:
            raise ShapeMismatchError(
                f"compared pairs: expected arrays of one length, got {', '.join(map(str, lengths))}.",
                hint="Give levels, rarity bits, weight and is_match for each pair.",
            )


@frozen(kw_only=True)
class Dependence:
    """How far two comparisons repeat one another.

    Attributes
    ----------
    one, other : str
        Names of the comparisons.
    n_matches, n_others : float
        Matches and other pairs in which neither is missing, as many as the sample is worth.
    correlation_of_matches, correlation_of_others : float or None
        Correlation of the levels among matches, and among all other pairs; None where one of them is always the same.
    information_of_matches : float
        Mutual information of the levels among matches in bits, 0 or more, beyond what a class of matches explains: 0
        where they are independent in each, as the model takes them to be.
    information_of_others : float
        The same for the other pairs, beyond what the classes explain that are no matches.
    overcount_for : float
        By how many bits the two weights, added up, say too much for a match, in the mean over the matches in which both
        speak for one; negative where they say too little, 0 where fewer than 30 matches, or 30 other pairs, are such.
    overcount_against : float
        By how many bits they say too much against a match, in the mean over the matches in which both speak against
        one.
    """

    one: str
    other: str
    n_matches: float
    n_others: float
    correlation_of_matches: float | None
    correlation_of_others: float | None
    information_of_matches: float
    information_of_others: float
    overcount_for: float
    overcount_against: float

    @property
    def is_counted_twice(self) -> bool:
        """Whether the two exaggerate the odds twofold or more, for a match or against one."""
        return max(self.overcount_for, self.overcount_against) >= 1.0


def dependence_between(model: TrainedMatchModel, pairs: ComparedPairs) -> tuple[Dependence, ...]:
    """Return for each two comparisons how far they repeat one another.

    Parameters
    ----------
    model : TrainedMatchModel
        Tells how probable each kind is of pairs that are no matches.
    pairs : ComparedPairs
        Compared pairs.

    Returns
    -------
    tuple of Dependence
        Those most counted twice first.  Two comparisons of which fewer than 30 matches have both are left out.

    Notes
    -----
    Which pairs are matches is given: the decisions on whole customers know more than the weight of a pair, which would
    have to judge the evidence that it rests on.  With P_c the joint shares of the levels a and b in kind c, weighted by
    its posterior among the pairs that are no matches, and pi_c its share, others are
    N = sum of pi_c P_c(a, b) over all kinds but matches, and what the model takes them for is Q = sum of
    pi_c P_c(a) P_c(b); M and R are the same over the kinds of matches.  The weights of the two, added up, exceed the
    log-likelihood ratio of both by

        e(a, b) = log2 N(a, b) / Q(a, b) - log2 M(a, b) / R(a, b).

    Half a pair is added to each count (Jeffreys).  Mutual information [1]_ is reduced by what as many independent pairs
    would show by chance [2]_.  Matches that were missed are among the others and look like dependence: where two rare
    values agree in few other pairs, overcount_for says what it is at most.

    References
    ----------
    .. [1] Cover and Thomas (2006), Elements of information theory, second edition, section 2.3.
    .. [2] Miller (1955), Note on the bias of information estimates, in Information theory in psychology, 95-100.
    """
    kinds = _kinds(model, pairs)
    found = []
    for i in range(len(model.parameters)):
        for j in range(i):
            matches, others = (_tables(model, pairs, each, j, i) for each in kinds)
            if matches.n_pairs >= _FEW_PAIRS:
                found.append(_dependence(model, matches, others, j, i))
    return tuple(
        sorted(found, key=lambda each: (-max(each.overcount_for, each.overcount_against), each.one, each.other))
    )


class _Kinds(NamedTuple):
    """For how many pairs of each kind each pair stands: the kinds of matches, and the others."""

    matches: NDArray[np.float64]
    others: NDArray[np.float64]


def _kinds(model: TrainedMatchModel, pairs: ComparedPairs) -> _Kinds:
    weights = model.explain(pairs.levels, pairs.rarity_bits)
    return _Kinds(
        matches=_shared_out(np.where(pairs.is_match, pairs.weight, 0.0), weights.stayed_bits, weights.match_bits),
        others=_shared_out(
            np.where(pairs.is_match, 0.0, pairs.weight), np.zeros(len(pairs.levels)), weights.class_bits
        ),
    )


def _shared_out(
    weight: NDArray[np.float64], first: NDArray[np.float64], further: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share the weight of pairs out by log-odds."""
    bits = np.column_stack([first, further])
    shares = np.exp2(bits - bits.max(axis=1, keepdims=True))
    return np.asarray(shares * (weight / shares.sum(axis=1))[:, None], np.float64)


class _Tables(NamedTuple):
    """Numbers of matches, or of others, by the levels of two comparisons: as they are, and as the model takes them."""

    found: NDArray[np.float64]
    expected: NDArray[np.float64]
    n_pairs: float


def _tables(
    model: TrainedMatchModel, pairs: ComparedPairs, kinds: NDArray[np.float64], one: int, other: int
) -> _Tables:
    shape = tuple(len(model.parameters[place].output.levels) for place in (one, other))
    both = np.flatnonzero((pairs.levels[:, one] >= 0) & (pairs.levels[:, other] >= 0))
    cell = pairs.levels[both, one].astype(np.int64) * shape[1] + pairs.levels[both, other]
    of_kind = [
        np.bincount(cell, kind, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
        for kind in kinds[both].T
    ]
    total = kinds[both].sum(axis=1)
    return _Tables(
        found=sum(of_kind, np.zeros(shape)),
        expected=sum(map(_independent, of_kind), np.zeros(shape)),
        # What the pairs of a sample are worth that stand for different numbers of pairs (Kish 1965, section 11.7).
        n_pairs=float(total.sum() ** 2 / max(float((total**2).sum()), 1e-300)),
    )


def _independent(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the table of as many pairs with the same levels each by itself, taken for independent."""
    total = max(float(table.sum()), 1e-300)
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / total, np.float64)


def _dependence(model: TrainedMatchModel, matches: _Tables, others: _Tables, one: int, other: int) -> Dependence:
    parameters = model.parameters[one], model.parameters[other]
    excess = _log_ratio(others) - _log_ratio(matches)
    signs = [np.sign(each.level_bits()[:-1]) for each in parameters]
    speak_for, speak_against = (np.outer(signs[0] == sign, signs[1] == sign) for sign in (1, -1))
    return Dependence(
        one=parameters[0].output.name,
        other=parameters[1].output.name,
        n_matches=matches.n_pairs,
        n_others=others.n_pairs,
        correlation_of_matches=_correlation(matches.found),
        correlation_of_others=_correlation(others.found),
        information_of_matches=_information(matches),
        information_of_others=_information(others),
        overcount_for=_mean(excess, matches, others, speak_for),
        overcount_against=0.0 - _mean(excess, matches, others, speak_against),
    )


def _log_ratio(tables: _Tables) -> NDArray[np.float64]:
    return np.asarray(np.log2(tables.found + _HALF) - np.log2(tables.expected + _HALF), np.float64)


def _mean(values: NDArray[np.float64], matches: _Tables, others: _Tables, is_wanted: NDArray[np.bool_]) -> float:
    """Return the mean over the matches of some cells; 0 where matches or others are so few that it says nothing."""
    n_matches, n_others = (float(tables.found[is_wanted].sum()) for tables in (matches, others))
    if min(n_matches, n_others) < _FEW_PAIRS:
        return 0.0
    return float((values * matches.found)[is_wanted].sum()) / n_matches


def _information(tables: _Tables) -> float:
    """Return the divergence of a table from the expected one, less what chance makes of it, in bits."""
    found, expected, n_pairs = tables
    is_there = (found > 0) & (expected > 0)
    total = max(float(found.sum()), 1e-300)
    bits = float((found[is_there] * np.log2(found[is_there] / expected[is_there])).sum()) / total
    n_free = (int((found.sum(axis=1) > 0).sum()) - 1) * (int((found.sum(axis=0) > 0).sum()) - 1)
    return max(bits - n_free / (2.0 * float(np.log(2.0)) * max(n_pairs, 1.0)), 0.0)


def _correlation(table: NDArray[np.float64]) -> float | None:
    total = max(float(table.sum()), 1e-300)
    rows, columns = np.arange(table.shape[0]), np.arange(table.shape[1])
    first, second = table.sum(axis=1) / total, table.sum(axis=0) / total
    one, other = rows - float(rows @ first), columns - float(columns @ second)
    spread = float((one**2 @ first) * (other**2 @ second))
    return float(one @ table @ other) / total / float(np.sqrt(spread)) if spread > 1e-18 else None
