"""What to ask next where it is not clear whose records some values are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from math import fsum, log2

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.model.attributes import ATTRIBUTES, Privacy
from custid.registry.recognition import NextQuestion
from custid.registry.rows import Row
from custid.scoring.match_model import OutputParameters, TrainedMatchModel
from custid.scoring.weights import rarity_adjustment

__all__ = ["Hypothesis", "best_question", "mutual_information"]

_LEAST_BITS = 0.01
"""An answer that tells less on average is not worth the question."""

_DIGITS = 12
"""Differences beyond are of the order in which numbers were added."""


@frozen(kw_only=True)
class Hypothesis:
    """A customer that it may be.

    Attributes
    ----------
    probability : float
        That it is this one, in [0, 1].
    contents : tuple of Row
        What its records say, each content once.
    """

    probability: float
    contents: tuple[Row, ...] = field(repr=False)


def best_question(
    model: TrainedMatchModel, hypotheses: Sequence[Hypothesis], asked: Collection[str]
) -> NextQuestion | None:
    """Return the attribute whose answer is expected to tell most.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    hypotheses : sequence of Hypothesis
        Customers that it may be.  What is left of the probability is that of nobody, or of somebody else.
    asked : collection of str
        Attributes that need not be asked for.

    Returns
    -------
    NextQuestion or None
        None where no answer is expected to tell a hundredth of a bit; of attributes that tell the same the first by
        name.  Only what the model compares is asked for, and nothing of the privacy class ``SENSITIVE``.

    Notes
    -----
    What the answer A tells about the customer C is their mutual information [1]_, the expected gain of information
    that is to be maximized when a question is chosen [2]_: I(A; C) = sum over c and a of
    p(c) p(a | c) log2(p(a | c) / p(a)), with p(a) = sum over c of p(c) p(a | c).

    An answer is one of the values that the customers' records state, or another one.  If it is customer c, the person
    repeats the value of some record of c that states one, each as likely as the other, with the m probability of the
    closest level; else, and where the records of c state none, the answer is that of a stranger, who states a value as
    often as strangers agree on it: the u probability of the closest level, corrected for how common the value is
    (:func:`~custid.scoring.weights.rarity_adjustment`).  To take all other answers for one can only tell less than
    the answer itself does (the data-processing inequality, [1]_, section 2.8).

    References
    ----------
    .. [1] Cover and Thomas (2006), Elements of Information Theory, 2nd edition, section 2.3, equation 2.28.
    .. [2] MacKay (1992), Information-based objective functions for active data selection, Neural Computation 4(4),
       590-604, section 2.
    """
    parameters: dict[str, OutputParameters] = {}
    for each in model.parameters:
        parameters.setdefault(each.output.attribute, each)
    best: NextQuestion | None = None
    for attribute in sorted(parameters):
        declared = ATTRIBUTES.get(attribute)
        if attribute in asked or declared is None or declared.privacy is Privacy.SENSITIVE:
            continue
        found = round(_information(model, parameters[attribute], hypotheses), _DIGITS)
        if found >= _LEAST_BITS and (best is None or found > best.information_bits):
            best = NextQuestion(attribute=attribute, information_bits=found)
    return best


def mutual_information(probability: Sequence[float], answers: Sequence[Sequence[float]]) -> float:
    """Return what an answer tells on average, in bits.

    Parameters
    ----------
    probability : sequence of float, length n_hypotheses
        Of each hypothesis; they add up to 1.
    answers : sequence of sequence of float, shape (n_hypotheses, n_answers)
        Probability of each answer under each hypothesis; each adds up to 1.

    Returns
    -------
    float
        From 0 to the entropy of the hypotheses.

    Examples
    --------
    An answer that tells two equally probable customers apart for sure, and one that is a coin thrown:

    >>> mutual_information([0.5, 0.5], [[1.0, 0.0], [0.0, 1.0]])
    1.0
    >>> mutual_information([0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]])
    0.0
    """
    shares = [
        fsum(each * given[place] for each, given in zip(probability, answers, strict=True))
        for place in range(len(answers[0]))
    ]
    told = fsum(
        # A ratio to what is hardly possible would be infinite.
        each * likely * (log2(likely) - log2(share))
        for each, given in zip(probability, answers, strict=True)
        for likely, share in zip(given, shares, strict=True)
        if each * likely > 0
    )
    return max(told, 0.0)


def _information(model: TrainedMatchModel, parameters: OutputParameters, hypotheses: Sequence[Hypothesis]) -> float:
    """Return what the answer to one attribute tells on average."""
    attribute = parameters.output.attribute
    stated = [_shares(attribute, each.contents) for each in hypotheses]
    values = sorted({value for each in stated for value in each})
    if not values:
        return 0.0
    of_strangers = _of_strangers(model, parameters, values)
    said = float(parameters.m_probability[-1])
    answers = [of_strangers]
    for each in stated:
        own = np.array([each.get(value, 0.0) for value in values])
        answers.append(said * own + (1.0 - said) * of_strangers if each else of_strangers)
    probability = [each.probability for each in hypotheses]
    given = [[*each.tolist(), max(0.0, 1.0 - fsum(each.tolist()))] for each in answers]
    return mutual_information([max(0.0, 1.0 - fsum(probability)), *probability], given)


def _shares(attribute: str, contents: Sequence[Row]) -> dict[str, float]:
    """Return by value how likely the customer is to state it."""
    held = [values for each in contents for name, values in each.values if name == attribute]
    shares: defaultdict[str, float] = defaultdict(float)
    for values in held:
        for value in values:
            shares[value] += 1.0 / (len(held) * len(values))
    return dict(shares)


def _of_strangers(model: TrainedMatchModel, parameters: OutputParameters, values: Sequence[str]) -> NDArray[np.float64]:
    """Return how likely somebody else is to state each value."""
    output, u_probability = parameters.output, parameters.u_probability
    top = np.full(len(values), len(output.levels) - 1, np.int8)
    added = rarity_adjustment(output, u_probability, top, model.rarity(output.attribute, values))
    found = u_probability[-1] * np.exp2(-added)
    return np.asarray(found / max(1.0, float(found.sum())), np.float64)
