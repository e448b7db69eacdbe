"""Weighed pairs of units by either unit: lists that grow, chains along them, and how far clusters reach.

Each unit has a list of other units with the weight of the pair.  A list that nobody has changed stands in an array that
is only read, and may be mapped from a file; at its first change it moves to a pool, where it has room to grow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Limits",
    "NearLists",
    "Rings",
    "drop_pairs",
    "list_inner_pairs",
    "list_members",
    "list_missing_pairs",
    "mark_hopeful",
    "put_pairs",
    "walk_chains",
]

# Columns of `NearLists.lists`.
_PLACE, _SIZE, _ROOM = 0, 1, 2
_MOST_BITS = 40.0
_LEAST_ODDS = 2.0**-1000


class NearLists(NamedTuple):
    """Pairs of units with their weights.

    Attributes
    ----------
    lists : ndarray of int32, shape (n_units, 3)
        Where the list of each unit begins, how long it is, and for how many there is room: 0 for one that stands in
        the arrays that are only read.
    read_others : ndarray of int32
        Other units of lists that nobody has changed.
    read_bits : ndarray of float64
        The weights of these pairs.
    others : ndarray of int32, shape (n_room,)
        Other units of the lists in the pool.
    bits : ndarray of float64, shape (n_room,)
        The weights of these pairs.
    end : ndarray of int64, shape (1,)
        Where the pool is free from.
    """

    lists: NDArray[np.int32]
    read_others: NDArray[np.int32]
    read_bits: NDArray[np.float64]
    others: NDArray[np.int32]
    bits: NDArray[np.float64]
    end: NDArray[np.int64]


class Rings(NamedTuple):
    """Clusters of units.

    Attributes
    ----------
    cluster_of : ndarray of int32, shape (n_units,)
        The cluster of each unit, named by one of its units.
    following : ndarray of int32, shape (n_units,)
        The next unit of the same cluster; the units of one make a ring.
    """

    cluster_of: NDArray[np.int32]
    following: NDArray[np.int32]


class Limits(NamedTuple):
    """What fragments are looked at for.

    Attributes
    ----------
    max_units : int
        Units of the largest fragment.
    least_bits : float
        Log-odds with another cluster that a fragment has to reach.
    unscored_bits : float
        Log-odds of a unit with a cluster that it has no pair with.
    hopeless : float
        What the odds of a unit are at most with all units whose pairs are not held.
    """

    max_units: int
    least_bits: float
    unscored_bits: float
    hopeless: float


@kernel
def _borrowed(near: NearLists) -> NearLists:
    """Return lists whose arrays do not count who refers to them."""
    return NearLists(
        borrowed(near.lists),
        borrowed(near.read_others),
        borrowed(near.read_bits),
        borrowed(near.others),
        borrowed(near.bits),
        borrowed(near.end),
    )


@kernel
def _other(near: NearLists, unit: int, number: int) -> int:
    """Return the other unit of a pair, by its number in the list of a unit."""
    place = near.lists[unit, _PLACE] + number
    return int(near.others[place] if near.lists[unit, _ROOM] > 0 else near.read_others[place])


@kernel
def _bits(near: NearLists, unit: int, number: int) -> float:
    """Return the weight of a pair, by its number in the list of a unit."""
    place = near.lists[unit, _PLACE] + number
    return float(near.bits[place] if near.lists[unit, _ROOM] > 0 else near.read_bits[place])


@kernel
def _number_of(near: NearLists, unit: int, other: int) -> int:
    """Return the number of a pair in the list of a unit, -1 for one that is not there."""
    for number in range(near.lists[unit, _SIZE]):
        if _other(near, unit, number) == other:
            return number
    return -1


@kernel
def _open(near: NearLists, unit: int, n_more: int) -> bool:
    """Let a list stand in the pool with room for some more; tell whether the pool had room for that."""
    size, room = int(near.lists[unit, _SIZE]), int(near.lists[unit, _ROOM])
    if room > 0 and size + n_more <= room:
        return True
    wanted = max(4, 2 * (size + n_more))
    begin = int(near.end[0])
    if begin + wanted > near.others.size:
        return False
    for number in range(size):
        near.others[begin + number] = _other(near, unit, number)
        near.bits[begin + number] = _bits(near, unit, number)
    near.end[0] = begin + wanted
    near.lists[unit, _PLACE] = begin
    near.lists[unit, _ROOM] = wanted
    return True


@kernel
def _put(near: NearLists, unit: int, other: int, bits: float) -> None:
    """Keep the weight of a pair in one of its two lists, which has room."""
    number = _number_of(near, unit, other)
    if number < 0:
        number = int(near.lists[unit, _SIZE])
        near.lists[unit, _SIZE] = number + 1
    place = near.lists[unit, _PLACE] + number
    near.others[place] = other
    near.bits[place] = bits


@kernel
def _take_out(near: NearLists, unit: int, number: int) -> None:
    """Take a pair out of a list in the pool; the last one comes to its place."""
    begin, last = near.lists[unit, _PLACE], near.lists[unit, _SIZE] - 1
    near.others[begin + number] = near.others[begin + last]
    near.bits[begin + number] = near.bits[begin + last]
    near.lists[unit, _SIZE] = last


@kernel
def put_pairs(near: NearLists, pairs: NDArray[np.int64], bits: NDArray[np.float64], first: int) -> int:
    """Keep the weights of pairs, until the pool has no room left.

    Parameters
    ----------
    near : NearLists
        Written.
    pairs : ndarray of int64, shape (n_pairs, 2)
        Two different units for each, in any order.
    bits : ndarray of float64, shape (n_pairs,)
        Weights.
    first : int
        The pair to begin with.

    Returns
    -------
    int
        The pair to go on with; ``n_pairs`` where all are there.
    """
    near = _borrowed(near)
    for pair in range(first, bits.size):
        one, other = pairs[pair, 0], pairs[pair, 1]
        if not (_open(near, one, 1) and _open(near, other, 1)):
            return pair
        _put(near, one, other, bits[pair])
        _put(near, other, one, bits[pair])
    return int(bits.size)


@kernel
def drop_pairs(near: NearLists, pairs: NDArray[np.int64], bits: NDArray[np.float64], first: int) -> int:
    """Forget pairs, until the pool has no room left for lists that change.

    Parameters
    ----------
    near : NearLists
        Written.
    pairs : ndarray of int64, shape (n_pairs, 2)
        Two units for each, in any order.
    bits : ndarray of float64, shape (n_pairs,)
        Written: the weight of each pair, NaN for one that is not held.
    first : int
        The pair to begin with.

    Returns
    -------
    int
        The pair to go on with; ``n_pairs`` where all are gone.
    """
    near = _borrowed(near)
    for pair in range(first, bits.size):
        one, other = pairs[pair, 0], pairs[pair, 1]
        number = _number_of(near, one, other)
        if number < 0:
            bits[pair] = np.nan
            continue
        if not (_open(near, one, 0) and _open(near, other, 0)):
            return pair
        bits[pair] = _bits(near, one, number)
        _take_out(near, one, number)
        _take_out(near, other, _number_of(near, other, one))
    return int(bits.size)


@kernel
def walk_chains(
    near: NearLists, units: NDArray[np.int64], above: float, chain: NDArray[np.int32], found: NDArray[np.int32]
) -> int:
    """Find all units that chains of pairs above a weight join with some.

    Parameters
    ----------
    near : NearLists
        Read.
    units : ndarray of int64
        Where to begin; a unit may recur.
    above : float
        Pairs of this weight or less join nothing.
    chain : ndarray of int32, shape (n_units,)
        -1 for each unit; written for those found: the first unit of theirs.
    found : ndarray of int32, shape (n_units,)
        Written: the units found, those of one chain beside one another.

    Returns
    -------
    int
        How many were found.
    """
    near = _borrowed(near)
    n_found, done = 0, 0
    for start in units:
        if chain[start] >= 0:
            continue
        chain[start] = start
        found[n_found] = start
        n_found += 1
        while done < n_found:
            unit = int(found[done])
            done += 1
            for number in range(near.lists[unit, _SIZE]):
                other = _other(near, unit, number)
                if chain[other] < 0 and _bits(near, unit, number) > above:
                    chain[other] = start
                    found[n_found] = other
                    n_found += 1
    return n_found


@kernel
def list_inner_pairs(
    near: NearLists,
    found: NDArray[np.int32],
    chain: NDArray[np.int32],
    out: NDArray[np.int64],
    bits: NDArray[np.float64],
) -> int:
    """List the pairs that are held of units of one chain.

    Parameters
    ----------
    near : NearLists
        Read.
    found : ndarray of int32
        Units.
    chain : ndarray of int32, shape (n_units,)
        A number of the chain of each unit, -1 for none.
    out : ndarray of int64, shape (n_room, 2)
        Written: the units of each pair, the smaller one first.
    bits : ndarray of float64, shape (n_room,)
        Written: the weight of each.

    Returns
    -------
    int
        How many there are; those for which there is no room are not written.
    """
    near = _borrowed(near)
    n_pairs = 0
    for unit in found:
        for number in range(near.lists[unit, _SIZE]):
            other = _other(near, unit, number)
            if unit < other and chain[unit] == chain[other]:
                if n_pairs < bits.size:
                    out[n_pairs, 0] = unit
                    out[n_pairs, 1] = other
                    bits[n_pairs] = _bits(near, unit, number)
                n_pairs += 1
    return n_pairs


@kernel
def list_missing_pairs(
    near: NearLists, found: NDArray[np.int32], chain: NDArray[np.int32], most: int, out: NDArray[np.int64]
) -> int:
    """List the pairs that are not held of units of one short chain.

    Parameters
    ----------
    near : NearLists
        Read.
    found : ndarray of int32
        Units, those of one chain beside one another.
    chain : ndarray of int32, shape (n_units,)
        A number of the chain of each.
    most : int
        Chains of more units are passed over.
    out : ndarray of int64, shape (n_room, 2)
        Written: the units of each pair, the smaller one first.

    Returns
    -------
    int
        How many there are; those for which there is no room are not written.
    """
    near = _borrowed(near)
    n_pairs, begin = 0, 0
    while begin < found.size:
        stop = begin + 1
        while stop < found.size and chain[found[stop]] == chain[found[begin]]:
            stop += 1
        if stop - begin <= most:
            for first in range(begin, stop):
                for second in range(first + 1, stop):
                    one, other = min(found[first], found[second]), max(found[first], found[second])
                    if _number_of(near, one, other) < 0:
                        if n_pairs < out.shape[0]:
                            out[n_pairs, 0] = one
                            out[n_pairs, 1] = other
                        n_pairs += 1
        begin = stop
    return n_pairs


@kernel
def _n_units_up_to(following: NDArray[np.int32], cluster: int, most: int) -> int:
    """Return how many units a cluster has, or one more than ``most``."""
    unit, n_units = int(following[cluster]), 1
    while unit != cluster and n_units <= most:
        unit = int(following[unit])
        n_units += 1
    return n_units


@kernel
def _odds_with(near: NearLists, unit: int, cluster: int, cluster_of: NDArray[np.int32]) -> float:
    """Return the sum of the odds of a unit with the units of a cluster whose pairs are held."""
    total = 0.0
    for number in range(near.lists[unit, _SIZE]):
        if cluster_of[_other(near, unit, number)] == cluster:
            total += 2.0 ** min(_bits(near, unit, number), _MOST_BITS)
    return total


@kernel
def _best_bits(
    near: NearLists,
    cluster: int,
    n_units: int,
    clusters: Rings,
    limits: Limits,
) -> float:
    """Return what the log-odds of a fragment with another cluster are at most, as far as they reach a threshold."""
    best = -np.inf
    unit = cluster
    for _ in range(n_units):
        for number in range(near.lists[unit, _SIZE]):
            target = int(clusters.cluster_of[_other(near, unit, number)])
            if target == cluster or _n_units_up_to(clusters.following, target, n_units) < n_units:
                continue
            total, member = 0.0, cluster
            for _ in range(n_units):
                odds = _odds_with(near, member, target, clusters.cluster_of)
                total += max(np.log2(max(odds + limits.hopeless, _LEAST_ODDS)), limits.unscored_bits)
                member = int(clusters.following[member])
            best = max(best, total / n_units)
            if best >= limits.least_bits:
                return best
        unit = int(clusters.following[unit])
    return best


@kernel
def mark_hopeful(
    near: NearLists, fragments: NDArray[np.int64], clusters: Rings, limits: Limits, out: NDArray[np.int8]
) -> None:
    """Tell which clusters are fragments that may reach a threshold with some other cluster.

    Parameters
    ----------
    near : NearLists
        Read.
    fragments : ndarray of int64, shape (n_fragments,)
        Clusters, named by one of their units.
    clusters : Rings
        All clusters.
    limits : Limits
        What counts as a fragment, and what as within reach.
    out : ndarray of int8, shape (n_fragments,)
        Written: 1 for a fragment that may, 0 for one that may not, -1 for a cluster that is too large.
    """
    near = _borrowed(near)
    rings = Rings(borrowed(clusters.cluster_of), borrowed(clusters.following))
    for place in range(fragments.size):
        cluster = int(fragments[place])
        n_units = _n_units_up_to(rings.following, cluster, limits.max_units)
        if n_units > limits.max_units:
            out[place] = -1
        else:
            out[place] = _best_bits(near, cluster, n_units, rings, limits) >= limits.least_bits


@kernel
def list_members(following: NDArray[np.int32], clusters: NDArray[np.int64], out: NDArray[np.int64]) -> int:
    """List the units of clusters.

    Parameters
    ----------
    following : ndarray of int32, shape (n_units,)
        The next unit in the ring of a cluster.
    clusters : ndarray of int64
        Clusters, named by one of their units.
    out : ndarray of int64, shape (n_room,)
        Written.

    Returns
    -------
    int
        How many there are; those for which there is no room are not written.
    """
    n_found = 0
    for cluster in clusters:
        unit = int(cluster)
        while True:
            if n_found < out.size:
                out[n_found] = unit
            n_found += 1
            unit = int(following[unit])
            if unit == cluster:
                break
    return n_found
