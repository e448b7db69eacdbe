"""Teaching a match model by labels, without forgetting what it learned of the data.

The weights that EM found are the prior, and labels move them as far as they speak for it.

**What a label says.**  Pairs are not asked at random: the queue asks about doubtful ones.  Shares counted over the
answers would be shares among doubtful pairs, not m and u.  The chance of a "yes" *given the comparison vector* is not
touched by a choice that looks at vectors alone, and that is what the labels are held against: a logistic regression of
the answers whose offset is the match weight of the pair.  The choice looks at the customers as well: of pairs of one
weight, those that the run kept apart are asked because other records spoke against them.  So what all pairs inside
customers have in common, and all pairs apart, is taken out by a constant for each of the two, which is estimated along
and thrown away.  The prior share of matches is not touched.

**How far weights may move.**  Level l of comparison k has m probability m_kl exp(d_kl) / Z_k, with d_kl normal around 0
with deviation s: a weight may be off by s in an unknown direction.  Of a quarter and half a nat (0.7 bits), s is what
makes the labels more probable (the evidence of the regression, by Laplace's method).  Unless they speak ten to one for
any change at all, both s being as likely beforehand, there is none: where nothing is to be learned, that happens once
in ten times at most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.result import Result
from custid.review import Labels, Verdict
from custid.scoring.match_model import OutputParameters, TrainedClass, TrainedMatchModel
from custid.scoring.weights import either_match
from custid.steering._records import LabeledUnits, labeled_units

__all__ = ["teach"]

_SPREADS = (0.25, 0.5)
"""In nats: what the data said of a level counts like 64, or 16, answers at even odds, each of which has the information
1/4.  So tens of answers are heard, and a few cannot overthrow it."""

_SPREAD_OF_CONSTANTS = 2.0
"""In nats: pairs of one weight may be four bits surer inside a customer than the weight alone says, or less sure."""

_LEAST_LOG_EVIDENCE = float(np.log(10.0))
"""Strong evidence on the scale of Jeffreys (1961), appendix B."""

_MAX_STEPS = 100
_TOLERANCE = 1e-10
_LONGEST_STEP = 2.0
_STEPS_PER_NAT = 2.0**20
"""Changes are rounded, so that the last digits of a solver do not show in a model."""


def teach(result: Result, labels: Labels) -> TrainedMatchModel:
    """Return the match model of a run, taught by labels.

    Parameters
    ----------
    result : Result
        A run that was not told the labels: with a match model that EM learned.
    labels : Labels
        All that was said so far, in any order.  Pairs that follow from others count too, together no more than the
        labels that they follow from; those that nobody could tell count nothing.

    Returns
    -------
    TrainedMatchModel
        A model like any other, that says how many labels it was taught by; the run's own where the labels do not speak
        for another one.

    Raises
    ------
    ConfigurationError
        If the model of the run was taught before, as the same labels would count twice; or if the run was told labels,
        as its customers then say what the labels say.
    InputError
        If labels contradict one another, or there are some and none is of two records of the run.

    Notes
    -----
    With y_i the answer to pair i, 1 or -1, w_i its match weight in nats, c_i the constant of its kind (inside a
    customer, or apart) and a_i the number of labels that it counts for, the changes d maximize

        sum_i a_i log sigmoid(y_i z_i) - sum d^2 / (2 s^2) - sum c^2 / 8,
        z_i = w_i + c_i + sum_k (d_kl(i) - sum_j m_kj d_kj),

    where l(i) is the level of pair i, null levels say nothing, and the sum over j is the slope of log Z_k.  Levels on
    which customers that moved agree by chance count as far as the pair is more likely of one that did not.

    References
    ----------
    .. [1] Prentice and Pyke (1979), Biometrika 66(3), 403-411: choice by the explanatory variables does not touch the
       slopes of a logistic regression.
    .. [2] MacKay (1992), Neural Computation 4(5), 720-736, section 2: the evidence.
    .. [3] Kass and Raftery (1995), Journal of the American Statistical Association 90(430), 773-795, sections 3.2, 4.1.

    Examples
    --------
    >>> import custid
    >>> from custid.testing import synthetic_customers
    >>> result = custid.dedupe(synthetic_customers(300, seed=2).records)
    >>> teach(result, Labels()) is result.model
    True
    """
    if result.model.n_labels:
        raise ConfigurationError(
            f"teach: expected a match model that was not taught by labels, got one of {result.model.n_labels}.",
            hint="Keep all labels in one file, and teach the first model with all of them.",
        )
    certain = result.linked.certain
    if len(certain.verdicts) or "" in certain.kinds:
        raise ConfigurationError(
            "teach: expected a run that was not told labels, got one that was.",
            hint="Resolve the records without labels=, teach that model, and give the labels to the run with it.",
        )
    found = labeled_units(result, labels)
    if not len(found):
        return result.model
    lesson = _best_lesson(_Regression.of_labels(result, found))
    if lesson is None:
        return result.model
    n_labels = sum(label.verdict is not Verdict.UNSURE for label in labels.current.values())
    return _taught(result.model, np.rint(lesson * _STEPS_PER_NAT) / _STEPS_PER_NAT, n_labels)


@frozen(kw_only=True, eq=False)
class _Regression:
    """Answers, and what may explain them.

    Attributes
    ----------
    is_match : ndarray of float64, shape (n_pairs,)
        1 for a match.
    count : ndarray of float64, shape (n_pairs,)
        For how many labels each counts.
    offset : ndarray of float64, shape (n_pairs,)
        Match weights, in nats.
    kinds : ndarray of float64, shape (n_pairs, 2)
        Whether it is inside a customer, and whether it is apart.
    levels : ndarray of float64, shape (n_pairs, n_levels)
        The level of each comparison, less its mean among matches.
    """

    is_match: NDArray[np.float64] = field(repr=False)
    count: NDArray[np.float64] = field(repr=False)
    offset: NDArray[np.float64] = field(repr=False)
    kinds: NDArray[np.float64] = field(repr=False)
    levels: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of_labels(cls, result: Result, found: LabeledUnits) -> _Regression:
        """Return what labels say of the weights of a run."""
        linked, model = result.linked, result.model
        levels, rarity_bits = linked.comparer.compare(found.left_idx, found.right_idx)
        is_inside = linked.cluster[found.left_idx] == linked.cluster[found.right_idx]
        counts = _counts(model, levels, rarity_bits)
        columns = []
        for position, parameters in enumerate(model.parameters):
            column, share = levels[:, position], parameters.m_probability / parameters.m_probability.sum()
            told = np.where(column >= 0, counts[:, position], 0.0)[:, np.newaxis]
            columns.append(told * ((column[:, np.newaxis] == np.arange(len(share))) - share))
        return cls(
            is_match=found.is_match.astype(np.float64),
            count=found.n_labels,
            offset=model.weight_bits(levels, model.adjustments(levels, rarity_bits)) * np.log(2.0),
            kinds=np.stack([is_inside, ~is_inside], axis=1).astype(np.float64),
            levels=np.concatenate(columns, axis=1).astype(np.float64),
        )

    def fit(self, spread: float) -> tuple[float, NDArray[np.float64]]:
        """Return the logarithm of the evidence for a spread, and the most probable changes of the levels."""
        is_open = spread > 0
        design = np.concatenate([self.kinds, self.levels], axis=1) if is_open else self.kinds
        precision = np.full(design.shape[1], _SPREAD_OF_CONSTANTS**-2)
        precision[2:] = spread**-2 if is_open else 0.0
        change = np.zeros(design.shape[1])
        for _ in range(_MAX_STEPS):
            chance = self._chance(design, change)
            slope = design.T @ (self.count * (self.is_match - chance)) - precision * change
            step = np.linalg.solve(self._curvature(design, precision, chance), slope)
            longest = float(np.abs(step).max())
            change = change + step * min(1.0, _LONGEST_STEP / max(longest, _LONGEST_STEP))
            if longest < _TOLERANCE:
                break
        curvature = self._curvature(design, precision, self._chance(design, change))
        logit = self.offset + design @ change
        log_likelihood = -float((self.count * np.logaddexp(0.0, np.where(self.is_match > 0, -logit, logit))).sum())
        log_evidence = log_likelihood + 0.5 * float(
            np.log(precision).sum() - (precision * change**2).sum() - np.linalg.slogdet(curvature)[1]
        )
        return log_evidence, change[2:]

    def _chance(self, design: NDArray[np.float64], change: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.exp(-np.logaddexp(0.0, -(self.offset + design @ change))), np.float64)

    def _curvature(
        self, design: NDArray[np.float64], precision: NDArray[np.float64], chance: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        weighed = design * (self.count * chance * (1.0 - chance))[:, np.newaxis]
        return np.asarray(design.T @ weighed + np.diag(precision), np.float64)


def _counts(
    model: TrainedMatchModel, levels: NDArray[np.int8], rarity_bits: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return how far the m probability of each comparison enters the weight of each pair, if it is a match."""
    weights = model.explain(levels, rarity_bits)
    either = either_match(weights.stayed_bits, weights.match_bits)
    counts = np.ones(levels.shape)
    of_matches = [each for each in model.classes if each.is_match]
    for each, bits in zip(of_matches, weights.match_bits.T, strict=True):
        counts -= np.outer(np.exp2(bits - either), each.is_by_chance)
    return counts


