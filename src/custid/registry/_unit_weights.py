"""Units of a registry and the weights of their pairs."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from custid.clustering.pair_graph import PairGraph
from custid.engines.live_weigher import Content, LiveWeigher
from custid.registry.rows import Row

__all__ = ["AskedWeights", "Pairs", "UnitGraph", "UnitWeights", "pairs_array"]

Pairs = NDArray[np.int64]
"""Two units for each pair, shape (n_pairs, 2)."""


def pairs_array(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """Return pairs as an array."""
    return np.array(list(pairs), np.int64).reshape(-1, 2)


class UnitGraph:
    """Some units, and the weighed graph of some of their pairs.

    Attributes
    ----------
    units : ndarray of int64, shape (n_units,)
        The units, ascending; the graph knows them by their positions here.
    graph : PairGraph
        Their pairs.
    """

    def __init__(self, units: NDArray[np.int64], graph: PairGraph) -> None:
        self.units = units
        self.graph = graph

    def position(self) -> dict[int, int]:
        """Return the position of each unit."""
        return {unit: position for position, unit in enumerate(self.units.tolist())}

    def clusters(self, numbers: NDArray[np.int64]) -> list[frozenset[int]]:
        """Return the units of each cluster, given its number for each unit."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for unit, number in zip(self.units.tolist(), numbers.tolist(), strict=True):
            members[number].append(unit)
        return [frozenset(each) for each in members.values()]

    def pairs_above(self, least_bits: float) -> Iterable[tuple[int, int, float]]:
        """Return the pairs that weigh as much or more, and their weights."""
        graph = self.graph
        kept = np.flatnonzero(graph.weight_bits >= least_bits)
        left, right = self.units[graph.left_idx[kept]], self.units[graph.right_idx[kept]]
        return zip(left.tolist(), right.tolist(), graph.weight_bits[kept].tolist(), strict=True)


class UnitWeights:
    """The units as a weigher holds them.

    Parameters
    ----------
    weigher : LiveWeigher
        Holds the contents of units.
    places : ndarray of int32
        The place of each unit in it, -1 for none.
    """

    def __init__(self, weigher: LiveWeigher, places: NDArray[np.int32]) -> None:
        self.weigher = weigher
        self._place = array("i", places.tobytes())

    @classmethod
    def of_table(cls, weigher: LiveWeigher, units: NDArray[np.int64]) -> UnitWeights:
        """Return units that a weigher holds, given the unit at each of its places."""
        places = np.full(int(units.max(initial=-1)) + 1, -1, np.int32)
        places[units] = np.arange(len(units))
        return cls(weigher, places)

    def array(self) -> NDArray[np.int32]:
        """Return the place of each unit, as the constructor takes them."""
        return np.array(self._place, np.int32)

    def add(self, units: Sequence[int], contents: Sequence[Row]) -> None:
        """Add units."""
        if not units:
            return
        self._place.extend([-1] * (max(units) + 1 - len(self._place)))
        for unit, place in zip(units, self.weigher.add(contents).tolist(), strict=True):
            self._place[unit] = place

    def remove(self, units: Sequence[int]) -> None:
        """Remove units."""
        if units:
            self.weigher.remove(self.places(units))

    def places(self, units: Collection[int] | NDArray[np.int64]) -> NDArray[np.int32]:
        """Return where units stand in the weigher."""
        if isinstance(units, np.ndarray):
            return np.frombuffer(self._place, np.int32)[units]
        return np.array([self._place[unit] for unit in units], np.int32)

    def graph(self, chosen: Collection[int], pairs: Pairs) -> UnitGraph:
        """Return the weighed graph of some units, given some of their pairs, each once or more."""
        units = np.sort(np.fromiter(chosen, np.int64, len(chosen)))
        ends = np.sort(np.searchsorted(units, pairs), axis=1)
        n_units = max(len(units), 1)
        keys = np.unique(ends[:, 0] * n_units + ends[:, 1])
        left, right = (keys // n_units).astype(np.int32), (keys % n_units).astype(np.int32)
        places = self.places(units)
        graph = PairGraph(
            left_idx=left,
            right_idx=right,
            weight_bits=self.weigher.weight_bits(places[left], places[right]),
            tie_break=self.weigher.content_hash(places),
            labels=tuple(labels[places] for labels in self.weigher.labels.values()),
        )
        return UnitGraph(units, graph)

    def held_content(self, unit: int) -> Callable[[], Content]:
        """Return what tells what a unit says now, whenever it is called."""
        return self.weigher.held_content(self._place[unit])

    def copy_bits(self, units: Collection[int]) -> NDArray[np.float64]:
        """Return the match weight of two records of each unit, float64, shape (n_units,)."""
        return self.weigher.copy_bits(self.places(units))

    def bits_of_unit(self, unit: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the match weight of a record of a unit with some units, its own as well, one float64 each."""
        places = self.places(others)
        found = self.weigher.weight_bits_with(self._place[unit], places)
        found[others == unit] = self.copy_bits([unit])
        return found

    @contextmanager
    def asking(self, content: Row) -> Iterator[AskedWeights]:
        """Let a content take part while it is weighed; other threads wait meanwhile."""
        with self.weigher.probe([content]) as (place,):
            yield AskedWeights(self, int(place))


class AskedWeights:
    """Weights of a content that takes part for a while.

    Parameters
    ----------
    weights : UnitWeights
        The units.
    place : int
        Where the content stands in the weigher.
    """

    def __init__(self, weights: UnitWeights, place: int) -> None:
        self._weights, self._place = weights, place

    @property
    def content_hash(self) -> int:
        """The content's hash, the same as in a table of units."""
        return int(self._weights.weigher.content_hash(self._place))

    def bits(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the match weight of the content with some units, float64, shape (n_units,)."""
        if not len(units):
            return np.zeros(0)
        return self._weights.weigher.weight_bits_with(self._place, self._weights.places(units))
