"""Numbers for clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["numbered_by_first_unit"]


def numbered_by_first_unit(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return labels, which are 0 or more, as numbers from 0 in the order of their first appearance.

    Time and memory are in proportion to the number of units and to the greatest label.
    """
    units = np.arange(len(labels))
    first = np.empty(int(labels.max(initial=-1)) + 1, np.int64)
    # Of several values for one place the last one is kept.
    first[labels[::-1]] = units[::-1]
    first_of_unit = first[labels]
    number = np.cumsum(first_of_unit == units) - 1
    return np.asarray(number[first_of_unit], np.int64)
