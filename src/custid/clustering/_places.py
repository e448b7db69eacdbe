"""Places in long arrays, found without arrays as long in between."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["PLACES_AT_ONCE", "places_where"]

PLACES_AT_ONCE = 1 << 16
"""Places of a piece, whose arrays stay in the fast memory of a core."""


def places_where(is_wanted: Callable[[slice], NDArray[np.bool_]], n_places: int) -> NDArray[np.int64]:
    """Return which of many places are wanted, ascending; ``is_wanted`` tells it of the places of a piece."""
    found = [np.empty(0, np.int64)]
    for start in range(0, n_places, PLACES_AT_ONCE):
        wanted = np.flatnonzero(is_wanted(slice(start, start + PLACES_AT_ONCE)))
        wanted += start
        found.append(wanted)
    return np.concatenate(found)
