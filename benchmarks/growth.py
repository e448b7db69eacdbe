"""How time, memory and quality of a whole run grow with the number of records.

    python -m benchmarks.growth                                  # 100 and 300 thousand and a million records
    python -m benchmarks.growth --sizes 3000000 10000000         # adds to what is kept
    python docs/speed.py                                         # draws the plots and writes the tables of the docs

Each size runs in processes of its own, ``--repeats`` times, with nothing set; the medians are kept in
``benchmarks/results/growth.json``, where sizes that were measured before stay as they are.  Records come from
``.data/synth`` (``CUSTID_SYNTH``) where they are there in that number, else from the yardstick's generator
(``CUSTID_YARDSTICK``) or, where that is not at hand, from ``custid.testing``, for the time of the run.

This script imports the standard library alone; see `benchmarks.million`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS, describe_machine, keep
from benchmarks.million import evaluate, measure

__all__ = ["main", "times_for_ten_times_more"]

_ROOT = Path(__file__).resolve().parents[1]
_SYNTH = Path(os.environ.get("CUSTID_SYNTH", _ROOT / ".data" / "synth"))
_YARDSTICK = Path(os.environ.get("CUSTID_YARDSTICK", _ROOT.parent / "shared" / "yardstick"))
_VENVS = Path(os.environ.get("VENV_DIR", _ROOT / ".venvs"))
_SIZES = [100_000, 300_000, 1_000_000]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure sizes and keep what was measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, metavar="N", help="numbers of records")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="runs of each size (default: 3)")
    parser.add_argument("--dry-run", action="store_true", help="keep nothing")
    options = parser.parse_args(arguments)
    kept = RESULTS / "growth.json"
    runs = {run["n_records"]: run for run in json.loads(kept.read_text())["runs"]} if kept.exists() else {}
    sizes = sorted(options.sizes)
    for size in sizes:
        runs[size] = _measure_size(size, max(1, options.repeats), is_first=size == sizes[0])
        print(_line(runs[size]), flush=True)
        if not options.dry_run:
            keep("growth", {"machine": describe_machine(), "runs": [runs[each] for each in sorted(runs)]})
    for small, large, wall, cpu in times_for_ten_times_more(list(runs.values())):
        print(f"{small:,} to {large:,} records: {wall:.1f} times the time, {cpu:.1f} times that of the processor")
    return 0


def times_for_ten_times_more(runs: Sequence[dict[str, Any]]) -> list[tuple[int, int, float, float]]:
    """Return how many times longer ten times as many records take.

    Parameters
    ----------
    runs : sequence of dict
        The runs that are kept.

    Returns
    -------
    list of (int, int, float, float)
        Both sizes, and the ratios of wall and of processor time, for every two sizes of which one is ten times the
        other.
    """
    by_size = {run["n_records"]: run for run in runs}
    return [
        (size, 10 * size, *(by_size[10 * size][name] / by_size[size][name] for name in ("wall_seconds", "cpu_seconds")))
        for size in sorted(by_size)
        if 10 * size in by_size
    ]


def _measure_size(size: int, repeats: int, *, is_first: bool) -> dict[str, Any]:
    """Measure one size; the first one is run once more before, so that compiled code is in its cache."""
    with tempfile.TemporaryDirectory() as directory:
        records, generator = _records(size, Path(directory))
        found = f"{directory}/found.parquet"
        if is_first:
            measure(records, found)
        runs = [measure(records, found) for _ in range(repeats)]
        f1, precision, recall = evaluate(found, records.with_name("truth.csv"))
    n_records, n_distinct, n_pairs, n_customers, n_rules = runs[0]["counts"]
    steps = {
        each[0]: [_median([run["steps"][place][field] for run in runs]) for field in (1, 2)]
        for place, each in enumerate(runs[0]["steps"])
    }
    return {
        "n_records": n_records,
        "generator": generator,
        "repeats": repeats,
        "wall_seconds": _median([run["total"][0] for run in runs]),
        "cpu_seconds": _median([run["total"][1] for run in runs]),
        "peak_megabytes": round(max(run["peak"] for run in runs)),
        "n_distinct": n_distinct,
        "n_pairs": n_pairs,
        "n_customers": n_customers,
        "n_rules": n_rules,
        "f1": round(f1, 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "steps": steps,
    }


def _records(size: int, directory: Path) -> tuple[Path, str]:
    """Return a file of so many records with their truth beside it, made if need be, and what has made it."""
    path = _SYNTH / _short(size) / "records.csv"
    if path.is_file():
        return path, "yardstick"
    python, script = _VENVS / "venv-tools" / "bin" / "python", _YARDSTICK / "gen.py"
    if python.exists() and script.exists():
        command = [str(python), str(script), "--n", str(size), "--seed", "1"]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"SYNTH_DIR": str(directory)})
        (path,) = directory.rglob("records.csv")
        return path, "yardstick"
    command = [sys.executable, "-m", "custid.testing.synthetic", "--n", str(size), "--seed", "1"]
    subprocess.run([*command, "--out", str(directory)], check=True)
    return directory / "records.csv", "custid.testing"


def _short(size: int) -> str:
    return f"{size // 1_000_000}m" if size % 1_000_000 == 0 else f"{size // 1_000}k"


def _line(run: dict[str, Any]) -> str:
    return (
        f"{run['n_records']:>12,} records{run['wall_seconds']:>9.2f} s{run['cpu_seconds']:>9.2f} s of processor"
        f"{run['peak_megabytes']:>8,} MB   F1 {run['f1']:.4f}"
    )


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


if __name__ == "__main__":
    sys.exit(main())
