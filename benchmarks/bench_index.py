"""The index of candidates: look-ups, changes and what it takes; ``python -m benchmarks.bench_index`` prints.

The peer is the same index in plain Python: dictionaries of sets.  Both hold the same atoms in the same process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from benchmarks import of_all
from benchmarks.bench_blocking import make_customers
from benchmarks.bench_resolver import make_table
from custid.blocking import AtomColumn, record_atoms, stream_candidates
from custid.index import AtomKind, CandidateIndex, UnitAtoms
from custid.table import RecordTable
from custid.testing import SyntheticCustomers, synthetic_customers

_SIZES = of_all([1_000, 10_000, 100_000])
_N_PROBES = 2_000
Key = tuple[tuple[int, int], ...]


def all_atoms(table: RecordTable) -> list[AtomColumn]:
    """Return the atoms of a table, those that one unit alone has as well: a unit to come may share them."""
    twice = {name: evolve(each, codes=np.vstack([each.codes, each.codes])) for name, each in table.columns.items()}
    return [
        evolve(column, starts=column.starts // 2, unit_idx=column.unit_idx[column.unit_idx < table.n_units])
        for column in record_atoms(evolve(table, columns=twice))
    ]


class PlainIndex:
    """Candidates from dictionaries: for each atom the units that have it, for each unit its atoms."""

    def __init__(self, kinds: tuple[AtomKind, ...], block_cap: int) -> None:
        self._kinds, self._cap = kinds, block_cap
        self._units: dict[tuple[int, int], set[int]] = defaultdict(set)

    def add(self, unit: int, atoms: Iterable[tuple[int, int]]) -> None:
        """Add a unit."""
        for atom in atoms:
            self._units[atom].add(unit)

    def candidates(self, atoms: Iterable[tuple[int, int]]) -> list[int]:
        """Return the candidates of a unit that is not there."""
        lists = {atom: self._units[atom] for atom in atoms if atom in self._units}
        found: set[int] = set()
        for atom, units in lists.items():
            if self._kinds[atom[0]].may_stand_alone and len(units) < self._cap:
                found |= units
        for first, second in combinations(lists, 2):
            one, other = self._kinds[first[0]], self._kinds[second[0]]
            if one.group != other.group or (one is other and one.group == "name"):
                block = lists[first] & lists[second]
                if len(block) < self._cap:
                    found |= block
        return sorted(found)


def of_one(atoms: UnitAtoms) -> list[tuple[int, int]]:
    """Return the atoms of one unit as the plain index takes them."""
    return list(zip(atoms.kinds.tolist(), atoms.hashes.tolist(), strict=True))


class Index:
    """Look-ups and changes of one unit."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup_cache(self) -> dict[int, SyntheticCustomers]:
        return make_customers()

    def setup(self, customers: dict[int, SyntheticCustomers], n_records: int) -> None:
        table = make_table(customers[n_records])
        self.columns, self.n_units = all_atoms(table), table.n_units
        self.atoms = UnitAtoms.of_columns(self.columns, self.n_units)
        self.index = CandidateIndex.build(
            AtomKind.of_columns(self.columns), np.arange(self.n_units), self.atoms, block_cap=10
        )
        self.probes = [self.atoms.of([unit]) for unit in range(0, self.n_units, self.n_units // 100)]
        self.index.candidates(self.probes[0])
        self.index.changes_by([0])
        self.index.remove(0)
        self.index.add([0], self.atoms.of([0]))

    def time_100_candidates(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        for probe in self.probes:
            self.index.candidates(probe)

    def time_departure_and_arrival(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        self.index.remove(0)
        self.index.add([0], self.atoms.of([0]))

    def time_changes(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        self.index.changes_by([1])

    def track_bytes_per_unit(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> float:
        return self.index.n_bytes / self.n_units


def timed(task: Callable[[UnitAtoms], object], probes: list[UnitAtoms], n_turns: int = 3) -> str:
    """Return median and 99th percentile in microseconds: of each probe the best of some turns, as others run, too."""
    seconds: list[NDArray[np.float64]] = []
    for _ in range(n_turns):
        stamps = [time.perf_counter()]
        for probe in probes:
            task(probe)
            stamps.append(time.perf_counter())
        seconds.append(np.diff(stamps))
    median, ninety_ninth = np.percentile(np.min(seconds, axis=0) * 1e6, [50, 99])
    return f"median {median:.0f} us, 99 % under {ninety_ninth:.0f} us"


def main(arguments: list[str] | None = None) -> None:
    """Print what an index of some synthetic records takes, beside the plain one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("n_records", type=int, nargs="?", default=100_000)
    n_records = parser.parse_args(arguments).n_records
    table = make_table(synthetic_customers(n_records, seed=17))
    n_units, columns = table.n_units, all_atoms(table)
    cap = stream_candidates(record_atoms(table), n_units).block_cap
    atoms, kinds = UnitAtoms.of_columns(columns, n_units), AtomKind.of_columns(columns)
    CandidateIndex.build(kinds, np.arange(9), atoms.of(range(9)), block_cap=cap)
    begin = time.perf_counter()
    index = CandidateIndex.build(kinds, np.arange(n_units), atoms, block_cap=cap)
    built = time.perf_counter() - begin
    out = sys.stdout
    out.write(f"{n_units} units, {len(atoms.kinds) / n_units:.1f} atoms each, cap {cap}\n")
    out.write(f"index: {index.n_bytes / n_units:.0f} bytes a unit, built in {built:.1f} s\n")
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder) / "live.index")
        begin = time.perf_counter()
        index = CandidateIndex.load(Path(folder) / "live.index")
        out.write(f"loaded and checked in {time.perf_counter() - begin:.2f} s\n")
        chosen = np.random.default_rng(1).choice(n_units, min(_N_PROBES, n_units), replace=False)
        probes = [atoms.of([unit]) for unit in chosen.tolist()]
        index.candidates(probes[0])
        out.write(f"candidates: {timed(index.candidates, probes)}\n")
        plain = PlainIndex(kinds, cap)
        for unit in range(n_units):
            plain.add(unit, of_one(atoms.of([unit])))
        few = probes[:100]
        out.write(f"in plain Python: {timed(lambda probe: plain.candidates(of_one(probe)), few, 1)}\n")
        if any(plain.candidates(of_one(probe)) != index.candidates(probe).tolist() for probe in few):
            sys.exit("The two indexes differ.")


if __name__ == "__main__":
    main()
