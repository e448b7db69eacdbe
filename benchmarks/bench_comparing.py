"""Comparing and weighing of candidate pairs: time, and memory beyond the pairs themselves, on generated customers."""

from __future__ import annotations

import tracemalloc

import numpy as np

from benchmarks import of_all
from custid.engines import LocalEngine
from custid.intake import detect, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.scoring.pair_weigher import PairWeigher
from custid.table.record_table import build_record_table
from custid.testing import synthetic_customers

_CHUNK = 65_536


class Comparing:
    """All candidate pairs of a file that is large enough for compiled code, in one thread."""

    params = of_all([2_000, 20_000])
    param_names = ("n_records",)
    timeout = 300

    def setup(self, n_records: int) -> None:
        intake = read(synthetic_customers(n_records, seed=19).records)
        canonical = canonical_values([SourceInput(name=intake.name, intake=intake, mapping=detect(intake.table))])
        linked = LocalEngine().run(build_record_table(canonical.values, canonical.n_rows))
        self.comparer, self.candidates, self.model = linked.comparer, linked.candidates, linked.model
        self.weigher = PairWeigher(self.model, is_compiled=True)
        self.some = next(self.candidates.chunks(_CHUNK))
        self.compared = self.comparer.compare(*self.some)

    def time_compare_to_the_end(self, _n_records: int) -> None:
        for left_idx, right_idx in self.candidates.chunks(_CHUNK):
            self.comparer.compare(left_idx, right_idx)

    def time_compare_and_weigh(self, _n_records: int) -> None:
        for left_idx, right_idx in self.candidates.chunks(_CHUNK):
            self.weigher.compare(self.comparer, left_idx, right_idx)

    def time_weigh(self, _n_records: int) -> None:
        self.weigher.weight_bits(*self.compared)

    def time_weigh_not_compiled(self, _n_records: int) -> None:
        self.model.weight_bits(self.compared[0], self.model.adjustments(*self.compared))

    def peakmem_compare_and_weigh(self, n_records: int) -> None:
        self.time_compare_and_weigh(n_records)

    def track_peak_bytes_per_pair_of_a_chunk(self, _n_records: int) -> float:
        tracemalloc.start()
        self.weigher.compare(self.comparer, *self.some)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / len(self.some[0])

    def track_difference_from_the_model(self, _n_records: int) -> float:
        expected = self.model.weight_bits(self.compared[0], self.model.adjustments(*self.compared))
        return float(np.abs(self.weigher.compare(self.comparer, *self.some) - expected).max())
