"""Blocking: atoms of records, and candidate pairs by either executor."""

from __future__ import annotations

import numpy as np

from benchmarks import of_all
from benchmarks.bench_resolver import make_table
from custid.blocking import block_candidates, plan_candidates, record_atoms
from custid.blocking._arrays import propose_interpreted
from custid.blocking._blocks import key_families
from custid.blocking._compiled import propose_compiled
from custid.testing import SyntheticCustomers, synthetic_customers

_SIZES = of_all([1_000, 10_000, 100_000])
_PAIRS_PER_UNIT = 24
_EXECUTORS = {"arrays": propose_interpreted, "compiled": propose_compiled}


def make_customers() -> dict[int, SyntheticCustomers]:
    """Return synthetic records, by number of records."""
    return {n_records: synthetic_customers(n_records, seed=17) for n_records in _SIZES}


class Blocking:
    """From a table of records to candidate pairs, as a run does it."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup_cache(self) -> dict[int, SyntheticCustomers]:
        return make_customers()

    def setup(self, customers: dict[int, SyntheticCustomers], n_records: int) -> None:
        self.table = make_table(customers[n_records])
        self.atoms = record_atoms(self.table)
        block_candidates(self.atoms, self.table.n_units)
        plan_candidates(self.atoms, self.table.n_units)

    def time_atoms(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        record_atoms(self.table)

    def time_pairs(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        block_candidates(self.atoms, self.table.n_units)

    def time_plan(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        plan_candidates(self.atoms, self.table.n_units)

    def peakmem_pairs(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        block_candidates(self.atoms, self.table.n_units)

    def track_pairs_per_unit(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> float:
        return len(block_candidates(self.atoms, self.table.n_units)) / self.table.n_units


class Executors:
    """Both ways from atoms to pairs, to see from how many keys on the compiled one is ahead."""

    params = (_SIZES, list(_EXECUTORS), of_all([1, 2]))
    param_names = ("n_records", "executor", "n_threads")
    timeout = 300

    def setup_cache(self) -> dict[int, SyntheticCustomers]:
        return make_customers()

    def setup(self, customers: dict[int, SyntheticCustomers], n_records: int, executor: str, _n_threads: int) -> None:
        table = make_table(customers[n_records])
        self.families, self.n_units = list(key_families(record_atoms(table))), table.n_units
        self._propose(executor, 1)

    def time_pairs(
        self, _customers: dict[int, SyntheticCustomers], _n_records: int, executor: str, n_threads: int
    ) -> None:
        self._propose(executor, n_threads)

    def peakmem_pairs(
        self, _customers: dict[int, SyntheticCustomers], _n_records: int, executor: str, n_threads: int
    ) -> None:
        self._propose(executor, n_threads)

    def _propose(self, executor: str, n_threads: int) -> None:
        found = _EXECUTORS[executor](
            self.families,
            self.n_units,
            sources=None,
            block_cap=50,
            budget=_PAIRS_PER_UNIT * self.n_units,
            n_threads=n_threads,
        )
        found.write(np.empty(found.n_pairs, np.int32), np.empty(found.n_pairs, np.int32))
