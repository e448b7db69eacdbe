"""What the coming and going of units reaches: pairs, chains of them, clusters, and what fragments are bound for.

Invariant: afterwards near pairs and clusters are those that a batch over all units would find; what a change cannot
reach is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp2
from typing import Final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.contraction import contract, joins_two
from custid.clustering.pair_graph import PairGraph
from custid.engines.options import ResolveOptions
from custid.index.atoms import UnitAtoms
from custid.registry._attached import AttachedClusters
from custid.registry._live_pairs import LivePairs, Partners, balance, keys_of
from custid.registry.near_pairs import Chains, NearPairs, Pairs
from custid.registry.rows import Row

__all__ = ["LEAST_NEAR_BITS", "Effort", "Reach", "contracted", "joining_bits"]

LEAST_NEAR_BITS: Final = -16.0
"""Weights from which on pairs are kept: the others of a unit have little odds, however many they are."""

_SHORT_CHAIN: Final = 16
"""To ask the index about each pair of so many units takes about as long as to ask for all partners of each."""


@frozen(kw_only=True)
class Effort:
    """How far the last change reached.

    Attributes
    ----------
    n_touched : int
        Units that came, or that have gained or lost a candidate pair.
    n_contracted : int
        Units of the components that were contracted again.
    n_weighed : int
        Fragments that were weighed against their neighbors again.
    """

    n_touched: int = 0
    n_contracted: int = 0
    n_weighed: int = 0


@frozen(kw_only=True, eq=False)
class _Changed:
    """What has come and gone.

    ``come`` are pairs that are new, ascending, and ``bits`` what they weigh.  ``touched`` are units that are there and
    have come or met a change, ``seeds`` those of them whose chains of pairs that may join, or the pairs inside of
    these, have changed.
    """

    come: Pairs = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)
    arrived: NDArray[np.int64] = field(repr=False)
    departed: Sequence[int] = field(repr=False)
    touched: NDArray[np.int64] = field(repr=False)
    seeds: NDArray[np.int64] = field(repr=False)


@frozen(kw_only=True, eq=False)
class Reach:
    """What a change of units is worked out with.

    Attributes
    ----------
    live : LivePairs
        Index and weights of all units.
    near : NearPairs
        Weights of pairs that are not hopeless.
    clusters : AttachedClusters
        Clusters, and what they make together.
    options : ResolveOptions
        Settings.
    joining_bits : float
        Pairs of this weight or less join nothing.
    """

    live: LivePairs = field(repr=False)
    near: NearPairs = field(repr=False)
    clusters: AttachedClusters = field(repr=False)
    options: ResolveOptions = field(repr=False)
    joining_bits: float

    def change(
        self, departed: Sequence[int], arrived: Sequence[int], contents: Sequence[Row], atoms: UnitAtoms
    ) -> tuple[set[int], Effort]:
        """Let units go and come.

        Parameters
        ----------
        departed, arrived : sequence of int
            Units that go and that come.
        contents : sequence of Row
            What those say that come.
        atoms : UnitAtoms
            Their atoms.

        Returns
        -------
        moved : set of int
            Units that are together with others than before.
        effort : Effort
            How much was looked at.
        """
        come, gone = self._exchange(departed, arrived, contents, atoms)
        changed = self._changed(come, gone, departed, np.array(arrived, np.int64))
        return self._recluster(changed)

    # Pairs

    def _exchange(
        self, departed: Sequence[int], arrived: Sequence[int], contents: Sequence[Row], atoms: UnitAtoms
    ) -> tuple[Pairs, Pairs]:
        """Bring index and weights up to date; return the pairs that come, and those that go."""
        index, gained, lost = self.live.index, [], []
        if departed:
            told = index.changes_by(departed, n_threads=self.options.n_threads)
            gained.append(told.lost)
            lost.append(told.gained)
            for unit in departed:
                index.remove(unit)
        if arrived:
            self.live.add_to_index(arrived, atoms)
            told = index.changes_by(arrived, n_threads=self.options.n_threads)
            gained.append(told.gained)
            lost.append(told.lost)
        self.live.weights.remove(departed)
        self.live.weights.add(arrived, contents)
        return balance(gained, lost)

    def _changed(self, come: Pairs, gone: Pairs, departed: Sequence[int], arrived: NDArray[np.int64]) -> _Changed:
        """Weigh pairs that are new, keep the weights that may matter by themselves, and forget those that are gone."""
        was = self.near.drop(gone)
        bits = self.live.weights.bits(come)
        is_near = bits >= LEAST_NEAR_BITS
        self.near.put(come[is_near], bits[is_near])
        ends = np.concatenate([come, gone])
        touched = _without(np.unique(np.append(ends, arrived)), departed)
        chains = self.near.chains(touched, self.joining_bits)
        is_joining = np.concatenate([bits, was]) > self.joining_bits
        # A pair that does not join matters inside a chain alone.
        inside = chains.are_joined(ends)
        seeds = np.unique(np.concatenate([arrived, ends[is_joining].ravel(), ends[inside, 0]]))
        return _Changed(
            come=come,
            bits=bits,
            arrived=arrived,
            departed=departed,
            touched=touched,
            seeds=_without(seeds, departed),
        )

    # Clusters

    def _recluster(self, changed: _Changed) -> tuple[set[int], Effort]:
        """Contract and attach again; return the units that are together with others than before."""
        weights, clusters, partners = (
            self.live.weights,
            self.clusters,
            Partners(self.live.index, self.options.n_threads),
        )
        chains = self.near.chains(changed.seeds, self.joining_bits)
        new, near = clusters.replace(self._contracted(chains, partners, changed), changed.departed)
        # All pairs of units that arrive have changed.
        members = np.setdiff1d(clusters.all_units(new), changed.arrived)
        concerned = np.append(changed.touched, partners.of_all(members.tolist()))
        hopeless = min(len(self.live.index), self.live.most_partners) * exp2(LEAST_NEAR_BITS)
        fragments = clusters.fragments_near(new, concerned, self.near, hopeless)
        if fragments:
            own = clusters.all_units(fragments).tolist()
            beside = clusters.units_beside(fragments, partners.of_all(own))
            pairs = partners.pairs_of(own)
            clusters.find_targets(fragments, weights.graph(beside, pairs, self._bits_of(pairs, changed)))
        moved = clusters.settle(new, fragments, near, weights.graph_of_labels)
        effort = Effort(n_touched=len(changed.touched), n_contracted=len(chains.units), n_weighed=len(fragments))
        return moved, effort

    def _contracted(self, chains: Chains, partners: Partners, changed: _Changed) -> list[frozenset[int]]:
        """Return the clusters that contraction makes of chains."""
        if len(chains.units) < 2:
            return [frozenset(chains.units.tolist())] if len(chains.units) else []
        pairs, bits = self._pairs_inside(chains, partners, changed)
        if len(chains.units) == 2 and len(pairs) == 1:
            contraction, least = self.options.contraction, self.options.match_probability
            units = chains.units.tolist()
            is_one = joins_two(float(bits[0]), contraction, least)
            return [frozenset(units)] if is_one else [frozenset({unit}) for unit in units]
        weighed = self.live.weights.graph(chains.units, pairs, bits)
        return weighed.clusters(contracted(weighed.graph, self.options))

    def _pairs_inside(self, chains: Chains, partners: Partners, changed: _Changed) -> tuple[Pairs, NDArray[np.float64]]:
        """Return all candidate pairs of units of one chain, and their weights."""
        held, bits, missing = self.near.inside(chains, _SHORT_CHAIN)
        more = (
            missing[self.live.index.are_candidates(missing, n_threads=self.options.n_threads)]
            if len(missing)
            else missing
        )
        is_long = chains.sizes > _SHORT_CHAIN
        if is_long.any():
            found = partners.pairs_within(chains.units[is_long].tolist())
            is_new = chains.are_joined(found) & ~np.isin(keys_of(found), keys_of(held))
            more = np.concatenate([more, found[is_new]])
        if not len(more):
            return held, bits
        return np.concatenate([held, more]), np.concatenate([bits, self._bits_of(more, changed)])

    def _bits_of(self, pairs: Pairs, changed: _Changed) -> NDArray[np.float64]:
        """Return the weights of pairs, of which some may just have come."""
        bits = np.empty(len(pairs))
        is_known = np.zeros(len(pairs), np.bool_)
        if len(changed.come):
            keys, known = keys_of(pairs), keys_of(changed.come)
            places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            is_known = known[places] == keys
            bits[is_known] = changed.bits[places[is_known]]
        bits[~is_known] = self.live.weights.bits(pairs[~is_known])
        return bits


def joining_bits(threshold_bits: float) -> float:
    """Return the weight above which a pair may join two units, given the log-odds of what a merge asks for."""
    # Below one half they may be negative; contraction rounds its threshold by less than a step.
    return 0.0 if threshold_bits >= 0 else threshold_bits - 2.0**-19


def contracted(graph: PairGraph, options: ResolveOptions) -> NDArray[np.int64]:
    """Return the cluster of each unit of a graph, int64, shape (n_units,)."""
    return contract(graph, options.contraction, match_probability=options.match_probability)


def _without(units: NDArray[np.int64], departed: Sequence[int]) -> NDArray[np.int64]:
    """Return units but those that are no more."""
    return units[np.isin(units, departed, invert=True)] if departed else units
