"""From rows to customers: whole runs with their quality, single steps, and what importing costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import custid
from benchmarks import of_all
from custid.engines.certainties import certainties_of
from custid.engines.constraints import Constraints
from custid.engines.local import _Work
from custid.engines.options import Parts, ResolveOptions
from custid.engines.row_links import RowLinks
from custid.intake import detect, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.table.record_table import build_record_table
from custid.testing import SyntheticCustomers, synthetic_customers

if TYPE_CHECKING:
    from custid.evaluation import Evaluation
    from custid.table.record_table import RecordTable

_SIZES = of_all([1_000, 5_000])


def make_customers() -> dict[int, SyntheticCustomers]:
    """Return synthetic records with their truth, by number of records."""
    return {n_records: synthetic_customers(n_records, seed=17) for n_records in _SIZES}


def make_table(customers: SyntheticCustomers) -> RecordTable:
    """Return records as the engine sees them."""
    intake = read(customers.records)
    source = SourceInput(name=intake.name, intake=intake, mapping=detect(intake.table))
    canonical = canonical_values([source])
    return build_record_table(canonical.values, canonical.n_rows)


class Dedupe:
    """A whole run from an Arrow table to assignments."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup_cache(self) -> dict[int, SyntheticCustomers]:
        return make_customers()

    def setup(self, customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        custid.dedupe(customers[_SIZES[0]].records.slice(0, 50))

    def time_dedupe(self, customers: dict[int, SyntheticCustomers], n_records: int) -> None:
        custid.dedupe(customers[n_records].records)

    def time_customers(self, customers: dict[int, SyntheticCustomers], n_records: int) -> None:
        custid.dedupe(customers[n_records].records).customers  # noqa: B018 - worked out when first asked for

    def peakmem_dedupe(self, customers: dict[int, SyntheticCustomers], n_records: int) -> None:
        custid.dedupe(customers[n_records].records)

    def track_f1(self, customers: dict[int, SyntheticCustomers], n_records: int) -> float:
        return self._found(customers[n_records]).pairwise.f1

    def track_precision(self, customers: dict[int, SyntheticCustomers], n_records: int) -> float:
        return self._found(customers[n_records]).pairwise.precision

    def track_recall(self, customers: dict[int, SyntheticCustomers], n_records: int) -> float:
        return self._found(customers[n_records]).pairwise.recall

    def track_pairs_per_record(self, customers: dict[int, SyntheticCustomers], n_records: int) -> float:
        return custid.dedupe(customers[n_records].records).report.n_pairs / n_records

    def _found(self, customers: SyntheticCustomers) -> Evaluation:
        return custid.evaluate(custid.dedupe(customers.records), customers.truth)


class Steps:
    """The steps of a run, each after those before it."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup_cache(self) -> dict[int, SyntheticCustomers]:
        return make_customers()

    def setup(self, customers: dict[int, SyntheticCustomers], n_records: int) -> None:
        self.table = make_table(customers[n_records])
        certain = certainties_of(self.table, RowLinks(), Constraints())
        self.work = _Work(ResolveOptions(), self.table, Parts(), None, certain, lambda _step, _done: None)
        self.work.block(None)
        self.work.prepare(None)
        self.model = self.work.learn(None)
        self.work.weigh(self.model, None)

    def time_standardizing(self, customers: dict[int, SyntheticCustomers], n_records: int) -> None:
        make_table(customers[n_records])

    def time_blocking(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        self.work.block(None)

    def time_strangers(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        self.work.prepare(None)

    def time_learning(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        self.work.learn(None)

    def time_comparison(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        self.work.weigh(self.model, None)

    def time_clustering(self, _customers: dict[int, SyntheticCustomers], _n_records: int) -> None:
        may_hold_copies = np.ones(self.table.n_units, np.bool_)
        self.work.cluster(self.model, one_per_source=False, may_hold_copies=may_hold_copies)


def timeraw_import() -> str:
    """Importing custid, in a process of its own."""
    return "import custid"


def timeraw_import_and_first_call() -> str:
    """What somebody waits for who resolves a handful of rows, in a process of its own."""
    return """
import custid
custid.dedupe([{"name": "Ann Lee", "email": "ann@site.example"}, {"name": "Lee Ann", "email": "ann@site.example"}])
"""
