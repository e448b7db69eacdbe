"""Single steps beside the libraries that people would take for them, in one process.

    python -m benchmarks.against_functions                      # all
    python -m benchmarks.against_functions strings --repeats 5

``strings`` compares string metrics with rapidfuzz over the same pairs in the same order, ``components`` connected
components with scipy where it is installed, and ``pairs`` candidate pairs with emitting the pairs of all blocks and
keeping each once by hashing.  Runs alternate, and medians are compared: of processor time with one thread, which other
processes on the machine disturb least, and of wall time with two.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from custid.blocking import block_candidates, record_atoms
from custid.blocking._arrays import blocks_of_families
from custid.blocking._blocks import key_families
from custid.comparison import string_metrics as metrics
from custid.kernels.union_find import connected_components
from custid.table.packed import PackedStrings
from custid.testing import synthetic_customers

__all__ = ["Measured", "compare_components", "compare_pairs", "compare_strings"]

_BLOCK = 80
_N_PAIRS = 1_000_000
_N_RECORDS = 60_000
_BLOCK_CAP = 50


class Measured(NamedTuple):
    """One step on one kind of data."""

    step: str
    data: str
    n_threads: int
    ours: float
    theirs: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours

    def __str__(self) -> str:
        times = f"{self.ours:>9.1f}{self.theirs:>9.1f} {self.unit:<14}{self.ratio:>7.2f} times faster"
        return f"  {self.step:<22}{self.data:<14}{self.n_threads} threads{times}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the time of each step by custid and by the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("steps", nargs="*", choices=[[], *_STEPS], metavar="STEP", help=f"of {', '.join(_STEPS)}")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, and the lines as messages")
    options = parser.parse_args(arguments)
    for step in options.steps or _STEPS:
        for each in _STEPS[step](max(1, options.repeats)):
            print(each, file=sys.stderr if options.json else sys.stdout)
            if options.json:
                print(json.dumps(each._asdict() | {"ratio": each.ratio}))
    return 0


def compare_strings(repeats: int) -> list[Measured]:
    """Compare string metrics with rapidfuzz, in threads of equal number, for columns of customers."""
    kinds: list[tuple[str, Callable[..., Any], Callable[..., Any], dict[str, float], dict[str, float]]] = [
        ("Jaro-Winkler", metrics.jaro_winkler_similarity_pairs, JaroWinkler.similarity, {}, {}),
        ("Levenshtein", metrics.levenshtein_distance_pairs, Levenshtein.distance, {}, {}),
        (
            "Levenshtein from .8",
            metrics.levenshtein_similarity_pairs,
            Levenshtein.normalized_similarity,
            {"at_least": 0.8},
            {"score_cutoff": 0.8},
        ),
        ("OSA", metrics.osa_distance_pairs, OSA.distance, {}, {}),
        ("token set", metrics.token_set_similarity_pairs, fuzz.token_set_ratio, {}, {}),
    ]
    measured = []
    for column, strings in _columns_in_blocks().items():
        vocabulary = list(dict.fromkeys(strings))
        number = {string: place for place, string in enumerate(vocabulary)}
        codes = np.array([number[string] for string in strings])
        blocks = codes[: len(codes) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
        left, right = (blocks[:, places].ravel()[:_N_PAIRS] for places in np.triu_indices(_BLOCK, 1))
        packed = PackedStrings.from_strings(vocabulary)
        lists = [vocabulary[i] for i in left], [vocabulary[j] for j in right]
        for name, ours, theirs, our_cut, their_cut in kinds:
            for n_threads in (1, 2):
                numba = {"executor": metrics.Executor.NUMBA, "n_threads": n_threads}
                ours(packed, left[:1], right[:1], **numba, **our_cut)
                times = _alternating_medians(
                    repeats,
                    n_threads,
                    partial(ours, packed, left, right, **numba, **our_cut),
                    partial(process.cpdist, *lists, scorer=theirs, workers=n_threads, **their_cut),
                )
                a, b = (seconds / len(left) * 1e9 for seconds in times)
                measured.append(Measured(name, column, n_threads, a, b, "ns a pair"))
    return measured


def compare_components(repeats: int) -> list[Measured]:
    """Compare connected components of 5 million edges with scipy, where it is installed."""
    if find_spec("scipy") is None:
        return []
    from scipy.sparse import coo_matrix, csgraph  # type: ignore[import-untyped]  # no dependency

    rng = np.random.default_rng(1)
    n_nodes, n_edges = 1_000_000, 5_000_000
    left = rng.integers(0, n_nodes, n_edges).astype(np.int32)
    near = np.minimum(left + rng.integers(1, 20, n_edges), n_nodes - 1).astype(np.int32)
    far = rng.integers(0, n_nodes, n_edges).astype(np.int32)
    root = np.empty(n_nodes, np.int32)
    connected_components(left[:1], far[:1], root)
    measured = []
    for name, right in (("near edges", near), ("any edges", far)):

        def by_scipy(right: Any = right) -> None:
            graph = coo_matrix((np.ones(n_edges, np.bool_), (left, right)), shape=(n_nodes, n_nodes))
            csgraph.connected_components(graph, directed=False)

        a, b = _alternating_medians(repeats, 1, partial(connected_components, left, right, root), by_scipy)
        measured.append(Measured("components", name, 1, a * 1e3, b * 1e3, "ms"))
    return measured


def compare_pairs(repeats: int) -> list[Measured]:
    """Compare candidate pairs with emitting those of all blocks and keeping each once by hashing.

    Both start from the atoms of the same records, join and group them and end with the same pairs.
    """
    import pandas as pd  # its hash table is the quickest at hand

    from benchmarks.bench_resolver import make_table  # noqa: PLC0415  # asv's modules find each other this way

    table = make_table(synthetic_customers(_N_RECORDS, seed=17))
    atoms, n_units = record_atoms(table), table.n_units

    def by_custid() -> NDArray[np.uint64]:
        found = block_candidates(atoms, n_units, block_cap=_BLOCK_CAP, pairs_per_unit=float(n_units), n_threads=1)
        return (found.left_idx.astype(np.uint64) << np.uint64(32)) | found.right_idx.astype(np.uint64)

    def by_hashing() -> NDArray[np.uint64]:
        blocks = blocks_of_families(list(key_families(atoms)), n_units, _BLOCK_CAP)
        emitted = [_pairs_of_all(each.units, each.sizes.astype(np.int64)) for each in blocks]
        return np.asarray(pd.unique(np.concatenate(emitted)), np.uint64)

    if not np.array_equal(np.sort(by_custid()), np.sort(by_hashing())):
        raise RuntimeError("candidate pairs: the two ways differ")
    a, b = _alternating_medians(repeats, 1, by_custid, by_hashing)
    return [Measured("each pair once", f"{_N_RECORDS // 1000}k records", 1, a * 1e3, b * 1e3, "ms")]


def _pairs_of_all(units: NDArray[np.int32], sizes: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return every pair of every block, both units in one number."""
    starts = np.cumsum(sizes) - sizes
    pairs = [np.zeros(0, np.uint64)]
    for size in np.unique(sizes).tolist():
        members = units[starts[sizes == size][:, None] + np.arange(size)].astype(np.uint64)
        first, second = np.triu_indices(size, 1)
        pairs.append(((members[:, first] << np.uint64(32)) | members[:, second]).ravel())
    return np.concatenate(pairs)


