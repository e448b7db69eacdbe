"""Which pairs become candidates, or cease to be, with a unit that comes or goes.

A block that passes the cap loses its pairs, and gains them as it comes back to it; a pair stays where another block
within the cap holds it, which is looked for among what its two units have in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel
from custid.kernels.index_lists import IS_LONG, KIND, PLACE, SIZE, IndexArrays, borrowed_index
from custid.kernels.index_lookups import (
    LookupRoom,
    Probe,
    borrowed_probe,
    borrowed_room,
    count_hits,
    enter_probe,
    is_asked_for,
    order_by_size,
    reach_for_rows,
)
from custid.kernels.index_updates import find_key, units_of_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["list_pairs", "mark_held_pairs"]


@kernel
def _add_pairs(members: NDArray[np.int32], leaving: int, n_pairs: int, out: NDArray[np.uint64]) -> int:
    """Append the pairs of a block without one of its members, as far as there is room; count all of them."""
    for left in range(members.size):
        for right in range(left + 1, members.size):
            first, second = min(members[left], members[right]), max(members[left], members[right])
            if leaving not in (first, second):
                if n_pairs < out.size:
                    out[n_pairs] = np.uint64(first) << np.uint64(32) | np.uint64(second)
                n_pairs += 1
    return n_pairs


@kernel
def _pairs_by_rows(
    index: IndexArrays, probe: Probe, rarer: int, leaving: int, n_pairs: int, room: LookupRoom, out: NDArray[np.uint64]
) -> int:
    """Append the pairs of the blocks asked for of an atom that is not long and one behind it."""
    n_hits = count_hits(index, probe, rarer, room)
    for other in range(rarer + 1, probe.numbers.size):
        if room.tallies[1 + other, 0] == 1 and is_asked_for(probe, room.tallies[1 + other, 1], rarer, other):
            n_members = 0
            for hit in range(n_hits):
                if room.hits[hit, 1] == other:
                    room.few[n_members] = room.hits[hit, 0]
                    n_members += 1
            n_pairs = _add_pairs(room.few[:n_members], leaving, n_pairs, out)
    return n_pairs


@kernel
def _pairs_by_keys(
    index: IndexArrays, probe: Probe, first: int, leaving: int, n_pairs: int, room: LookupRoom, out: NDArray[np.uint64]
) -> int:
    """Append the pairs of the blocks asked for of a long atom and one behind it."""
    for second in range(first + 1, probe.numbers.size):
        atom, other = probe.numbers[first], probe.numbers[second]
        if index.kind_joins[index.atoms[atom, KIND], index.atoms[other, KIND]]:
            key = find_key(index, atom, other)
            if key >= 0 and is_asked_for(probe, index.keys[key, SIZE], first, second):
                n_members = units_of_key(index, atom, other, room.few[: index.keys[key, SIZE]])
                n_pairs = _add_pairs(room.few[:n_members], leaving, n_pairs, out)
    return n_pairs


@kernel
def list_pairs(index: IndexArrays, probe: Probe, leaving: int, room: LookupRoom, out: NDArray[np.uint64]) -> int:
    """List the pairs of units in those blocks of a probe that have a size asked for.

    Parameters
    ----------
    index : IndexArrays
        Read.
    probe : Probe
        Which blocks are asked for, of up to 64 units.
    leaving : int
        A unit whose pairs are left out; -1 for none.
    room : LookupRoom
        Room to work in.
    out : ndarray of uint64
        Written: the smaller unit, shifted by 32 bits, and the larger one; a pair recurs with each of its blocks.

    Returns
    -------
    int
        How many there are; those for which there is no room are not written.
    """
    index, probe, room = borrowed_index(index), borrowed_probe(probe), borrowed_room(room)
    enter_probe(probe.numbers, room.atom_slots)
    reach_for_rows(index, probe.numbers)
    n_pairs = 0
    for place in range(probe.numbers.size):
        atom = probe.numbers[place]
        begin, size = index.atoms[atom, PLACE], index.atoms[atom, SIZE]
        if index.kind_alone[index.atoms[atom, KIND]] and is_asked_for(probe, size, place, place):
            n_pairs = _add_pairs(index.pool[begin : begin + size], leaving, n_pairs, out)
        if index.atoms[atom, IS_LONG] == 1:
            n_pairs = _pairs_by_keys(index, probe, place, leaving, n_pairs, room, out)
        else:
            n_pairs = _pairs_by_rows(index, probe, place, leaving, n_pairs, room, out)
    room.atom_slots[:] = -1
    return n_pairs


@kernel
def _has_block_by_rows(index: IndexArrays, probe: Probe, rarer: int, room: LookupRoom) -> bool:
    """Tell whether an atom that is not long and one behind it have a block of a size asked for."""
    count_hits(index, probe, rarer, room)
    for other in range(rarer + 1, probe.numbers.size):
        if room.tallies[1 + other, 0] == 1 and is_asked_for(probe, room.tallies[1 + other, 1], rarer, other):
            return True
    return False


@kernel
def _has_block(index: IndexArrays, probe: Probe, room: LookupRoom) -> bool:
    """Tell whether any block of a probe has a size asked for; what costs little is looked at first."""
    for place in range(probe.numbers.size):
        atom = probe.numbers[place]
        kind = index.atoms[atom, KIND]
        if index.kind_alone[kind] and is_asked_for(probe, index.atoms[atom, SIZE], place, place):
            return True
        if index.atoms[atom, IS_LONG] == 1:
            for second in range(place + 1, probe.numbers.size):
                other = probe.numbers[second]
                if index.kind_joins[kind, index.atoms[other, KIND]]:
                    key = find_key(index, atom, other)
                    if key >= 0 and is_asked_for(probe, index.keys[key, SIZE], place, second):
                        return True
    found = False
    enter_probe(probe.numbers, room.atom_slots)
    for place in range(probe.numbers.size):
        if not found and index.atoms[probe.numbers[place], IS_LONG] == 0:
            found = _has_block_by_rows(index, probe, place, room)
    room.atom_slots[:] = -1
    return found


@kernel
def mark_held_pairs(
    index: IndexArrays,
    pairs: NDArray[np.uint64],
    changing: NDArray[np.int32],
    sizes: NDArray[np.int64],
    probe: Probe,
    room: LookupRoom,
    out: NDArray[np.bool_],
) -> None:
    """Tell which pairs of units share a block of a size asked for.

    Parameters
    ----------
    index : IndexArrays
        Read.
    pairs : ndarray of uint64, shape (n_pairs,)
        As `list_pairs` writes them.
    changing : ndarray of int32
        The atoms of a unit that is about to come or to go.
    sizes : ndarray of int64, shape (4,)
        As in `Probe`.
    probe : Probe
        Room for the atoms that a pair has in common.
    room : LookupRoom
        Room to work in.
    out : ndarray of bool, shape (n_pairs,)
        Written.
    """
    index, probe, room = borrowed_index(index), borrowed_probe(probe), borrowed_room(room)
    for pair in range(pairs.size):
        first = index.rows[np.int64(pairs[pair] >> np.uint64(32))]
        second = index.rows[np.int64(pairs[pair] & np.uint64(0xFFFFFFFF))]
        of_first = index.pool[first[PLACE] : first[PLACE] + first[SIZE]]
        of_second = index.pool[second[PLACE] : second[PLACE] + second[SIZE]]
        n_common = _common(of_first, of_second, probe.numbers)
        numbers = probe.numbers[:n_common]
        order_by_size(index, numbers)
        for place in range(n_common):
            probe.is_changing[place] = _holds(changing, numbers[place])
        out[pair] = _has_block(index, Probe(numbers, probe.is_changing, sizes), room)


@kernel
def _holds(numbers: NDArray[np.int32], wanted: np.int32) -> bool:
    """Tell whether a number is among some."""
    found = False
    for number in numbers:
        found |= number == wanted
    return bool(found)


@kernel
def _common(left: NDArray[np.int32], right: NDArray[np.int32], out: NDArray[np.int32]) -> int:
    """Write what two rows have in common; return how much that is."""
    n_common = 0
    for number in left:
        if _holds(right, number):
            out[n_common] = number
            n_common += 1
    return n_common
