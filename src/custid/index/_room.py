"""Arrays of an index that are made, grown and packed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.index._kinds import joined_kinds
from custid.index.atoms import AtomKind
from custid.kernels import hash_slots
from custid.kernels import index_lists as lists
from custid.kernels import index_updates as updates

__all__ = ["GROUPS", "LARGEST_POOL", "empty_arrays", "packed", "with_room", "with_spare"]

LARGEST_POOL = (1 << 31) - 1
_FEWEST = 64
_SPARE = 32
"""Of what is in use one part in so many is kept free when an index is packed."""

_OF_UNITS = ("unit_ids", "rows")
_OF_ATOMS = ("atom_hashes", "atoms")
_OF_KEYS = ("key_atoms", "keys")
GROUPS = (
    (_OF_UNITS, "unit_slots", lists.UNIT_END),
    (_OF_ATOMS, "atom_slots", lists.ATOM_END),
    (_OF_KEYS, "key_slots", lists.KEY_END),
    (("pool",), None, lists.POOL_END),
)
"""Arrays of one length, the directory of what they hold, and where the number in use stands."""


def empty_arrays(kinds: Sequence[AtomKind], block_cap: int, long_from: int) -> lists.IndexArrays:
    """Return an index without units."""
    counts = np.zeros(lists.N_COUNTS, np.int64)
    counts[[lists.UNIT_FREE, lists.ATOM_FREE, lists.KEY_FREE]] = -1
    counts[lists.BLOCK_CAP], counts[lists.LONG_FROM] = block_cap, long_from
    return lists.IndexArrays(
        counts=counts,
        free=np.full(32, -1, np.int64),
        kind_joins=joined_kinds(kinds),
        kind_alone=np.array([kind.may_stand_alone for kind in kinds], np.bool_),
        unit_slots=np.full(_FEWEST, -1, np.int32),
        unit_ids=np.empty(0, np.uint64),
        rows=np.empty((0, 2), np.int32),
        atom_slots=np.full(_FEWEST, -1, np.int32),
        atom_hashes=np.empty(0, np.uint64),
        atoms=np.empty((0, 5), np.int32),
        key_slots=np.full(_FEWEST, -1, np.int32),
        key_atoms=np.empty(0, np.uint64),
        keys=np.empty((0, 3), np.int32),
        pool=np.empty(_FEWEST, np.int32),
    )


def with_room(
    index: lists.IndexArrays, *, n_units: int = 0, n_atoms: int = 0, n_keys: int = 0, n_pool: int = 0
) -> lists.IndexArrays:
    """Return an index that takes so many more; what it has is copied where it has to grow, by a quarter at least."""
    needed = (n_units, n_atoms, n_keys, n_pool)
    grown: dict[str, NDArray[Any]] = {}
    for (names, slots_name, end), n_more in zip(GROUPS, needed, strict=True):
        n_used = int(index.counts[end])
        size = len(getattr(index, names[0]))
        if n_used + n_more > size:
            size = max(n_used + n_more, size + size // 4, _FEWEST)
            if n_used + n_more > LARGEST_POOL:
                raise ConfigurationError(
                    f"index: expected lists of at most {LARGEST_POOL} numbers, got {n_used + n_more}.",
                    hint="Keep the units of one country or one brand in an index of their own.",
                )
            size = min(size, LARGEST_POOL)
            grown.update({name: _resized(getattr(index, name), n_used, size) for name in names})
        if slots_name is not None:
            slots = getattr(index, slots_name)
            if 3 * (n_used + n_more) >= 2 * len(slots):
                larger = np.full(2 * (n_used + n_more) + _FEWEST, -1, np.int32)
                with np.errstate(over="ignore"):
                    hash_slots.move_numbers(slots, getattr(index, names[0]), larger)
                grown[slots_name] = larger
    return index._replace(**grown)


def _resized(array: NDArray[Any], n_used: int, size: int) -> NDArray[Any]:
    # Memory that is not written to is not taken either.
    resized = np.empty((size, *array.shape[1:]), array.dtype)
    resized[:n_used] = array[:n_used]
    return resized


def packed(index: lists.IndexArrays) -> lists.IndexArrays:
    """Return an index with the same units, whose lists have no room to spare and which has little room itself."""
    counts = index.counts
    rows, keys = index.rows[: counts[lists.UNIT_END]], index.keys[: counts[lists.KEY_END]]
    atoms = index.atoms[: counts[lists.ATOM_END]]
    lengths = int(2 * np.maximum(rows[:, lists.SIZE], 0).sum(dtype=np.int64))
    lengths += int(atoms[:, lists.SIZE].sum(dtype=np.int64))
    lengths += int(keys[keys[:, lists.ROOM] > 0, lists.SIZE].sum(dtype=np.int64))
    copied = index._replace(
        counts=index.counts.copy(),
        free=index.free.copy(),
        **{name: getattr(index, name).copy() for name in (*_OF_UNITS, *_OF_ATOMS, *_OF_KEYS)},
        pool=np.empty(min(with_spare(lengths), LARGEST_POOL), np.int32),
    )
    updates.copy_lists(index, copied)
    trimmed: dict[str, NDArray[Any]] = {}
    for names, slots_name, end in GROUPS:
        n_used = int(copied.counts[end])
        size = min(with_spare(n_used), LARGEST_POOL)
        if len(getattr(copied, names[0])) != size:
            trimmed.update({name: _resized(getattr(copied, name), n_used, size) for name in names})
        if slots_name is not None:
            slots = np.full(9 * size // 5 + _FEWEST, -1, np.int32)
            with np.errstate(over="ignore"):
                hash_slots.move_numbers(getattr(copied, slots_name), getattr(copied, names[0]), slots)
            trimmed[slots_name] = slots
    return copied._replace(**trimmed)


def with_spare(n_used: int) -> int:
    """Return how long an array is made of which so many places are in use."""
    return n_used + n_used // _SPARE + _FEWEST
