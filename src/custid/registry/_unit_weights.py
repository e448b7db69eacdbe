"""Units of a registry and the weights of their pairs."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from custid.clustering.pair_graph import PairGraph
from custid.engines.live_weigher import Content, LiveWeigher
from custid.registry.near_pairs import Pairs
from custid.registry.rows import Row

__all__ = ["AskedWeights", "UnitGraph", "UnitWeights"]


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

    def clusters(self, numbers: NDArray[np.int64]) -> list[frozenset[int]]:
        """Return the units of each cluster, given its number for each unit."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for unit, number in zip(self.units.tolist(), numbers.tolist(), strict=True):
            members[number].append(unit)
        return [frozenset(each) for each in members.values()]


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

    def bits(self, pairs: Pairs) -> NDArray[np.float64]:
        """Return the match weights of pairs of units, float64, shape (n_pairs,)."""
        places = self.places(pairs)
        return self.weigher.weight_bits(places[:, 0], places[:, 1])

    def graph(self, chosen: NDArray[np.integer], pairs: Pairs, bits: NDArray[np.float64]) -> UnitGraph:
        """Return the graph of some units, given pairs, each once, the smaller unit first, and their weights."""
        units = np.sort(chosen.astype(np.int64))
        left, right = np.searchsorted(units, pairs).astype(np.int32).T
        places = self.places(units)
        graph = PairGraph(
            left_idx=np.ascontiguousarray(left),
            right_idx=np.ascontiguousarray(right),
            weight_bits=bits,
            tie_break=self.weigher.content_hash(places),
            labels=tuple(labels[places] for labels in self.weigher.labels.values()),
        )
        return UnitGraph(units, graph)

    def graph_of_labels(self, chosen: NDArray[np.integer]) -> UnitGraph:
        """Return the graph of some units, which tells the labels that keep them apart, and no pairs."""
        return self.graph(chosen, np.empty((0, 2), np.int64), np.empty(0))

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
