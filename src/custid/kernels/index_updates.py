"""Units come to a candidate index and leave it.

An arrival appends the unit to the lists of its atoms and counts it for its keys, whatever the length of those lists: a
value that a hundred thousand units share costs as much as one that two share.

Room is made by the callers: a kernel that lacks some says how much, and has changed nothing of the unit by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel, prefetch
from custid.kernels.hash_slots import enter_number, find_number, home_of, scattered, take_out_number
from custid.kernels.index_lists import (
    ATOM_END,
    ATOM_FREE,
    BLOCK_CAP,
    IS_LONG,
    KEY_END,
    KEY_FREE,
    KIND,
    LONG_FROM,
    N_ATOMS,
    N_KEYS,
    N_TOUCHED,
    N_UNITS,
    PACKED_END,
    PLACE,
    POOL_END,
    ROOM,
    SIZE,
    UNIT_END,
    UNIT_FREE,
    IndexArrays,
    add_to_list,
    borrowed_index,
    copy_list,
    free_list,
    room_for,
    take_room,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "AtomsOfUnits",
    "add_units",
    "copy_lists",
    "find_key",
    "hash_of_atom",
    "key_of_atoms",
    "known_atoms",
    "reach_for_keys",
    "remove_unit",
    "units_of_key",
]


class AtomsOfUnits(NamedTuple):
    """The atoms of some units.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_units + 1,)
        Where the atoms of each unit begin.
    kinds : ndarray of uint8
        Kinds.
    hashes : ndarray of uint64
        What tells the atoms of a kind apart.
    """

    starts: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    hashes: NDArray[np.uint64]


@kernel
def hash_of_atom(atoms: AtomsOfUnits, place: int) -> np.uint64:
    """Return what tells an atom from those of all kinds; two atoms of one kind never have it in common."""
    # Hashes of small numbers by the same function are not to meet those of kinds: these are of large ones.
    return np.uint64(atoms.hashes[place] ^ scattered(np.uint64(atoms.kinds[place]) + np.uint64(0x9E3779B97F4A7C15)))


@kernel
def known_atoms(index: IndexArrays, atoms: AtomsOfUnits, unit: int, numbers: NDArray[np.int32]) -> int:
    """Write the numbers of those atoms of a unit that the index has, each once; return how many there are."""
    start, stop = atoms.starts[unit], atoms.starts[unit + 1]
    n_slots = index.atom_slots.size
    # First where each atom is entered, then what is entered there: so none waits for another.
    for place in range(start, stop):
        prefetch(index.atom_slots, home_of(hash_of_atom(atoms, place), n_slots))
    for place in range(start, stop):
        entered = int(np.int64(index.atom_slots[home_of(hash_of_atom(atoms, place), n_slots)]))
        prefetch(index.atom_hashes, max(entered, 0))
        prefetch(index.atoms, max(entered, 0) * index.atoms.shape[1])
    n_known = 0
    for place in range(start, stop):
        number = find_number(index.atom_slots, index.atom_hashes, hash_of_atom(atoms, place))
        is_new = number >= 0
        for earlier in range(n_known):
            is_new &= numbers[earlier] != number
        if is_new:
            numbers[n_known] = number
            n_known += 1
    return n_known


@kernel
def _enter_atoms(index: IndexArrays, atoms: AtomsOfUnits, unit: int) -> None:
    """Give numbers to those atoms of a unit that the index does not have."""
    for place in range(atoms.starts[unit], atoms.starts[unit + 1]):
        atom_hash = hash_of_atom(atoms, place)
        if find_number(index.atom_slots, index.atom_hashes, atom_hash) < 0:
            number = index.counts[ATOM_FREE]
            if number >= 0:
                index.counts[ATOM_FREE] = index.atoms[number, PLACE]
            else:
                number = index.counts[ATOM_END]
                index.counts[ATOM_END] += 1
            index.counts[N_ATOMS] += 1
            index.atom_hashes[number] = atom_hash
            index.atoms[number, KIND] = atoms.kinds[place]
            index.atoms[number, PLACE] = 0
            index.atoms[number, SIZE] = 0
            index.atoms[number, ROOM] = 0
            index.atoms[number, IS_LONG] = 0
            enter_number(index.atom_slots, index.atom_hashes, number)


@kernel
def _joins(index: IndexArrays, first: int, second: int) -> bool:
    """Tell whether two atoms make a key of long atoms."""
    return bool(
        first != second
        and index.atoms[second, IS_LONG]
        and index.kind_joins[index.atoms[first, KIND], index.atoms[second, KIND]]
    )


@kernel
def key_of_atoms(first: int, second: int) -> np.uint64:
    """Return the key of two atoms."""
    return np.uint64(np.uint64(min(first, second)) << np.uint64(32) | np.uint64(max(first, second)))


@kernel
def find_key(index: IndexArrays, first: int, second: int) -> int:
    """Return the number of the key of two long atoms, -1 where no unit has both."""
    return find_number(index.key_slots, index.key_atoms, key_of_atoms(first, second))


@kernel
def reach_for_keys(index: IndexArrays, numbers: NDArray[np.int32]) -> None:
    """Let the processor fetch where the keys of some atoms are entered, so that one does not wait for another."""
    for first in range(numbers.size):
        if index.atoms[numbers[first], IS_LONG] == 1:
            for second in range(first + 1, numbers.size):
                if _joins(index, numbers[first], numbers[second]):
                    key = key_of_atoms(numbers[first], numbers[second])
                    prefetch(index.key_slots, home_of(key, index.key_slots.size))


@kernel
def _needs(index: IndexArrays, numbers: NDArray[np.int32], needs: NDArray[np.int64]) -> None:
    """Write how many keys and how much of the pool the arrival of a unit takes at most."""
    n_long, n_pool = 0, 4 * numbers.size + 2
    n_keys = 0
    for number in numbers:
        size = index.atoms[number, SIZE]
        if size == index.atoms[number, ROOM]:
            n_pool += 2 * (size + 1)
        if index.atoms[number, IS_LONG]:
            n_long += 1
        elif size >= index.counts[LONG_FROM]:
            n_keys += numbers.size
            for position in range(index.atoms[number, PLACE], index.atoms[number, PLACE] + size):
                n_keys += index.rows[index.pool[position], SIZE]
    n_keys += n_long * (n_long - 1) // 2
    needs[0] = n_keys
    needs[1] = n_pool + 2 * n_keys * index.counts[BLOCK_CAP]


@kernel
def _count_key(index: IndexArrays, first: int, second: int, unit: int) -> None:
    """Count a unit for the key of two long atoms, and list it while the block is within the cap."""
    number = find_key(index, first, second)
    if number < 0:
        number = index.counts[KEY_FREE]
        if number >= 0:
            index.counts[KEY_FREE] = index.keys[number, PLACE]
        else:
            number = index.counts[KEY_END]
            index.counts[KEY_END] += 1
        index.counts[N_KEYS] += 1
        index.key_atoms[number] = key_of_atoms(first, second)
        index.keys[number, SIZE] = 0
        index.keys[number, PLACE] = 0
        index.keys[number, ROOM] = 0
        enter_number(index.key_slots, index.key_atoms, number)
    size = index.keys[number, SIZE]
    index.keys[number, SIZE] = size + 1
    if size < index.counts[BLOCK_CAP]:
        room = int(index.keys[number, ROOM])
        index.keys[number, PLACE] = add_to_list(index, index.keys[number, PLACE], size, room, unit)
        if size == room:
            index.keys[number, ROOM] = room_for(size + 1)
    elif size == index.counts[BLOCK_CAP]:
        free_list(index, index.keys[number, PLACE], int(index.keys[number, ROOM]))
        index.keys[number, ROOM] = 0


@kernel
def _make_long(index: IndexArrays, atom: int) -> None:
    """Count the keys of an atom with the long ones among those of its units."""
    begin = index.atoms[atom, PLACE]
    for position in range(begin, begin + index.atoms[atom, SIZE]):
        unit = index.pool[position]
        row = index.rows[unit, PLACE]
        index.counts[N_TOUCHED] += 1
        for place in range(row, row + index.rows[unit, SIZE]):
            other = index.pool[place]
            if _joins(index, atom, other):
                _count_key(index, atom, other, unit)
    index.atoms[atom, IS_LONG] = 1


@kernel
def _write_row(index: IndexArrays, unit: int, numbers: NDArray[np.int32]) -> None:
    """Write the row of a unit, and append the unit to the lists of its atoms."""
    row = take_room(index, 2 * numbers.size) if numbers.size else 0
    index.rows[unit, PLACE] = row
    index.rows[unit, SIZE] = numbers.size
    for place in range(numbers.size):
        atom = numbers[place]
        size, room = index.atoms[atom, SIZE], index.atoms[atom, ROOM]
        index.counts[N_TOUCHED] += size + 1 if size == room else 1
        index.atoms[atom, PLACE] = add_to_list(index, index.atoms[atom, PLACE], size, room, unit)
        if size == room:
            index.atoms[atom, ROOM] = room_for(size + 1)
        index.atoms[atom, SIZE] = size + 1
        index.pool[row + place] = atom
        index.pool[row + numbers.size + place] = size


@kernel
def _add_unit(index: IndexArrays, unit_id: np.uint64, numbers: NDArray[np.int32]) -> None:
    """Add a unit, given the numbers of its atoms."""
    unit = index.counts[UNIT_FREE]
    if unit >= 0:
        index.counts[UNIT_FREE] = index.rows[unit, PLACE]
    else:
        unit = index.counts[UNIT_END]
        index.counts[UNIT_END] += 1
    index.counts[N_UNITS] += 1
    index.unit_ids[unit] = unit_id
    enter_number(index.unit_slots, index.unit_ids, unit)
    reach_for_keys(index, numbers)
    _write_row(index, unit, numbers)
    for place in range(numbers.size):
        if index.atoms[numbers[place], IS_LONG]:
            for other in range(place + 1, numbers.size):
                if _joins(index, numbers[place], numbers[other]):
                    _count_key(index, numbers[place], numbers[other], unit)
    for atom in numbers:
        # Keys of two atoms that become long now are counted once: with the second of them.
        if not index.atoms[atom, IS_LONG] and index.atoms[atom, SIZE] > index.counts[LONG_FROM]:
            _make_long(index, atom)


@kernel
def add_units(
    index: IndexArrays,
    unit_ids: NDArray[np.uint64],
    atoms: AtomsOfUnits,
    first: int,
    numbers: NDArray[np.int32],
    needs: NDArray[np.int64],
) -> int:
    """Add some units whose identifiers are not there yet, until room is lacking.

    Parameters
    ----------
    index : IndexArrays
        Written.  There is room for all the units themselves, and one slot more than are used in each directory.
    unit_ids : ndarray of uint64, shape (n_units,)
        Identifiers.
    atoms : AtomsOfUnits
        Their atoms; an atom may recur.
    first : int
        The first unit to add.
    numbers : ndarray of int32
        Room for the atoms of one unit.
    needs : ndarray of int64, shape (3,)
        Where room is lacking, written: for how many keys, for how much of the pool and for how many atoms there must be
        room.

    Returns
    -------
    int
        The unit to go on with; ``n_units`` where all are there.
    """
    index = borrowed_index(index)
    for unit in range(first, unit_ids.size):
        n_atoms = atoms.starts[unit + 1] - atoms.starts[unit]
        needs[2] = n_atoms
        if not _has_room(index.atom_hashes.size, index.atom_slots.size, index.counts[ATOM_END], n_atoms):
            needs[0] = 0
            needs[1] = 0
            return unit
        _enter_atoms(index, atoms, unit)
        n_known = known_atoms(index, atoms, unit, numbers)
        _needs(index, numbers[:n_known], needs)
        has_keys = _has_room(index.key_atoms.size, index.key_slots.size, index.counts[KEY_END], needs[0])
        if not has_keys or index.counts[POOL_END] + needs[1] > index.pool.size:
            return unit
        _add_unit(index, unit_ids[unit], numbers[:n_known])
    return int(unit_ids.size)


@kernel
def _has_room(n_places: int, n_slots: int, end: int, n_more: int) -> bool:
    """Tell whether there is room for some numbers, a third of the slots left free: a search that fails is short."""
    return bool(end + n_more <= n_places and 3 * (end + n_more) < 2 * n_slots)


@kernel
def _take_from_list(index: IndexArrays, atom: int, position: int) -> None:
    """Take a unit from the list of an atom; the last one comes to its place."""
    last = index.atoms[atom, SIZE] - 1
    moved = index.pool[index.atoms[atom, PLACE] + last]
    index.pool[index.atoms[atom, PLACE] + position] = moved
    index.atoms[atom, SIZE] = last
    index.counts[N_TOUCHED] += 2
    place = index.rows[moved, PLACE]
    while index.pool[place] != atom:
        place += 1
    index.pool[place + index.rows[moved, SIZE]] = position


@kernel
def units_of_key(index: IndexArrays, first: int, second: int, out: NDArray[np.int32]) -> int:
    """Write the units that have two atoms, as many as there is room for; return how many were found."""
    walked, other = first, second
    if index.atoms[second, SIZE] < index.atoms[first, SIZE]:
        walked, other = second, first
    n_found = 0
    begin = index.atoms[walked, PLACE]
    for position in range(begin, begin + index.atoms[walked, SIZE]):
        unit = index.pool[position]
        place, stop = index.rows[unit, PLACE], index.rows[unit, PLACE] + index.rows[unit, SIZE]
        while place < stop and index.pool[place] != other:
            place += 1
        if place < stop:
            out[n_found] = unit
            n_found += 1
            if n_found == out.size:
                return n_found
    return n_found


@kernel
def _uncount_key(index: IndexArrays, first: int, second: int, unit: int) -> None:
    """Take a unit from the key of two long atoms, whose lists it has left; list the units again within the cap."""
    number = find_key(index, first, second)
    size, cap = index.keys[number, SIZE] - 1, index.counts[BLOCK_CAP]
    index.keys[number, SIZE] = size
    place, room = index.keys[number, PLACE], int(index.keys[number, ROOM])
    if size == 0:
        free_list(index, place, room)
        index.keys[number, ROOM] = 0
        take_out_number(index.key_slots, index.key_atoms, number)
        index.keys[number, PLACE] = index.counts[KEY_FREE]
        index.counts[KEY_FREE] = number
        index.counts[N_KEYS] -= 1
    elif size < cap:
        position = place
        while index.pool[position] != unit:
            position += 1
        index.pool[position] = index.pool[place + size]
    elif size == cap:
        place = take_room(index, size)
        units_of_key(index, first, second, index.pool[place : place + size])
        index.counts[N_TOUCHED] += min(index.atoms[first, SIZE], index.atoms[second, SIZE])
        index.keys[number, PLACE] = place
        index.keys[number, ROOM] = room_for(size)


@kernel
def _forget_atom(index: IndexArrays, atom: int) -> None:
    """Give back the number and the list of an atom that no unit has."""
    free_list(index, index.atoms[atom, PLACE], index.atoms[atom, ROOM])
    index.atoms[atom, ROOM] = 0
    take_out_number(index.atom_slots, index.atom_hashes, atom)
    index.atoms[atom, PLACE] = index.counts[ATOM_FREE]
    index.counts[ATOM_FREE] = atom
    index.counts[N_ATOMS] -= 1


@kernel
def remove_unit(index: IndexArrays, unit: int) -> int:
    """Take a unit out.

    Parameters
    ----------
    index : IndexArrays
        Written.
    unit : int
        A number given to a unit.

    Returns
    -------
    int
        How much room the pool must have first; 0 when the unit is out.
    """
    index = borrowed_index(index)
    row, n_atoms = index.rows[unit, PLACE], index.rows[unit, SIZE]
    n_long = 0
    for place in range(row, row + n_atoms):
        n_long += int(index.atoms[index.pool[place], IS_LONG])
    n_pool = n_long * n_long * index.counts[BLOCK_CAP]
    if index.counts[POOL_END] + n_pool > index.pool.size:
        return int(n_pool)
    for place in range(row, row + n_atoms):
        _take_from_list(index, index.pool[place], index.pool[place + n_atoms])
    for place in range(row, row + n_atoms):
        if index.atoms[index.pool[place], IS_LONG]:
            for other in range(place + 1, row + n_atoms):
                if _joins(index, index.pool[place], index.pool[other]):
                    _uncount_key(index, index.pool[place], index.pool[other], unit)
    for place in range(row, row + n_atoms):
        if index.atoms[index.pool[place], SIZE] == 0:
            _forget_atom(index, index.pool[place])
    take_out_number(index.unit_slots, index.unit_ids, unit)
    if n_atoms:
        free_list(index, row, 2 * n_atoms if row < index.counts[PACKED_END] else room_for(2 * n_atoms))
    index.rows[unit, PLACE] = index.counts[UNIT_FREE]
    index.rows[unit, SIZE] = -1
    index.counts[UNIT_FREE] = unit
    index.counts[N_UNITS] -= 1
    return 0


@kernel
def copy_lists(index: IndexArrays, out: IndexArrays) -> None:
    """Copy all lists of an index one after the other to another pool.

    Parameters
    ----------
    index : IndexArrays
        Read; its counts are not.
    out : IndexArrays
        A copy of it with a pool of its own, which has room; places, rooms and counts of the pool are written.
    """
    end = 0
    for unit in range(out.counts[UNIT_END]):
        if index.rows[unit, SIZE] >= 0:
            out.rows[unit, PLACE] = end
            end = copy_list(index, index.rows[unit, PLACE], 2 * index.rows[unit, SIZE], out.pool, end)
    for number in range(out.counts[ATOM_END]):
        if index.atoms[number, ROOM] > 0:
            size = index.atoms[number, SIZE]
            out.atoms[number, PLACE] = end
            out.atoms[number, ROOM] = size
            end = copy_list(index, index.atoms[number, PLACE], size, out.pool, end)
    for number in range(out.counts[KEY_END]):
        if index.keys[number, ROOM] > 0:
            size = index.keys[number, SIZE]
            out.keys[number, PLACE] = end
            out.keys[number, ROOM] = size
            end = copy_list(index, index.keys[number, PLACE], size, out.pool, end)
    out.counts[POOL_END] = end
    out.counts[PACKED_END] = end
    out.free[:] = -1
