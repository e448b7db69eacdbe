"""The weights of pairs that are not hopeless, found by either unit, and the chains that they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

if TYPE_CHECKING:
    from custid.kernels.near_lists import Limits, Rings

__all__ = ["Chains", "NearPairs", "Pairs"]

Pairs = NDArray[np.int64]
"""Two units for each pair, shape (n_pairs, 2)."""

_FEWEST: Final = 1_024


@frozen(kw_only=True, eq=False)
class Chains:
    """Units that chains of pairs join.

    Attributes
    ----------
    units : ndarray of int32, shape (n_units,)
        The units, those of one chain beside one another.
    chain : ndarray of int32, shape (n_units,)
        The first unit of the chain of each.
    """

    units: NDArray[np.int32] = field(repr=False)
    chain: NDArray[np.int32] = field(repr=False)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many units the chain of each unit has."""
        first = np.flatnonzero(np.append(True, self.chain[1:] != self.chain[:-1])[: len(self.chain)])
        lengths = np.diff(np.append(first, len(self.chain)))
        return np.repeat(lengths, lengths)

    def are_joined(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Tell for pairs of units whether one chain has both."""
        if not (len(self.units) and len(pairs)):
            return np.zeros(len(pairs), np.bool_)
        order = np.argsort(self.units)
        places = order[np.minimum(np.searchsorted(self.units, pairs, sorter=order), len(order) - 1)]
        are_found = (self.units[places] == pairs).all(axis=1)
        return np.asarray(are_found & (self.chain[places[:, 0]] == self.chain[places[:, 1]]), np.bool_)


class NearPairs:
    """Weights of pairs of units, found by either unit.

    Parameters
    ----------
    starts : ndarray of int64, shape (n_units + 1,), optional
        Where the pairs of each unit begin; none when not given.
    others : ndarray of int32, shape (n_held,), optional
        The other unit of each pair.
    bits : ndarray of float64, shape (n_held,), optional
        Its weight.

    Notes
    -----
    The arrays stay as they are, so that they may be mapped from a file.  The pairs of a unit that change move to a pool
    that grows.  One thread at a time may use it.
    """

    def __init__(
        self,
        starts: NDArray[np.int64] | None = None,
        others: NDArray[np.int32] | None = None,
        bits: NDArray[np.float64] | None = None,
    ) -> None:
        from custid.kernels.near_lists import NearLists  # noqa: PLC0415  # loads numba

        starts = np.zeros(1, np.int64) if starts is None else starts
        lists = np.zeros((len(starts) - 1, 3), np.int32)
        lists[:, 0] = starts[:-1]
        lists[:, 1] = np.diff(starts)
        self._lists = NearLists(
            lists=lists,
            # Whether they may be written is part of the type of an array, and code is compiled for a type.
            read_others=_unwritten(np.empty(0, np.int32) if others is None else others),
            read_bits=_unwritten(np.empty(0) if bits is None else bits),
            others=np.empty(_FEWEST, np.int32),
            bits=np.empty(_FEWEST),
            end=np.zeros(1, np.int64),
        )
        self._chain = np.full(len(lists), -1, np.int32)
        self._found = np.empty(len(lists), np.int32)

    @classmethod
    def of_pairs(
        cls, left: NDArray[np.integer], right: NDArray[np.integer], bits: NDArray[np.float64], n_units: int
    ) -> NearPairs:
        """Return the weights of some pairs.

        Parameters
        ----------
        left, right : ndarray of int, shape (n_pairs,)
            Units below ``n_units``, each pair once.
        bits : ndarray of float64, shape (n_pairs,)
            Weights.
        n_units : int
            Number of units.
        """
        one, other = np.concatenate([left, right]), np.concatenate([right, left])
        order = np.argsort(one, kind="stable")
        starts = np.append(0, np.cumsum(np.bincount(one, minlength=n_units)))
        return cls(starts, other[order].astype(np.int32), np.concatenate([bits, bits])[order])

    def make_room(self, n_units: int) -> None:
        """Make room for units of numbers below some."""
        n_known = len(self._lists.lists)
        if n_units > n_known:
            n_more = max(n_units, n_known + n_known // 8 + 64) - n_known
            self._lists = self._lists._replace(lists=np.append(self._lists.lists, np.zeros((n_more, 3), np.int32), 0))
            self._chain = np.full(n_known + n_more, -1, np.int32)
            self._found = np.empty(n_known + n_more, np.int32)

    def put(self, pairs: Pairs, bits: NDArray[np.float64]) -> None:
        """Keep the weights of pairs of different units, for which there is room."""
        from custid.kernels.near_lists import put_pairs  # noqa: PLC0415  # loads numba

        self._done(lambda first: put_pairs(self._lists, pairs, bits, first), len(pairs))

    def drop(self, pairs: Pairs) -> NDArray[np.float64]:
        """Forget pairs; return the weight of each, NaN for one that is not held."""
        from custid.kernels.near_lists import drop_pairs  # noqa: PLC0415  # loads numba

        bits = np.empty(len(pairs))
        self._done(lambda first: drop_pairs(self._lists, pairs, bits, first), len(pairs))
        return bits

    def _done(self, work: Callable[[int], int], n_pairs: int) -> None:
        """Let a kernel go through pairs, with more room each time that it stops."""
        n_done = 0
        while n_done < n_pairs:
            n_done = work(n_done)
            if n_done < n_pairs:
                held = self._lists
                self._lists = held._replace(
                    others=np.append(held.others, np.empty_like(held.others)),
                    bits=np.append(held.bits, np.empty_like(held.bits)),
                )

    def chains(self, units: NDArray[np.int64], above_bits: float) -> Chains:
        """Return some units, and all that chains of pairs above a weight join with them."""
        from custid.kernels.near_lists import walk_chains  # noqa: PLC0415  # loads numba

        n_found = walk_chains(self._lists, units, above_bits, self._chain, self._found)
        found = self._found[:n_found].copy()
        chain = self._chain[found]
        self._chain[found] = -1
        return Chains(units=found, chain=chain)

    def inside(self, chains: Chains, most: int) -> tuple[Pairs, NDArray[np.float64], Pairs]:
        """Return the pairs of units of one chain.

        Parameters
        ----------
        chains : Chains
            Chains.
        most : int
            Units of the longest chain of which pairs are told that are not held.

        Returns
        -------
        held : ndarray of int64, shape (n_held, 2)
            Those that are held, the smaller unit first.
        bits : ndarray of float64, shape (n_held,)
            What they weigh.
        missing : ndarray of int64, shape (n_missing, 2)
            Those that are not, of chains that are short enough, the smaller unit first.
        """
        from custid.kernels.near_lists import list_inner_pairs, list_missing_pairs  # noqa: PLC0415  # loads numba

        self._chain[chains.units] = chains.chain
        n_room = _FEWEST
        while True:
            pairs, bits, missing = np.empty((n_room, 2), np.int64), np.empty(n_room), np.empty((n_room, 2), np.int64)
            n_held = list_inner_pairs(self._lists, chains.units, self._chain, pairs, bits)
            n_missing = list_missing_pairs(self._lists, chains.units, self._chain, most, missing)
            if max(n_held, n_missing) <= n_room:
                break
            n_room = max(n_held, n_missing)
        self._chain[chains.units] = -1
        return pairs[:n_held], bits[:n_held], missing[:n_missing]

    def hopeful(self, clusters: NDArray[np.int64], rings: Rings, limits: Limits) -> NDArray[np.int8]:
        """Tell which clusters are fragments that may reach a threshold with some other cluster.

        Parameters
        ----------
        clusters : ndarray of int64, shape (n_clusters,)
            Clusters, named by one of their units.
        rings : Rings
            All clusters.
        limits : Limits
            What counts as a fragment, and what as within reach.

        Returns
        -------
        ndarray of int8, shape (n_clusters,)
            1 for a fragment that may, 0 for one that may not, -1 for a cluster that is too large.
        """
        from custid.kernels.near_lists import mark_hopeful  # noqa: PLC0415  # loads numba

        found = np.empty(len(clusters), np.int8)
        mark_hopeful(self._lists, clusters, rings, limits, found)
        return found

    def arrays(self, n_units: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """Return starts, other units and weights of all pairs, as the constructor takes them.

        Parameters
        ----------
        n_units : int
            Number of units, those that are no more included.
        """
        self.make_room(n_units)
        held = self._lists
        first, sizes, rooms = held.lists[:n_units].T.astype(np.int64)
        starts = np.append(0, np.cumsum(sizes))
        places = np.repeat(first - starts[:-1], sizes) + np.arange(starts[-1])
        is_in_pool = np.repeat(rooms > 0, sizes)
        others, bits = np.empty(len(places), np.int32), np.empty(len(places))
        for chosen, from_others, from_bits in (
            (is_in_pool, held.others, held.bits),
            (~is_in_pool, held.read_others, held.read_bits),
        ):
            others[chosen], bits[chosen] = from_others[places[chosen]], from_bits[places[chosen]]
        return starts, others, bits


def _unwritten(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
