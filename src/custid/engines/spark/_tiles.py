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

from custid.engines.spark._messages import Message, arrays_of, packed_table, unpacked_tables

__all__ = ["FACTS", "PAIRS", "WANTED", "PairsOfTile", "Tiles", "distinct", "distinct_pairs", "facts_wanted", "runs"]

PAIRS, FACTS, WANTED = 2, 3, 7
"""Tags of messages: pairs, tables that tell something of units, and a tile with the units of which it wants to know."""

_PAIRS_IN_MESSAGE = 1 << 16


def runs(values: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Yield where each run of equal values begins and ends."""
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    return pairwise([*starts.tolist(), len(values)]) if len(starts) else iter(())


def distinct(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return distinct numbers, ascending; numpy's own function hashes them, which takes several times as long."""
    ordered = np.sort(values)
    found: NDArray[np.uint64] = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return found


@frozen(kw_only=True)
class Tiles:
    """The tiles of pairs.

    Attributes
    ----------
    n_groups : int
        Groups of units; there are ``n_groups * (n_groups + 1) / 2`` tiles.
    n_slices : int
        Places that share the pairs of the one tile of a single group; each is told all that the tile is.
    """

    n_groups: int
    n_slices: int = 1

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
        for own, _, packed in self.to_groups(facts):
            for other in range(self.n_groups):
                tile = min(own, other) * self.n_groups + max(own, other)
                for number in range(self.n_slices):
                    yield tile * self.n_slices + number, FACTS, packed

    def to_groups(self, facts: pa.Table) -> Iterator[Message]:
        """Yield facts of units as messages to their groups."""
        group = self.groups_of(np.asarray(facts.column("unit")).view(np.uint64))
        order = np.argsort(group, kind="stable")
        bounds = np.searchsorted(group[order], np.arange(self.n_groups + 1))
        for own, (low, high) in enumerate(pairwise(bounds.tolist())):
            if low < high:
                yield own, FACTS, packed_table(facts.take(pa.array(order[low:high])))


def distinct_pairs(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the units of pairs, ascending, and distinct pairs of places among them, ascending."""
    units, places = np.unique(pairs, return_inverse=True)
    left, right = np.ascontiguousarray(places.reshape(-1, 2).T).view(np.uint64)
    packed = distinct((left << np.uint64(32)) | right)
    return units, np.column_stack([packed >> np.uint64(32), packed & np.uint64(0xFFFF_FFFF)]).astype(np.int64)


@frozen(kw_only=True)
class PairsOfTile:
    """Keeps each pair of a tile once, and asks the groups for what they know of its units.

    Attributes
    ----------
    tiles : Tiles
        The tiles.
    """

    tiles: Tiles

    def __call__(self, place: int, messages: pa.Table) -> Iterator[Message]:
        """Yield messages of pairs to the tile, and of units to their groups."""
        units, pairs = distinct_pairs(arrays_of(messages, PAIRS, 2))
        yield from self.tiles.sent(units[pairs], PAIRS)
        group = self.tiles.groups_of(units)
        for each in np.unique(group).tolist():
            yield each, WANTED, np.append(np.uint64(place), units[group == each]).tobytes()


def facts_wanted(_group: int, messages: pa.Table) -> Iterator[Message]:
    """Yield what a group knows of the units that tiles have asked for."""
    tables = unpacked_tables(messages, FACTS)
    if not tables:
        return
    facts = pa.concat_tables(tables).combine_chunks()
    held = np.asarray(facts.column("unit")).view(np.uint64)
    order = np.argsort(held)
    held = held[order]
    for tag, data in zip(messages.column("tag").to_pylist(), messages.column("data"), strict=True):
        if tag == WANTED:
            asked = np.frombuffer(data.as_buffer(), np.uint64)
            places = np.minimum(np.searchsorted(held, asked[1:]), len(held) - 1)
            known = order[places[held[places] == asked[1:]]]
            if len(known):
                yield int(asked[0]), FACTS, packed_table(facts.take(pa.array(known)))
