"""custid and Splink side by side, each as a whole process on the same files.

    python benchmarks/against_peers.py                                # historical_50k and fake_1000, three times each
    python benchmarks/against_peers.py --data febrl4 --repeats 5
    python benchmarks/against_peers.py --kernels                      # string metrics and components alone

Reads nothing but the records, with no option set for custid and the peer's best-known settings for Splink, which the
yardstick beside the checkout keeps (``CUSTID_YARDSTICK``, by default ``shared/yardstick``).  Runs alternate, medians
are compared, and only the ratios mean anything: absolute times are those of the machine.

``--kernels`` measures single functions within this process: string metrics against rapidfuzz, over the same pairs in
the same order, and connected components against scipy where it is installed.

Otherwise this script imports the standard library alone.  What a process has used at most counts from before it is
replaced by the program it starts, so a large parent would be taken for its children.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

_ROOT = Path(__file__).resolve().parents[1]
_DATA = Path(os.environ.get("CUSTID_DATA", _ROOT.parent / "shared" / "data"))
_SYNTH = Path(os.environ.get("CUSTID_SYNTH", _ROOT / ".data" / "synth"))
_YARDSTICK = Path(os.environ.get("CUSTID_YARDSTICK", _ROOT.parent / "shared" / "yardstick"))
_VENVS = Path(os.environ.get("VENV_DIR", _ROOT / ".venvs"))
_LINKED = frozenset({"febrl4", "fodors_zagats"})
_SMALL_BYTES = 1 << 20
_BLOCK = 80
_N_PAIRS = 1_000_000
_HOW_TO = f"""Splink is not measured: {{missing}} is absent. The yardstick is looked for in {_YARDSTICK}; its README
tells the versions for its two environments:
    python -m venv {_VENVS}/venv-tools  && {_VENVS}/venv-tools/bin/pip install numpy pyarrow
    python -m venv {_VENVS}/venv-splink && {_VENVS}/venv-splink/bin/pip install splink duckdb pyarrow"""

_RESOLVE = """
import sys, custid, pyarrow.parquet
result = getattr(custid, sys.argv[1])(sys.argv[2])
pyarrow.parquet.write_table(result.assignments, sys.argv[3])
"""
_EVALUATE = """
import sys, custid, pyarrow.parquet
print(custid.evaluate(pyarrow.parquet.read_table(sys.argv[1]), sys.argv[2]).pairwise.f1)
"""


class _Run(NamedTuple):
    """One process from start to end."""

    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    quality: str


class _Summary(NamedTuple):
    """Medians over the runs of one kind."""

    name: str
    runs: list[_Run]

    def median(self, field: str) -> float:
        return float(statistics.median(getattr(run, field) for run in self.runs))

    def __str__(self) -> str:
        walls = sorted(run.wall_seconds for run in self.runs)
        return (
            f"  {self.name:<22}{self.median('wall_seconds'):>8.2f} s ({walls[0]:.2f} to {walls[-1]:.2f})"
            f"{self.median('cpu_seconds'):>9.2f} s{self.median('peak_megabytes'):>9.0f} MB   {self.runs[0].quality}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", nargs="+", default=["historical_50k", "fake_1000"], metavar="NAME")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--kernels", action="store_true", help="measure single functions instead of whole runs")
    options = parser.parse_args(arguments)
    if options.kernels:
        _compare_string_metrics(max(1, options.repeats))
        _compare_components(max(1, options.repeats))
        return 0
    absent = [name for name in options.data if not (_folder(name) / "records.csv").is_file()]
    if absent:
        print(f"Not at hand: {', '.join(absent)}. Data sets are looked for in {_DATA} and {_SYNTH}.")
    missing = next((path for path in _needed_by_splink() if not path.exists()), None)
    if missing is not None:
        print(_HOW_TO.format(missing=missing))
    with tempfile.TemporaryDirectory() as cache:
        for name in options.data:
            if name not in absent:
                _compare(name, max(1, options.repeats), cache, has_splink=missing is None)
    return 0


def _compare(name: str, repeats: int, cache: str, *, has_splink: bool) -> None:
    """Measure one data set and print what came out."""
    records = _folder(name) / "records.csv"
    is_small = records.stat().st_size <= _SMALL_BYTES
    kinds = [*(["custid, nothing cached"] if is_small else []), "custid, compiled", *(["splink"] if has_splink else [])]
    runs: dict[str, list[_Run]] = {kind: [] for kind in kinds}
    _run_custid(name, cache)
    for kind in _alternating(kinds, repeats):
        runs[kind].append(_measure(kind, name, cache))
    print(f"\n{name}, {repeats} runs each: wall time, processor time, peak memory, pairwise F1")
    summaries = {kind: _Summary(kind, found) for kind, found in runs.items()}
    for summary in summaries.values():
        print(summary)
    splink = summaries.pop("splink", None)
    if splink is None:
        return
    for summary in summaries.values():
        ratios = [summary.median(field) / splink.median(field) for field in _Run._fields[:3]]
        print(f"  {summary.name} / splink: wall {ratios[0]:.2f}, processor {ratios[1]:.2f}, memory {ratios[2]:.2f}")


def _alternating(kinds: Sequence[str], repeats: int) -> Iterator[str]:
    for _ in range(repeats):
        yield from kinds


def _measure(kind: str, name: str, cache: str) -> _Run:
    if kind == "splink":
        return _run_splink(name)
    if kind == "custid, compiled":
        return _run_custid(name, cache)
    with tempfile.TemporaryDirectory() as fresh:
        return _run_custid(name, fresh)


def _run_custid(name: str, cache: str) -> _Run:
    """Resolve in a process of its own that reads the records and writes the assignments."""
    call = "link" if name in _LINKED else "dedupe"
    environment = os.environ | {"NUMBA_CACHE_DIR": cache, "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as folder:
        written = str(Path(folder) / "assignments.parquet")
        command = [sys.executable, "-c", _RESOLVE, call, str(_folder(name) / "records.csv"), written]
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        quality = _f1(written, str(_folder(name) / "truth.csv"))
    kilobytes = used.ru_maxrss / 1024 if sys.platform == "darwin" else used.ru_maxrss
    return _Run(wall, used.ru_utime + used.ru_stime, kilobytes / 1024, quality)


def _f1(written: str, truth: str) -> str:
    command = [sys.executable, "-c", _EVALUATE, written, truth]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return f"{float(done.stdout):.4f}"


def _run_splink(name: str) -> _Run:
    """Run Splink by the yardstick, which starts it in a process of its own and measures it the same way."""
    python = str(_VENVS / "venv-tools" / "bin" / "python")
    command = [python, str(_YARDSTICK / "run_peer.py"), "--peer", "splink", "--data", name]
    folders = {"DATA_DIR": str(_DATA), "SYNTH_DIR": str(_SYNTH), "VENV_DIR": str(_VENVS)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | folders)
    found = json.loads(done.stdout.splitlines()[-1])
    if found["exit"]:
        raise RuntimeError(f"splink: expected exit code 0, got {found['exit']}: {found['tail']}")
    quality = (
        f"{found['fixed']['0.95']['closure']['f1']:.4f} at 0.95, {found['best']['closure']['f1']:.4f} in hindsight"
    )
    return _Run(found["wall_s"], found["cpu_s"], found["peak_rss_mb"], quality)


def _compare_string_metrics(repeats: int) -> None:
    """Print the time of a pair by custid and by rapidfuzz, in threads of equal number, for columns of customers."""
    import numpy as np  # noqa: PLC0415  # not in processes that start others
    from rapidfuzz import fuzz, process  # noqa: PLC0415  # as above
    from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein  # noqa: PLC0415  # as above

    from custid.comparison import string_metrics as metrics  # noqa: PLC0415  # as above
    from custid.table.packed import PackedStrings  # noqa: PLC0415  # as above

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
    print("nanoseconds of wall time per pair: custid, rapidfuzz, and how many times faster custid is")
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
                    partial(ours, packed, left, right, **numba, **our_cut),
                    partial(process.cpdist, *lists, scorer=theirs, workers=n_threads, **their_cut),
                )
                a, b = (seconds / len(left) * 1e9 for seconds in times)
                print(f"  {name:<20}{column:<13}{n_threads} threads{a:>7.0f}{b:>7.0f}{b / a:>7.2f}")


def _compare_components(repeats: int) -> None:
    """Print the time of connected components by custid and by scipy."""
    import numpy as np  # noqa: PLC0415  # not in processes that start others

    from custid.kernels.union_find import connected_components  # noqa: PLC0415  # as above

    try:
        from scipy.sparse import coo_matrix, csgraph  # type: ignore[import-untyped]  # no dependency
    except ImportError:
        print("scipy is not installed: connected components are not compared.")
        return
    rng = np.random.default_rng(1)
    n_nodes, n_edges = 1_000_000, 5_000_000
    left = rng.integers(0, n_nodes, n_edges).astype(np.int32)
    near = np.minimum(left + rng.integers(1, 20, n_edges), n_nodes - 1).astype(np.int32)
    far = rng.integers(0, n_nodes, n_edges).astype(np.int32)
    root = np.empty(n_nodes, np.int32)
    connected_components(left[:1], far[:1], root)
    print("milliseconds for the components of 5 million edges: custid, scipy, ratio")
    for name, right in (("near", near), ("anywhere", far)):

        def by_scipy(right: Any = right) -> None:
            graph = coo_matrix((np.ones(n_edges, np.bool_), (left, right)), shape=(n_nodes, n_nodes))
            csgraph.connected_components(graph, directed=False)

        a, b = _alternating_medians(repeats, partial(connected_components, left, right, root), by_scipy)
        print(f"  {name:<20}{a * 1e3:>7.0f}{b * 1e3:>7.0f}{b / a:>7.2f}")


def _columns_in_blocks() -> dict[str, list[str]]:
    """Return columns of made-up customers, so that records of one place and year are side by side."""
    from custid.testing import synthetic_customers  # noqa: PLC0415  # not in processes that start others

    records = synthetic_customers(60_000, seed=3).records
    rows = records.select(["given_name", "family_name", "street", "email", "postcode", "birth_date"]).to_pylist()
    rows = [{name: str(value or "").lower() for name, value in row.items()} for row in rows]
    rows.sort(key=lambda row: (row["postcode"][:2], row["birth_date"]))
    columns = {name: [row[name] for row in rows if row[name]] for name in ("given_name", "family_name")}
    columns["full_name"] = [f"{row['given_name']} {row['family_name']}" for row in rows if row["family_name"]]
    return columns | {name: [row[name] for row in rows if row[name]] for name in ("street", "email")}


def _alternating_medians(repeats: int, *functions: Callable[[], Any]) -> list[float]:
    """Return the median seconds of each function; they run in turns."""
    seconds: list[list[float]] = [[] for _ in functions]
    for _ in range(repeats):
        for function, found in zip(functions, seconds, strict=True):
            started = time.perf_counter()
            function()
            found.append(time.perf_counter() - started)
    return [statistics.median(found) for found in seconds]


def _folder(name: str) -> Path:
    return _SYNTH / name.removeprefix("synth_") if name.startswith("synth_") else _DATA / name


def _needed_by_splink() -> tuple[Path, ...]:
    pythons = (_VENVS / f"venv-{name}" / "bin" / "python" for name in ("tools", "splink"))
    return (_YARDSTICK / "run_peer.py", *pythons)


if __name__ == "__main__":
    sys.exit(main())
