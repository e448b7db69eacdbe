"""Atoms of units as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from custid.blocking import AtomColumn
from custid.errors import ShapeMismatchError
from custid.index import AtomKind, UnitAtoms


def column(kind: str, *lists: list[int]) -> AtomColumn:
    """Return a column of atoms, given the units of each."""
    return AtomColumn(
        group="city",
        kind=kind,
        may_stand_alone=True,
        starts=np.cumsum([0, *map(len, lists)]),
        unit_idx=np.array([unit for units in lists for unit in units], np.int32),
    )


def test_atoms_of_columns() -> None:
    """Units have the atoms that list them; atoms are equal where kind and number are."""
    columns = [column("full", [0, 2], [1, 2]), column("token", [0, 1])]
    atoms = UnitAtoms.of_columns(columns, 4)
    assert atoms.starts.tolist() == [0, 2, 4, 6, 6]
    of = [set(zip(each.kinds.tolist(), each.hashes.tolist(), strict=True)) for each in map(atoms.of, [[0], [1], [2]])]
    assert [len(of[0] & of[2]), len(of[1] & of[2]), len(of[0] & of[1])] == [1, 1, 1]
    assert [kind.kind for kind in AtomKind.of_columns(columns)] == ["full", "token"]


def test_some_units_in_another_order() -> None:
    """Units can be chosen, in any order and repeatedly."""
    atoms = UnitAtoms(starts=np.array([0, 1, 3]), kinds=np.zeros(3, np.uint8), hashes=np.array([5, 6, 7], np.uint64))
    chosen = atoms.of([1, 0, 1])
    assert chosen.starts.tolist() == [0, 2, 3, 5]
    assert chosen.hashes.tolist() == [6, 7, 5, 6, 7]
    assert atoms.of([]).n_units == 0


def test_no_units() -> None:
    """There may be no unit and no column."""
    assert UnitAtoms.of_columns([], 0).n_units == 0


@pytest.mark.parametrize("starts", [[], [1, 2], [0, 1], [0, 3, 2]])
def test_starts_that_do_not_fit_are_refused(starts: list[int]) -> None:
    """Starts ascend from 0 to the number of atoms."""
    with pytest.raises(ShapeMismatchError, match="starts: expected numbers that ascend from 0 to 2"):
        UnitAtoms(starts=np.array(starts, np.int64), kinds=np.zeros(2, np.uint8), hashes=np.zeros(2, np.uint64))


def test_hashes_that_do_not_fit_are_refused() -> None:
    """There are as many hashes as kinds."""
    with pytest.raises(ShapeMismatchError, match="hashes: expected one for each of 2 atoms, got 3"):
        UnitAtoms(starts=np.array([0, 2]), kinds=np.zeros(2, np.uint8), hashes=np.zeros(3, np.uint64))