def _columns_in_blocks() -> dict[str, list[str]]:
    """Return columns of made-up customers, so that records of one place and year are side by side."""
    records = synthetic_customers(_N_RECORDS, seed=3).records
    rows = records.select(["given_name", "family_name", "street", "email", "postcode", "birth_date"]).to_pylist()
    rows = [{name: str(value or "").lower() for name, value in row.items()} for row in rows]
    rows.sort(key=lambda row: (row["postcode"][:2], row["birth_date"]))
    columns = {name: [row[name] for row in rows if row[name]] for name in ("given_name", "family_name")}
    columns["full_name"] = [f"{row['given_name']} {row['family_name']}" for row in rows if row["family_name"]]
    return columns | {name: [row[name] for row in rows if row[name]] for name in ("street", "email")}


def _alternating_medians(repeats: int, n_threads: int, *functions: Callable[[], Any]) -> list[float]:
    """Return the median seconds of each function; they run in turns."""
    clock = time.process_time if n_threads == 1 else time.perf_counter
    seconds: list[list[float]] = [[] for _ in functions]
    for _ in range(repeats):
        for function, found in zip(functions, seconds, strict=True):
            started = clock()
            function()
            found.append(clock() - started)
    return [statistics.median(found) for found in seconds]


_STEPS: dict[str, Callable[[int], list[Measured]]] = {
    "strings": compare_strings,
    "components": compare_components,
    "pairs": compare_pairs,
}


if __name__ == "__main__":
    sys.exit(main())
