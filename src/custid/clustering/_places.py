"""Places in long arrays, found without arrays as long in between."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from custid._threads import in_threads

__all__ = ["PLACES_AT_ONCE", "places_where"]

PLACES_AT_ONCE = 1 << 16
"""Places of a piece, whose arrays stay in the fast memory of a core."""


def places_where(
    is_wanted: Callable[[slice], NDArray[np.bool_]], n_places: int, n_threads: int = 1
) -> NDArray[np.int64]:
    """Return which of many places are wanted, ascending; ``is_wanted`` tells it of the places of a piece."""

    def found_in(start: int) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.flatnonzero(is_wanted(slice(start, start + PLACES_AT_ONCE)))
        found += start
        return found

    starts = range(0, n_places, PLACES_AT_ONCE)
    return np.concatenate([np.empty(0, np.int64), *in_threads(found_in, starts, n_threads=n_threads)])
