"""What this machine takes for the least that each step of a run has to do, by the quickest code at hand.

    python -m benchmarks.limits

One thread, medians.  The figures stand beside those of whole runs in ``docs/explanation/speed.md``: how far a step is
from them tells what is left to gain, and what it does beyond the least.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from custid.testing import synthetic_customers

__all__ = ["measure"]

_N_RECORDS = 50_000
_N_KEYS = 1_000_000
_N_EDGES = 5_000_000
_QUERIES, _CHOICES = 400, 4_000
_NANOSECONDS = 1e9


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    found = measure(max(1, options.repeats))
    for name, nanoseconds in found.items():
        print(f"{name:<44}{nanoseconds:>10.2f} ns", file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(found))
    return 0


def measure(repeats: int) -> dict[str, float]:
    """Return nanoseconds by what they are taken for.

    Parameters
    ----------
    repeats : int
        Runs of each, at least 1.

    Returns
    -------
    dict of str to float
        Nanoseconds of one core for each record, string, pair, key or edge, as the name says.
    """
    records = synthetic_customers(_N_RECORDS, seed=5).records
    rng = np.random.default_rng(5)
    keys = rng.integers(0, 1 << 62, _N_KEYS).astype(np.uint64)
    nodes = rng.integers(0, _N_EDGES // 5, _N_EDGES)
    parent = np.arange(_N_EDGES // 5)
    rows = rng.integers(0, 1 << 31, (_N_KEYS, 16)).astype(np.int32)
    places = rng.integers(0, _N_KEYS, _N_KEYS)
    text = io.BytesIO()
    csv.write_csv(records, text)
    given, family, email = (records[name].drop_null() for name in ("given_name", "family_name", "email"))
    names = [str(name).lower() for name in family.to_pylist()]
    queries, choices = names[:_QUERIES], names[-_CHOICES:]
    steps: dict[str, tuple[int, Callable[[], Any]]] = {
        "reading a record of CSV": (_N_RECORDS, lambda: _read(text.getbuffer())),
        "encoding a given name": (len(given), lambda: _encode(given)),
        "encoding an e-mail address": (len(email), lambda: _encode(email)),
        "sorting a key": (_N_KEYS, lambda: np.sort(keys)),
        "fetching a row of 64 bytes from anywhere": (_N_KEYS, lambda: rows[places]),
        "Jaro-Winkler of a pair, one against many": (
            _QUERIES * _CHOICES,
            lambda: process.cdist(queries, choices, scorer=JaroWinkler.similarity, dtype=np.float32, workers=1),
        ),
        "Levenshtein of a pair, one against many": (
            _QUERIES * _CHOICES,
            lambda: process.cdist(queries, choices, scorer=Levenshtein.distance, dtype=np.uint8, workers=1),
        ),
        "looking up a node of an edge": (_N_EDGES, lambda: parent[nodes]),
    }
    return {name: _median_seconds(repeats, run) / n * _NANOSECONDS for name, (n, run) in steps.items()}


def _read(text: Any) -> pa.Table:
    return csv.read_csv(pa.py_buffer(text), read_options=csv.ReadOptions(use_threads=False))


def _encode(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks().dictionary_encode()


def _median_seconds(repeats: int, run: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(repeats + 1):
        started = time.process_time()
        run()
        seconds.append(time.process_time() - started)
    return statistics.median(seconds[1:])


if __name__ == "__main__":
    sys.exit(main())
