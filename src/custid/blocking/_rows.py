"""The atoms of each unit, from the units of each atom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from custid._threads import in_threads
from custid.blocking.atoms import AtomColumn
from custid.kernels import blocks as kernels

__all__ = ["lists_of", "rows_of"]


def rows_of(columns: Sequence[AtomColumn], n_units: int, n_threads: int) -> kernels.AtomRows:
    """Return the atoms of each unit, given the kinds in the order of the rows."""
    # Each thread writes the atoms of some kinds behind those of the kinds before.
    parts = _portions([len(column.unit_idx) for column in columns], n_threads)

    def count(part: slice) -> NDArray[np.int32]:
        n_atoms = np.zeros(n_units, np.int32)
        for column in columns[part]:
            kernels.count_in_rows(column.unit_idx, n_atoms)
        return n_atoms

    n_written = in_threads(count, parts, n_threads=n_threads)
    # Rows descend: the last kinds come first.
    n_of_unit = np.zeros(n_units, np.int32)
    for n_atoms in reversed(n_written):
        n_of_part = n_atoms.copy()
        n_atoms[:] = n_of_unit
        n_of_unit += n_of_part
    begins = np.zeros(n_units + 1, np.int64)
    np.cumsum(n_of_unit, out=begins[1:])
    n_of_kind = [column.n_atoms for column in columns]
    rows = kernels.AtomRows(
        begins=begins,
        # One more than there are: a unit without atoms has a place too.
        atoms=np.empty(int(begins[-1]) + 1, np.int32),
        kind_of_atom=np.repeat(
            np.arange(len(columns), dtype=np.uint8 if len(columns) < 1 << 8 else np.int32), n_of_kind
        ),
    )
    first_atoms = (np.cumsum(n_of_kind) - n_of_kind).tolist()

    def fill(number: int) -> None:
        for kind in reversed(range(len(columns))[parts[number]]):
            kernels.fill_rows(lists_of(columns[kind]), first_atoms[kind], n_written[number], rows)

    in_threads(fill, range(len(parts)), n_threads=n_threads)
    return rows


def _portions(weights: Sequence[int], n_portions: int) -> list[slice]:
    """Return slices of about equal weight."""
    ends = np.cumsum([0, *weights])
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, n_portions) / n_portions)
    return [slice(*bounds) for bounds in pairwise(np.unique([0, *cuts, len(weights)]).tolist())]


def lists_of(column: AtomColumn) -> kernels.UnitLists:
    """Return the units of each atom of a kind as the kernels take them."""
    return kernels.UnitLists(column.starts, column.unit_idx)
