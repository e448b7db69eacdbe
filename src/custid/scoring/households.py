"""How likely two customers who share a home, or a contact point, are one household.

What they share is given; what the match model knows of households is weighed on everything else, and how common
households are among customers who share as much is learned from them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid.scoring.match_model import TrainedClass, TrainedMatchModel
from custid.scoring.weights import rarity_adjustment

__all__ = ["household_bits", "household_class", "share_of_households"]

_NAME: Final = "household"
_MAX_BITS: Final = 60.0
_PRIOR_PAIRS: Final = 4.0
_STEP: Final = 1e-9
_MAX_STEPS: Final = 500


def household_class(model: TrainedMatchModel) -> TrainedClass | None:
    """Return what a match model has learned of households.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.

    Returns
    -------
    TrainedClass or None
        None where the model compares too little, or no given names, to tell households from matches.
    """
    return next((each for each in model.classes if each.name == _NAME), None)


def household_bits(
    model: TrainedMatchModel,
    household: TrainedClass,
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
    given: Collection[str],
) -> NDArray[np.float64]:
    """Return how much more likely pairs are in a household than among strangers, of whom some agreement is known.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    household : TrainedClass
        Its class of households.
    levels : ndarray of int8, shape (n_pairs, n_outputs)
        Comparison vectors; -1 is null and contributes 0 bits.
    rarity_bits : ndarray of float32, shape (n_pairs, n_outputs)
        Rarity of the values agreed on.
    given : collection of str
        Attributes that do not count: pairs were chosen since they agree on them, strangers as well as housemates.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Likelihood ratio in bits, without any prior.

    Notes
    -----
    With the comparison vector split into what is given and the rest, the ratio of the rest alone is the sum of
    log2(h / u) over the other comparisons, under the independence within a class that the match model assumes
    (Fellegi and Sunter 1969, section 3).
    """
    bits = np.zeros(len(levels))
    of_levels = model.class_level_bits(household)
    for position, parameters in enumerate(model.parameters):
        output, column = parameters.output, levels[:, position]
        if output.attribute in given:
            continue
        bits += of_levels[position][column]
        if not household.is_by_chance[position]:
            bits += rarity_adjustment(output, parameters.u_probability, column, rarity_bits[:, position])
    return np.clip(bits, -_MAX_BITS, _MAX_BITS)


def share_of_households(bits: NDArray[np.float64], n_pairs: float, expected: float) -> float:
    """Learn which share of pairs are households, from likelihood ratios alone.

    Parameters
    ----------
    bits : ndarray of float64, shape (n_weighed,)
        Likelihood ratio in bits of the pairs that were weighed, in any order.
    n_pairs : float
        How many pairs there are in all, at least ``n_weighed``; the others count as strangers.
    expected : float
        What to expect before any pair is seen, in (0, 1); counts as much as four pairs.

    Returns
    -------
    float
        The share, in (0, 1); ``expected`` where there is no pair.  The order of the pairs does not matter to the bit.

    Notes
    -----
    The two distributions are known and only their mixture is learned, so that EM climbs to the single greatest value of
    a concave function (McLachlan and Krishnan 2008, The EM Algorithm and Extensions, section 1.4.3), here with a beta
    prior.

    Examples
    --------
    Six pairs speak for a household and four against.

    >>> import numpy as np
    >>> bits = np.array([8.0, 9.0, 10.0, 8.0, 9.0, 12.0, -3.0, -3.0, -4.0, -3.0])
    >>> round(share_of_households(bits, 10, 0.5), 2)
    0.61
    """
    # In ascending order, so that sums do not depend on where a pair stands.
    ratio = np.exp2(np.sort(bits))
    share = expected
    for _ in range(_MAX_STEPS):
        odds = ratio * (share / (1.0 - share))
        total = float((odds / (1.0 + odds)).sum()) + _PRIOR_PAIRS * expected
        before, share = share, total / (n_pairs + _PRIOR_PAIRS)
        if abs(share - before) < _STEP:
            break
    return share
