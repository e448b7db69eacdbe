"""The project's targets for speed: what was measured, against what, and whether it is met.

    python -m benchmarks.against_peers                          # all; a million records by Splink, too: a quarter hour
    python -m benchmarks.against_peers --quick                  # a tenth of the records, every run once, nothing kept
    python -m benchmarks.against_peers --only strings comparing
    python -m benchmarks.against_peers --data febrl4 historical_50k    # whole runs beside Splink on some data sets

Every ratio is of one run on one machine, by turns, and only ratios mean anything: absolute times are those of the
machine.  Parts: ``strings``, ``components`` and ``pairs`` (`benchmarks.against_functions`), ``comparing``
(`benchmarks.against_duckdb`), ``first`` (the time to a first result) and ``whole`` (a million customers), both beside
Splink, ``growth`` (what `benchmarks.growth` has kept), and ``limits`` (`benchmarks.limits`, kept for the docs).  What
is not at hand is left out and said so; Splink runs by the yardstick beside the checkout (``CUSTID_YARDSTICK``) with its
best-known settings, in ``VENV_DIR``.

The figures are kept in ``benchmarks/results/peers.json``; parts that do not run stay as they are there.

This script imports the standard library alone; see `benchmarks.whole_runs`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks.growth import times_for_ten_times_more
from benchmarks.machine import RESULTS, describe_machine, keep
from benchmarks.whole_runs import HOW_TO, ROOT, Run, Summary, folder_of, missing_for_splink, run_custid, run_splink

__all__ = ["Row", "main"]

_WHOLE, _WHOLE_QUICK = "synth_1m", "synth_100k"
_COMPARED = "synth_100k"
_FIRST = "fake_1000"
_EM_LIMIT = "em_pairs=5e6"


class Row(NamedTuple):
    """One target: a number to reach or to stay below, and what was measured."""

    what: str
    against: str
    target: float
    measured: float
    is_upper_bound: bool = False
    unit: str = "x"

    @property
    def is_met(self) -> bool:
        return self.measured <= self.target if self.is_upper_bound else self.measured >= self.target

    def __str__(self) -> str:
        sign = "<=" if self.is_upper_bound else ">="
        return (
            f"{self.what:<62}{sign} {self.target:>6.4g}{self.unit:<3}{self.measured:>9.4g}{self.unit:<3} "
            f"{'met' if self.is_met else 'missed':<7}{self.against}"
        )


class Settings(NamedTuple):
    """How much is run, and where the figures go from which the rows are made."""

    repeats: int
    is_quick: bool
    figures: list[dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every target with what was measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=list(_PARTS), default=list(_PARTS), metavar="PART")
    parser.add_argument("--quick", action="store_true", help="a tenth of the records, every run once, nothing kept")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="runs of each kind (default: 3)")
    parser.add_argument("--data", nargs="+", metavar="NAME", help="whole runs on these data sets instead")
    options = parser.parse_args(arguments)
    if options.data:
        return _compare_data_sets(options.data, max(1, options.repeats))
    n_repeats = 1 if options.quick else max(1, options.repeats)
    path = RESULTS / "peers.json"
    kept = json.loads(path.read_text(encoding="utf-8"))["parts"] if path.exists() else {}
    measured: list[Row] = []
    for part in options.only:
        print(f"== {part}", flush=True)
        settings = Settings(n_repeats, options.quick, [])
        rows = list(_PARTS[part](settings))
        measured += rows
        if rows or settings.figures:
            as_dicts = [row._asdict() | {"is_met": row.is_met} for row in rows]
            kept[part] = {"rows": as_dicts, "figures": settings.figures}
    print(f"\n{'what':<62}{'target':<12}{'measured':<13}{'':<7}against")
    print("\n".join(map(str, measured)))
    if not options.quick:
        kept = {part: kept[part] for part in _PARTS if part in kept}
        print(f"kept in {keep('peers', {'machine': describe_machine(), 'parts': kept}).relative_to(ROOT)}")
    return 0


def _strings(settings: Settings) -> Iterator[Row]:
    found = _run_module(settings, "benchmarks.against_functions", "strings")
    names, streets = ("given_name", "family_name"), ("street",)
    for step, columns, n_threads, target in (
        ("Jaro-Winkler", names, 1, 2.5),
        ("Jaro-Winkler", names, 2, 3.0),
        ("Levenshtein from .8", names, 1, 3.0),
        ("Levenshtein from .8", streets, 1, 1.5),
        ("token set", names, 1, 3.0),
    ):
        ratios = [
            each["ratio"]
            for each in found
            if (each["step"], each["n_threads"]) == (step, n_threads) and each["data"] in columns
        ]
        what = f"{step}, {'names' if columns is names else 'streets'}, {n_threads} thread{'s' * (n_threads > 1)}"
        yield Row(what, "rapidfuzz cpdist, same pairs and order", target, min(ratios))


def _components(settings: Settings) -> Iterator[Row]:
    ratios = [each["ratio"] for each in _run_module(settings, "benchmarks.against_functions", "components")]
    if ratios:
        yield Row("union-find, 5 million edges", "scipy connected_components", 2.5, min(ratios))


def _pairs(settings: Settings) -> Iterator[Row]:
    for each in _run_module(settings, "benchmarks.against_functions", "pairs"):
        yield Row("each pair once over overlapping rules", "emit all and hash-unique", 4.0, each["ratio"])


def _comparing(settings: Settings) -> Iterator[Row]:
    records = folder_of(_COMPARED) / "records.csv"
    files = [str(records)] if records.is_file() else []
    (found,) = _run_module(settings, "benchmarks.against_duckdb", *files)
    n_million = found["n_pairs"] / 1e6
    for clock, name in (("processor seconds, 1 thread", "1 thread"), ("wall seconds, 2 threads", "2 threads")):
        ours, theirs = found[clock]["custid"], found[clock]["duckdb"]
        what = f"compare and weigh {n_million:.1f}M pairs, 8 attributes, {name}"
        yield Row(what, f"DuckDB SQL, {clock}", 8.0, theirs[-1] / ours[-1])
        what = f"the same with encoding and blocking, {name}"
        yield Row(what, f"DuckDB SQL, {clock}", 4.0, sum(theirs) / sum(ours))


def _first(settings: Settings) -> Iterator[Row]:
    summaries = _alternate(_FIRST, ["custid, nothing cached", "custid", "splink"], settings.repeats)
    settings.figures.extend(map(_medians, summaries.values()))
    cold, warm, splink = (summaries.get(kind) for kind in ("custid, nothing cached", "custid", "splink"))
    if cold is not None and splink is not None:
        ratio = splink.median("wall_seconds") / cold.median("wall_seconds")
        yield Row("first result, 1,000 rows, nothing cached", "Splink 5", 1.0, ratio)
    if warm is not None:
        yield Row("first result, 1,000 rows, warm", "", 1.0, warm.median("wall_seconds"), True, "s")


def _whole(settings: Settings) -> Iterator[Row]:
    name = _WHOLE_QUICK if settings.is_quick else _WHOLE
    summaries = _alternate(name, ["custid", "splink", "splink with EM limit"], settings.repeats)
    settings.figures.extend(map(_medians, summaries.values()))
    ours = summaries.get("custid")
    if ours is None:
        return
    for kind, target in (("splink", 8.0), ("splink with EM limit", 4.0)):
        if kind in summaries:
            ratio = summaries[kind].median("wall_seconds") / ours.median("wall_seconds")
            by = "by its defaults" if kind == "splink" else "with the EM pair limit"
            yield Row(f"{name}, CSV to customers, training included", f"Splink 5 {by}, wall time", target, ratio)
    yield Row(f"{name}, peak memory", "", 1.5, max(run.peak_megabytes for run in ours.runs) * 1e6 / 1e9, True, "GB")
    found = "" if "splink" not in summaries else _quality_of(summaries["splink"].runs[0])
    yield Row(f"{name}, F1 over pairs", found, 0.97, ours.runs[0].f1, False, "")


def _growth(_settings: Settings) -> Iterator[Row]:
    path = RESULTS / "growth.json"
    if not path.exists():
        print("Nothing is kept: run python -m benchmarks.growth first.")
        return
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    for small, large, wall, cpu in times_for_ten_times_more(runs):
        for clock, ratio in (("time", wall), ("processor time", cpu)):
            what = f"{small:,} to {large:,} records, {clock}"
            yield Row(what, "itself, kept by benchmarks.growth", 12.0, ratio, True)
    for run in runs:
        if run["n_records"] == 10_000_000:
            yield Row("10,000,000 records, peak memory", "", 14.0, run["peak_megabytes"] * 1e6 / 1e9, True, "GB")


def _limits(settings: Settings) -> Iterator[Row]:
    """Keep what the least of each step takes; there is nothing to meet."""
    _run_module(settings, "benchmarks.limits")
    yield from ()


_PARTS: dict[str, Callable[[Settings], Iterator[Row]]] = {
    "strings": _strings,
    "components": _components,
    "pairs": _pairs,
    "comparing": _comparing,
    "first": _first,
    "whole": _whole,
    "growth": _growth,
    "limits": _limits,
}


def _run_module(settings: Settings, module: str, *arguments: str) -> list[dict[str, Any]]:
    """Run a benchmark in a process of its own and return its figures."""
    command = [sys.executable, "-m", module, *arguments, "--json", "--repeats", str(settings.repeats)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    settings.figures.extend(json.loads(line) for line in done.stdout.splitlines())
    return settings.figures


def _compare_data_sets(names: Sequence[str], repeats: int) -> int:
    for name in names:
        summaries = _alternate(name, ["custid", "splink"], repeats)
        if len(summaries) == 2:
            ours, theirs = summaries.values()
            ratios = [ours.median(field) / theirs.median(field) for field in Run._fields[:3]]
            print(f"  custid / splink: wall {ratios[0]:.2f}, processor {ratios[1]:.2f}, memory {ratios[2]:.2f}")
    return 0


def _alternate(name: str, kinds: Sequence[str], repeats: int) -> dict[str, Summary]:
    """Run each kind by turns and return those that could."""
    if not (folder_of(name) / "records.csv").is_file():
        print(f"{name} is not at hand: looked for in {folder_of(name)}.")
        return {}
    missing = missing_for_splink()
    if missing is not None:
        print(HOW_TO.format(missing=missing))
        kinds = [kind for kind in kinds if not kind.startswith("splink")]
    runs: dict[str, list[Run]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as cache:
        # A tenth of a million is enough for all that is compiled.
        run_custid(_WHOLE_QUICK if name == _WHOLE and folder_of(_WHOLE_QUICK).is_dir() else name, cache)
        for _ in range(repeats):
            for kind in kinds:
                runs[kind].append(_run_kind(kind, name, cache))
                print(Summary(kind, runs[kind][-1:]), file=sys.stderr, flush=True)
    summaries = {kind: Summary(kind, found) for kind, found in runs.items()}
    print(f"{name}, {repeats} runs each: wall time, processor time, peak memory, pairwise F1")
    for summary in summaries.values():
        print(summary, flush=True)
    return summaries


def _run_kind(kind: str, name: str, cache: str) -> Run:
    if kind.startswith("splink"):
        return run_splink(name, *([_EM_LIMIT] if kind == "splink with EM limit" else []))
    if kind == "custid":
        return run_custid(name, cache)
    with tempfile.TemporaryDirectory() as fresh:
        return run_custid(name, fresh)


def _medians(summary: Summary) -> dict[str, Any]:
    fields = Run._fields[:3]
    return {"name": summary.name, "f1": summary.runs[0].f1} | {field: summary.median(field) for field in fields}


def _quality_of(run: Run) -> str:
    return f"Splink 5: {run.f1:.3f} at 0.95, {run.f1_in_hindsight:.3f} in hindsight"


if __name__ == "__main__":
    sys.exit(main())
