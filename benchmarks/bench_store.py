"""What a registry takes to write, without matching; ``python -m benchmarks.bench_store`` prints.

The anchor is a bare transaction of SQLite on the same disk in the same run, with the same journal, as durable and of as
many bytes: between two changes of the registry one such transaction is made, so that whatever else the machine does is
the same for both.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks import of_all
from custid.registry import Registry, open_registry

_SIZES = of_all([1_000, 10_000, 100_000])
_N_ONES = 200
_N_BYTES = 1_500
"""What a change of one record writes: its row, two events, a customer, the change, and their places in indexes."""

Key = tuple[str, str]
Arrivals = tuple[list[list[Key]], dict[Key, dict[str, str]]]


def arrivals(start: int = 0) -> Iterator[tuple[list[Key], dict[Key, dict[str, str]]]]:
    """Yield customers of one to three records, without end."""
    while True:
        keys = [(f"shop-{number % 3}", f"{number:08d}") for number in range(start, start + 1 + start % 3)]
        yield keys, {key: _content(int(key[1])) for key in keys}
        start += len(keys)


def _content(number: int) -> dict[str, str]:
    return {
        "given_name": f"Given{number % 997}",
        "surname": f"Surname{number % 9_973}",
        "street": f"{number % 211} Long Street",
        "city": f"City{number % 499}",
        "postcode": f"{number % 99_991:05d}",
        "phone": f"+1 555 {number:07d}",
        "email": f"someone{number}@example.org",
        "birth_date": f"19{number % 89 + 10}-0{number % 9 + 1}-1{number % 9}",
    }


def batch(n_records: int, start: int = 0) -> Arrivals:
    """Return customers of so many records, or of two more at most."""
    parts: list[list[Key]] = []
    contents: dict[Key, dict[str, str]] = {}
    for keys, said in arrivals(start):
        parts.append(keys)
        contents |= said
        if len(contents) >= n_records:
            break
    return parts, contents


class BareTransactions:
    """A database with one table, as durable as the registry beside it."""

    def __init__(self, path: Path, registry: Registry) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in re.findall(r"\w+=\w+", registry.store.description):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE bare (number INTEGER PRIMARY KEY, content BLOB)")

    def write(self, content: bytes) -> None:
        """Write one row in a transaction of its own."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO bare (content) VALUES (?)", (content,))
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


class _Beside:
    """A registry that has records, and bare transactions on the same disk."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup(self, n_records: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        self.registry = open_registry(folder / "registry.db")
        parts, contents = batch(n_records)
        self.registry.apply(parts, contents=contents)
        self.bare = BareTransactions(folder / "bare.db", self.registry)
        self.coming = ((keys, said) for keys, said in arrivals(3 * n_records) if len(keys) == 1)

    def teardown(self, _n_records: int) -> None:
        self.registry.close()
        self.bare.close()
        self._folder.cleanup()

    def apply_one(self) -> None:
        keys, said = next(self.coming)
        self.registry.apply([keys], contents=said)


class ApplyOne(_Beside):
    """One record in a change of its own, durable."""

    def time_apply(self, _n_records: int) -> None:
        self.apply_one()

    def time_bare_transaction(self, _n_records: int) -> None:
        self.bare.write(bytes(_N_BYTES))

    def track_ratio_to_bare_transaction(self, _n_records: int) -> float:
        return self.milliseconds()[2]

    def milliseconds(self) -> tuple[float, float, float]:
        """Return the medians of changes and of bare transactions, and the median of their ratios."""
        ours, bare = [], []
        for _ in range(_N_ONES):
            begin = time.perf_counter()
            self.apply_one()
            between = time.perf_counter()
            self.bare.write(bytes(_N_BYTES))
            ours.append(between - begin)
            bare.append(time.perf_counter() - between)
        first, second = statistics.median(ours), statistics.median(bare)
        return 1e3 * first, 1e3 * second, first / second


class ApplyMany(_Beside):
    """A thousand records in one change."""

    n_batch = 1_000

    def setup(self, n_records: int) -> None:
        super().setup(n_records)
        self.start = 6 * n_records

    def time_apply(self, _n_records: int) -> None:
        parts, contents = batch(self.n_batch, self.start)
        self.start += self.n_batch + 3
        self.registry.apply(parts, contents=contents)

    def track_records_per_second(self, _n_records: int) -> float:
        return self.n_batch / statistics.median(islice(self._seconds(), 15))

    def _seconds(self) -> Iterator[float]:
        while True:
            parts, contents = batch(self.n_batch, self.start)
            self.start += self.n_batch + 3
            begin = time.perf_counter()
            self.registry.apply(parts, contents=contents)
            yield time.perf_counter() - begin


class ApplyFirst:
    """All records in the first change of a registry."""

    params = (_SIZES,)
    param_names = ("n_records",)
    timeout = 300

    def setup(self, n_records: int) -> None:
        self.parts, self.contents = batch(n_records)

    def track_records_per_second(self, _n_records: int) -> float:
        with tempfile.TemporaryDirectory() as folder, open_registry(Path(folder) / "registry.db") as registry:
            begin = time.perf_counter()
            registry.apply(self.parts, contents=self.contents)
            return len(self.contents) / (time.perf_counter() - begin)


def main(arguments: list[str] | None = None) -> None:
    """Print what changes of some sizes take."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("n_records", type=int, nargs="?", default=100_000)
    n_records = parser.parse_args(arguments).n_records
    first = ApplyFirst()
    first.setup(n_records)
    sys.stdout.write(f"first {n_records} records: {first.track_records_per_second(n_records):,.0f} a second\n")
    one, many = ApplyOne(), ApplyMany()
    one.setup(n_records)
    ours, bare, ratio = one.milliseconds()
    sys.stdout.write(f"one record beside them: {ours:.2f} ms, bare transaction {bare:.2f} ms, ratio {ratio:.2f}\n")
    one.teardown(n_records)
    many.setup(n_records)
    rate = many.track_records_per_second(n_records)
    sys.stdout.write(f"{many.n_batch} records in a change: {rate:,.0f} a second\n")
    many.teardown(n_records)


if __name__ == "__main__":
    main()
