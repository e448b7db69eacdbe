"""An index without units is given many at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from custid._threads import in_threads
from custid.index._lookups import contiguous
from custid.index._room import with_room
from custid.index.atoms import UnitAtoms
from custid.kernels import index_filling as kernels
from custid.kernels import index_lists as lists
from custid.kernels.index_updates import AtomsOfUnits

__all__ = ["FILLED_FROM", "filled"]

FILLED_FROM = 1_000
"""As many units come one by one in less time than the code takes that brings in many."""

_SPANS_PER_THREAD = 8


def filled(
    index: lists.IndexArrays, unit_ids: NDArray[np.uint64], atoms: UnitAtoms, n_threads: int
) -> lists.IndexArrays:
    """Return an index without units with some.

    Parameters
    ----------
    index : IndexArrays
        Without units, atoms and keys.
    unit_ids : ndarray of uint64, shape (n_units,)
        Distinct identifiers.
    atoms : UnitAtoms
        Their atoms.
    n_threads : int
        Threads that work side by side; the result does not depend on it.

    Returns
    -------
    IndexArrays
        The units have numbers in their order, and few lists have room to spare.
    """
    with np.errstate(over="ignore"):
        index = with_room(index, n_units=len(unit_ids), n_pool=2 * len(atoms.kinds))
        given = AtomsOfUnits(*contiguous(atoms))
        n_done, n_atoms = 0, len(unit_ids)
        while n_done < len(unit_ids):
            most = int(np.diff(atoms.starts).max(initial=0))
            index = with_room(index, n_atoms=max(n_atoms, most))
            n_done, n_atoms = kernels.write_rows(index, given, n_done), int(index.counts[lists.ATOM_END])
        index.unit_ids[: len(unit_ids)] = unit_ids
        kernels.enter_numbers(index.unit_slots, index.unit_ids, len(unit_ids))
        sizes = index.atoms[:n_atoms, lists.SIZE]
        n_of_long = int(sizes[sizes > index.counts[lists.LONG_FROM]].sum(dtype=np.int64))
        index = with_room(index, n_pool=int(index.counts[lists.POOL_END]) // 2 + n_of_long)
        n_long = kernels.list_atoms(index)
        return _with_keys(index, n_long, n_threads) if n_long else index


def _with_keys(index: lists.IndexArrays, n_long: int, n_threads: int) -> lists.IndexArrays:
    """Return an index with the keys of its long atoms."""
    n_atoms, n_units = int(index.counts[lists.ATOM_END]), int(index.counts[lists.UNIT_END])
    atoms = index.atoms[:n_atoms]
    numbers = np.flatnonzero(atoms[:, lists.IS_LONG]).astype(np.int32)
    place_of = np.full(n_atoms, -1, np.int32)
    place_of[numbers] = np.arange(n_long, dtype=np.int32)
    n_held = int(atoms[numbers, lists.SIZE].sum(dtype=np.int64))
    long = kernels.LongAtoms(
        numbers=numbers,
        kinds=atoms[numbers, lists.KIND].astype(np.int32),
        starts=np.empty(n_units + 1, np.int64),
        places=np.empty(n_held, np.int32),
    )
    kernels.list_long_atoms(index, place_of, long)
    spans = _spans(n_long, n_threads)
    counted = np.zeros((n_long + 1, 2), np.int64)

    def count(span: tuple[int, int]) -> None:
        kernels.count_keys(index, long, span, np.zeros(n_long, np.int32), np.empty(n_long, np.int32), counted)

    in_threads(count, spans, n_threads=n_threads)
    ends = np.cumsum(counted, axis=0)
    n_keys, n_pool = ends[-1].tolist()
    index = with_room(index, n_keys=n_keys, n_pool=n_pool)
    roomy = index

    def write(span: tuple[int, int]) -> None:
        kernels.write_keys(roomy, long, span, np.zeros(n_long, np.int32), np.empty(n_long, np.int32), ends)

    in_threads(write, spans, n_threads=n_threads)
    index.counts[[lists.N_KEYS, lists.KEY_END]] = n_keys
    index.counts[[lists.POOL_END, lists.PACKED_END]] += n_pool
    kernels.enter_numbers(index.key_slots, index.key_atoms, n_keys)
    return index


def _spans(n_items: int, n_threads: int) -> list[tuple[int, int]]:
    """Return parts of a range, several for each thread: how much work an item makes is not known."""
    ends = np.linspace(0, n_items, min(n_items, n_threads * _SPANS_PER_THREAD if n_threads > 1 else 1) + 1)
    bounds = ends.astype(np.int64).tolist()
    return list(pairwise(bounds))
