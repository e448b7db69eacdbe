"""The arrays of a candidate index, and the lists of numbers that all of it is made of.

Everything that grows is a list in one pool: the row of a unit (its atoms, then where the unit stands in the list of
each), the units of an atom, the units of a key.  A list that is full moves to a place of twice the room; the place it
leaves is chained with others of its size and taken by a later list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, highest_bit, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ATOM_END",
    "ATOM_FREE",
    "BLOCK_CAP",
    "IS_LONG",
    "KEY_END",
    "KEY_FREE",
    "KIND",
    "LONG_FROM",
    "N_ATOMS",
    "N_COUNTS",
    "N_KEYS",
    "N_TOUCHED",
    "N_UNITS",
    "PACKED_END",
    "PLACE",
    "POOL_END",
    "ROOM",
    "SIZE",
    "UNIT_END",
    "UNIT_FREE",
    "IndexArrays",
    "add_to_list",
    "borrowed_index",
    "copy_list",
    "free_list",
    "room_for",
    "take_room",
]

# Columns of `IndexArrays.rows`, `atoms` and `keys`.
PLACE, SIZE, ROOM, KIND, IS_LONG = 0, 1, 2, 3, 4

# Places in `IndexArrays.counts`.
N_UNITS, UNIT_END, UNIT_FREE = 0, 1, 2
N_ATOMS, ATOM_END, ATOM_FREE = 3, 4, 5
N_KEYS, KEY_END, KEY_FREE = 6, 7, 8
POOL_END, PACKED_END, N_TOUCHED, BLOCK_CAP, LONG_FROM = 9, 10, 11, 12, 13
N_COUNTS = 14


class IndexArrays(NamedTuple):
    """A candidate index.

    Units, atoms and keys have numbers; those given back are chained through their places and given out again.  *Long*
    atoms have had more than ``counts[LONG_FROM]`` units; a *key* here is a pair of long atoms that some unit has.

    Attributes
    ----------
    counts : ndarray of int64, shape (14,)
        For units, atoms and keys how many there are, the number after the last one, and the first of those given back
        or -1; the end of the pool, and of the part of it where lists have no room to spare; units read or written in
        lists of atoms so far; the cap of blocks; how many units an atom has at most before it is long.
    free : ndarray of int64, shape (32,)
        The first of the places given back, by the binary logarithm of their room; -1 for none.
    kind_joins : ndarray of bool, shape (n_kinds, n_kinds)
        Whether atoms of two kinds make a key.
    kind_alone : ndarray of bool, shape (n_kinds,)
        Whether an atom of a kind is a key.
    unit_slots : ndarray of int32
        Units by identifier, as in `custid.kernels.hash_slots`.
    unit_ids : ndarray of uint64
        Identifiers.
    rows : ndarray of int32, shape (n, 2)
        Where the row of each unit begins, and how many atoms it has, -1 for numbers given back.
    atom_slots : ndarray of int32
        Atoms by hash.
    atom_hashes : ndarray of uint64
        What tells each atom from all others, of whatever kind.
    atoms : ndarray of int32, shape (n, 5)
        Where the units of each atom begin, how many there are, for how many there is room, the kind of the atom, and 1
        where it is long.
    key_slots : ndarray of int32
        Keys by their atoms.
    key_atoms : ndarray of uint64
        The smaller atom, shifted by 32 bits, and the larger one.
    keys : ndarray of int32, shape (n, 3)
        Where the units of each key begin, how many there are, and for how many there is room: they are listed up to the
        cap of blocks, and there is no room where they are not.
    pool : ndarray of int32
        All lists.
    """

    counts: NDArray[np.int64]
    free: NDArray[np.int64]
    kind_joins: NDArray[np.bool_]
    kind_alone: NDArray[np.bool_]
    unit_slots: NDArray[np.int32]
    unit_ids: NDArray[np.uint64]
    rows: NDArray[np.int32]
    atom_slots: NDArray[np.int32]
    atom_hashes: NDArray[np.uint64]
    atoms: NDArray[np.int32]
    key_slots: NDArray[np.int32]
    key_atoms: NDArray[np.uint64]
    keys: NDArray[np.int32]
    pool: NDArray[np.int32]


@kernel
def borrowed_index(index: IndexArrays) -> IndexArrays:
    """Return an index whose arrays do not count who refers to them, as `custid._jit.borrowed` has it."""
    return IndexArrays(
        borrowed(index.counts),
        borrowed(index.free),
        borrowed(index.kind_joins),
        borrowed(index.kind_alone),
        borrowed(index.unit_slots),
        borrowed(index.unit_ids),
        borrowed(index.rows),
        borrowed(index.atom_slots),
        borrowed(index.atom_hashes),
        borrowed(index.atoms),
        borrowed(index.key_slots),
        borrowed(index.key_atoms),
        borrowed(index.keys),
        borrowed(index.pool),
    )


@kernel
def room_for(n_items: int) -> int:
    """Return the room of a new list of so many items, one at least: the next power of two."""
    return 1 << (highest_bit(np.uint64(n_items - 1)) + 1)


@kernel
def take_room(index: IndexArrays, n_items: int) -> int:
    """Return a place with `room_for` so many items; the pool is known to have it."""
    size_class = highest_bit(np.uint64(n_items - 1)) + 1
    place = index.free[size_class]
    if place >= 0:
        index.free[size_class] = index.pool[place]
    else:
        place = index.counts[POOL_END]
        index.counts[POOL_END] += 1 << size_class
    return int(place)


@kernel
def free_list(index: IndexArrays, place: int, room: int) -> None:
    """Give a place back; of a room that is no power of two the rest is lost until all lists are copied."""
    if room > 0:
        size_class = highest_bit(np.uint64(room))
        index.pool[place] = index.free[size_class]
        index.free[size_class] = place


@kernel
def add_to_list(index: IndexArrays, place: int, size: int, room: int, item: int) -> int:
    """Append to a list and return its place: where it was full, one with `room_for` one item more."""
    if size == room:
        moved = take_room(index, size + 1)
        index.pool[moved : moved + size] = index.pool[place : place + size]
        free_list(index, place, room)
        place = moved
    index.pool[place + size] = item
    return place


@kernel
def copy_list(index: IndexArrays, place: int, size: int, pool: NDArray[np.int32], end: int) -> int:
    """Copy a list to the end of another pool, and return the end from then on."""
    pool[end : end + size] = index.pool[place : place + size]
    return end + size
