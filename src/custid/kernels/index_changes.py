"""Which pairs are candidates only with some units of an index, and which would be only without them.

A block that passes the cap loses its pairs, and gains them as it comes back to it; a pair stays where another block
within the cap holds it, which is looked for among what its two units have in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel
from custid.kernels.hash_slots import scattered
from custid.kernels.index_lists import BLOCK_CAP, IS_LONG, KIND, PLACE, SIZE, IndexArrays, borrowed_index
from custid.kernels.index_lookups import (
    LookupRoom,
    borrowed_room,
    count_hits,
    enter_probe,
    numbers_of_unit,
    order_by_size,
    reach_for_rows,
    take_member,
)
from custid.kernels.index_updates import find_key, key_of_atoms, reach_for_keys, units_of_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["KnownBlocks", "MarkedUnits", "PairRoom", "list_changes", "mark_held_pairs"]


class MarkedUnits(NamedTuple):
    """Units that have just come, or are about to go.

    Attributes
    ----------
    units : ndarray of int32, shape (n_marked,)
        Their numbers, ascending.
    atoms : ndarray of int32, shape (n_atoms,)
        The atoms that they have, ascending.
    n_units : ndarray of int64, shape (n_atoms,)
        How many of them have each.
    """

    units: NDArray[np.int32]
    atoms: NDArray[np.int32]
    n_units: NDArray[np.int64]


class PairRoom(NamedTuple):
    """Where pairs are written: the smaller number of a unit, shifted by 32 bits, and the larger one.

    Attributes
    ----------
    own : ndarray of uint64
        Candidate pairs of marked units, each once.
    others : ndarray of uint64
        Pairs of other units in blocks that are too large by marked ones; a pair recurs with each of its blocks.
    n_pairs : ndarray of int64, shape (3,)
        How many there are of both; and for how many of the others there has to be room to go on.
    """

    own: NDArray[np.uint64]
    others: NDArray[np.uint64]
    n_pairs: NDArray[np.int64]


class KnownBlocks(NamedTuple):
    """Sizes of blocks that were counted lately, by the key of their two atoms; one forgets another.

    Attributes
    ----------
    keys : ndarray of uint64, shape (n,)
        Keys, of a power of two of places; all bits set for none, which is no key.
    sizes : ndarray of int64, shape (n,)
        How many units have each.
    """

    keys: NDArray[np.uint64]
    sizes: NDArray[np.int64]


@kernel
def _place_among(numbers: NDArray[np.int32], wanted: int) -> int:
    """Return the place of a number among ascending ones, -1 where it is not there."""
    low, high = 0, numbers.size
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < numbers.size and numbers[low] == wanted else -1


@kernel
def _n_marked(marked: MarkedUnits, atom: int) -> int:
    """Return how many marked units have an atom."""
    place = _place_among(marked.atoms, atom)
    return int(marked.n_units[place]) if place >= 0 else 0


@kernel
def _may_come_back(index: IndexArrays, marked: MarkedUnits, size: int, first: int, second: int) -> bool:
    """Tell whether a block may be within the cap without the marked units."""
    cap = index.counts[BLOCK_CAP]
    return bool(size > cap and size - min(_n_marked(marked, first), _n_marked(marked, second)) <= cap)


@kernel
def _add_block(
    members: NDArray[np.int32], unit: int, marked: MarkedUnits, cap: int, n_pairs: int, out: NDArray[np.uint64]
) -> int:
    """Append the pairs that a too large block has within the cap without marked units, as far as there is room."""
    n_others, least = 0, unit
    for place in range(members.size):
        member = members[place]
        if _place_among(marked.units, member) < 0:
            # Others first; what is overwritten was marked, and has been looked at.
            members[n_others] = member
            n_others += 1
        else:
            least = min(least, member)
    # Each of the marked ones meets the block: the first one tells.
    if least < unit or n_others > cap:
        return n_pairs
    for left in range(n_others):
        for right in range(left + 1, n_others):
            first, second = min(members[left], members[right]), max(members[left], members[right])
            if n_pairs < out.size:
                out[n_pairs] = np.uint64(first) << np.uint64(32) | np.uint64(second)
            n_pairs += 1
    return n_pairs


@kernel
def _by_rows(
    index: IndexArrays,
    unit: int,
    numbers: NDArray[np.int32],
    rarer: int,
    marked: MarkedUnits,
    room: LookupRoom,
    n_found: int,
    n_pairs: int,
    out: NDArray[np.uint64],
) -> tuple[int, int]:
    """Note the members of the small blocks of an atom that is not long and one behind it, and pairs of large ones."""
    cap = index.counts[BLOCK_CAP]
    n_hits = count_hits(index, numbers, rarer, room)
    for hit in range(n_hits):
        if room.tallies[room.hits[hit, 1], 1] <= cap:
            n_found = take_member(room.hits[hit, 0], n_found, room)
    for other in range(rarer + 1, numbers.size):
        size = room.tallies[other, 1]
        if room.tallies[other, 0] == 1 and _may_come_back(index, marked, size, numbers[rarer], numbers[other]):
            n_members = 0
            for hit in range(n_hits):
                if room.hits[hit, 1] == other:
                    room.few[n_members] = room.hits[hit, 0]
                    n_members += 1
            n_pairs = _add_block(room.few[:n_members], unit, marked, cap, n_pairs, out)
    return n_found, n_pairs


@kernel
def _by_keys(
    index: IndexArrays,
    unit: int,
    numbers: NDArray[np.int32],
    first: int,
    marked: MarkedUnits,
    room: LookupRoom,
    n_found: int,
    n_pairs: int,
    out: NDArray[np.uint64],
) -> tuple[int, int]:
    """Do the same for a long atom and one behind it, which is long as well."""
    cap = index.counts[BLOCK_CAP]
    joins = index.kind_joins[index.atoms[numbers[first], KIND]]
    for second in range(first + 1, numbers.size):
        if not joins[index.atoms[numbers[second], KIND]]:
            continue
        key = find_key(index, numbers[first], numbers[second])
        size = index.keys[key, SIZE]
        if size <= cap:
            for position in range(index.keys[key, PLACE], index.keys[key, PLACE] + size):
                n_found = take_member(index.pool[position], n_found, room)
        elif _may_come_back(index, marked, size, numbers[first], numbers[second]):
            n_members = units_of_key(index, numbers[first], numbers[second], room.few[:size])
            n_pairs = _add_block(room.few[:n_members], unit, marked, cap, n_pairs, out)
    return n_found, n_pairs


@kernel
def _of_unit(
    index: IndexArrays, unit: int, marked: MarkedUnits, room: LookupRoom, n_pairs: int, out: NDArray[np.uint64]
) -> tuple[int, int]:
    """Note the members of the small blocks of a marked unit, and append the pairs of large ones; count both."""
    numbers = room.numbers[: numbers_of_unit(index, unit, room.numbers)]
    cap, n_found = index.counts[BLOCK_CAP], 0
    enter_probe(numbers, room.atom_slots)
    reach_for_keys(index, numbers)
    reach_for_rows(index, numbers)
    for place in range(numbers.size):
        atom = numbers[place]
        begin, size = index.atoms[atom, PLACE], index.atoms[atom, SIZE]
        if index.kind_alone[index.atoms[atom, KIND]]:
            if size <= cap:
                for position in range(begin, begin + size):
                    n_found = take_member(index.pool[position], n_found, room)
            elif _may_come_back(index, marked, size, atom, atom):
                room.few[:size] = index.pool[begin : begin + size]
                n_pairs = _add_block(room.few[:size], unit, marked, cap, n_pairs, out)
        if index.atoms[atom, IS_LONG] == 1:
            n_found, n_pairs = _by_keys(index, unit, numbers, place, marked, room, n_found, n_pairs, out)
        else:
            n_found, n_pairs = _by_rows(index, unit, numbers, place, marked, room, n_found, n_pairs, out)
    room.atom_slots[:] = -1
    room.member_slots[:] = -1
    return n_found, n_pairs


@kernel
def list_changes(
    index: IndexArrays, marked: MarkedUnits, first: int, stop: int, room: LookupRoom, pairs: PairRoom
) -> int:
    """List the pairs that are candidates with some units, and those of others that may be without them.

    Parameters
    ----------
    index : IndexArrays
        Read; it has the units.
    marked : MarkedUnits
        The units.
    first, stop : int
        Those at these places are gone through.
    room : LookupRoom
        Room to work in; for the units of one block, room for as many as the cap and all that are marked.
    pairs : PairRoom
        Pairs are appended.

    Returns
    -------
    int
        ``stop`` where all are done; else the place to go on with, once there is room for as many more own pairs as
        there is room for members, and for as many others as asked for, or else, where there was, room for more members.
    """
    index, room = borrowed_index(index), borrowed_room(room)
    marked = MarkedUnits(borrowed(marked.units), borrowed(marked.atoms), borrowed(marked.n_units))
    pairs = PairRoom(borrowed(pairs.own), borrowed(pairs.others), borrowed(pairs.n_pairs))
    for place in range(first, stop):
        unit = int(marked.units[place])
        n_own = pairs.n_pairs[0]
        if n_own + room.members.size > pairs.own.size:
            return place
        n_found, n_others = _of_unit(index, unit, marked, room, pairs.n_pairs[1], pairs.others)
        pairs.n_pairs[2] = n_others
        if n_found == room.members.size or n_others > pairs.others.size:
            return place
        for position in range(n_found):
            member = int(room.members[position])
            # Of two marked units the first one tells.
            if member > unit or (member != unit and _place_among(marked.units, member) < 0):
                pairs.own[n_own] = np.uint64(min(unit, member)) << np.uint64(32) | np.uint64(max(unit, member))
                n_own += 1
        pairs.n_pairs[0] = n_own
        pairs.n_pairs[1] = n_others
    return stop


@kernel
def _place_of_key(known: KnownBlocks, key: np.uint64) -> int:
    return int(np.int64(scattered(key) & np.uint64(known.keys.size - 1)))


@kernel
def _has_block_by_rows(
    index: IndexArrays, numbers: NDArray[np.int32], rarer: int, known: KnownBlocks, room: LookupRoom
) -> bool:
    """Tell whether an atom that is not long and one behind it have a small block."""
    joins = index.kind_joins[index.atoms[numbers[rarer], KIND]]
    cap, n_unknown = index.counts[BLOCK_CAP], 0
    for other in range(rarer + 1, numbers.size):
        if joins[index.atoms[numbers[other], KIND]]:
            key = key_of_atoms(numbers[rarer], numbers[other])
            place = _place_of_key(known, key)
            if known.keys[place] != key:
                n_unknown += 1
            elif known.sizes[place] <= cap:
                return True
    if n_unknown == 0:
        return False
    enter_probe(numbers, room.atom_slots)
    count_hits(index, numbers, rarer, room)
    room.atom_slots[:] = -1
    found = False
    for other in range(rarer + 1, numbers.size):
        if room.tallies[other, 0] == 1:
            key = key_of_atoms(numbers[rarer], numbers[other])
            place = _place_of_key(known, key)
            known.keys[place] = key
            known.sizes[place] = room.tallies[other, 1]
            found |= known.sizes[place] <= cap
    return bool(found)


@kernel
def _has_block(index: IndexArrays, numbers: NDArray[np.int32], known: KnownBlocks, room: LookupRoom) -> bool:
    """Tell whether any block of atoms that two units share is small; what costs little is looked at first."""
    cap = index.counts[BLOCK_CAP]
    for place in range(numbers.size):
        atom = numbers[place]
        kind = index.atoms[atom, KIND]
        if index.kind_alone[kind] and index.atoms[atom, SIZE] <= cap:
            return True
        if index.atoms[atom, IS_LONG] == 1:
            for second in range(place + 1, numbers.size):
                other = numbers[second]
                if index.kind_joins[kind, index.atoms[other, KIND]]:
                    key = find_key(index, atom, other)
                    if index.keys[key, SIZE] <= cap:
                        return True
    for place in range(numbers.size):
        if index.atoms[numbers[place], IS_LONG] == 0 and _has_block_by_rows(index, numbers, place, known, room):
            return True
    return False


@kernel
def mark_held_pairs(
    index: IndexArrays, pairs: NDArray[np.uint64], known: KnownBlocks, room: LookupRoom, out: NDArray[np.bool_]
) -> None:
    """Tell which pairs of units share a block within the cap.

    Parameters
    ----------
    index : IndexArrays
        Read.
    pairs : ndarray of uint64, shape (n_pairs,)
        Numbers of two units, as in `PairRoom`.
    known : KnownBlocks
        Written; sizes in the index as it is.
    room : LookupRoom
        Room to work in.
    out : ndarray of bool, shape (n_pairs,)
        Written.
    """
    index, room = borrowed_index(index), borrowed_room(room)
    known = KnownBlocks(borrowed(known.keys), borrowed(known.sizes))
    for pair in range(pairs.size):
        first = index.rows[np.int64(pairs[pair] >> np.uint64(32))]
        second = index.rows[np.int64(pairs[pair] & np.uint64(0xFFFFFFFF))]
        of_first = index.pool[first[PLACE] : first[PLACE] + first[SIZE]]
        of_second = index.pool[second[PLACE] : second[PLACE] + second[SIZE]]
        numbers = room.numbers[: _common(of_first, of_second, room.numbers)]
        order_by_size(index, numbers)
        out[pair] = _has_block(index, numbers, known, room)


@kernel
def _common(left: NDArray[np.int32], right: NDArray[np.int32], out: NDArray[np.int32]) -> int:
    """Write what two rows have in common; return how much that is."""
    n_common = 0
    for number in left:
        is_held = False
        for other in right:
            is_held |= number == other
        if is_held:
            out[n_common] = number
            n_common += 1
    return n_common
