"""Which units share a small block with a probe.

Of each atom that is not long the units are gone through, and their atoms counted that the probe has, too: that tells
the size of every block of two atoms of which this one is rarer.  Blocks of two long atoms are counted already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel, prefetch
from custid.kernels.index_lists import BLOCK_CAP, IS_LONG, KIND, PLACE, SIZE, IndexArrays, borrowed_index
from custid.kernels.index_updates import AtomsOfUnits, find_key, known_atoms, reach_for_keys, units_of_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "LookupRoom",
    "Probe",
    "borrowed_probe",
    "borrowed_room",
    "count_hits",
    "enter_probe",
    "find_candidates",
    "find_members",
    "is_asked_for",
    "numbers_of_probe",
    "numbers_of_unit",
    "order_by_size",
    "reach_for_rows",
]


class Probe(NamedTuple):
    """What is looked for.

    Attributes
    ----------
    numbers : ndarray of int32, shape (n_atoms,)
        Its atoms, as `numbers_of_probe` orders them.
    is_changing : ndarray of bool, shape (n_atoms,)
        Which of them a unit has that is about to come or to go.
    sizes : ndarray of int64, shape (4,)
        What is added to the size of each block, 1 where the probe is not in the index; what is added where that other
        unit has the key, 1, 0 or -1; the smallest and the largest block whose members are asked for.
    """

    numbers: NDArray[np.int32]
    is_changing: NDArray[np.bool_]
    sizes: NDArray[np.int64]


class LookupRoom(NamedTuple):
    """Room to work in, of one thread.

    Attributes
    ----------
    atom_slots : ndarray of int32
        A hash table of the probe's atoms, -1 where free; a power of two; all -1 between calls.
    tallies : ndarray of int32, shape (n_atoms + 1, 2)
        For no atom and each atom of the probe, 1 where it makes a key with another one, and how many units have both.
    hits : ndarray of int32, shape (n_hits, 2)
        Units and atoms of the probe that they have; one more than there are units of an atom that is not long, for each
        atom of the probe.
    members : ndarray of int32
        Units that are found.
    member_slots : ndarray of int32
        A hash table of them, -1 where free; a power of two above their number; all -1 between calls.
    few : ndarray of int32
        Room for the units of one block.
    """

    atom_slots: NDArray[np.int32]
    tallies: NDArray[np.int32]
    hits: NDArray[np.int32]
    members: NDArray[np.int32]
    member_slots: NDArray[np.int32]
    few: NDArray[np.int32]


@kernel
def borrowed_probe(probe: Probe) -> Probe:
    """Return the same probe, of arrays that count no references."""
    return Probe(borrowed(probe.numbers), borrowed(probe.is_changing), borrowed(probe.sizes))


@kernel
def borrowed_room(room: LookupRoom) -> LookupRoom:
    """Return the same room, of arrays that count no references."""
    return LookupRoom(
        borrowed(room.atom_slots),
        borrowed(room.tallies),
        borrowed(room.hits),
        borrowed(room.members),
        borrowed(room.member_slots),
        borrowed(room.few),
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
def numbers_of_probe(index: IndexArrays, atoms: AtomsOfUnits, numbers: NDArray[np.int32]) -> int:
    """Write the numbers of the atoms of the first of some units that the index knows; return how many there are."""
    n_known = known_atoms(index, atoms, 0, numbers)
    order_by_size(index, numbers[:n_known])
    return n_known


@kernel
def numbers_of_unit(index: IndexArrays, unit: int, numbers: NDArray[np.int32]) -> int:
    """Write the numbers of the atoms of a unit in the index, as `numbers_of_probe` does."""
    row, n_atoms = index.rows[unit, PLACE], index.rows[unit, SIZE]
    numbers[:n_atoms] = index.pool[row : row + n_atoms]
    order_by_size(index, numbers[:n_atoms])
    return int(n_atoms)


@kernel
def _take_member(unit: np.int32, n_found: int, room: LookupRoom) -> int:
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
def is_asked_for(probe: Probe, size: int, first: int, second: int) -> bool:
    """Tell whether the members of a block are asked for, given how many units of the index are in it."""
    changed = size + probe.sizes[0]
    if probe.is_changing[first] and probe.is_changing[second]:
        changed += probe.sizes[1]
    return bool(size > 0 and probe.sizes[2] <= changed <= probe.sizes[3])


@kernel
def enter_probe(numbers: NDArray[np.int32], atom_slots: NDArray[np.int32]) -> None:
    """Enter the places of a probe's atoms in an empty table."""
    for place in range(numbers.size):
        slot = _slot_of(numbers[place], atom_slots.size)
        while atom_slots[slot] >= 0:
            slot = (slot + 1) & (atom_slots.size - 1)
        atom_slots[slot] = place


