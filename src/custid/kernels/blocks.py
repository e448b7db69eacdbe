"""From atoms to blocks: which units share a key.

For every atom of one kind the rows of its units are looked through for atoms of the other kinds.  The units of an atom
are few or lie side by side, so that all of it happens in memory that is near; no key is ever written down.  Blocks that
several families have in common are kept once.

Hashes are computed modulo 2^64.  Run interpreted, numpy says so at every overflow: callers silence that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from custid._jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "AtomRows",
    "BlockStore",
    "FoundBlocks",
    "GroupRoom",
    "UnitLists",
    "count_in_rows",
    "fill_rows",
    "find_blocks",
    "group_units",
    "keep_new_blocks",
    "list_units",
    "move_contents",
    "number_of_atoms",
    "order_by_store",
]


class UnitLists(NamedTuple):
    """The units that have each atom of a kind.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_atoms + 1,)
        Where the units of each atom begin.
    units : ndarray of int32
        Units, atom by atom, ascending in each.
    """

    starts: NDArray[np.int64]
    units: NDArray[np.int32]


class AtomRows(NamedTuple):
    """The atoms that each unit has.  Atoms of all kinds are numbered together, rare kinds first.

    Attributes
    ----------
    begins : ndarray of int64, shape (n_units + 1,)
        Where the atoms of each unit begin.
    atoms : ndarray of int32
        Atoms, unit by unit, descending in each.
    kind_of_atom : ndarray of uint8 or int32
        The kind of each atom.
    """

    begins: NDArray[np.int64]
    atoms: NDArray[np.int32]
    kind_of_atom: NDArray[Any]


class GroupRoom(NamedTuple):
    """Room to work in, of one thread.

    Attributes
    ----------
    slots : ndarray of int32
        The group of each atom, -1 for those that were not met; all -1 between calls.
    few_slots : ndarray of int32, shape (4096,)
        A small hash table of groups, -1 where free; all -1 between calls.
    atoms, sizes : ndarray of int32
        The atom and the size of each group.
    contents : ndarray of uint64
        What tells the set of units of a group from others.
    places : ndarray of int64
        Where the next unit of a group is to be written.
    places_in_rows, ends : ndarray of int64
        Where the atoms of each unit begin in the rows, and where its keys end in ``group_of_key``.
    group_of_key : ndarray of int32
        The group of each key, unit by unit.
    glimpse : ndarray of int32, shape (1,)
        Written, never read.
    recent : ndarray of uint64
        Contents of some blocks that were found before; a power of two.
    """

    slots: NDArray[np.int32]
    few_slots: NDArray[np.int32]
    atoms: NDArray[np.int32]
    sizes: NDArray[np.int32]
    contents: NDArray[np.uint64]
    places: NDArray[np.int64]
    places_in_rows: NDArray[np.int64]
    ends: NDArray[np.int64]
    group_of_key: NDArray[np.int32]
    glimpse: NDArray[np.int32]
    recent: NDArray[np.uint64]


class FoundBlocks(NamedTuple):
    """Blocks, some of them repeatedly.

    Attributes
    ----------
    units : ndarray of int32
        Units of the blocks, one block after another, ascending in each; the last place is for units of no block.
    sizes : ndarray of uint8
        Size of each block.
    contents : ndarray of uint64
        What tells the set of units of a block from others: the exclusive or of their hashes (the finalizer of
        SplitMix64, as in `custid.table.hashing.mix`).
    used : ndarray of int64, shape (3,)
        How many blocks and how many units there are; how much room for units the next atom asks for.
    """

    units: NDArray[np.int32]
    sizes: NDArray[np.uint8]
    contents: NDArray[np.uint64]
    used: NDArray[np.int64]


class BlockStore(NamedTuple):
    """Distinct blocks.

    Attributes
    ----------
    slots : ndarray of uint64
        Hash table of contents, 0 where free; a power of two.
    units : ndarray of int32
        Units of the blocks, one block after another.
    sizes : ndarray of uint8
        Size of each block.
    used : ndarray of int64, shape (2,)
        How many blocks and how many units there are.
    """

    slots: NDArray[np.uint64]
    units: NDArray[np.int32]
    sizes: NDArray[np.uint8]
    used: NDArray[np.int64]


@kernel
def number_of_atoms(
    codes: NDArray[np.int32],
    starts: NDArray[np.int64],
    atoms: NDArray[np.int32],
    last: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """Add to ``counts`` how many units have each atom.

    Parameters
    ----------
    codes : ndarray of int32, shape (n_units, n_values)
        Values of each unit; -1 is missing.
    starts : ndarray of int64, shape (n_vocabulary + 1,)
        Where the atoms of each value begin.
    atoms : ndarray of int32
        Atoms, value by value, -1 for those to leave out.
    last : ndarray of int32, shape (n_atoms,)
        All -1; on return the last unit that has each atom.
    counts : ndarray of int64, shape (n_atoms,)
        Added to.
    """
    for unit in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            value = codes[unit, column]
            if value >= 0:
                for position in range(starts[value], starts[value + 1]):
                    atom = atoms[position]
                    if atom >= 0 and last[atom] != unit:
                        last[atom] = unit
                        counts[atom] += 1


@kernel
def list_units(
    codes: NDArray[np.int32],
    starts: NDArray[np.int64],
    atoms: NDArray[np.int32],
    last: NDArray[np.int32],
    cursors: NDArray[np.int64],
    units: NDArray[np.int32],
) -> None:
    """Write the units of each atom from where its cursor points; the rest is as in `number_of_atoms`."""
    for unit in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            value = codes[unit, column]
            if value >= 0:
                for position in range(starts[value], starts[value + 1]):
                    atom = atoms[position]
                    if atom >= 0 and last[atom] != unit:
                        last[atom] = unit
                        units[cursors[atom]] = unit
                        cursors[atom] += 1


@kernel
def count_in_rows(units: NDArray[np.int32], n_atoms: NDArray[np.int32]) -> None:
    """Add the number of atoms of each unit, given the units of all atoms of a kind."""
    for unit in units:
        n_atoms[unit] += 1


@kernel
def fill_rows(lists: UnitLists, first_atom: int, n_written: NDArray[np.int32], rows: AtomRows) -> None:
    """Append the atoms of a kind to the rows, given the number of its first atom and how much each row holds."""
    for atom in range(lists.starts.size - 2, -1, -1):
        for position in range(lists.starts[atom], lists.starts[atom + 1]):
            unit = lists.units[position]
            rows.atoms[rows.begins[unit] + np.int64(n_written[unit])] = first_atom + atom
            n_written[unit] += 1


@kernel
def _mixed(unit: np.int64) -> np.uint64:
    """Return the hash of a unit."""
    mixed = np.uint64(unit) + np.uint64(1)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@kernel
def _reach(units: NDArray[np.int32], rows: AtomRows, room: GroupRoom, first: int) -> None:
    """Note where the rows of some units begin, from a place on, and reach for all of them at once."""
    for place in range(units.size):
        room.places_in_rows[first + place] = rows.begins[units[place]]
    glimpse = np.int32(0)
    for place in range(units.size):
        begin = room.places_in_rows[first + place]
        # A row takes one or two lines of memory as a rule.
        glimpse ^= rows.atoms[begin] ^ rows.atoms[min(begin + 15, rows.atoms.size - 1)]
    # What was reached for is used in some way, or it would not be reached for.
    room.glimpse[0] = glimpse


@kernel
def group_units(units: NDArray[np.int32], atom: int, rows: AtomRows, room: GroupRoom) -> int:
    """Group some units by their atoms behind one of them, by direct look-up; return how many groups there are."""
    n_groups = np.int32(0)
    n_keys = np.int64(0)
    for portion in range(0, units.size, 256):
        _reach(units[portion : portion + 256], rows, room, portion)
        for place in range(portion, min(portion + 256, units.size)):
            mixed = _mixed(np.int64(units[place]))
            position = room.places_in_rows[place]
            # Each unit has the atom itself, which ends the loop.
            while rows.atoms[position] > atom:
                other = rows.atoms[position]
                group = room.slots[other]
                is_new = group < 0
                group = n_groups if is_new else group
                n_groups += np.int32(is_new)
                room.slots[other] = group
                room.atoms[group] = other
                room.sizes[group] = np.int32(1) if is_new else room.sizes[group] + np.int32(1)
                room.contents[group] = mixed if is_new else room.contents[group] ^ mixed
                room.group_of_key[n_keys] = group
                n_keys += 1
                position += 1
            room.ends[place] = n_keys
    for group in range(n_groups):
        room.slots[room.atoms[group]] = -1
    return int(n_groups)


@kernel
def _group_few(units: NDArray[np.int32], atom: int, first: int, rows: AtomRows, room: GroupRoom) -> int:
    """Group some units as `group_units` does, in a table that is near: 1024 keys at most.

    Where their rows begin stands in the room from a place on.
    """
    n_groups = np.int32(0)
    n_keys = np.int64(0)
    for place in range(units.size):
        mixed = _mixed(np.int64(units[place]))
        position = room.places_in_rows[first + place]
        while rows.atoms[position] > atom:
            other = rows.atoms[position]
            # Fibonacci hashing: the product scatters numbers that differ in few bits.
            slot = np.int64(((np.uint64(other) * np.uint64(0x9E3779B9)) >> np.uint64(20)) & np.uint64(4095))
            group = room.few_slots[slot]
            while group >= 0 and room.atoms[group] != other:
                slot = (slot + 1) & 4095
                group = room.few_slots[slot]
            is_new = group < 0
            group = n_groups if is_new else group
            n_groups += np.int32(is_new)
            room.few_slots[slot] = group
            room.atoms[group] = other
            room.sizes[group] = np.int32(1) if is_new else room.sizes[group] + np.int32(1)
            room.contents[group] = mixed if is_new else room.contents[group] ^ mixed
            room.places[group] = slot
            room.group_of_key[n_keys] = group
            n_keys += 1
            position += 1
        room.ends[place] = n_keys
    for group in range(n_groups):
        room.few_slots[room.places[group]] = -1
    return int(n_groups)


@kernel
def _choose(
    n_groups: int,
    cap: int,
    numbers: NDArray[np.int32],
    rows: AtomRows,
    room: GroupRoom,
    found: FoundBlocks,
    tallies: NDArray[np.int64],
) -> bool:
    """Count groups by size, and tell whether any is to be kept: of a size up to the cap, and not found just before."""
    n_blocks, n_units = found.used[0], found.used[1]
    last_slot = np.uint64(room.recent.size - 1)
    highest = np.int64(tallies.shape[1] - 3)
    nowhere = np.int64(found.units.size - 1)
    for group in range(n_groups):
        size = np.int64(room.sizes[group])
        room.places[group] = nowhere
        # Most atoms of a unit are in no other row.
        if size < 2:
            continue
        number = numbers[rows.kind_of_atom[room.atoms[group]]]
        # The first row is for kinds that are not joined.
        tallies[number, min(size, highest + 1)] += 1
        tallies[number, highest + 2] = max(tallies[number, highest + 2], size)
        if size <= cap and number > 0:
            content = room.contents[group]
            slot = (content >> np.uint64(40)) & last_slot
            if room.recent[slot] != content:
                room.recent[slot] = content
                room.places[group] = n_units
                found.sizes[n_blocks] = size
                found.contents[n_blocks] = content
                n_blocks += 1
                n_units += size
    any_kept = n_blocks > found.used[0]
    found.used[0], found.used[1] = n_blocks, n_units
    return bool(any_kept)


@kernel
def _write_blocks(units: NDArray[np.int32], room: GroupRoom, found: FoundBlocks) -> None:
    """Write the units of the groups that are kept."""
    begin = np.int64(0)
    nowhere = np.int64(found.units.size - 1)
    for place in range(units.size):
        for key in range(begin, room.ends[place]):
            group = room.group_of_key[key]
            # Written in any case, nowhere if it is not kept: no processor can foresee which ones are.
            to = room.places[group]
            found.units[to] = units[place]
            room.places[group] = to + np.int64(to < nowhere)
        begin = room.ends[place]


@kernel
def _take_alone(units: NDArray[np.int32], cap: int, found: FoundBlocks, tally: NDArray[np.int64]) -> None:
    """Take all units of an atom that stands alone for a block."""
    highest = np.int64(tally.size - 3)
    size = np.int64(units.size)
    tally[min(size, highest + 1)] += 1
    tally[highest + 2] = max(tally[highest + 2], size)
    if size <= cap:
        content = np.uint64(0)
        for place in range(units.size):
            found.units[found.used[1] + place] = units[place]
            content ^= _mixed(np.int64(units[place]))
        found.sizes[found.used[0]] = size
        found.contents[found.used[0]] = content
        found.used[0] += 1
        found.used[1] += size


@kernel
def find_blocks(
    lists: UnitLists,
    first_atom: int,
    limits: tuple[int, int],
    numbers: NDArray[np.int32],
    rows: AtomRows,
    atoms: tuple[int, int, int],
    room: GroupRoom,
    found: FoundBlocks,
    tallies: NDArray[np.int64],
) -> int:
    """Find the blocks of some atoms of a kind, alone and joined with the atoms behind them.

    Parameters
    ----------
    lists : UnitLists
        The units of the atoms.
    first_atom : int
        The number of the first atom of the kind in the rows.
    limits : tuple of two int
        The most atoms of a unit, and how many atoms of this kind and those behind it all units have.
    numbers : ndarray of int32, shape (n_kinds + 1,)
        For each kind the row of ``tallies`` that counts its blocks, 0 where it is not to be joined; at the end that of
        the atoms alone.
    rows : AtomRows
        The atoms of all units.
    atoms : tuple of three int
        The first atom of the kind to look at, the one after the last, and the size of the largest blocks to keep.
    room : GroupRoom
        Room to work in.
    found : FoundBlocks
        Appended to.
    tallies : ndarray of int64, shape (n_families + 1, cap + 3)
        The blocks of each size up to the cap; those above it; the largest size.  Added to.

    Returns
    -------
    int
        The atom to go on with: there is no room for its blocks, of which ``found.used`` tells how much is needed.

    Notes
    -----
    Threads may run this side by side, each with its own room, blocks and tallies.
    """
    reached = atoms[0]
    first = np.int64(0)
    for atom in range(atoms[0], atoms[1]):
        begin, end = lists.starts[atom], lists.starts[atom + 1]
        units = lists.units[begin:end]
        # A bound, exact where it is cheap.
        n_needed = np.int64(units.size) + min(np.int64(units.size) * limits[0], np.int64(limits[1]))
        if units.size <= 512:
            if atom >= reached:
                # Many atoms have few units: their rows are reached for together.
                first = begin
                reached = atom + 1
                while reached < atoms[1] and lists.starts[reached + 1] - first <= 512:
                    reached += 1
                _reach(lists.units[first : lists.starts[reached]], rows, room, 0)
            n_needed = np.int64(units.size)
            for place in range(units.size):
                n_needed += rows.begins[units[place] + 1] - room.places_in_rows[begin - first + place]
        if found.used[1] + n_needed >= found.units.size:
            found.used[2] = n_needed + 1
            return atom
        if numbers[numbers.size - 1] > 0:
            _take_alone(units, atoms[2], found, tallies[numbers[numbers.size - 1]])
        if n_needed <= 1024:
            n_groups = _group_few(units, first_atom + atom, begin - first, rows, room)
        else:
            n_groups = group_units(units, first_atom + atom, rows, room)
            # The places of rows that were reached for are written over.
            reached = atom + 1
        if _choose(n_groups, atoms[2], numbers, rows, room, found, tallies):
            _write_blocks(units, room, found)
    return atoms[1]


@kernel
def order_by_store(
    found: FoundBlocks, n_stores: int, bounds: NDArray[np.int64], blocks: NDArray[np.int32], begins: NDArray[np.int64]
) -> None:
    """Bring blocks in the order of the stores they belong to, which the highest bits of their contents tell.

    Parameters
    ----------
    found : FoundBlocks
        The blocks.
    n_stores : int
        A power of two up to 256.
    bounds : ndarray of int64, shape (n_stores + 1,)
        All zeros; on return, where the blocks of each store begin.
    blocks : ndarray of int32, shape (n_blocks,)
        Numbers of the blocks, store by store; written.
    begins : ndarray of int64, shape (n_blocks,)
        Where the units of those blocks begin; written.
    """
    down = np.uint64(56)
    last_store = np.uint64(n_stores - 1)
    for block in range(found.used[0]):
        bounds[((found.contents[block] >> down) & last_store) + np.uint64(1)] += 1
    for store in range(n_stores):
        bounds[store + 1] += bounds[store]
    begin = np.int64(0)
    for block in range(found.used[0]):
        store_of_block = (found.contents[block] >> down) & last_store
        blocks[bounds[store_of_block]] = block
        begins[bounds[store_of_block]] = begin
        bounds[store_of_block] += 1
        begin += np.int64(found.sizes[block])
    for store in range(n_stores, 0, -1):
        bounds[store] = bounds[store - 1]
    bounds[0] = 0


@kernel
def keep_new_blocks(
    found: FoundBlocks,
    blocks: NDArray[np.int32],
    begins: NDArray[np.int64],
    glimpse: NDArray[np.uint64],
    store: BlockStore,
) -> None:
    """Append to the store those of some blocks that it does not hold.

    The table needs a free slot for each block, and the store room for all of them; ``glimpse`` is room to work in.  Two
    sets of units share a content by accident once in 2^63; the second is then taken for the first.
    """
    # A content of 0 would pass for a free slot.
    one = np.uint64(1)
    last_slot = np.uint64(store.slots.size - 1)
    n_kept, n_units = store.used[0], store.used[1]
    for portion in range(0, blocks.size, glimpse.size):
        n_portion = min(glimpse.size, blocks.size - portion)
        # Many look-ups are under way together where none waits for another.
        for number in range(n_portion):
            glimpse[number] = store.slots[(found.contents[blocks[portion + number]] >> one) & last_slot]
        for number in range(n_portion):
            block = blocks[portion + number]
            content = found.contents[block] | one
            if glimpse[number] == content:
                continue
            slot = (content >> one) & last_slot
            while store.slots[slot] != 0 and store.slots[slot] != content:
                slot = (slot + one) & last_slot
            if store.slots[slot] == 0:
                store.slots[slot] = content
                store.sizes[n_kept] = found.sizes[block]
                n_kept += 1
                begin = begins[portion + number]
                for position in range(begin, begin + np.int64(found.sizes[block])):
                    store.units[n_units] = found.units[position]
                    n_units += 1
    store.used[0], store.used[1] = n_kept, n_units


@kernel
def move_contents(slots: NDArray[np.uint64], out: NDArray[np.uint64]) -> None:
    """Move the contents of a hash table to a larger one that is all zeros."""
    one, last_slot = np.uint64(1), np.uint64(out.size - 1)
    for content in slots:
        if content != 0:
            slot = (content >> one) & last_slot
            while out[slot] != 0:
                slot = (slot + one) & last_slot
            out[slot] = content
