"""What either executor returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking._blocks import Tally

__all__ = ["PairArrays", "Proposal"]

PairArrays = tuple[NDArray[np.int32], NDArray[np.int32]]


@frozen(kw_only=True, eq=False)
class Proposal:
    """Pairs that are known but not yet listed.

    Attributes
    ----------
    n_pairs : int
        Number of distinct pairs.
    cap : int
        The largest cap that fits the budget.
    tallies : sequence of Tally
        By family.
    n_units_passed_over : int
        Units that share keys in blocks above the cap only.
    write : callable
        Writes the pairs, ascending, to two arrays that they fill.
    ranges : callable
        Yields the pairs, ascending, some at a time.
    """

    n_pairs: int
    cap: int
    tallies: Sequence[Tally] = field(repr=False)
    n_units_passed_over: int
    write: Callable[[NDArray[np.int32], NDArray[np.int32]], None] = field(repr=False)
    ranges: Callable[[], Iterator[PairArrays]] = field(repr=False)
