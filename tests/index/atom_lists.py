"""Atoms of units written down in tests, for the index and for the batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid.blocking import AtomColumn, stream_candidates
from custid.index import AtomKind, CandidateIndex, UnitAtoms
from tests.oracles.blocking import Kind, candidate_pairs

__all__ = ["KINDS", "Atoms", "Pairs", "atoms_of", "batch_pairs", "index_pairs", "oracle_pairs"]

KINDS = tuple(
    AtomKind(group=group, kind=kind, may_stand_alone=alone)
    for group, kind, alone in (
        ("city", "full", True),
        ("date", "year", False),
        ("name", "sound", False),
        ("name", "token", True),
    )
)
Atoms = Sequence[frozenset[int]]
"""For each kind the atoms of a unit."""
Pairs = set[tuple[int, int]]


def atoms_of(units: Iterable[Atoms]) -> UnitAtoms:
    """Return the atoms of some units as the index takes them."""
    rows = [[(kind, atom) for kind, atoms in enumerate(unit) for atom in sorted(atoms)] for unit in units]
    flat = [pair for row in rows for pair in row]
    return UnitAtoms(
        starts=np.cumsum([0, *map(len, rows)]),
        kinds=np.array([kind for kind, _ in flat], np.uint8),
        hashes=np.array([atom for _, atom in flat], np.uint64),
    )


def oracle_pairs(units: Mapping[int, Atoms], cap: int) -> Pairs:
    """Return the candidate pairs of a batch over some units, found with dictionaries of keys."""
    ids = sorted(units)
    kinds = [
        Kind(kind.group, f"{kind.group}.{kind.kind}", kind.may_stand_alone, [units[each][number] for each in ids])
        for number, kind in enumerate(KINDS)
    ]
    found, _ = candidate_pairs(kinds, cap=cap, budget=float("inf"))
    return {(ids[left], ids[right]) for left, right in found}


def batch_pairs(columns: Sequence[AtomColumn], units: Sequence[int], cap: int) -> Pairs:
    """Return the candidate pairs of a batch over some of the units of a table, found by the package."""
    chosen = np.array(sorted(units), np.int32)
    found = stream_candidates(
        [_of_units(column, chosen) for column in columns], len(chosen), block_cap=cap, pairs_per_unit=float(len(chosen))
    ).collect()
    assert found.block_cap == cap
    return set(zip(chosen[found.left_idx].tolist(), chosen[found.right_idx].tolist(), strict=True))


def _of_units(column: AtomColumn, chosen: NDArray[np.int32]) -> AtomColumn:
    """Return the atoms that two of some units have, the units renumbered."""
    atom = np.repeat(np.arange(column.n_atoms), np.diff(column.starts))
    is_chosen = np.isin(column.unit_idx, chosen)
    counts = np.bincount(atom[is_chosen], minlength=column.n_atoms)
    kept = is_chosen & (counts > 1)[atom]
    return evolve(
        column,
        starts=np.append(0, np.cumsum(counts[counts > 1])),
        unit_idx=np.searchsorted(chosen, column.unit_idx[kept]).astype(np.int32),
    )


def index_pairs(index: CandidateIndex, unit_ids: Iterable[int]) -> Pairs:
    """Return the pairs of units that an index takes for candidates, each told by both of its units."""
    told = [(unit, other) for unit in unit_ids for other in index.partners(unit).tolist()]
    assert sorted(told) == sorted((other, unit) for unit, other in told)
    return {(unit, other) for unit, other in told if unit < other}
