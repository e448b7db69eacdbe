"""What a whole run costs, step by step, on a file of any size.

    python -m benchmarks.million .data/synth/1m                     # a directory with records.csv and truth.csv
    python -m benchmarks.million records.csv --truth truth.csv --repeats 3 --threads 1

Resolves the file with `custid.dedupe` and nothing set, in a process of its own, and prints for each step the seconds on
the clock and those of the processor over all threads, how much memory the process held at its end and at most, and, of
the customers found, the F1 over pairs of records.  The files may come from ``shared/yardstick/gen.py``.  Compiled code
is cached by the first run; ``--repeats`` shows the difference.

This script imports the standard library alone.  What a process has used at most counts from before it is replaced by
the program it starts, so a large parent would be taken for its children.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["evaluate", "measure"]

_RESOLVE = """
import json, resource, sys, time

start = wall, cpu = time.perf_counter(), time.process_time()
import custid, pyarrow.parquet


def megabytes(name):
    try:
        with open("/proc/self/status") as status:
            return int(next(line for line in status if line.startswith(name)).split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


steps, current = [], "loading custid"


def finish(following):
    global wall, cpu, current
    now = time.perf_counter(), time.process_time()
    steps.append((current, now[0] - wall, now[1] - cpu, megabytes("VmRSS"), megabytes("VmHWM")))
    (wall, cpu), current = now, following


def tell(step, done):
    if step != current:
        finish(step)
    if step == "clustering" and done >= 1:
        finish("assembling")


source, found, n_threads = sys.argv[1:]
finish("reading")
settings = {"options": custid.ResolveOptions(n_threads=int(n_threads))} if n_threads else {}
result = custid.dedupe(source, progress=tell, **settings)
finish("")
report = result.report
print(json.dumps({
    "steps": steps,
    "total": (wall - start[0], cpu - start[1]),
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "counts": [report.n_records, report.n_distinct, report.n_pairs, report.n_customers, len(report.rules)],
}))
pyarrow.parquet.write_table(result.assignments, found)
"""
_EVALUATE = """
import json, sys, custid, pyarrow.parquet
measures = custid.evaluate(pyarrow.parquet.read_table(sys.argv[1]), sys.argv[2]).pairwise
print(json.dumps([measures.f1, measures.precision, measures.recall]))
"""


def measure(records: Path, found: str, n_threads: str = "") -> dict[str, Any]:
    """Resolve records in a process of its own.

    Parameters
    ----------
    records : Path
        A CSV file.
    found : str
        Where the assignments are written, as a Parquet file.
    n_threads : str
        Number of threads; that of custid when empty.

    Returns
    -------
    dict
        ``steps`` (name, seconds, processor seconds, MB at the end, MB at most so far), ``total`` (seconds, processor
        seconds), ``peak`` (MB) and ``counts`` (records, distinct ones, pairs, customers, blocking rules).
    """
    return dict(_run(_RESOLVE, str(records), found, n_threads))


def evaluate(found: str, truth: Path) -> tuple[float, float, float]:
    """Return the pairwise F1, precision and recall of assignments.

    Parameters
    ----------
    found : str
        What :func:`measure` has written.
    truth : Path
        CSV with ``record_id`` (or ``record_key``) and ``true_id``.
    """
    f1, precision, recall = _run(_EVALUATE, found, str(truth))
    return f1, precision, recall


def _run(program: str, *arguments: str) -> Any:
    done = subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(found: dict[str, Any]) -> str:
    """Return what a run has cost as lines."""
    n_records, n_distinct, n_pairs, n_customers, n_rules = found["counts"]
    lines = [
        f"{n_records:,} records, {n_distinct:,} distinct, {n_customers:,} customers",
        f"{n_pairs:,} pairs by {n_rules} rules",
        f"{'step':<16}{'seconds':>9}{'of processor':>14}{'MB then':>9}{'MB at most so far':>19}",
    ]
    lines.extend(
        f"{step:<16}{wall:>9.2f}{cpu:>14.2f}{now:>9,.0f}{most:>19,.0f}" for step, wall, cpu, now, most in found["steps"]
    )
    wall, cpu = found["total"]
    return "\n".join([*lines, f"{'total':<16}{wall:>9.2f}{cpu:>14.2f}{'':>9}{found['peak']:>19,.0f}"])


def main() -> None:
    """Print the cost of each run, and the quality of the last one."""
    parser = argparse.ArgumentParser(description="Measure a whole run step by step.")
    parser.add_argument("data", type=Path, help="a CSV file, or a directory with records.csv and truth.csv")
    parser.add_argument("--truth", type=Path, help="CSV with record_id (or record_key) and true_id")
    parser.add_argument("--repeats", type=int, default=1, help="number of runs (default: 1)")
    parser.add_argument("--threads", default="", help="number of threads (default: that of custid)")
    options = parser.parse_args()
    is_directory = options.data.is_dir()
    records = options.data / "records.csv" if is_directory else options.data
    truth = options.truth or (options.data / "truth.csv" if is_directory else None)
    with tempfile.TemporaryDirectory() as directory:
        found = f"{directory}/found.parquet"
        for _ in range(options.repeats):
            sys.stdout.write(f"{report(measure(records, found, options.threads))}\n\n")
            sys.stdout.flush()
        if truth is not None and truth.exists():
            f1, precision, recall = evaluate(found, truth)
            sys.stdout.write(f"pairwise F1 {f1:.4f}, precision {precision:.4f}, recall {recall:.4f}\n")


if __name__ == "__main__":
    main()
