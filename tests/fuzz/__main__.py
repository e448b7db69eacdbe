"""Search for inputs that a reader does not stand: ``python -m tests.fuzz --runs 1000000 intake_csv match_model``.

Each target is searched by libFuzzer in processes of its own, guided by the branches that an input takes in custid.  An
input that raises what no error of custid is, takes longer than ten seconds or more than two gigabytes is written to the
directory of ``--found``; put it into ``tests/data/fuzz/<target>/`` once it is mended, where the tests replay it.
"""

from __future__ import annotations

import argparse
import functools
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import IO, NoReturn

import atheris
from attrs import define, field

# Compiled kernels must stay as they are: the compiler reads their byte code.
_LEFT_ALONE = ["custid.kernels", "custid._jit", "custid.testing"]
_MOST_IN_A_PROCESS = 60_000
"""Inputs of a process: atheris keeps some kilobytes of each input of a reader whose text Arrow reads."""
_PROGRESS = ("#", "INFO:")
_LIMITS = ("-timeout=10", "-rss_limit_mb=2048", "-len_control=100", "-print_final_stats=1")

with atheris.instrument_imports(include=["custid"], exclude=_LEFT_ALONE):
    from tests.fuzz import mutations, seeds, stores, targets


@define
class _Search:
    """The search for one target: process after process, each going on from what the one before kept."""

    name: str
    corpus: Path
    n_left: int
    began: float = field(factory=monotonic)
    n_inputs: int = 0
    n_processes: int = 0
    said: IO[bytes] | None = None

    def begin(self, options: argparse.Namespace) -> int:
        """Begin the next process, and return which one it is."""
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
        sys.stdout.flush()
        # Processes of its own: libFuzzer searches once in a process.  What is imported is instrumented once.
        process = os.fork()
        if not process:
            os.dup2(self.said.fileno(), 1)
            os.dup2(self.said.fileno(), 2)
            # Left as programs are: libFuzzer writes the input that failed when the process ends.
            self._search(options)
        return process

    def _search(self, options: argparse.Namespace) -> NoReturn:
        """Search in this process; libFuzzer ends it."""
        name, seed = self.name, options.seed + self.n_processes
        begun_from = seeds.seeds_of(name)
        self.corpus.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(begun_from):
            (self.corpus / f"seed-{number}").write_bytes(content)
        # What is made once, as a model that is trained, is not the first input's time.
        targets.run(name, b"")
        options.found.mkdir(parents=True, exist_ok=True)
        longest = targets.LONGEST_OF.get(name, targets.LONGEST)
        seconds = max(1, int(options.seconds - (monotonic() - self.began))) if options.seconds else 0
        arguments = [
            *(*_LIMITS, f"-max_len={longest}", f"-runs={min(self.n_left, _MOST_IN_A_PROCESS)}", f"-seed={seed}"),
            *(f"-max_total_time={seconds}", f"-artifact_prefix={options.found / name}-", str(self.corpus)),
        ]

        def changed(data: bytes, most: int, number: int) -> bytes:
            # atheris has another `Mutate` once the search has begun.
            return mutations.changed(data, most, number, atheris.Mutate)

        mutator = {"custom_mutator": changed} if any(map(mutations.holds_json, begun_from)) else {}
        atheris.Setup([sys.argv[0], *arguments], functools.partial(targets.run, name), **mutator)
        atheris.Fuzz()
        sys.exit()

    def end(self, status: int, seconds: int) -> bool:
        """Take down what a process did, and return whether another one is to go on; if not, print how it went."""
        assert self.said is not None
        self.said.seek(0)
        # What is told of each input that is worth trying further is of no use afterwards.
        lines = [
            line for line in self.said.read().decode(errors="replace").splitlines() if not line.startswith(_PROGRESS)
        ]
        told = re.search(r"^stat::number_of_executed_units: +(\d+)", "\n".join(lines), re.MULTILINE)
        n_inputs = int(told.group(1)) if told else 0
        self.n_processes += 1
        self.n_inputs += n_inputs
        self.n_left -= n_inputs
        spent = monotonic() - self.began
        if not status and n_inputs and self.n_left > 0 and not 0 < seconds <= spent:
            return True
        outcome = "failed" if status else "nothing found"
        rate = self.n_inputs / max(spent, 1)
        print(f"{self.name}: {self.n_inputs:,} inputs, {rate:,.0f} a second, {outcome}", flush=True)  # noqa: T201
        if status:
            print("\n".join(lines)[-4_000:], flush=True)  # noqa: T201 - what libFuzzer says of it
        return False


def main() -> int:
    """Search for each of the targets, and tell how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("targets", nargs="*", help="Names of targets; all when there is none.")
    parser.add_argument("--runs", type=int, default=1_000_000, help="Inputs of each target.")
    parser.add_argument(
        "--seconds", type=int, default=0, help="Longest time for each target; 0 for as long as it takes."
    )
    parser.add_argument("--seed", type=int, default=1, help="Of the random numbers.")
    parser.add_argument("--jobs", type=int, default=1, help="Targets that are searched at one time.")
    parser.add_argument(
        "--corpus", help="Directory in which each target keeps what was worth trying, and begins from what it kept."
    )
    parser.add_argument("--found", type=Path, default=Path(".fuzz"), help="Directory for inputs that failed.")
    options = parser.parse_args()
    names, is_sound = list(options.targets or targets.TARGETS), True
    running: dict[int, _Search] = {}
    unkept = Path(tempfile.mkdtemp(prefix="custid-fuzz-"))
    while names or running:
        while names and len(running) < options.jobs:
            name = names.pop(0)
            search = _Search(name, Path(options.corpus or unkept) / name, options.runs)
            running[search.begin(options)] = search
        process, status = os.wait()
        search = running.pop(process)
        stores.forget(process)
        is_sound = is_sound and not status
        if search.end(status, options.seconds):
            running[search.begin(options)] = search
    # Not by a context: a process that ends may leave by way of it.
    shutil.rmtree(unkept)
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
