"""Weighing units that come and go: probes, arrivals, binding and loading."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import of_all
from benchmarks.bench_blocking import make_customers
from benchmarks.bench_resolver import make_table
from custid.engines.live_weigher import LiveWeigher, UnitValues
from custid.engines.local import LocalEngine
from custid.scoring.match_model import TrainedMatchModel
from custid.table import RecordTable
from custid.testing import SyntheticCustomers

_SIZES = of_all([1_000, 10_000])
_N_PROBES = 100
_N_CANDIDATES = 20


def mistyped(content: UnitValues) -> UnitValues:
    """Return a content with another last character in every value."""
    return UnitValues(
        values=tuple((name, tuple(f"{text[:-1]}8" for text in texts)) for name, texts in content.values),
        kind=content.kind,
    )


class LiveWeighing:
    """Probes and arrivals of units among synthetic ones."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup_cache(self) -> dict[int, tuple[RecordTable, TrainedMatchModel]]:
        tables: dict[int, SyntheticCustomers] = make_customers()
        made = {n_records: make_table(tables[n_records]) for n_records in _SIZES}
        return {n_records: (table, LocalEngine().run(table).model) for n_records, table in made.items()}

    def setup(self, made: dict[int, tuple[RecordTable, TrainedMatchModel]], n_records: int) -> None:
        self.table, self.model = made[n_records]
        self.weigher = LiveWeigher.of_table(self.model, self.table)
        rng = np.random.default_rng(1)
        chosen = rng.choice(self.table.n_units, _N_PROBES, replace=False).tolist()
        self.known = [self.weigher.content_of(place) for place in chosen]
        self.new = list(map(mistyped, self.known))
        self.candidates: list[NDArray[np.int32]] = [
            rng.choice(self.table.n_units, _N_CANDIDATES).astype(np.int32) for _ in chosen
        ]
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "units.weigher"
        self.weigher.save(self.path)
        self.time_100_probes_weighed(made, n_records)
        self.weigher.remove(self.weigher.add(self.new))

    def teardown(self, _made: dict[int, tuple[RecordTable, TrainedMatchModel]], _n_records: int) -> None:
        self.folder.cleanup()

    def time_of_table(self, _made: dict[int, tuple[RecordTable, TrainedMatchModel]], _n_records: int) -> None:
        LiveWeigher.of_table(self.model, self.table)

    def time_load(self, _made: dict[int, tuple[RecordTable, TrainedMatchModel]], _n_records: int) -> None:
        LiveWeigher.load(self.path, self.model)

    def time_100_probes_of_known_values(
        self, _made: dict[int, tuple[RecordTable, TrainedMatchModel]], _n_records: int
    ) -> None:
        for content in self.known:
            with self.weigher.probe([content]):
                pass

    def time_100_probes_of_new_values(
        self, _made: dict[int, tuple[RecordTable, TrainedMatchModel]], _n_records: int
    ) -> None:
        for content in self.new:
            with self.weigher.probe([content]):
                pass

    def time_100_probes_weighed(self, _made: dict[int, tuple[RecordTable, TrainedMatchModel]], _n_records: int) -> None:
        for content, candidates in zip(self.new, self.candidates, strict=True):
            with self.weigher.probe([content]) as place:
                self.weigher.weight_bits(np.repeat(place, _N_CANDIDATES), candidates)

    def time_100_arrivals_and_departures(
        self, _made: dict[int, tuple[RecordTable, TrainedMatchModel]], _n_records: int
    ) -> None:
        for content in self.new:
            self.weigher.remove(self.weigher.add([content]))
