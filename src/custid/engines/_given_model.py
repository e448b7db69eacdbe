"""A match model that the caller gives: it has to fit what is compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import ComparisonOutput
from custid.errors import ConfigurationError
from custid.scoring.match_model import TrainedMatchModel

__all__ = ["fitting_u"]


def fitting_u(model: TrainedMatchModel, outputs: Sequence[ComparisonOutput]) -> tuple[NDArray[np.float64], ...]:
    """Return the u probabilities of a model, if it has the outputs of the comparisons.

    Parameters
    ----------
    model : TrainedMatchModel
        The model given.
    outputs : sequence of ComparisonOutput
        What the comparisons of the run put out.

    Returns
    -------
    tuple of ndarray of float64
        For each output the probability of each level among strangers.

    Raises
    ------
    ConfigurationError
        With every output that one of the two lacks, or that differs.
    """
    if model.outputs != tuple(outputs):
        wanted, got = {each.name: each for each in model.outputs}, {each.name: each for each in outputs}
        problems = [
            *(f"model: comparison {name!r}: expected data for it, got none" for name in sorted(set(wanted) - set(got))),
            *(f"model: comparison {name!r}: expected none, got one" for name in sorted(set(got) - set(wanted))),
            *(
                f"model: comparison {name!r}: expected the levels and kind it was trained with, got others"
                for name in sorted(set(wanted) & set(got))
                if wanted[name] != got[name]
            ),
        ]
        raise ConfigurationError.collected(
            problems or ["model: expected its comparisons in their own order, got another"],
            hint="Map the columns with a Schema, give the comparisons it was trained with, or train a model anew.",
        )
    return tuple(parameters.u_probability for parameters in model.parameters)
