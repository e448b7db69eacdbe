"""Clusters after contraction, what each fragment of them is bound for, and what they make together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from custid.clustering.attachment import AttachmentOptions, Targets, find_targets, settle_targets
from custid.clustering.pair_graph import PairGraph

__all__ = ["AttachedClusters"]

_NEARLY = 0.99
"""Sums of many odds are off by less than a hundredth."""


class AttachedClusters:
    """Clusters, numbered in the order in which they come up.

    Parameters
    ----------
    attachment : AttachmentOptions or None
        Settings of the attachment; None leaves it out.
    """

    def __init__(self, attachment: AttachmentOptions | None) -> None:
        self._attachment = attachment
        self._n_ever = 0
        self._cluster_of: dict[int, int] = {}
        self._units: dict[int, frozenset[int]] = {}
        self._target: dict[int, tuple[int, float]] = {}
        self._bound_for: defaultdict[int, set[int]] = defaultdict(set)
        self._root: dict[int, int] = {}
        self._of_root: defaultdict[int, set[int]] = defaultdict(set)
        self._left: set[int] = set()

    @property
    def units(self) -> Iterable[int]:
        """All units."""
        return self._cluster_of.keys()

    def units_of(self, cluster: int) -> frozenset[int]:
        """Return the units of a cluster."""
        return self._units[cluster]

    def together_with(self, units: Iterable[int]) -> set[int]:
        """Return all units that end up with some, these included."""
        roots = {self._root[self._cluster_of[unit]] for unit in units}
        return {unit for root in roots for cluster in self._of_root[root] for unit in self._units[cluster]}

    def replace(
        self, clusters: Iterable[frozenset[int]], touched: set[int], departed: Iterable[int]
    ) -> tuple[set[int], set[int]]:
        """Put new clusters in the place of those that their units were in.

        Parameters
        ----------
        clusters : iterable of frozenset of int
            Clusters of all units that are there of the old clusters concerned, and of new units.
        touched : set of int
            Units of which a pair has changed: a cluster that has one counts as new.
        departed : iterable of int
            Units that are no more.

        Returns
        -------
        dirty : set of int
            The clusters that are new.
        near : set of int
            Clusters that are still there, and that an old one was bound for, or that were bound for an old one.
        """
        kept: set[int] = set()
        new: list[frozenset[int]] = []
        for units in clusters:
            old = self._cluster_of.get(next(iter(units)), -1)
            if self._units.get(old) == units and units.isdisjoint(touched):
                kept.add(old)
            else:
                new.append(units)
        concerned = [unit for units in new for unit in units] + list(departed)
        removed = {self._cluster_of[unit] for unit in concerned if unit in self._cluster_of} - kept
        near = set().union(*(self._remove(cluster) for cluster in removed)) - removed
        return {self._add(units) for units in new}, near

    def _add(self, units: frozenset[int]) -> int:
        number = self._n_ever
        self._n_ever += 1
        self._units[number] = units
        self._cluster_of.update(dict.fromkeys(units, number))
        self._root[number] = number
        self._of_root[number] = {number}
        return number

    def _remove(self, cluster: int) -> set[int]:
        """Take out a cluster; return those that it was tied to or together with."""
        near = set(self._bound_for.pop(cluster, ()))
        for each in near:
            del self._target[each]
        if cluster in self._target:
            target = self._target.pop(cluster)[0]
            self._bound_for[target].discard(cluster)
            near.add(target)
        root = self._root.pop(cluster)
        together = self._of_root[root]
        together.discard(cluster)
        near |= together
        if not together:
            del self._of_root[root]
        for unit in self._units.pop(cluster):
            if self._cluster_of.get(unit) == cluster:
                del self._cluster_of[unit]
        return near

    def fragments_near(
        self,
        dirty: Iterable[int],
        partners_of: Callable[[int], Sequence[int]],
        odds_outside: Callable[[int, frozenset[int]], float],
    ) -> set[int]:
        """Return the fragments that have to be weighed again.

        Parameters
        ----------
        dirty : iterable of int
            Clusters that are new.
        partners_of : callable
            Returns the units that a unit has a candidate pair with.
        odds_outside : callable
            Returns what the odds of a unit with all units but those of its cluster are at most.

        Returns
        -------
        set of int
            Fragments that are new, or have a candidate pair with a unit of a new cluster, if any target is within
            reach.  The others stay where they are from now on.
        """
        if self._attachment is None:
            return set()
        near = set(dirty)
        for cluster in dirty:
            for unit in self._units[cluster]:
                near.update(self._cluster_of[other] for other in partners_of(unit))
        least = self._attachment.min_probability / (1.0 - self._attachment.min_probability)
        within_reach = set()
        for cluster in near:
            units = self._units[cluster]
            if len(units) > self._attachment.max_fragment:
                continue
            # The odds of a fragment are at most those of its best unit with all others.
            if max(odds_outside(unit, units) for unit in units) >= _NEARLY * least:
                within_reach.add(cluster)
            else:
                self._aim(cluster, cluster, np.inf)
        return within_reach

    def units_beside(self, fragments: Iterable[int], partners_of: Callable[[int], Sequence[int]]) -> set[int]:
        """Return the units of fragments, and of all clusters that they have a candidate pair with."""
        near = set(fragments)
        for cluster in fragments:
            for unit in self._units[cluster]:
                near.update(self._cluster_of[other] for other in partners_of(unit))
        return {unit for cluster in near for unit in self._units[cluster]}

    def find_targets(self, fragments: set[int], graph: PairGraph, place: Mapping[int, int]) -> None:
        """Weigh fragments against their neighbors, given all of their pairs."""
        if self._attachment is None:
            return
        numbers = sorted({self._cluster_of[unit] for unit in place})
        cluster = self._numbered(numbers, place)
        may_move = np.array([number in fragments for number in numbers], np.bool_)
        targets = find_targets(graph, cluster, self._attachment, may_move=may_move)
        for position, number in enumerate(numbers):
            if number in fragments:
                target = numbers[int(targets.parent[position])]
                self._aim(number, target, float(targets.sureness[position]))

    def _numbered(self, numbers: Sequence[int], place: Mapping[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        position = {number: each for each, number in enumerate(numbers)}
        cluster = np.empty(len(place), np.int64)
        for unit, row in place.items():
            cluster[row] = position[self._cluster_of[unit]]
        return cluster

    def _aim(self, cluster: int, target: int, sureness: float) -> None:
        if cluster in self._target:
            former = self._target.pop(cluster)[0]
            self._bound_for[former].discard(cluster)
            self._left |= {former, cluster}
        if target != cluster:
            self._target[cluster] = target, sureness
            self._bound_for[target].add(cluster)

    def settle(
        self,
        new: Iterable[int],
        weighed: Iterable[int],
        near: Iterable[int],
        labeled: Callable[[Iterable[int]], tuple[PairGraph, dict[int, int]]],
    ) -> set[int]:
        """Work out again what ends up together in the trees of targets that have changed.

        Parameters
        ----------
        new : iterable of int
            Clusters that are new.
        weighed : iterable of int
            Clusters that were weighed again.
        near : iterable of int
            Clusters that were tied to some that are no more.
        labeled : callable
            Returns for some units the graph of their constraints, and the place of each unit in it.

        Returns
        -------
        set of int
            All units of those that are together with others than before.
        """
        # The tree that a cluster has left has changed, too, and so has what was together with it.
        seeds = {*new, *weighed, *near, *self._left}.intersection(self._units)
        self._left.clear()
        seeds.update(*(self._of_root[self._root[cluster]] for cluster in tuple(seeds)))
        trees = self._trees_of(seeds)
        before = {frozenset(self._of_root.pop(root)) for root in {self._root[cluster] for cluster in trees}}
        alone = {cluster for cluster in trees if cluster not in self._target and not self._bound_for.get(cluster)}
        roots = {cluster: cluster for cluster in alone}
        joined = sorted(trees - alone)
        if joined:
            graph, place = labeled([unit for cluster in joined for unit in self._units[cluster]])
            position = {number: each for each, number in enumerate(joined)}
            parent, sureness = np.arange(len(joined)), np.full(len(joined), np.inf)
            for cluster in joined:
                if cluster in self._target:
                    target, sureness[position[cluster]] = self._target[cluster]
                    parent[position[cluster]] = position[target]
            targets = Targets(parent=parent, sureness=sureness)
            found = settle_targets(graph, self._numbered(joined, place), targets).tolist()
            roots |= {cluster: joined[found[position[cluster]]] for cluster in joined}
        for cluster, root in roots.items():
            self._root[cluster] = root
            self._of_root[root].add(cluster)
        after = {frozenset(self._of_root[root]) for root in roots.values()}
        moved = set(new).union(*(after - before))
        return {unit for cluster in moved for unit in self._units[cluster]}

    def _trees_of(self, clusters: Iterable[int]) -> set[int]:
        """Return all clusters that targets tie to some."""
        found = set(clusters)
        todo = list(found)
        while todo:
            cluster = todo.pop()
            tied = set(self._bound_for.get(cluster, ()))
            if cluster in self._target:
                tied.add(self._target[cluster][0])
            todo.extend(tied - found)
            found |= tied
        return found
