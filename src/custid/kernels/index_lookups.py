"""Which units share a small block with a probe.

Of each atom that is not long the units are gone through, and their atoms counted that the probe has, too: that tells
the size of every block of two atoms of which this one is rarer.  Blocks of two long atoms are counted already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel, prefetch
from custid.kernels.index_lists import BLOCK_CAP, IS_LONG, KIND, PLACE, SIZE, IndexArrays, borrowed_index
from custid.kernels.index_updates import AtomsOfUnits, find_key, known_atoms, reach_for_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "LookupRoom",
    "borrowed_room",
    "count_hits",
    "enter_probe",
    "find_candidates",
    "find_members",
    "list_partners",
    "numbers_of_unit",
    "order_by_size",
    "reach_for_rows",
    "take_member",
]


class LookupRoom(NamedTuple):
    """Room to work in, of one thread.

    Attributes
    ----------
    atom_slots : ndarray of int32
        A hash table of the probe's atoms, -1 where free; a power of two; all -1 between calls.
    may_be : ndarray of bool
        Whether a marked atom of the probe may have a number, by the last bits of the number; a power of two.
    tallies : ndarray of int32, shape (n_atoms, 2)
        For each atom of the probe, 1 where it makes a key with another one, and how many units have both.
    hits : ndarray of int32, shape (n_hits, 2)
        Units and atoms of the probe that they have; as many as there are units of an atom that is not long, for each
        atom of the probe.
    members : ndarray of int32
        Units that are found.
    member_slots : ndarray of int32
        A hash table of them, -1 where free; a power of two above their number; all -1 between calls.
    few : ndarray of int32
        Room for the units of one block.
    numbers : ndarray of int32, shape (n_atoms,)
        Room for the atoms of a probe.
    """

    atom_slots: NDArray[np.int32]
    may_be: NDArray[np.bool_]
    tallies: NDArray[np.int32]
    hits: NDArray[np.int32]
    members: NDArray[np.int32]
    member_slots: NDArray[np.int32]
    few: NDArray[np.int32]
    numbers: NDArray[np.int32]


@kernel
def borrowed_room(room: LookupRoom) -> LookupRoom:
    """Return the same room, of arrays that count no references."""
    return LookupRoom(
        borrowed(room.atom_slots),
        borrowed(room.may_be),
        borrowed(room.tallies),
        borrowed(room.hits),
        borrowed(room.members),
        borrowed(room.member_slots),
        borrowed(room.few),
        borrowed(room.numbers),
    )


@kernel
def _slot_of(number: np.int32, n_slots: int) -> int:
    """Return where the search for a number begins in a table of a power of two."""
    # Fibonacci hashing: the product scatters numbers that differ in few bits.
    return int(np.int64(((np.uint64(number) * np.uint64(0x9E3779B9)) >> np.uint64(12)) & np.uint64(n_slots - 1)))


@kernel
def order_by_size(index: IndexArrays, numbers: NDArray[np.int32]) -> None:
    """Bring atoms in order: those that are not long first, short lists before others."""
    for end in range(1, numbers.size):
        number = numbers[end]
        place = end
        while place > 0 and (
            (index.atoms[numbers[place - 1], IS_LONG], index.atoms[numbers[place - 1], SIZE], numbers[place - 1])
            > (index.atoms[number, IS_LONG], index.atoms[number, SIZE], number)
        ):
            numbers[place] = numbers[place - 1]
            place -= 1
        numbers[place] = number


@kernel
def numbers_of_unit(index: IndexArrays, unit: int, numbers: NDArray[np.int32]) -> int:
    """Write the numbers of the atoms of a unit in the index, in order; return how many there are."""
    row, n_atoms = index.rows[unit, PLACE], index.rows[unit, SIZE]
    numbers[:n_atoms] = index.pool[row : row + n_atoms]
    order_by_size(index, numbers[:n_atoms])
    return int(n_atoms)


@kernel
def take_member(unit: np.int32, n_found: int, room: LookupRoom) -> int:
    """Note a unit once; return how many there are, at most as many as there is room for."""
    if n_found == room.members.size:
        return n_found
    n_slots = room.member_slots.size
    slot = _slot_of(unit, n_slots)
    while room.member_slots[slot] >= 0:
        if room.member_slots[slot] == unit:
            return n_found
        slot = (slot + 1) & (n_slots - 1)
    room.member_slots[slot] = unit
    room.members[n_found] = unit
    return n_found + 1


@kernel
def enter_probe(numbers: NDArray[np.int32], atom_slots: NDArray[np.int32]) -> None:
    """Enter the places of a probe's atoms in an empty table."""
    for place in range(numbers.size):
        slot = _slot_of(numbers[place], atom_slots.size)
        while atom_slots[slot] >= 0:
            slot = (slot + 1) & (atom_slots.size - 1)
        atom_slots[slot] = place