@kernel
def _mark_joined(index: IndexArrays, probe: Probe, rarer: int, room: LookupRoom) -> None:
    """Mark which atoms of the probe make a key with one that stands before them, and begin to count."""
    joins = index.kind_joins[index.atoms[probe.numbers[rarer], KIND]]
    room.tallies[:, 0] = 0
    for other in range(rarer + 1, probe.numbers.size):
        room.tallies[1 + other, 0] = joins[index.atoms[probe.numbers[other], KIND]]
        room.tallies[1 + other, 1] = 0


@kernel
def _hits_of(index: IndexArrays, unit: np.int32, numbers: NDArray[np.int32], n_hits: int, room: LookupRoom) -> int:
    """Note which marked atoms a unit has, behind some hits; return how many are noted then."""
    atom_slots, hits, pool = room.atom_slots, room.hits, index.pool
    n_slots = atom_slots.size
    row = index.rows[unit, PLACE]
    for place in range(row, row + index.rows[unit, SIZE]):
        number = pool[place]
        slot = _slot_of(number, n_slots)
        other = atom_slots[slot]
        # Nearly always false, as no processor could foresee of each of the two.
        while (other >= 0) & (numbers[max(other, 0)] != number):
            slot = (slot + 1) & (n_slots - 1)
            other = atom_slots[slot]
        # Written in any case, and written over where it is no hit: the first mark is of no atom.
        hits[n_hits, 0] = unit
        hits[n_hits, 1] = other
        n_hits += int(room.tallies[1 + other, 0])
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
def count_hits(index: IndexArrays, probe: Probe, rarer: int, room: LookupRoom) -> int:
    """Note and count which atoms that make a key with one of the probe's its units have; return how many are noted."""
    _mark_joined(index, probe, rarer, room)
    n_hits = _find_hits(index, probe.numbers, rarer, room)
    for hit in range(n_hits):
        room.tallies[1 + room.hits[hit, 1], 1] += 1
    return n_hits


@kernel
def _members_by_rows(index: IndexArrays, probe: Probe, rarer: int, room: LookupRoom, n_found: int) -> int:
    """Note the members of the blocks of an atom that is not long and one behind it."""
    for hit in range(count_hits(index, probe, rarer, room)):
        other = room.hits[hit, 1]
        if is_asked_for(probe, room.tallies[1 + other, 1], rarer, other):
            n_found = _take_member(room.hits[hit, 0], n_found, room)
    return n_found


@kernel
def _members_by_keys(index: IndexArrays, probe: Probe, first: int, room: LookupRoom, n_found: int) -> int:
    """Note the members of the blocks of a long atom and one behind it, which is long as well."""
    atom = probe.numbers[first]
    joins = index.kind_joins[index.atoms[atom, KIND]]
    for second in range(first + 1, probe.numbers.size):
        other = probe.numbers[second]
        if not joins[index.atoms[other, KIND]]:
            continue
        key = find_key(index, atom, other)
        if key < 0 or not is_asked_for(probe, index.keys[key, SIZE], first, second):
            continue
        size = index.keys[key, SIZE]
        if size <= index.counts[BLOCK_CAP]:
            for position in range(index.keys[key, PLACE], index.keys[key, PLACE] + size):
                n_found = _take_member(index.pool[position], n_found, room)
        else:
            for position in range(units_of_key(index, atom, other, room.few[:size])):
                n_found = _take_member(room.few[position], n_found, room)
    return n_found


@kernel
def find_members(index: IndexArrays, probe: Probe, room: LookupRoom) -> int:
    """Find the units in those blocks of a probe that have a size asked for.

    Parameters
    ----------
    index : IndexArrays
        Read.
    probe : Probe
        What is looked for, and which blocks are asked for: up to one more than the cap.
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
    index, probe, room = borrowed_index(index), borrowed_probe(probe), borrowed_room(room)
    enter_probe(probe.numbers, room.atom_slots)
    reach_for_keys(index, probe.numbers)
    reach_for_rows(index, probe.numbers)
    n_found = 0
    for place in range(probe.numbers.size):
        atom = probe.numbers[place]
        size = index.atoms[atom, SIZE]
        if index.kind_alone[index.atoms[atom, KIND]] and is_asked_for(probe, size, place, place):
            for position in range(index.atoms[atom, PLACE], index.atoms[atom, PLACE] + size):
                n_found = _take_member(index.pool[position], n_found, room)
        if index.atoms[atom, IS_LONG] == 1:
            n_found = _members_by_keys(index, probe, place, room, n_found)
        else:
            n_found = _members_by_rows(index, probe, place, room, n_found)
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
    numbers = np.empty(atoms.starts[1] - atoms.starts[0], np.int32)
    n_known = numbers_of_probe(index, atoms, numbers)
    sizes = np.empty(4, np.int64)
    sizes[0], sizes[1], sizes[2], sizes[3] = 1, 0, 2, index.counts[BLOCK_CAP]
    n_found = find_members(index, Probe(numbers[:n_known], np.zeros(n_known, np.bool_), sizes), room)
    for place in range(n_found):
        prefetch(index.unit_ids, int(np.int64(room.members[place])))
    for place in range(n_found):
        found[place] = index.unit_ids[room.members[place]]
    return n_found
