"""What a registry that matches takes, beside a batch and bare transactions: ``python -m benchmarks.bench_ingest``.

The anchors are `custid.dedupe` over the same records with the same match model, and a bare transaction of SQLite on the
same disk, as durable and of as many bytes, both in the same run.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import custid
from benchmarks import of_all
from benchmarks.bench_store import BareTransactions
from custid.registry import Registry, open_registry
from custid.testing import synthetic_customers

_SIZES = of_all([1_000, 10_000, 100_000])
_N_ONES = 200
_N_BATCH = 1_000
_N_BYTES = 1_500
_N_SAMPLE = 10_000
_SOURCE = "shop"
_ASKED = ("given_name", "family_name", "birth_date", "email")


class _Ingested:
    """A registry of the first records of a population, and the records that come next."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 900

    def setup(self, n_records: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "registry.db"
        records = synthetic_customers(n_records + 2 * _N_BATCH, seed=7).records
        self.first = records.slice(0, n_records)
        self.coming: Iterator[dict[str, Any]] = iter(records.slice(n_records).to_pylist())
        self.model = custid.train(self.first.slice(0, _N_SAMPLE))
        self.registry = open_registry(self.path)
        self.registry.use(self.model)
        self.bare = BareTransactions(Path(self._folder.name) / "bare.db", self.registry)

    def teardown(self, _n_records: int) -> None:
        self.registry.close()
        self.bare.close()
        self._folder.cleanup()

    def load(self) -> None:
        self.registry.ingest(self.first, source=_SOURCE)

    def ingest(self, n_records: int) -> None:
        self.registry.ingest([next(self.coming) for _ in range(n_records)], source=_SOURCE)


class FirstLoad(_Ingested):
    """All records of a registry at once."""

    number, repeat, rounds = 1, 1, 1

    def time_load(self, _n_records: int) -> None:
        self.load()

    def time_dedupe(self, _n_records: int) -> None:
        custid.dedupe(self.first, model=self.model)


class IngestOne(_Ingested):
    """One record in a request of its own, durable and matched."""

    def setup(self, n_records: int) -> None:
        super().setup(n_records)
        self.load()
        self.ingest(1)

    def time_ingest(self, _n_records: int) -> None:
        self.ingest(1)

    def time_bare_transaction(self, _n_records: int) -> None:
        self.bare.write(bytes(_N_BYTES))


class Opening(_Ingested):
    """A registry that is opened and takes in a record: from its saved state, and from its store alone."""

    number, repeat, rounds = 1, 1, 1

    def setup(self, n_records: int) -> None:
        super().setup(n_records)
        self.load()
        self.registry.close()

    def teardown(self, _n_records: int) -> None:
        self.bare.close()
        self._folder.cleanup()

    def open_and_ingest(self, **settings: Any) -> None:
        self.registry: Registry = open_registry(self.path, **settings)
        self.ingest(1)

    def time_from_state(self, _n_records: int) -> None:
        self.open_and_ingest()

    def time_from_store(self, _n_records: int) -> None:
        self.open_and_ingest(state=None)


def _seconds(do: Callable[[], object]) -> float:
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin


def main() -> None:
    """Print what each step takes, beside its anchor."""
    n_records = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    bench = IngestOne()
    _Ingested.setup(bench, n_records)
    custid.dedupe(bench.first.slice(0, 1_000), model=bench.model)
    dedupe = _seconds(lambda: custid.dedupe(bench.first, model=bench.model))
    first = _seconds(bench.load)
    print(f"first {n_records:,}: {first:.2f} s; dedupe {dedupe:.2f} s, {first / dedupe:.1f} times")
    print(f"next one, with index and weights of all made: {_seconds(lambda: bench.ingest(1)):.2f} s")
    ones, bare = [], []
    for _ in range(_N_ONES):
        ones.append(_seconds(lambda: bench.ingest(1)))
        bare.append(_seconds(lambda: bench.bare.write(bytes(_N_BYTES))))
    one, plain = statistics.median(ones) * 1e3, statistics.median(bare) * 1e3
    print(f"one record, median of {_N_ONES}: {one:.1f} ms; bare transaction {plain:.1f} ms, {one / plain:.1f} times")
    print(f"{_N_BATCH:,} at once: {_seconds(lambda: bench.ingest(_N_BATCH)):.2f} s")
    print(f"saving and closing: {_seconds(bench.registry.close):.2f} s")
    for name, settings in (("saved state", {}), ("store alone", {"state": None})):
        opened = _seconds(partial(_opened, bench, settings))
        print(f"opening from {name}, and one record: {opened:.2f} s")
        bench.registry.close()
    print(f"opening from saved state, and one question: {_seconds(lambda: _asked(bench)):.2f} s")
    bench.registry.close()
    bench.bare.close()


def _opened(bench: _Ingested, settings: dict[str, Any]) -> None:
    bench.registry = open_registry(bench.path, **settings)
    bench.ingest(1)


def _asked(bench: _Ingested) -> None:
    bench.registry = open_registry(bench.path)
    asked = next(bench.coming)
    bench.registry.identify({name: asked[name] for name in _ASKED if asked[name]})


if __name__ == "__main__":
    main()