def _best_lesson(regression: _Regression) -> NDArray[np.float64] | None:
    """Return the changes of the levels that the labels speak for; None where they speak for none."""
    without = regression.fit(0.0)[0]
    fitted = [regression.fit(spread) for spread in _SPREADS]
    log_evidence = float(np.logaddexp.reduce([each[0] for each in fitted])) - np.log(len(fitted))
    if log_evidence - without < _LEAST_LOG_EVIDENCE:
        return None
    return max(fitted, key=lambda each: each[0])[1]


def _taught(model: TrainedMatchModel, changes: NDArray[np.float64], n_labels: int) -> TrainedMatchModel:
    parameters, start = [], 0
    for each in model.parameters:
        end = start + len(each.m_probability)
        share = each.m_probability * np.exp(changes[start:end])
        parameters.append(evolve(each, m_probability=share / share.sum()))
        start = end
    classes = tuple(_following(each, parameters) if each.is_match else each for each in model.classes)
    return evolve(model, parameters=tuple(parameters), classes=classes, n_labels=n_labels)


def _following(each: TrainedClass, parameters: Sequence[OutputParameters]) -> TrainedClass:
    """Return a class of matches that agrees as the others do, on all that it does not agree on by chance."""
    return evolve(
        each,
        probabilities=tuple(
            held if is_by_chance else taught.m_probability
            for held, taught, is_by_chance in zip(each.probabilities, parameters, each.is_by_chance, strict=True)
        ),
    )
