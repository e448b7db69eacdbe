"""An index without units takes many at once.

Lists are counted before they are written, so that none moves; keys are found long atom by
long atom, so that what is counted stays in the fast memory of a core.  What the index answers is the same as if the
units had come one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel, prefetch
from custid.kernels.hash_slots import enter_number, find_number, home_of
from custid.kernels.index_lists import (
    ATOM_END,
    BLOCK_CAP,
    IS_LONG,
    KIND,
    LONG_FROM,
    N_ATOMS,
    N_UNITS,
    PACKED_END,
    PLACE,
    POOL_END,
    ROOM,
    SIZE,
    UNIT_END,
    IndexArrays,
    borrowed_index,
    room_for,
)
from custid.kernels.index_updates import AtomsOfUnits, hash_of_atom, key_of_atoms

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LongAtoms", "count_keys", "enter_numbers", "list_atoms", "list_long_atoms", "write_keys", "write_rows"]

_AHEAD = 32
"""So many look-ups are under way at once."""


class LongAtoms(NamedTuple):
    """The long atoms of an index, and those that its units have.

    Attributes
    ----------
    numbers : ndarray of int32, shape (n_long,)
        Their numbers, ascending.
    kinds : ndarray of int32, shape (n_long,)
        Their kinds.
    starts : ndarray of int64, shape (n_units + 1,)
        Where the long atoms of each unit begin.
    places : ndarray of int32, shape (n_held,)
        Places of them in ``numbers``.
    """

    numbers: NDArray[np.int32]
    kinds: NDArray[np.int32]
    starts: NDArray[np.int64]
    places: NDArray[np.int32]


@kernel
def write_rows(index: IndexArrays, atoms: AtomsOfUnits, first: int) -> int:
    """Give numbers to units and their atoms, and write the rows, until room for atoms is lacking.

    Parameters
    ----------
    index : IndexArrays
        Written: rows, and atoms with their sizes; lists of atoms are none yet.  The pool has room for two numbers for
        each atom of each unit.
    atoms : AtomsOfUnits
        Atoms of all units; an atom may recur.
    first : int
        The first unit that has no row yet; the rows before it end where the pool does.

    Returns
    -------
    int
        The unit to go on with; ``n_units`` where all are there.
    """
    index = borrowed_index(index)
    n_units = atoms.starts.size - 1
    for unit in range(first, n_units):
        begin, stop = atoms.starts[unit], atoms.starts[unit + 1]
        end = index.counts[ATOM_END] + stop - begin
        if end > index.atom_hashes.size or 3 * end >= 2 * index.atom_slots.size:
            return int(unit)
        for place in range(begin, stop):
            prefetch(index.atom_slots, home_of(hash_of_atom(atoms, place), index.atom_slots.size))
        row = index.counts[POOL_END]
        n_row = 0
        for place in range(begin, stop):
            number = _atom_of(index, atoms, place)
            # Where its units will be listed is not known yet: until then it tells the unit that came last.
            if index.atoms[number, PLACE] == unit:
                continue
            index.atoms[number, PLACE] = unit
            index.pool[row + n_row] = number
            n_row += 1
        for place in range(n_row):
            number = index.pool[row + place]
            index.pool[row + n_row + place] = index.atoms[number, SIZE]
            index.atoms[number, SIZE] += 1
        index.rows[unit, PLACE] = row
        index.rows[unit, SIZE] = n_row
        index.counts[POOL_END] = row + 2 * n_row
        index.counts[UNIT_END] = unit + 1
        index.counts[N_UNITS] = unit + 1
    return int(n_units)


@kernel
def _atom_of(index: IndexArrays, atoms: AtomsOfUnits, place: int) -> int:
    """Return the number of an atom, a new one where it has none."""
    atom_hash = hash_of_atom(atoms, place)
    number = find_number(index.atom_slots, index.atom_hashes, atom_hash)
    if number < 0:
        number = int(index.counts[ATOM_END])
        index.counts[ATOM_END] += 1
        index.counts[N_ATOMS] += 1
        index.atom_hashes[number] = atom_hash
        index.atoms[number, PLACE] = -1
        index.atoms[number, SIZE] = 0
        index.atoms[number, ROOM] = 0
        index.atoms[number, KIND] = atoms.kinds[place]
        index.atoms[number, IS_LONG] = 0
        enter_number(index.atom_slots, index.atom_hashes, number)
    return number


@kernel
def list_atoms(index: IndexArrays) -> int:
    """List the units of each atom behind the rows, where the pool has twice the room; return how many atoms are long.

    Lists of long atoms have room to spare: to move one takes as long as it is, which the next unit would wait for.
    """
    index = borrowed_index(index)
    end, n_long = index.counts[POOL_END], 0
    for number in range(index.counts[ATOM_END]):
        size = index.atoms[number, SIZE]
        is_long = size > index.counts[LONG_FROM]
        index.atoms[number, PLACE] = end
        index.atoms[number, ROOM] = room_for(size) if is_long else size
        index.atoms[number, IS_LONG] = is_long
        n_long += int(is_long)
        end += index.atoms[number, ROOM]
    index.counts[POOL_END] = end
    index.counts[PACKED_END] = end
    for unit in range(index.counts[UNIT_END]):
        row, size = index.rows[unit, PLACE], index.rows[unit, SIZE]
        for place in range(row, row + size):
            prefetch(index.atoms, 5 * int(index.pool[place]))
        for place in range(row, row + size):
            index.pool[index.atoms[index.pool[place], PLACE] + index.pool[place + size]] = unit
    return n_long


@kernel
def list_long_atoms(index: IndexArrays, place_of: NDArray[np.int32], long: LongAtoms) -> int:
    """List the long atoms of each unit, ascending.

    Parameters
    ----------
    index : IndexArrays
        Read.
    place_of : ndarray of int32, shape (n_atoms,)
        Place of each atom among the long ones, -1 where it is not long.
    long : LongAtoms
        ``starts`` and ``places`` are written.

    Returns
    -------
    int
        How many there are in all.
    """
    end = 0
    for unit in range(index.counts[UNIT_END]):
        row = index.rows[unit, PLACE]
        long.starts[unit] = end
        for place in range(row, row + index.rows[unit, SIZE]):
            found = place_of[index.pool[place]]
            if found >= 0:
                position = end
                while position > long.starts[unit] and long.places[position - 1] > found:
                    long.places[position] = long.places[position - 1]
                    position -= 1
                long.places[position] = found
                end += 1
    long.starts[index.counts[UNIT_END]] = end
    return int(end)


@kernel
def _tally(index: IndexArrays, long: LongAtoms, first: int, tally: NDArray[np.int32], met: NDArray[np.int32]) -> int:
    """Count the units that a long atom shares with each one behind it that it joins; note these, return how many."""
    n_met = 0
    joins = index.kind_joins[long.kinds[first]]
    begin = index.atoms[long.numbers[first], PLACE]
    stop = begin + index.atoms[long.numbers[first], SIZE]
    for position in range(begin, stop):
        if position + _AHEAD < stop:
            prefetch(long.starts, int(index.pool[position + _AHEAD]))
        if position + _AHEAD // 2 < stop:
            prefetch(long.places, int(long.starts[index.pool[position + _AHEAD // 2]]))
        unit = index.pool[position]
        place = long.starts[unit + 1] - 1
        while long.places[place] > first:
            second = long.places[place]
            if joins[long.kinds[second]]:
                if tally[second] == 0:
                    met[n_met] = second
                    n_met += 1
                tally[second] += 1
            place -= 1
    return n_met


@kernel
def count_keys(
    index: IndexArrays,
    long: LongAtoms,
    span: tuple[int, int],
    tally: NDArray[np.int32],
    met: NDArray[np.int32],
    out: NDArray[np.int64],
) -> None:
    """Count the keys of which some long atoms are the smaller one, and the units that are listed for them.

    Parameters
    ----------
    index : IndexArrays
        Read.
    long : LongAtoms
        Long atoms.
    span : tuple of (int, int)
        The first long atom, and the one after the last.
    tally : ndarray of int32, shape (n_long,)
        Room to work in, all 0 before and after.
    met : ndarray of int32, shape (n_long,)
        Room to work in.
    out : ndarray of int64, shape (n_long + 1, 2)
        Behind each of the long atoms, written: keys, and numbers in the pool.

    Notes
    -----
    Threads may run this side by side, each with its own room: each writes what stands behind its own atoms.
    """
    index = borrowed_index(index)
    for first in range(span[0], span[1]):
        n_met = _tally(index, long, first, tally, met)
        n_listed = 0
        for place in range(n_met):
            size = tally[met[place]]
            tally[met[place]] = 0
            if size <= index.counts[BLOCK_CAP]:
                n_listed += size
        out[first + 1, 0] = n_met
        out[first + 1, 1] = n_listed


@kernel
def write_keys(
    index: IndexArrays,
    long: LongAtoms,
    span: tuple[int, int],
    tally: NDArray[np.int32],
    met: NDArray[np.int32],
    ends: NDArray[np.int64],
) -> None:
    """Write the keys of which some long atoms are the smaller one, and list their units within the cap of blocks.

    Parameters
    ----------
    index : IndexArrays
        Keys and pool are written, which have room for them; their directory is not.
    long : LongAtoms
        Long atoms.
    span : tuple of (int, int)
        The first long atom, and the one after the last.
    tally : ndarray of int32, shape (n_long,)
        Room to work in, all 0 before and after.
    met : ndarray of int32, shape (n_long,)
        Room to work in.
    ends : ndarray of int64, shape (n_long + 1, 2)
        Keys of all atoms before each one, and numbers in the pool.

    Notes
    -----
    Threads may run this side by side, each with its own room: what the keys of an atom take stands together.
    """
    index = borrowed_index(index)
    for first in range(span[0], span[1]):
        n_met = _tally(index, long, first, tally, met)
        number, end = ends[first, 0], index.counts[PACKED_END] + ends[first, 1]
        for place in range(n_met):
            second = met[place]
            size = tally[second]
            index.key_atoms[number] = key_of_atoms(long.numbers[first], long.numbers[second])
            index.keys[number, PLACE] = end
            index.keys[number, SIZE] = size
            index.keys[number, ROOM] = 0
            # From here on where the next unit is listed; the places before those of lists are rows.
            tally[second] = 0
            if size <= index.counts[BLOCK_CAP]:
                index.keys[number, ROOM] = size
                tally[second] = end
                end += size
            number += 1
        if end > index.counts[PACKED_END] + ends[first, 1]:
            _list_units(index, long, first, tally)
        for place in range(n_met):
            tally[met[place]] = 0


@kernel
def _list_units(index: IndexArrays, long: LongAtoms, first: int, tally: NDArray[np.int32]) -> None:
    """List the units of the keys of a long atom with those behind it that have a place to go on at."""
    joins = index.kind_joins[long.kinds[first]]
    begin = index.atoms[long.numbers[first], PLACE]
    stop = begin + index.atoms[long.numbers[first], SIZE]
    for position in range(begin, stop):
        if position + _AHEAD < stop:
            prefetch(long.starts, int(index.pool[position + _AHEAD]))
        if position + _AHEAD // 2 < stop:
            prefetch(long.places, int(long.starts[index.pool[position + _AHEAD // 2]]))
        unit = index.pool[position]
        place = long.starts[unit + 1] - 1
        while long.places[place] > first:
            second = long.places[place]
            if tally[second] > 0 and joins[long.kinds[second]]:
                index.pool[tally[second]] = unit
                tally[second] += 1
            place -= 1


@kernel
def enter_numbers(slots: NDArray[np.int32], keys: NDArray[np.uint64], n_numbers: int) -> None:
    """Enter all numbers below one in a directory of `custid.kernels.hash_slots`; two slots are free at least."""
    for number in range(n_numbers):
        if number + _AHEAD < n_numbers:
            prefetch(slots, home_of(keys[number + _AHEAD], slots.size))
        enter_number(slots, keys, number)
