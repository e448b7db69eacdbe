"""Numbers for clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["numbered_by_first_unit"]


def numbered_by_first_unit(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return labels from 0 in the order of their first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    number = np.empty(len(first), np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return number[inverse]
