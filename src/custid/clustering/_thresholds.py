"""The threshold of the evidence that a probability means."""

from __future__ import annotations

import numpy as np

from custid.errors import ConfigurationError

__all__ = ["threshold_bits"]


def threshold_bits(match_probability: float) -> float:
    """Return the log-odds of the probability that a merge has to exceed; 0 bits for one half.

    Parameters
    ----------
    match_probability : float
        In (0, 1).

    Raises
    ------
    ConfigurationError
        If it is not.

    Examples
    --------
    >>> threshold_bits(0.5), round(threshold_bits(0.9), 3)
    (0.0, 3.17)
    """
    if not 0 < match_probability < 1:
        raise ConfigurationError(f"match_probability: expected a number between 0 and 1, got {match_probability}.")
    return float(np.log2(match_probability) - np.log2(1.0 - match_probability))