@kernel
def _mark_joined(index: IndexArrays, numbers: NDArray[np.int32], rarer: int, room: LookupRoom) -> bool:
    """Mark which atoms of the probe make a key with one that stands before them, begin to count; tell if any does."""
    joins = index.kind_joins[index.atoms[numbers[rarer], KIND]]
    room.tallies[:, 0] = 0
    room.may_be[:] = False
    does_any = False
    for other in range(rarer + 1, numbers.size):
        is_joined = joins[index.atoms[numbers[other], KIND]]
        does_any |= is_joined
        room.may_be[numbers[other] & (room.may_be.size - 1)] |= is_joined
        room.tallies[other, 0] = is_joined
        room.tallies[other, 1] = 0
    return bool(does_any)


@kernel
def _hits_of(index: IndexArrays, unit: np.int32, numbers: NDArray[np.int32], n_hits: int, room: LookupRoom) -> int:
    """Note which marked atoms a unit has, behind some hits; return how many are noted then."""
    atom_slots, hits, pool, may_be = room.atom_slots, room.hits, index.pool, room.may_be
    n_slots = atom_slots.size
    row = index.rows[unit, PLACE]
    for place in range(row, row + index.rows[unit, SIZE]):
        number = pool[place]
        # Hardly any gets further, as the processor foresees.
        if may_be[number & (may_be.size - 1)]:
            slot = _slot_of(number, n_slots)
            other = atom_slots[slot]
            while other >= 0 and numbers[other] != number:
                slot = (slot + 1) & (n_slots - 1)
                other = atom_slots[slot]
            if other >= 0 and room.tallies[other, 0] == 1:
                hits[n_hits, 0] = unit
                hits[n_hits, 1] = other
                n_hits += 1
    return n_hits


@kernel
def reach_for_rows(index: IndexArrays, numbers: NDArray[np.int32]) -> None:
    """Let the processor fetch the rows that the atoms of a probe lead to, all of them under way at once."""
    pool, rows = index.pool, index.rows
    for number in numbers:
        if index.atoms[number, IS_LONG] == 0:
            begin = index.atoms[number, PLACE]
            for position in range(begin, begin + index.atoms[number, SIZE], 16):
                prefetch(pool, position)
    for number in numbers:
        if index.atoms[number, IS_LONG] == 0:
            begin = index.atoms[number, PLACE]
            for position in range(begin, begin + index.atoms[number, SIZE]):
                prefetch(rows, 2 * int(pool[position]))
    for number in numbers:
        if index.atoms[number, IS_LONG] == 0:
            begin = index.atoms[number, PLACE]
            for position in range(begin, begin + index.atoms[number, SIZE]):
                row = int(rows[pool[position], PLACE])
                prefetch(pool, row)
                prefetch(pool, row + 16)


@kernel
def _find_hits(index: IndexArrays, numbers: NDArray[np.int32], rarer: int, room: LookupRoom) -> int:
    """Note which marked atoms the units of one of the probe's have; return how many are noted."""
    n_hits = 0
    begin = index.atoms[numbers[rarer], PLACE]
    for position in range(begin, begin + index.atoms[numbers[rarer], SIZE]):
        n_hits = _hits_of(index, index.pool[position], numbers, n_hits, room)
    return n_hits


@kernel
def count_hits(index: IndexArrays, numbers: NDArray[np.int32], rarer: int, room: LookupRoom) -> int:
    """Note and count which atoms that make a key with one of the probe's its units have; return how many are noted."""
    if not _mark_joined(index, numbers, rarer, room):
        return 0
    n_hits = _find_hits(index, numbers, rarer, room)
    for hit in range(n_hits):
        room.tallies[room.hits[hit, 1], 1] += 1
    return n_hits


@kernel
def _members_by_rows(
    index: IndexArrays, numbers: NDArray[np.int32], rarer: int, most: int, room: LookupRoom, n_found: int
) -> int:
    """Note the members of the small blocks of an atom that is not long and one behind it."""
    for hit in range(count_hits(index, numbers, rarer, room)):
        if room.tallies[room.hits[hit, 1], 1] <= most:
            n_found = take_member(room.hits[hit, 0], n_found, room)
    return n_found


