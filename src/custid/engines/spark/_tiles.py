"""Tiles: units fall into groups, and a tile holds the pairs between two of them.

A worker that weighs pairs needs what their units say, and needs it once for all pairs of its tile.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from custid.engines.spark._messages import Message, packed_table

__all__ = ["FACTS", "Tiles", "distinct", "runs"]

FACTS = 3
"""Tag of messages that tell something of units."""

_PAIRS_IN_MESSAGE = 1 << 16


def runs(values: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Yield where each run of equal values begins and ends."""
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    return pairwise([*starts.tolist(), len(values)]) if len(starts) else iter(())


def distinct(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return distinct numbers, ascending; numpy's own function hashes them, which takes several times as long."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]


@frozen(kw_only=True)
class Tiles:
    """The tiles of pairs.

    Attributes
    ----------
    n_groups : int
        Groups of units; there are ``n_groups * (n_groups + 1) / 2`` tiles.
    """

    n_groups: int

    def groups_of(self, units: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the group of each unit."""
        return (units % np.uint64(self.n_groups)).astype(np.int64)

    def sent(self, pairs: NDArray[np.uint64], tag: int) -> Iterator[Message]:
        """Yield pairs, shape (n_pairs, n) with units in the first two columns, as messages to their tiles."""
        one, other = self.groups_of(pairs[:, 0]), self.groups_of(pairs[:, 1])
        tile = np.minimum(one, other) * self.n_groups + np.maximum(one, other)
        order = np.argsort(tile, kind="stable")
        pairs, tile = pairs[order], tile[order]
        for low, high in runs(tile):
            for start in range(low, high, _PAIRS_IN_MESSAGE):
                yield int(tile[low]), tag, pairs[start : min(start + _PAIRS_IN_MESSAGE, high)].tobytes()

    def told(self, facts: pa.Table) -> Iterator[Message]:
        """Yield facts of units, which have a column ``unit``, as messages to all tiles of their groups."""
        group = self.groups_of(np.asarray(facts.column("unit")).view(np.uint64))
        order = np.argsort(group, kind="stable")
        bounds = np.searchsorted(group[order], np.arange(self.n_groups + 1))
        for own, (low, high) in enumerate(pairwise(bounds.tolist())):
            if low < high:
                packed = packed_table(facts.take(pa.array(order[low:high])))
                for other in range(self.n_groups):
                    yield min(own, other) * self.n_groups + max(own, other), FACTS, packed
