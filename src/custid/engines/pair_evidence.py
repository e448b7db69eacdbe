"""What the match weight of a pair is made of, comparison by comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    # What is told is plain; only who works it out needs these.
    import numpy as np
    from numpy.typing import NDArray

    from custid.comparison.comparer import PairComparer
    from custid.scoring.match_model import TrainedMatchModel

__all__ = ["ExplainedComparison", "PairEvidence", "ValuesOfPairs", "pair_evidence"]

ValuesOfPairs = Callable[[str, int], tuple[tuple[str, ...], tuple[str, ...]]]
"""Returns the canonical values of an attribute on both sides of a pair, by the number of the pair."""


@frozen(kw_only=True)
class ExplainedComparison:
    """One comparison of a pair.

    Attributes
    ----------
    name : str
        Name of the comparison.
    left_values, right_values : tuple of str
        Canonical values of both records; empty where there are none.
    level : str
        Label of the level; ``"missing"`` where a side has no value.
    bits : float
        Partial match weight.
    """

    name: str
    left_values: tuple[str, ...] = field(repr=False)
    right_values: tuple[str, ...] = field(repr=False)
    level: str
    bits: float


@frozen(kw_only=True)
class PairEvidence:
    """The match weight of a pair, part by part.

    Attributes
    ----------
    comparisons : tuple of ExplainedComparison
        What was compared.
    prior_bits : float
        Log-odds before anything is compared.
    moved_bits : float
        What it gives back that a customer may have moved, who has nothing of an address in common with himself; 0 or
        more.
    alternative : str
        The likeliest other explanation of the agreement, such as ``"household"`` or ``"neighborhood"``; empty for none.
    alternative_bits : float
        What other explanations take away; 0 or less.
    weight_bits : float
        Sum of the prior, all partial weights, what moving gives back and the other explanations.
    """

    comparisons: tuple[ExplainedComparison, ...] = field(repr=False)
    prior_bits: float
    moved_bits: float
    alternative: str
    alternative_bits: float
    weight_bits: float


def pair_evidence(
    model: TrainedMatchModel,
    comparer: PairComparer,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    values_of: ValuesOfPairs,
) -> list[PairEvidence]:
    """Return what the weights of some pairs are made of.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    comparer : PairComparer
        Compares what the model was trained on.
    left, right : ndarray of int32, shape (n_pairs,)
        Units, in the order in which a run compares them: the one with the lower number first.
    values_of : callable
        Tells what was compared.

    Returns
    -------
    list of PairEvidence
        One for each pair.
    """
    levels, rarity = comparer.compare(left, right)
    weights = model.explain(levels, rarity)
    total, moved, alternative = weights.weight_bits, weights.moved_bits, weights.alternative_bits
    names = [each.name for each in model.alternatives]
    found = []
    for number, (of_pair, bits) in enumerate(zip(levels.tolist(), weights.partial_bits.tolist(), strict=True)):
        comparisons = []
        for output, level, partial in zip(comparer.outputs, of_pair, bits, strict=True):
            left_values, right_values = values_of(output.attribute, number)
            comparisons.append(
                ExplainedComparison(
                    name=output.name,
                    left_values=left_values,
                    right_values=right_values,
                    level=output.levels[level] if level >= 0 else "missing",
                    bits=partial,
                )
            )
        found.append(
            PairEvidence(
                comparisons=tuple(comparisons),
                prior_bits=weights.prior_bits,
                moved_bits=float(moved[number]),
                alternative=names[int(weights.class_bits[number].argmax())] if names else "",
                alternative_bits=float(alternative[number]),
                weight_bits=float(total[number]),
            )
        )
    return found
