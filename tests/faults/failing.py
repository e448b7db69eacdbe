"""Workloads that are let fail, one process after the other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from attrs import asdict

from tests.faults.disk import Disk, operations
from tests.faults.steps import Fault, Told, read_told
from tests.faults.workloads import WORKLOADS

__all__ = ["Failing", "Nursery"]

ROOT = Path(__file__).parents[2]
_KILLED = -9


class Nursery:
    """The process from which those are forked that fail.

    Parameters
    ----------
    names : sequence of str
        Workloads for which it loads what they need.
    shim : Path
        What is loaded before the C library.
    """

    def __init__(self, names: Sequence[str], shim: Path) -> None:
        path = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
        # Each arena of the C library has room in reserve that no limit of memory covers.
        environment = {**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": path, "MALLOC_ARENA_MAX": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", *names],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def run(self, order: dict[str, Any]) -> int:
        """Let a process do what is ordered; return how it ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status: int = self._answer()
        return status

    def close(self) -> None:
        """End it."""
        self._process.communicate()


class Failing:
    """Does one workload over and over, and lets each run fail in another way.

    Parameters
    ----------
    name : str
        The workload.
    nursery : Nursery
        Where processes come from.
    directory : Path
        Where runs get directories of their own.
    """

    def __init__(self, name: str, nursery: Nursery, directory: Path) -> None:
        self._name = name
        self._workload = WORKLOADS[name]
        self._nursery = nursery
        self._directory = directory
        self._template = directory / "template"
        self._template.mkdir(parents=True)
        self._workload.prepare(self._template)
        self._n_runs = 0
        self.refused: Counter[str] = Counter()
        self.n_killed = 0

    def place(self, parent: Path | None = None) -> Path:
        """Return a new directory, filled as the workload needs it."""
        self._n_runs += 1
        place = (parent or self._directory) / f"run-{self._n_runs}" / "files"
        shutil.copytree(self._template, place)
        return place

    def run(self, fault: Fault, place: Path, trace: Path | None = None) -> tuple[Told, int]:
        """Do the workload in a process of its own; return what it told and how it ended."""
        tells = self._directory / f"told-{self._n_runs}"
        order = {
            "workload": self._name,
            "directory": str(place),
            "tells": str(tells),
            "fault": asdict(fault),
            "trace": None if trace is None else str(trace),
        }
        status = self._nursery.run(order)
        return read_told(tells), status

    def n_operations(self) -> int:
        """Return how many operations on files the workload has when nothing fails."""
        place = self.place()
        told, status = self.run(Fault(), place)
        assert (status, [each for each in told if "step" not in each][:-1]) == (0, [])
        self._workload.check(place, told)
        found: int = told[-1]["operations"]
        return found

    def places(self, n_most: int) -> Iterator[int]:
        """Yield numbers of operations, spread over all of them: all, or so many."""
        n_all = self.n_operations()
        step = max(1, n_all // n_most)
        yield from range(1, n_all + 1, step)

    def survives(self, fault: Fault, place: Path | None = None) -> Told:
        """Assert that nothing acknowledged is lost by a fault and every error is ours; return what was told."""
        directory = place or self.place()
        told, status = self.run(fault, directory)
        assert [each["unhandled"] for each in told if "unhandled" in each] == []
        assert status in {0, _KILLED}
        self.n_killed += status == _KILLED
        self.refused.update(each["error"] for each in told if "refused" in each)
        self._workload.check(directory, told)
        shutil.rmtree(directory.parent)
        return told

    def survives_power_loss(self, n_most: int, seed: int) -> int:
        """Lose power at operations spread over a run, in turns all or some of what was not synced; return how often."""
        place, trace = self.place(), self._directory / "trace"
        disk = Disk(place)
        told, status = self.run(Fault(), place, trace)
        assert status == 0
        done = list(operations(trace))
        step = max(1, len(done) // n_most)
        n_acknowledged = n_lost = 0
        for number, operation in enumerate(done):
            disk.take(operation)
            n_acknowledged += operation.kind == "A"
            if number % step and operation.kind != "A":
                continue
            random = Random(seed + number) if n_lost % 2 else None  # noqa: S311  # the same ruins every time
            left = self._directory / f"left-{number}"
            disk.after_power_loss(left, random)
            self._workload.check(left, told[:n_acknowledged])
            shutil.rmtree(left)
            n_lost += 1
        trace.unlink()
        return n_lost
