"""Whole runs in processes of their own: what they take and what they find.

This module imports the standard library alone, and so does whoever starts runs with it.  What a process has used at
most counts from before it is replaced by the program it starts, so a large parent would be taken for its children.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["HOW_TO", "ROOT", "Run", "Summary", "folder_of", "missing_for_splink", "run_custid", "run_splink"]

ROOT = Path(__file__).resolve().parents[1]
_DATA = Path(os.environ.get("CUSTID_DATA", ROOT.parent / "shared" / "data"))
_SYNTH = Path(os.environ.get("CUSTID_SYNTH", ROOT / ".data" / "synth"))
_YARDSTICK = Path(os.environ.get("CUSTID_YARDSTICK", ROOT.parent / "shared" / "yardstick"))
_VENVS = Path(os.environ.get("VENV_DIR", ROOT / ".venvs"))
_LINKED = frozenset({"febrl4", "fodors_zagats"})
HOW_TO = f"""Splink is not measured: {{missing}} is absent. The yardstick is looked for in {_YARDSTICK}; its README
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


class Run(NamedTuple):
    """One process from start to end."""

    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    f1: float
    f1_in_hindsight: float | None = None


class Summary(NamedTuple):
    """Medians over the runs of one kind."""

    name: str
    runs: Sequence[Run]

    def median(self, field: str) -> float:
        return float(statistics.median(getattr(run, field) for run in self.runs))

    def __str__(self) -> str:
        walls = sorted(run.wall_seconds for run in self.runs)
        first = self.runs[0]
        hindsight = "" if first.f1_in_hindsight is None else f" at 0.95, {first.f1_in_hindsight:.4f} in hindsight"
        return (
            f"  {self.name:<24}{self.median('wall_seconds'):>8.2f} s ({walls[0]:.2f} to {walls[-1]:.2f})"
            f"{self.median('cpu_seconds'):>9.2f} s{self.median('peak_megabytes'):>9.0f} MB   {first.f1:.4f}{hindsight}"
        )


def run_custid(name: str, cache: str) -> Run:
    """Resolve a data set in a process that reads the records and writes the assignments.

    Parameters
    ----------
    name : str
        Name of the data set.
    cache : str
        Directory of compiled kernels.

    Returns
    -------
    Run
        What it took, reading and writing included, and the pairwise F1.
    """
    call = "link" if name in _LINKED else "dedupe"
    environment = os.environ | {"NUMBA_CACHE_DIR": cache, "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as folder:
        written = str(Path(folder) / "assignments.parquet")
        command = [sys.executable, "-c", _RESOLVE, call, str(folder_of(name) / "records.csv"), written]
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        evaluate = [sys.executable, "-c", _EVALUATE, written, str(folder_of(name) / "truth.csv")]
        f1 = float(subprocess.run(evaluate, check=True, capture_output=True, text=True).stdout)
    kilobytes = used.ru_maxrss / 1024 if sys.platform == "darwin" else used.ru_maxrss
    return Run(wall, used.ru_utime + used.ru_stime, kilobytes / 1024, f1)


def run_splink(name: str, *settings: str) -> Run:
    """Run Splink by the yardstick, which starts it in a process of its own and measures it the same way.

    Parameters
    ----------
    name : str
        Name of the data set.
    *settings : str
        Options of the yardstick, such as ``"em_pairs=5e6"``.

    Returns
    -------
    Run
        What it took, and the pairwise F1 at the probability of 0.95 and at the best one in hindsight.
    """
    python = str(_VENVS / "venv-tools" / "bin" / "python")
    command = [python, str(_YARDSTICK / "run_peer.py"), "--peer", "splink", "--data", name, "--timeout", "1800"]
    if settings:
        command += ["--opt", *settings]
    folders = {"DATA_DIR": str(_DATA), "SYNTH_DIR": str(_SYNTH), "VENV_DIR": str(_VENVS)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | folders)
    found = json.loads(done.stdout.splitlines()[-1])
    if found["exit"]:
        raise RuntimeError(f"splink: expected exit code 0, got {found['exit']}: {found['tail']}")
    return Run(
        found["wall_s"],
        found["cpu_s"],
        found["peak_rss_mb"],
        found["fixed"]["0.95"]["closure"]["f1"],
        found["best"]["closure"]["f1"],
    )


def folder_of(name: str) -> Path:
    """Return where a data set lies, there or not."""
    return _SYNTH / name.removeprefix("synth_") if name.startswith("synth_") else _DATA / name


def missing_for_splink() -> Path | None:
    """Return what is not there of what it takes to run Splink."""
    pythons = (_VENVS / f"venv-{name}" / "bin" / "python" for name in ("tools", "splink"))
    return next((path for path in (_YARDSTICK / "run_peer.py", *pythons) if not path.exists()), None)
