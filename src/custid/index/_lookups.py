"""What look-ups hand to the kernels."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from custid.index.atoms import UnitAtoms

if TYPE_CHECKING:
    from custid.kernels.index_lookups import LookupRoom, Probe

__all__ = [
    "ThreadRoom",
    "contiguous",
    "count_place",
    "make_probe",
    "make_room",
    "ordered_pairs",
    "with_more_members",
]

_FEWEST_MEMBERS = 512


class ThreadRoom(local):
    """Room that each thread has of its own."""

    room: LookupRoom | None = None
    n_atoms: int = 0


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


def make_probe(numbers: NDArray[np.int32], n_own: int, sizes: tuple[int, int]) -> Probe:
    """Return what is looked for: blocks of some sizes, with so many units added that are not in the index."""
    from custid.kernels.index_lookups import Probe  # noqa: PLC0415  # loads numba

    return Probe(
        numbers=numbers,
        is_changing=np.zeros(len(numbers), np.bool_),
        sizes=np.array([n_own, 0, *sizes], np.int64),
    )


def make_room(n_atoms: int, long_from: int) -> LookupRoom:
    """Return room to work in for probes of so many atoms."""
    from custid.kernels.index_lookups import LookupRoom  # noqa: PLC0415  # loads numba

    return LookupRoom(
        atom_slots=np.full(1 << (4 * n_atoms).bit_length(), -1, np.int32),
        tallies=np.zeros((n_atoms + 1, 2), np.int32),
        hits=np.empty((long_from * n_atoms + 1, 2), np.int32),
        members=np.empty(_FEWEST_MEMBERS, np.int32),
        member_slots=np.full(4 * _FEWEST_MEMBERS, -1, np.int32),
        few=np.empty(64, np.int32),
    )


def with_more_members(room: LookupRoom) -> LookupRoom:
    """Return room for four times as many members."""
    n_members = 4 * len(room.members)
    return room._replace(members=np.empty(n_members, np.int32), member_slots=np.full(4 * n_members, -1, np.int32))
