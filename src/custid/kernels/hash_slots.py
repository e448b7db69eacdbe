"""Numbers found by 64-bit keys: open addressing with linear probing, from which entries can be taken out again.

Slots hold numbers; the keys stand in an array of the caller's, by number.  Several directories over one layout need no
code of their own.

Hashes are computed modulo 2^64: callers do so in `wrapping`.

References
----------
.. [1] Knuth, D. E. (1998), The Art of Computer Programming, volume 3, 2nd edition, section 6.4, algorithms L and R
   (linear probing, and deletion without markers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel, wrapping

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "enter_number",
    "find_number",
    "find_numbers",
    "home_of",
    "move_numbers",
    "scattered",
    "take_out_number",
    "wrapping",
]


@kernel
def scattered(key: np.uint64) -> np.uint64:
    """Return a key's hash: the finalizer of SplitMix64, as in `custid.table.hashing.mix`."""
    mixed = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@kernel
def home_of(key: np.uint64, n_slots: int) -> int:
    """Return the slot where the search for a key begins: any number of slots below 2^32 will do."""
    return int(np.int64(((scattered(key) >> np.uint64(32)) * np.uint64(n_slots)) >> np.uint64(32)))


@kernel
def find_number(slots: NDArray[np.int32], keys: NDArray[np.uint64], key: np.uint64) -> int:
    """Return the number of a key.

    Parameters
    ----------
    slots : ndarray of int32, shape (n_slots,)
        Numbers, -1 where free; one at least is free.
    keys : ndarray of uint64
        The key of each number.
    key : uint64
        What to look for.

    Returns
    -------
    int
        At least 0; -1 where the key is not there.
    """
    slot = home_of(key, slots.size)
    while slots[slot] >= 0:
        if keys[slots[slot]] == key:
            return int(slots[slot])
        slot = slot + 1 if slot + 1 < slots.size else 0
    return -1


@kernel
def find_numbers(
    slots: NDArray[np.int32], keys: NDArray[np.uint64], wanted: NDArray[np.uint64], numbers: NDArray[np.int32]
) -> bool:
    """Find the numbers of many keys.

    Parameters
    ----------
    slots, keys : ndarray
        As for `find_number`.
    wanted : ndarray of uint64, shape (n_keys,)
        What to look for.
    numbers : ndarray of int32, shape (n_keys,)
        Written: the number of each, -1 where it is not there.

    Returns
    -------
    bool
        Whether all are there.
    """
    are_there = True
    for place in range(wanted.size):
        number = find_number(slots, keys, wanted[place])
        numbers[place] = number
        are_there &= number >= 0
    return bool(are_there)


@kernel
def enter_number(slots: NDArray[np.int32], keys: NDArray[np.uint64], number: int) -> None:
    """Enter a number whose key stands in ``keys`` and is not there yet; two slots are free at least."""
    slot = home_of(keys[number], slots.size)
    while slots[slot] >= 0:
        slot = slot + 1 if slot + 1 < slots.size else 0
    slots[slot] = number


@kernel
def take_out_number(slots: NDArray[np.int32], keys: NDArray[np.uint64], number: int) -> None:
    """Take a number out that is there, and move up what its slot kept from its own.

    Notes
    -----
    Algorithm R of Knuth (1998), section 6.4: an entry moves to the hole unless the search for it begins behind that.
    """
    n_slots = slots.size
    hole = home_of(keys[number], n_slots)
    while slots[hole] != number:
        hole = hole + 1 if hole + 1 < n_slots else 0
    slot = hole + 1 if hole + 1 < n_slots else 0
    while slots[slot] >= 0:
        home = home_of(keys[slots[slot]], n_slots)
        if (slot - home + n_slots) % n_slots >= (slot - hole + n_slots) % n_slots:
            slots[hole] = slots[slot]
            hole = slot
        slot = slot + 1 if slot + 1 < n_slots else 0
    slots[hole] = -1


@kernel
def move_numbers(slots: NDArray[np.int32], keys: NDArray[np.uint64], out: NDArray[np.int32]) -> None:
    """Enter all numbers of a directory into another one, which is all -1."""
    for number in slots:
        if number >= 0:
            enter_number(out, keys, number)
