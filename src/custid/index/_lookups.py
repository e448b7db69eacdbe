"""What look-ups hand to the kernels."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from custid.index.atoms import UnitAtoms

if TYPE_CHECKING:
    from custid.kernels.index_lists import IndexArrays
    from custid.kernels.index_lookups import LookupRoom

__all__ = [
    "ThreadRoom",
    "contiguous",
    "count_place",
    "ordered_pairs",
]

_FEWEST_MEMBERS = 512
_FEWEST_ATOMS = 64
_LARGEST_CAP = 63
_MAY_BE = 2_048


class ThreadRoom(local):
    """Room that each thread has of its own."""

    room: LookupRoom | None = None

    def for_atoms(self, index: IndexArrays, n_atoms: int, n_few: int = 0) -> LookupRoom:
        """Return room for probes of so many atoms, and blocks of so many units."""
        n_few = max(n_few, _LARGEST_CAP + 1)
        room = self.room
        if room is None or len(room.numbers) < n_atoms or len(room.few) < n_few:
            long_from = int(index.counts[count_place("LONG_FROM")])
            room = self.room = _made_room(max(n_atoms, _FEWEST_ATOMS), long_from, n_few)
        return room

    def with_more_members(self, room: LookupRoom) -> LookupRoom:
        """Return room for four times as many members."""
        n_members = 4 * len(room.members)
        slots = np.full(4 * n_members, -1, np.int32)
        room = self.room = room._replace(members=np.empty(n_members, np.int32), member_slots=slots)
        return room


def count_place(name: str) -> int:
    """Return where a count stands among those of an index."""
    from custid.kernels import index_lists  # noqa: PLC0415  # loads numba

    return int(getattr(index_lists, name))


def contiguous(atoms: UnitAtoms) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint64]]:
    """Return the arrays as the kernels take them."""
    return (
        np.ascontiguousarray(atoms.starts, np.int64),
        np.ascontiguousarray(atoms.kinds, np.uint8),
        np.ascontiguousarray(atoms.hashes, np.uint64),
    )


def ordered_pairs(pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return pairs ascending, the smaller identifier of each first."""
    pairs = np.sort(pairs, axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _made_room(n_atoms: int, long_from: int, n_few: int) -> LookupRoom:
    from custid.kernels.index_lookups import LookupRoom  # noqa: PLC0415  # loads numba

    return LookupRoom(
        atom_slots=np.full(1 << (4 * n_atoms).bit_length(), -1, np.int32),
        may_be=np.zeros(_MAY_BE, np.bool_),
        tallies=np.zeros((n_atoms, 2), np.int32),
        hits=np.empty((long_from * n_atoms, 2), np.int32),
        members=np.empty(_FEWEST_MEMBERS, np.int32),
        member_slots=np.full(4 * _FEWEST_MEMBERS, -1, np.int32),
        few=np.empty(n_few, np.int32),
        numbers=np.empty(n_atoms, np.int32),
    )
