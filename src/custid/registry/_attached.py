"""Clusters after contraction, what each fragment of them is bound for, and what they make together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custid.clustering.attachment import AttachmentOptions, Targets, find_targets, least_odds, settle_targets
from custid.registry._unit_weights import UnitGraph
from custid.registry.near_pairs import NearPairs

__all__ = ["AttachedClusters", "regrouped"]


class AttachedClusters:
    """Clusters, each named by the smallest of its units.

    Parameters
    ----------
    attachment : AttachmentOptions or None
        Settings of the attachment; None leaves it out.

    Notes
    -----
    A cluster that is bound for none and together with none takes two places of arrays for each of its units.
    """

    def __init__(self, attachment: AttachmentOptions | None) -> None:
        self._attachment = attachment
        self._cluster_of = np.empty(0, np.int32)
        # The units of a cluster make a ring.
        self._next = np.empty(0, np.int32)
        self._target: dict[int, tuple[int, float]] = {}
        self._bound_for: defaultdict[int, set[int]] = defaultdict(set)
        # Of those that are together with others only.
        self._root: dict[int, int] = {}
        self._of_root: dict[int, set[int]] = {}
        self._left: set[int] = set()

    def units_of(self, cluster: int) -> frozenset[int]:
        """Return the units of a cluster."""
        found = [cluster]
        while (unit := int(self._next[found[-1]])) != cluster:
            found.append(unit)
        return frozenset(found)

    def cluster_of(self, unit: int) -> int:
        """Return the cluster of a unit, -1 for one that is in none."""
        return int(self._cluster_of[unit]) if unit < len(self._cluster_of) else -1

    def together_with(self, units: Iterable[int]) -> set[int]:
        """Return all units that end up with some, these included."""
        clusters = {self.cluster_of(unit) for unit in units}
        joined = {each for cluster in clusters for each in self._together(cluster)}
        return {unit for cluster in joined for unit in self.units_of(cluster)}

    def _together(self, cluster: int) -> set[int]:
        return self._of_root[self._root[cluster]] if cluster in self._root else {cluster}

    def roots(self, n_units: int) -> NDArray[np.int64]:
        """Return a number for each unit that those which end up together share, -1 for units in no cluster.

        Parameters
        ----------
        n_units : int
            Number of units, those that are no more included.
        """
        of_cluster = np.arange(n_units)
        for cluster, root in self._root.items():
            of_cluster[cluster] = root
        found = np.full(n_units, -1)
        known = np.flatnonzero(self._cluster_of >= 0)
        found[known] = of_cluster[self._cluster_of[known]]
        return found

    def replace_all(
        self, units: NDArray[np.int64], cluster: NDArray[np.int64], targets: Targets | None, root: NDArray[np.int64]
    ) -> None:
        """Forget all clusters, and take others.

        Parameters
        ----------
        units : ndarray of int64, shape (n_units,)
            Units.
        cluster : ndarray of int64, shape (n_units,)
            Cluster of each, numbered from 0.
        targets : Targets or None
            What each cluster is bound for; None where nothing is attached.
        root : ndarray of int64, shape (n_clusters,)
            The cluster that each one becomes part of.
        """
        n_places = int(units.max(initial=-1)) + 1
        self._cluster_of = np.full(n_places, -1, np.int32)
        self._next = np.full(n_places, -1, np.int32)
        order = np.lexsort((units, cluster))
        ordered, of = units[order], cluster[order]
        first = np.flatnonzero(np.append(True, of[1:] != of[:-1])[: len(of)])
        name = ordered[first]
        self._cluster_of[ordered] = np.repeat(name, np.diff(np.append(first, len(of))))
        following = np.append(ordered[1:], 0)[: len(of)]
        following[np.append(first[1:], len(of))[: len(first)] - 1] = name
        self._next[ordered] = following
        self._target, self._bound_for, self._root, self._of_root = {}, defaultdict(set), {}, {}
        self._left.clear()
        if targets is None:
            return
        bound = np.flatnonzero(targets.parent != np.arange(len(targets.parent)))
        for one, target, sureness in zip(
            name[bound].tolist(),
            name[targets.parent[bound]].tolist(),
            targets.sureness[bound].tolist(),
            strict=True,
        ):
            self._target[one] = target, sureness
            self._bound_for[target].add(one)
        is_joined = root != np.arange(len(root))
        is_joined[root[is_joined]] = True
        joined = np.flatnonzero(is_joined)
        for one, end in zip(name[joined].tolist(), name[root[joined]].tolist(), strict=True):
            self._root[one] = end
            self._of_root.setdefault(end, set()).add(one)

    def replace(self, clusters: Iterable[frozenset[int]], departed: Iterable[int]) -> tuple[set[int], set[int]]:
        """Put new clusters in the place of those that their units were in.

        Parameters
        ----------
        clusters : iterable of frozenset of int
            Clusters of all units that are there of the old clusters concerned, and of new units.
        departed : iterable of int
            Units that are no more.

        Returns
        -------
        new : set of int
            The clusters that have other units than any before.
        near : set of int
            Clusters that are still there, and that an old one was bound for, that were bound for an old one, or
            together with it.
        """
        kept: set[int] = set()
        new: list[frozenset[int]] = []
        for units in clusters:
            old = self.cluster_of(min(units))
            if old >= 0 and self.units_of(old) == units:
                kept.add(old)
            else:
                new.append(units)
        concerned = [unit for units in new for unit in units] + list(departed)
        removed = {self.cluster_of(unit) for unit in concerned} - kept - {-1}
        near = set().union(*(self._remove(cluster) for cluster in removed)) - removed
        return {self._add(units) for units in new}, near

    def _add(self, units: frozenset[int]) -> int:
        ring = sorted(units)
        if ring[-1] >= len(self._cluster_of):
            n_places = max(ring[-1] + 1, 2 * len(self._cluster_of))
            self._cluster_of = _lengthened(self._cluster_of, n_places)
            self._next = _lengthened(self._next, n_places)
        self._cluster_of[ring] = ring[0]
        self._next[ring] = [*ring[1:], ring[0]]
        return ring[0]

    def _remove(self, cluster: int) -> set[int]:
        """Take out a cluster; return those that it was tied to or together with, which are alone from then on."""
        near = self._bound_for.pop(cluster, set())
        for each in near:
            del self._target[each]
        if cluster in self._target:
            target = self._target.pop(cluster)[0]
            self._release(target, cluster)
            near.add(target)
        together = self._together(cluster)
        near |= together - {cluster}
        self._of_root.pop(self._root.get(cluster, -1), None)
        for each in together:
            self._root.pop(each, None)
        members = list(self.units_of(cluster))
        self._cluster_of[members] = -1
        self._next[members] = -1
        return near

    def fragments_near(
        self, new: Iterable[int], concerned: NDArray[np.int64], near: NearPairs, hopeless: float
    ) -> set[int]:
        """Return the fragments that have to be weighed again.

        Parameters
        ----------
        new : iterable of int
            Clusters that are new.
        concerned : ndarray of int64, shape (n_concerned,)
            Units of which a pair has changed, or that have a candidate pair with a unit of a new cluster.
        near : NearPairs
            Weights of the pairs that are not hopeless.
        hopeless : float
            What the odds of a unit with all units are at most whose pairs are not held there.

        Returns
        -------
        set of int
            Fragments that are new or hold a unit that is concerned, if any target is within reach.  The others stay
            where they are from now on.
        """
        if self._attachment is None:
            return set()
        from custid.kernels.near_lists import Limits, Rings  # noqa: PLC0415  # loads numba

        clusters = np.unique(np.append(self._cluster_of[concerned], np.fromiter(new, np.int32))).astype(np.int64)
        limits = Limits(
            max_units=self._attachment.max_fragment,
            least_bits=log2(least_odds(self._attachment)),
            unscored_bits=self._attachment.unscored_bits,
            hopeless=hopeless,
        )
        found = near.hopeful(clusters, Rings(self._cluster_of, self._next), limits)
        for cluster in clusters[found == 0].tolist() if self._target else ():
            self._aim(cluster, cluster, np.inf)
        return set(clusters[found == 1].tolist())

    def all_units(self, clusters: Collection[int] | NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the units of clusters, each cluster given once."""
        from custid.kernels.near_lists import list_members  # noqa: PLC0415  # loads numba

        names = np.fromiter(clusters, np.int64, len(clusters))
        units = np.empty(4 * len(names), np.int64)
        n_units = list_members(self._next, names, units)
        if n_units > len(units):
            units = np.empty(n_units, np.int64)
            list_members(self._next, names, units)
        return units[:n_units]

    def units_beside(self, fragments: Collection[int], partners: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the units of fragments, and of all clusters that hold some units, their partners."""
        return self.all_units(np.union1d(np.fromiter(fragments, np.int32), self._cluster_of[partners]))

    def find_targets(self, fragments: set[int], weighed: UnitGraph) -> None:
        """Weigh fragments against their neighbors, given all of their pairs and the units at both ends of these."""
        if self._attachment is None:
            return
        names, cluster = self._numbered(weighed.units)
        may_move = np.isin(names, list(fragments))
        targets = find_targets(weighed.graph, cluster, self._attachment, may_move=may_move)
        for position in np.flatnonzero(may_move).tolist():
            target = int(names[targets.parent[position]])
            self._aim(int(names[position]), target, float(targets.sureness[position]))

    def _numbered(self, units: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the clusters of units, ascending, and the position of each unit's among them."""
        names, cluster = np.unique(self._cluster_of[units], return_inverse=True)
        return names, cluster.astype(np.int64)

    def _aim(self, cluster: int, target: int, sureness: float) -> None:
        if cluster in self._target:
            former = self._target.pop(cluster)[0]
            self._release(former, cluster)
            self._left |= {former, cluster}
        if target != cluster:
            self._target[cluster] = target, sureness
            self._bound_for[target].add(cluster)

    def _release(self, target: int, cluster: int) -> None:
        self._bound_for[target].discard(cluster)
        if not self._bound_for[target]:
            del self._bound_for[target]

    def settle(
        self,
        new: Iterable[int],
        weighed: Iterable[int],
        near: Iterable[int],
        labeled: Callable[[NDArray[np.int64]], UnitGraph],
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
            Returns the graph of the constraints of some units.

        Returns
        -------
        set of int
            All units of those that are together with others than before.
        """
        # The tree that a cluster has left has changed, too, and so has what was together with it.
        others = {*new, *near}
        seeds = {*others, *weighed, *(each for each in self._left if self._is_there(each))}
        self._left.clear()
        seeds.update(*(self._together(cluster) for cluster in tuple(seeds)))
        trees = self._trees_of(seeds)
        before = {frozenset(self._together(cluster)) for cluster in trees}
        alone = {cluster for cluster in trees if cluster not in self._target and not self._bound_for.get(cluster)}
        roots = {cluster: cluster for cluster in alone}
        joined = sorted(trees - alone)
        if joined:
            apart = labeled(self.all_units(joined))
            names, cluster_of = self._numbered(apart.units)
            position = {number: each for each, number in enumerate(joined)}
            parent, sureness = np.arange(len(joined)), np.full(len(joined), np.inf)
            for cluster in joined:
                if cluster in self._target:
                    target, sureness[position[cluster]] = self._target[cluster]
                    parent[position[cluster]] = position[target]
            found = settle_targets(apart.graph, cluster_of, Targets(parent=parent, sureness=sureness))
            roots |= dict(zip(names.tolist(), names[found].tolist(), strict=True))
        members: defaultdict[int, set[int]] = defaultdict(set)
        for cluster, root in roots.items():
            members[root].add(cluster)
        self._hold(members)
        after = {frozenset(each) for each in members.values()}
        moved = {cluster for group in after if group not in before or group & others for cluster in group}
        return {unit for cluster in moved for unit in self.units_of(cluster)}

    def _is_there(self, cluster: int) -> bool:
        return self.cluster_of(cluster) == cluster

    def _hold(self, members: Mapping[int, set[int]]) -> None:
        """Note which clusters are together, by the one that the others are part of."""
        for cluster in [each for group in members.values() for each in group]:
            self._of_root.pop(self._root.pop(cluster, -1), None)
        for root, group in members.items():
            if len(group) > 1:
                self._root.update(dict.fromkeys(group, root))
                self._of_root[root] = group

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

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that is held, as arrays."""
        targets = [(cluster, target, sureness) for cluster, (target, sureness) in self._target.items()]
        roots = np.array(list(self._root.items()), np.int64).reshape(-1, 2)
        return {
            "cluster_of": self._cluster_of,
            "next": self._next,
            "target": np.array([each[:2] for each in targets], np.int64).reshape(-1, 2),
            "sureness": np.array([each[2] for each in targets], np.float64),
            "root": roots,
        }

    def take_arrays(self, held: Mapping[str, NDArray[Any]]) -> None:
        """Hold what :meth:`arrays` had."""
        self._cluster_of, self._next = held["cluster_of"], held["next"]
        self._target, self._bound_for, self._root, self._of_root = {}, defaultdict(set), {}, {}
        for (cluster, target), sureness in zip(held["target"].tolist(), held["sureness"].tolist(), strict=True):
            self._target[cluster] = target, sureness
            self._bound_for[target].add(cluster)
        for cluster, root in held["root"].tolist():
            self._root[cluster] = root
            self._of_root.setdefault(root, set()).add(cluster)


def _lengthened(array: NDArray[np.int32], n_places: int) -> NDArray[np.int32]:
    return np.append(array, np.full(n_places - len(array), -1, np.int32))


def regrouped(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the units of groups that are others than before, given a number of the group of each unit, -1 for none."""
    units = np.flatnonzero(after >= 0)
    old, new = before[units], after[units]
    n_before, n_after = np.bincount(before[before >= 0], minlength=len(before)), np.bincount(new, minlength=len(after))
    # A group is as before if one old group has all of its units, and no others.
    _, first, inverse = np.unique(new, return_index=True, return_inverse=True)
    is_same = (old >= 0) & (old == old[first][inverse]) & (n_before[old] == n_after[new])
    n_same = np.bincount(inverse, is_same)
    return units[(n_same < n_after[new[first]])[inverse]]