@kernel
def _members_by_keys(
    index: IndexArrays, numbers: NDArray[np.int32], first: int, most: int, room: LookupRoom, n_found: int
) -> int:
    """Note the members of the small blocks of a long atom and one behind it, which is long as well."""
    joins = index.kind_joins[index.atoms[numbers[first], KIND]]
    for second in range(first + 1, numbers.size):
        if joins[index.atoms[numbers[second], KIND]]:
            key = find_key(index, numbers[first], numbers[second])
            # Units of a key are listed up to the cap.
            if key >= 0 and index.keys[key, SIZE] <= most:
                for position in range(index.keys[key, PLACE], index.keys[key, PLACE] + index.keys[key, SIZE]):
                    n_found = take_member(index.pool[position], n_found, room)
    return n_found


@kernel
def find_members(index: IndexArrays, numbers: NDArray[np.int32], most: int, room: LookupRoom) -> int:
    """Find the units in the small blocks of a probe.

    Parameters
    ----------
    index : IndexArrays
        Read; its arrays count no references, as those of the room.
    numbers : ndarray of int32, shape (n_atoms,)
        The atoms of the probe, as `order_by_size` has them.
    most : int
        As many units of the index may be in a block, at most the cap.
    room : LookupRoom
        Room to work in; on return the members are in ``members``, each once.

    Returns
    -------
    int
        How many there are; where there may be more than there is room for, the size of that room.

    Notes
    -----
    A block of an atom that is not long takes the time of its units' rows.  Threads may run this side by side, each with
    its own room, while nobody writes.
    """
    enter_probe(numbers, room.atom_slots)
    reach_for_keys(index, numbers)
    reach_for_rows(index, numbers)
    n_found = 0
    for place in range(numbers.size):
        atom = numbers[place]
        size = index.atoms[atom, SIZE]
        if index.kind_alone[index.atoms[atom, KIND]] and size <= most:
            for position in range(index.atoms[atom, PLACE], index.atoms[atom, PLACE] + size):
                n_found = take_member(index.pool[position], n_found, room)
        if index.atoms[atom, IS_LONG] == 1:
            n_found = _members_by_keys(index, numbers, place, most, room, n_found)
        else:
            n_found = _members_by_rows(index, numbers, place, most, room, n_found)
    room.atom_slots[:] = -1
    room.member_slots[:] = -1
    return n_found


@kernel
def find_candidates(index: IndexArrays, atoms: AtomsOfUnits, room: LookupRoom, found: NDArray[np.uint64]) -> int:
    """Find the candidates of a unit that is not in the index.

    Parameters
    ----------
    index : IndexArrays
        Read.
    atoms : AtomsOfUnits
        The atoms of the unit, the first of some.
    room : LookupRoom
        Room to work in.
    found : ndarray of uint64, shape (n_members,)
        Written: their identifiers, each once; as many places as the room has for members.

    Returns
    -------
    int
        How many there are; where there may be more than there is room for, the size of that room.
    """
    index, room = borrowed_index(index), borrowed_room(room)
    numbers = room.numbers[: known_atoms(index, atoms, 0, room.numbers)]
    order_by_size(index, numbers)
    # The unit itself counts.
    n_found = find_members(index, numbers, index.counts[BLOCK_CAP] - 1, room)
    for place in range(n_found):
        prefetch(index.unit_ids, int(np.int64(room.members[place])))
    for place in range(n_found):
        found[place] = index.unit_ids[room.members[place]]
    return n_found


@kernel
def list_partners(
    index: IndexArrays,
    units: NDArray[np.int32],
    first: int,
    ends: NDArray[np.int64],
    room: LookupRoom,
    found: NDArray[np.uint64],
) -> int:
    """List the candidates of units in the index, until room is lacking.

    Parameters
    ----------
    index : IndexArrays
        Read.
    units : ndarray of int32, shape (n_units,)
        Numbers of units.
    first : int
        The first unit to go on with.
    ends : ndarray of int64, shape (n_units + 1,)
        Where the candidates of each unit begin, and the last ones end: up to that of the first unit read, the others
        written.
    room : LookupRoom
        Room to work in; there is to be room for more members than a unit has candidates, and for itself.
    found : ndarray of uint64
        Written: identifiers of the candidates, unit by unit, in any order.

    Returns
    -------
    int
        ``n_units`` where all are done; else the unit to go on with, once there is room in ``found`` for as many as
        there is room for members, or else, where there was, room for more members.
    """
    index, room = borrowed_index(index), borrowed_room(room)
    for place in range(first, units.size):
        unit, end = units[place], ends[place]
        if end + room.members.size > found.size:
            return place
        n_atoms = numbers_of_unit(index, unit, room.numbers)
        n_found = find_members(index, room.numbers[:n_atoms], index.counts[BLOCK_CAP], room)
        if n_found == room.members.size:
            return place
        for position in range(n_found):
            if room.members[position] != unit:
                found[end] = index.unit_ids[room.members[position]]
                end += 1
        ends[place + 1] = end
    return int(units.size)
