"""What units have in common, looked up for some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel
from custid.kernels.blocks import AtomRows, GroupRoom, UnitLists, group_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["mark_sharing", "sizes_of_keys", "sum_evidence"]


@kernel
def _have_common(rows: AtomRows, unit: int, other_unit: int, atom: int, numbers: NDArray[np.int32]) -> bool:
    """Tell whether two units have in common an atom behind one of them, of a kind to join."""
    first, second = rows.begins[unit], rows.begins[other_unit]
    while rows.atoms[first] > atom and rows.atoms[second] > atom:
        if rows.atoms[first] == rows.atoms[second] and numbers[rows.kind_of_atom[rows.atoms[first]]] > 0:
            return True
        if rows.atoms[first] >= rows.atoms[second]:
            first += 1
        else:
            second += 1
    return False


@kernel
def mark_sharing(
    lists: UnitLists,
    first_atom: int,
    numbers: NDArray[np.int32],
    rows: AtomRows,
    units: NDArray[np.int32],
    is_sharing: NDArray[np.bool_],
) -> None:
    """Mark those of some units that share a key of a kind with any unit; arguments are those of `find_blocks`."""
    is_alone = numbers[numbers.size - 1] > 0
    for number in range(units.size):
        unit = units[number]
        for position in range(rows.begins[unit], rows.begins[unit + 1]):
            atom = rows.atoms[position]
            if first_atom <= atom < first_atom + lists.starts.size - 1:
                # An atom is in the lists since several units have it.
                is_sharing[number] |= is_alone
                for place in range(lists.starts[atom - first_atom], lists.starts[atom - first_atom + 1]):
                    if is_sharing[number]:
                        break
                    if lists.units[place] != unit:
                        is_sharing[number] = _have_common(rows, unit, lists.units[place], atom, numbers)


@kernel
def sum_evidence(
    rows: AtomRows,
    group_of_kind: NDArray[np.int32],
    bits: NDArray[np.float64],
    penalty_bits: float,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    best: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write how much speaks for each pair: of each group of kinds the rarest atom in common, or what having none costs.

    Parameters
    ----------
    rows : AtomRows
        The atoms of all units.
    group_of_kind : ndarray of int32, shape (n_kinds,)
        Groups of the kinds.
    bits : ndarray of float64, shape (n_atoms,)
        What an atom in common is worth, at least 0.
    penalty_bits : float
        What it costs that both units have atoms of a group and none in common, at least 0.
    left, right : ndarray of int32, shape (n_pairs,)
        Units.
    best : ndarray of float64, shape (3, n_groups)
        Room to work in.
    out : ndarray of float64, shape (n_pairs,)
        Bits; written.
    """
    for pair in range(left.size):
        best[:] = 0.0
        first, first_stop = rows.begins[left[pair]], rows.begins[left[pair] + 1]
        second, second_stop = rows.begins[right[pair]], rows.begins[right[pair] + 1]
        while first < first_stop or second < second_stop:
            # Rows descend; -1 stands behind the last atom.
            of_left = np.int64(rows.atoms[first]) if first < first_stop else np.int64(-1)
            of_right = np.int64(rows.atoms[second]) if second < second_stop else np.int64(-1)
            atom = max(of_left, of_right)
            group = group_of_kind[rows.kind_of_atom[atom]]
            if of_left == atom:
                best[1, group] = 1.0
                first += 1
            if of_right == atom:
                best[2, group] = 1.0
                second += 1
            if of_left == of_right:
                best[0, group] = max(best[0, group], bits[atom])
        total = 0.0
        for group in range(best.shape[1]):
            total += best[0, group]
            if best[0, group] == 0.0:
                total -= penalty_bits * best[1, group] * best[2, group]
        out[pair] = total


@kernel
def sizes_of_keys(
    lists: UnitLists,
    first_atom: int,
    keys: tuple[NDArray[np.int64], NDArray[np.int32]],
    atoms: NDArray[np.int64],
    rows: AtomRows,
    room: GroupRoom,
    out: NDArray[np.int64],
) -> None:
    """Write how many units share each of some keys.

    Parameters
    ----------
    lists : UnitLists
        The units of the atoms of a kind.
    first_atom : int
        The number of the first one in the rows.
    keys : tuple of two ndarray
        Where the keys of each atom of ``atoms`` begin, and the last ones end; the other atom of each key.
    atoms : ndarray of int64
        Atoms of the kind, as numbered in the rows.
    rows : AtomRows
        The atoms of all units.
    room : GroupRoom
        Room to work in.
    out : ndarray of int64
        Number of units by key; written.
    """
    starts, others = keys
    for number in range(atoms.size):
        atom = atoms[number]
        units = lists.units[lists.starts[atom - first_atom] : lists.starts[atom - first_atom + 1]]
        n_groups = group_units(units, atom, rows, room)
        for group in range(n_groups):
            room.slots[room.atoms[group]] = group
        for key in range(starts[number], starts[number + 1]):
            out[key] = units.size if others[key] < 0 else room.sizes[room.slots[others[key]]]
        for group in range(n_groups):
            room.slots[room.atoms[group]] = -1
